"""Colours and glyphs carry values in every terminal: their order survives 256 and 16 colours."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from rich.color import Color, ColorSystem

from cnntui import palette
from cnntui.palette import TOP, Colormap, Mark, Scale
from cnntui.ui.widgets.grids import cells


def lightness(colour: palette.Colour, system: ColorSystem = ColorSystem.TRUECOLOR) -> float:
    """Relative luminance (ITU-R BT.709) of a colour as a terminal of that many colours shows it."""
    shown = Color.from_rgb(*colour).downgrade(system).get_truecolor()
    red, green, blue = ((part / 255) ** 2.2 for part in shown)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


RAMPS = [
    ("pixels", Colormap.PIXELS, Mark.PLAIN, 1),
    ("positive", Colormap.SIGNED, Mark.PLAIN, 1),
    ("negative", Colormap.SIGNED, Mark.PLAIN, -1),
    ("within a window", Colormap.SIGNED, Mark.WITHIN, 1),
    ("within what is made", Colormap.SIGNED, Mark.WINNER_WITHIN, 1),
]


@pytest.mark.parametrize(("name", "ink", "mark", "sign"), RAMPS)
def test_larger_is_lighter(name: str, ink: Colormap, mark: Mark, sign: int) -> None:
    steps = [lightness(palette.colour(sign * level, ink, mark)) for level in range(TOP + 1)]
    assert all(dark < light for dark, light in itertools.pairwise(steps)), name


@pytest.mark.parametrize(("name", "ink", "mark", "sign"), RAMPS[:3])
def test_larger_is_lighter_among_256_colours(name: str, ink: Colormap, mark: Mark, sign: int) -> None:
    steps = [lightness(palette.colour(sign * level, ink, mark), ColorSystem.EIGHT_BIT) for level in range(TOP + 1)]
    assert all(dark <= light for dark, light in itertools.pairwise(steps)), name
    assert len(set(steps)) >= 9, name


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_digit_can_be_seen_below_heat(sign: int, system: ColorSystem) -> None:
    bare, inked = (
        [lightness(palette.colour(sign * level, Colormap.HEAT, mark), system) for level in range(TOP + 1)]
        for mark in (Mark.PLAIN, Mark.STROKE)
    )
    assert all(dark <= light for steps in (bare, inked) for dark, light in itertools.pairwise(steps))
    assert all(below + 0.05 < above for below, above in zip(bare, inked, strict=True))


def as_deuteranope(colour: palette.Colour) -> np.ndarray:
    """What a person without green cones sees, as linear light (Viénot, Brettel and Mollon 1999)."""
    linear = (np.array(colour) / 255) ** 2.2
    return np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]) @ linear


@pytest.mark.parametrize("level", range(4, 14))
def test_a_sign_can_be_told_without_green_cones(level: int) -> None:
    warm, cool = (as_deuteranope(palette.colour(sign * level)) for sign in (1, -1))
    assert cool[2] - cool[0] > 0.1
    assert warm[0] - warm[2] > 0.1


def test_levels_are_rounded_and_stop_at_the_limit() -> None:
    values = np.array([[0.0, 0.5, 1.0], [-1.0, 9.0, np.nan]], np.float32)
    assert Scale(1.0).levels(values).tolist() == [[0, 8, 15], [-15, 15, 0]]


def test_a_scale_fits_the_largest_value_whatever_its_sign() -> None:
    values = np.array([0.25, -2.0], np.float32)
    assert Scale.of(values).levels(values).tolist() == [2, -15]


def test_a_map_of_zeros_has_a_scale() -> None:
    assert Scale.of(np.zeros((2, 2), np.float32)).levels(np.zeros((2, 2), np.float32)).tolist() == [[0, 0], [0, 0]]


def test_only_nothing_is_blank() -> None:
    assert [palette.shade(level) for level in (0, 1, -1, 4, 8, 12, 15, -15)] == [" ", "░", "░", "▒", "▓", "█", "█", "█"]


def test_two_levels_share_a_glyph_where_they_are_alike() -> None:
    assert palette.pair_shade(0, 0) == " "
    assert palette.pair_shade(15, 15) == "█"
    assert palette.pair_shade(15, 0) == "▀"
    assert palette.pair_shade(0, -15) == "▄"
    assert palette.pair_shade(15, 11) == "█"


def test_a_bar_has_eighths() -> None:
    assert palette.bar(0.5, 4) == "██  "
    assert palette.bar(1 / 32, 4) == "▏   "
    assert palette.bar(2.0, 3) == "███"
    assert palette.bar(-1.0, 3) == "   "


def test_text_on_a_cell_can_be_read() -> None:
    for level in range(-TOP, TOP + 1):
        background = palette.colour(level)
        dark, light = sorted((lightness(background), lightness(palette.contrast(background))))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, level  # the contrast that WCAG 2 asks for


def levels_of(ink: Colormap) -> range:
    """The levels of a kind of value; of a picture every seventh of its 4,096 colours."""
    return range(0, palette.extreme(ink, True) + 1, 7) if ink is Colormap.PICTURE else range(-TOP, TOP + 1)


LEVELS = [
    *((ink, level, Mark.PLAIN) for ink in Colormap for level in levels_of(ink)),
    *((Colormap.HEAT, level, Mark.STROKE) for level in range(-TOP, TOP + 1)),
    (Colormap.SIGNED, 0, Mark.PENDING),
    (Colormap.SIGNED_ON_LIGHT, 0, Mark.PENDING),
]


def contrast_between(one: palette.Colour, other: palette.Colour, system: ColorSystem) -> float:
    """The contrast of two colours as WCAG 2 defines it, as a terminal of that many colours shows them."""
    dark, light = sorted(palette.luminance(Color.from_rgb(*colour).downgrade(system).get_truecolor())
                         for colour in (one, other))  # fmt: skip
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("mark", [Mark.WINDOW, Mark.LOSER, Mark.WINNER])
@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
def test_the_window_is_seen_on_every_level(system: ColorSystem, mark: Mark) -> None:
    light_tones, dark_tones = palette.TONES[mark]
    for ink, level, of in LEVELS:
        below = palette.colour(level, ink, of)
        # Which of the tones it is depends on the level of the window's own cell; any of them must do.
        tones = dark_tones if palette.is_light(level, ink, of) else light_tones
        assert min(contrast_between(tone, below, system) for tone in tones) >= 3, (ink, level, of)


@pytest.mark.parametrize("ink", Colormap)
def test_a_window_has_the_tone_of_the_level_it_lies_on(ink: Colormap) -> None:
    for level in levels_of(ink):
        tones = palette.TONES[Mark.WINDOW][palette.is_light(level, ink)]
        assert palette.colour(level, ink, Mark.WINDOW) == tones[abs(palette.lightness(level, ink))]


def test_a_picture_keeps_its_colours() -> None:
    pixels = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [130, 20, 250]]], np.uint8)
    shown = [palette.colour(level, Colormap.PICTURE) for level in palette.picture_levels(pixels).ravel().tolist()]
    assert shown[:3] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert np.abs(np.array(shown[3]) - pixels[1, 1]).max() <= 8


def test_without_colour_a_picture_is_told_by_how_light_it_is() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
    light = [palette.lightness(level, Colormap.PICTURE) for level in palette.picture_levels(ramp).tolist()]
    assert (light[0], light[-1]) == (0, TOP)
    assert light == sorted(light)
    green, blue = palette.picture_levels(np.array([[0, 255, 0], [0, 0, 255]], np.uint8)).tolist()
    assert palette.lightness(green, Colormap.PICTURE) > palette.lightness(blue, Colormap.PICTURE)


def test_a_winner_is_told_from_losers_without_green_cones() -> None:
    for tone in (0, 1):
        winner, loser = (as_deuteranope(palette.TONES[mark][tone][TOP]) for mark in (Mark.WINNER, Mark.LOSER))
        assert abs(winner - loser).max() > 0.03


@pytest.mark.slow
@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])
@pytest.mark.parametrize("ink", Colormap)
def test_without_colour_a_window_has_a_lit_ground_and_dark_signs(ink: Colormap, system: ColorSystem) -> None:
    for level, mark in itertools.product(levels_of(ink), (Mark.WINDOW, Mark.LOSER, Mark.WINNER)):
        for segment in (cells.half_glyph((level, mark), (level, mark), ink), cells.glyphs((level, mark), ink, 2)):
            style = segment.style
            assert style is not None
            assert style.color is not None
            assert style.bgcolor is not None
            sign, ground = (tuple(colour.get_truecolor()) for colour in (style.color, style.bgcolor))
            full, blank = palette.plain_colour(level, ink, Mark.PLAIN), palette.VOID
            # On a blank the ground stands out, on a full block the signs do; and they do on their own ground.
            assert contrast_between(ground, blank, system) >= 3
            assert max(contrast_between(each, full, system) for each in (sign, ground)) >= 3
            assert contrast_between(sign, ground, system) >= 3
            assert not set(segment.text) & set(palette.SHADES)
