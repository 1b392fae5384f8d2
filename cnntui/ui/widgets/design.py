"""The visual system: what every colour, weight and ground on a screen means, and where things go.

A hue (`palette.Hue`) has one meaning, on every screen and in every theme:

- *accent*: what can be pressed (keys and buttons), and nothing else
- *window*: the window, its row and column, and the numbers computed there
- *positive*, *negative*: the sign of a number that matters; *winner*: what is right, or won; *wrong*: what is wrong

Hue is never the only sign: a number has its sign, a bar its direction, a choice its `▸` or brackets, a curve its digit,
and a wrong answer a `×` or words.

Weight shows importance: *strong* is the subject of a line or panel, plain text is the content, *dim* text explains it,
and *faint* text is for readers who look for it. Each has a contrast of at least 4.5:1 with its ground.

Grounds, from back to front: the page; the *panel* of bars, titles and dialogs; *raised*, for what the arrow keys move:
the row of a list, the field of a form, the caption of a picture.

Layout, from top to bottom: the bar of modes comes first, with the subject of the screen at its right end. The first
line says on the left what this is, and on the right which part of it. A panel has its title above it, strong, followed
by its size, dim; numbers in a column are right-aligned. The last lines are sentences about what is shown, and the very
last one is the key bar, which ends with help. One column stays free at each edge of a screen, and two between panels.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color, ColorSystem
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
        hue: the hue of the text; None for the colour of the page's text.
        share: the share of the text colour in the mixture with the ground, if the role has no hue.
        is_strong: whether the text is bold and contrasts more with the ground than other text.
        is_raised: whether the text has a ground of its own.
        least: the least contrast between the text and its ground.
    """

    hue: Hue | None = None
    share: float = 1.0
    is_strong: bool = False
    is_raised: bool = False
    least: float = READABLE


DRAWN = 3.0
"""The contrast that WCAG 2 requires of graphics, as opposed to text."""

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
"""The roles that a piece of text can have."""

CURVES = ("positive", "winner", "negative", "sixth", "bad", "window")
"""The roles of a chart's lines, by position. Training and test have the same hues as on Train."""

RAISED = 0.16
"""The share of the text colour in a raised ground."""

STRONG = 0.87
"""The share of black or white in bold text."""

_ANSI = {
    Hue.POSITIVE: "yellow", Hue.NEGATIVE: "blue", Hue.WINDOW: "cyan", Hue.WINNER: "green", Hue.WRONG: "red",
    Hue.SIXTH: "bright_magenta", Hue.ACCENT: "magenta",
}  # fmt: skip
"""The hues in a theme with the terminal's own colours: only the terminal knows what is readable on its ground."""


_SIXTEEN = {
    Hue.POSITIVE: "bright_yellow", Hue.NEGATIVE: "bright_blue", Hue.WINDOW: "bright_cyan", Hue.WINNER: "bright_green",
    Hue.SIXTH: "bright_magenta", Hue.ACCENT: "#ff55ff",
}  # fmt: skip
"""The nearest of 16 colours by hue on a dark page; by distance amber would become red. Red is the nearest by distance:
Textual turns its name into a colour nearer to magenta, as it does with bright magenta's name."""


_BLACK = 0

_DARK = (_BLACK, 1, 4, 5, 8)
"""Those of the 16 colours on which white is readable: black, red, blue, magenta, and bright black."""


def style(role: str, page: Style, ground: Ground, *, among_16: bool = False) -> Style:
    """The style of a piece of text.

    Args:
        role: one of `ROLES`.
        page: the style of plain text on the same ground.
        ground: the colour behind it.
        among_16: whether the terminal has only 16 colours.
    """
    if ground.ansi is not None:
        return page + _ansi_style(ROLES[role])
    text = page.color.get_truecolor() if page.color is not None else contrast(ground.rgb)
    text = text[0], text[1], text[2]
    shown = page + rgb_style(ROLES[role], text, ground.rgb)
    if among_16 and not is_light(ground.rgb) and (hue := ROLES[role].hue) in _SIXTEEN:
        # The ground of dialogs becomes grey, on which white alone is readable.
        shown += Style(color=_SIXTEEN[hue] if _nearest(ground.rgb) == _BLACK else "bright_white")
    # Blanks have the style of the page: equal styles are one object, and so one run of text.
    return page if shown == page else shown


@lru_cache(maxsize=1024)
def rgb_style(role: Role, text: Colour, ground: Colour) -> Style:
    """The style of a role on a ground."""
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


def variables(theme: Theme, *, among_16: bool = False) -> dict[str, str]:
    """The variables that a theme lacks: the ground of bars, and the colours of keys and of faint words on panels.

    Args:
        theme: the theme.
        among_16: whether the terminal has only 16 colours. None of them makes a panel on which coloured keys are
            readable.
    """
    colours = theme.to_color_system().generate()
    bar = colours["background" if among_16 and theme.dark and not theme.ansi else "panel"]
    if theme.ansi:
        return {"bar": bar, "key": f"ansi_{_ANSI[Hue.ACCENT]}", "quiet": "ansi_default"}
    panel, text = (Ground.parse(colours[name]).rgb for name in ("panel", "foreground"))
    quiet = readable(mixed(panel, text, ROLES["dim"].share), panel)
    return {"bar": bar} | {
        name: f"#{red:02x}{green:02x}{blue:02x}"
        for name, (red, green, blue) in {"key": hue_on(Hue.ACCENT, panel), "quiet": quiet}.items()
    }


def level_style(level: int, on_light: bool) -> Style:
    """The style of a legend's square for a level of a map, from −15 to 15."""
    return Style(color=Color.from_rgb(*colour(level, Colormap.SIGNED_ON_LIGHT if on_light else Colormap.SIGNED)))


def hue_on(hue: Hue, ground: Colour) -> Colour:
    """A hue, adjusted until it is readable on a ground."""
    return readable(HUES[hue][is_light(ground)], ground)


def is_light(ground: Colour) -> bool:
    """Whether dark text is more readable than light text on a ground."""
    return contrast(ground) == (0, 0, 0)


def text_on(ground: Colour, *, among_16: bool = False) -> Colour:
    """Black or white, whichever is more readable on a ground.

    Args:
        ground: the ground.
        among_16: whether the terminal shows the nearest of 16 colours instead.
    """
    if among_16:
        return contrast((0, 0, 0)) if _nearest(ground) in _DARK else contrast((255, 255, 255))
    return contrast(ground)


def _nearest(ground: Colour) -> int | None:
    """The number of the nearest of 16 colours."""
    return Color.from_rgb(*ground).downgrade(ColorSystem.STANDARD).number
