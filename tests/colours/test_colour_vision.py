"""Colours that say different things stay apart for people who lack a kind of cone, in every theme."""

from __future__ import annotations

import itertools

import pytest
from rich.color import Color, ColorSystem
from rich.style import Style
from textual.color import Color as Ground
from textual.theme import BUILTIN_THEMES

from cnntui import palette
from cnntui.palette import HUES, TOP, Colormap, Colour, Hue, Mark
from cnntui.ui.widgets.design import CURVES, DRAWN, ROLES, THEME, hue_on, is_light, rgb_style, style, text_on, variables
from tests.colours.colour_vision import VISIONS, difference_1976, difference_2000, seen

APART = 15
"""The least ΔE of colours that say different things."""

MEANINGS = (Hue.POSITIVE, Hue.NEGATIVE, Hue.WINNER, Hue.WINDOW)
"""What meets on one grid, or in one line of text."""

THEMES = {
    theme.name: theme.to_color_system().generate() for theme in (THEME, *BUILTIN_THEMES.values()) if not theme.ansi
}
"""The variables of every theme that the palette offers, but for those that use the terminal's own colours."""


def grounds(theme: str, *names: str) -> list[Colour]:
    return [Ground.parse(THEMES[theme][name]).rgb for name in names]


@pytest.mark.parametrize(("one", "other", "expected"), [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425), ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 2.5, 0), (73, 25, -18), 27.1492), ((50, 2.5, 0), (50, 3.1736, 0.5854), 1.0000),
    ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615), ((50, 2.8361, -74.02), (50, 0, -82.7485), 3.4412),
    ((50, 0, 0), (50, -1, 2), 2.3669), ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792), ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
])  # fmt: skip
def test_differences_are_those_of_the_published_pairs(
    one: tuple[float, ...], other: tuple[float, ...], expected: float
) -> None:
    assert difference_2000(one, other) == pytest.approx(expected, abs=1e-4)  # type: ignore[arg-type]


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_what_a_colour_means_can_be_told(theme: str, vision: str) -> None:
    (page,) = grounds(theme, "background")
    for one, other in itertools.combinations(MEANINGS, 2):
        assert difference_2000(*(seen(hue_on(hue, page), vision) for hue in (one, other))) >= APART, (one, other)
    curves = [hue_on(ROLES[role].hue or Hue.POSITIVE, page) for role in CURVES]
    for one_curve, other_curve in itertools.combinations(curves, 2):
        assert difference_1976(seen(one_curve, vision), seen(other_curve, vision)) >= APART, (one_curve, other_curve)


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read(theme: str) -> None:
    (text,) = grounds(theme, "foreground")
    for ground in grounds(theme, "background", "panel"):
        for name, role in ROLES.items():
            style = rgb_style(role, text, ground)
            assert style.color is not None
            behind = tuple(style.bgcolor.get_truecolor()) if style.bgcolor is not None else ground
            shown = tuple(style.color.get_truecolor())
            assert palette.contrast_ratio(shown, behind) >= (DRAWN if name == "points" else palette.READABLE), name  # type: ignore[arg-type]


@pytest.mark.parametrize("theme", THEMES)
def test_hues_are_as_they_were_chosen_on_every_page(theme: str) -> None:
    (page,) = grounds(theme, "background")
    assert {hue: hue_on(hue, page) for hue in Hue} == {hue: HUES[hue][is_light(page)] for hue in Hue}


@pytest.mark.parametrize("hue", [hue for hue in Hue if hue is not Hue.ACCENT])
def test_what_can_be_pressed_has_a_colour_of_its_own(hue: Hue) -> None:
    for accent, other in zip(HUES[Hue.ACCENT], HUES[hue], strict=True):
        assert difference_2000(seen(accent, "all cones"), seen(other, "all cones")) >= 10


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("ink", [Colormap.SIGNED, Colormap.SIGNED_ON_LIGHT])
def test_a_sign_can_be_told_up_to_the_strongest_level(ink: Colormap, vision: str) -> None:
    for level in range(4, TOP + 1):
        warm, cool = (seen(palette.colour(sign * level, ink), vision) for sign in (1, -1))
        assert difference_2000(warm, cool) >= APART, level


def test_the_strongest_of_both_signs_are_coloured() -> None:
    for ink, sign in itertools.product((Colormap.SIGNED, Colormap.SIGNED_ON_LIGHT), (1, -1)):
        _, a, b = seen(palette.colour(sign * TOP, ink), "all cones")
        assert (a**2 + b**2) ** 0.5 >= 25, (ink, sign)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("side", [0, 1])
def test_a_winner_is_told_from_losers(side: int, vision: str) -> None:
    winners, losers = ([seen(tone, vision) for tone in palette.TONES[mark][side]] for mark in (Mark.WINNER, Mark.LOSER))
    assert min(difference_2000(*pair) for pair in itertools.product(winners, losers)) >= APART


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
def test_on_light_pages_larger_is_darker(system: ColorSystem) -> None:
    for sign in (1, -1):
        shown = [
            Color.from_rgb(*palette.colour(sign * level, Colormap.SIGNED_ON_LIGHT)).downgrade(system).get_truecolor()
            for level in range(TOP + 1)
        ]
        steps = [palette.luminance(tuple(colour)) for colour in shown]  # type: ignore[arg-type]
        assert all(light >= dark for light, dark in itertools.pairwise(steps))
        assert len(set(steps)) >= (TOP + 1 if system is ColorSystem.TRUECOLOR else 8)


def test_curves_differ_among_16_colours() -> None:
    page = Style(color="#d6dae4", bgcolor="#1b1d22")
    shown = [style(role, page, Ground.parse("#1b1d22"), among_16=True).color for role in CURVES]
    assert len({colour.downgrade(ColorSystem.STANDARD) for colour in shown if colour is not None}) == len(CURVES)


def test_keys_have_a_hue_of_their_own_among_16_colours() -> None:
    ground = variables(THEME, among_16=True)["bar"]
    page = Style(color="#d6dae4", bgcolor=ground)

    def shown(role: str) -> Color:
        colour = style(role, page, Ground.parse(ground), among_16=True).color
        assert colour is not None
        return colour.downgrade(ColorSystem.STANDARD)

    assert shown("accent").number == Color.parse("bright_magenta").number
    # A sixth curve is magenta in the end, as Textual makes it.
    others = [role for role in ROLES if ROLES[role].hue not in (Hue.ACCENT, Hue.SIXTH)]
    assert shown("accent").number not in {shown(role).number for role in others}
    assert Color.parse(ground).downgrade(ColorSystem.STANDARD).number == 0, "what is nearest to black"


@pytest.mark.parametrize("role", ["accent", "window", "positive", "negative", "winner"])
def test_words_in_dialogs_are_read_among_16_colours(role: str) -> None:
    ground = Ground.parse(THEME.panel or "")
    page = Style(color=THEME.foreground, bgcolor=THEME.panel)
    colour = style(role, page, ground, among_16=True).color
    assert colour is not None
    assert Color.from_rgb(*ground.rgb).downgrade(ColorSystem.STANDARD).number == Color.parse("bright_black").number
    assert colour.downgrade(ColorSystem.STANDARD).number == Color.parse("bright_white").number


def test_counts_are_read_on_the_nearest_of_16_colours() -> None:
    assert text_on((120, 80, 10), among_16=True) == text_on((255, 255, 255)), "brown becomes yellow"
    assert text_on((40, 42, 50), among_16=True) == text_on((0, 0, 0))
