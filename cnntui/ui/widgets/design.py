"""The visual system: what every colour, weight and ground on a screen means, and where things stand.

Hues (`palette.Hue`) have one meaning each, on every screen and in every theme:

- *accent*: what can be pressed, which is keys and buttons; nothing else has it
- *window*: where the window lies, its row and column, and the numbers that are made there
- *positive*, *negative*: the sign of a number that matters; *winner*: what is right, or won; *wrong*: what is not

Nothing is told by hue alone: a number has its sign, a bar its direction, what is chosen a `▸` or brackets, a curve its
digit, a wrong answer a `×` or words.

Weight orders: *strong* is what a line or a panel is about, plain text is what is read, *dim* explains it and *faint*
is there for whoever looks for it. All of them have a contrast of 4.5:1 with their ground.

Grounds, from back to front: the page; the *panel* of bars, titles and dialogs; *raised*, which is what the arrow keys
move: the row of a list, the field of a form, the caption of a picture.

Places, from top to bottom: the bar of modes, with what is being looked at in its right corner. The first line says
what this is at the left, and where one is in it at the right. A panel has its title above it, strong, with its size dim
behind it; numbers end at the same column as those above and below them. The last lines are sentences about what is
shown, the very last one the keys, help at the end. A column is free at both edges of a screen, and two between panels.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.style import Style
from textual.color import Color as Ground
from textual.theme import Theme

from cnntui.palette import HUES, READABLE, Colormap, Colour, Hue, colour, contrast, mixed, readable
from cnntui.values import dataclass

THEME = Theme(
    name="cnntui",
    primary="#6aa0fa",
    secondary="#6fefe0",
    accent="#b8a4ff",
    foreground="#d6dae4",
    background="#1b1d22",
    surface="#1b1d22",
    panel="#282b32",
    success="#daff8a",
    warning="#ea9c12",
    error="#ff7c72",
    dark=True,
)


@dataclass(frozen=True)
class Role:
    """How a piece of text looks.

    Attributes:
        hue: its colour; None for that of the page's text.
        share: how much of that there is over the ground, where it has no hue.
        is_strong: set in bold, and further from the ground than other text.
        is_raised: has a ground of its own.
        least: the contrast that it has at least with its ground.
    """

    hue: Hue | None = None
    share: float = 1.0
    is_strong: bool = False
    is_raised: bool = False
    least: float = READABLE


DRAWN = 3.0
"""The contrast that WCAG 2 asks for of what is drawn and not read."""

ROLES = {
    "": Role(),
    "strong": Role(is_strong=True),
    "dim": Role(share=0.68),
    "faint": Role(share=0.55),
    "points": Role(share=0.4, least=DRAWN),
    "selected": Role(is_strong=True, is_raised=True),
    "selected positive": Role(Hue.POSITIVE, is_raised=True),
    "selected negative": Role(Hue.NEGATIVE, is_raised=True),
    "selected bad": Role(Hue.WRONG, is_raised=True),
    "accent": Role(Hue.ACCENT, is_strong=True),
    "window": Role(Hue.WINDOW),
    "positive": Role(Hue.POSITIVE),
    "negative": Role(Hue.NEGATIVE),
    "winner": Role(Hue.WINNER),
    "good": Role(Hue.WINNER),
    "bad": Role(Hue.WRONG),
    "sixth": Role(Hue.SIXTH),
}
"""What a piece of text can be."""

CURVES = ("positive", "winner", "negative", "sixth", "bad", "window")
"""The roles of a chart's lines, by their places. Trained on and tested have the hues that they have on Train."""

RAISED = 0.16
"""How much of its text a raised ground takes on."""

STRONG = 0.87
"""How much of black or white text in bold takes on."""

_ANSI = {
    Hue.POSITIVE: "yellow", Hue.NEGATIVE: "blue", Hue.WINDOW: "cyan", Hue.WINNER: "green", Hue.WRONG: "red",
    Hue.SIXTH: "bright_magenta", Hue.ACCENT: "magenta",
}  # fmt: skip
"""What a theme of the terminal's own colours has: nobody but the terminal knows what can be read on its ground."""


_SIXTEEN = {
    Hue.POSITIVE: "bright_yellow", Hue.NEGATIVE: "bright_blue", Hue.WINDOW: "bright_cyan", Hue.WINNER: "bright_green",
    Hue.SIXTH: "bright_magenta",
}  # fmt: skip
"""What is nearest in hue among 16 colours on a dark page; by distance amber would be red. Red is so by distance: what
Textual makes of the name is nearer to magenta."""


def style(role: str, page: Style, ground: Ground, *, among_16: bool = False) -> Style:
    """The style of a piece of text.

    Args:
        role: one of `ROLES`.
        page: the style of plain text on the same ground.
        ground: the colour behind it.
        among_16: whether the terminal has no more colours.
    """
    if ground.ansi is not None:
        return page + _ansi_style(ROLES[role])
    text = page.color.get_truecolor() if page.color is not None else contrast(ground.rgb)
    text = text[0], text[1], text[2]
    shown = page + rgb_style(ROLES[role], text, ground.rgb)
    if among_16 and not is_light(ground.rgb) and (hue := ROLES[role].hue) in _SIXTEEN:
        shown += Style(color=_SIXTEEN[hue])
    # Blanks are in the style of the page: what is alike is one object, and so one run of text.
    return page if shown == page else shown


@lru_cache(maxsize=1024)
def rgb_style(role: Role, text: Colour, ground: Colour) -> Style:
    """The style of a role on a ground.

    Args:
        role: the role.
        text: the colour of plain text there.
        ground: the colour behind it.
    """
    behind = mixed(ground, text, RAISED) if role.is_raised else ground
    if role.hue is not None:
        shown = hue_on(role.hue, behind)
    elif role.is_strong:
        shown = mixed(behind, contrast(behind), STRONG)
    else:
        shown = mixed(behind, text, role.share)
    shown = readable(shown, behind, role.least)
    return Style(
        color=Color.from_rgb(*shown),
        bgcolor=Color.from_rgb(*behind) if role.is_raised else None,
        bold=role.is_strong or None,
    )


@lru_cache(maxsize=256)
def _ansi_style(role: Role) -> Style:
    return Style(
        color=_ANSI[role.hue] if role.hue is not None else None,
        bold=role.is_strong or None,
        dim=role.share < 1 or None,
        reverse=role.is_raised or None,
    )


def variables(theme: Theme) -> dict[str, str]:
    """What a theme does not have of its own: the colours of keys and of quiet words on its panels."""
    if theme.ansi:
        return {"key": f"ansi_{_ANSI[Hue.ACCENT]}", "quiet": "ansi_default"}
    colours = theme.to_color_system().generate()
    panel, text = (Ground.parse(colours[name]).rgb for name in ("panel", "foreground"))
    quiet = readable(mixed(panel, text, ROLES["dim"].share), panel)
    return {
        name: f"#{red:02x}{green:02x}{blue:02x}"
        for name, (red, green, blue) in {"key": hue_on(Hue.ACCENT, panel), "quiet": quiet}.items()
    }


def level_style(level: int, on_light: bool) -> Style:
    """The style of a legend that shows a level of a map, -15 to 15."""
    return Style(color=Color.from_rgb(*colour(level, Colormap.SIGNED_ON_LIGHT if on_light else Colormap.SIGNED)))


def hue_on(hue: Hue, ground: Colour, ratio: float = READABLE) -> Colour:
    """A hue as it can be read on a ground."""
    return readable(HUES[hue][is_light(ground)], ground, ratio)


def is_light(ground: Colour) -> bool:
    """Whether dark text is read on it."""
    return contrast(ground) == (0, 0, 0)
