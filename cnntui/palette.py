"""How a number becomes a colour or a glyph: value → level → colour, and value → level → glyph.

Lightness carries how large a value is, and hue carries its sign (warm is positive, cool is negative), up to the highest
level, so that people who confuse red and green can still tell them apart. On a dark page larger is lighter, on a light
page darker; an image keeps its own lightness on both. A value is first rounded to one of 15 levels for each sign, so
that neighbouring cells often share a colour, and the terminal receives one run of cells instead of many.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from cnntui.values import dataclass

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

TOP = 15
"""The highest level: levels run from -15 to 15, and 0 is exactly nothing."""

SHADES = " ░▒▓█"
WINDOW_SHADES = "·:+#▚"
"""The same in a window, dark on a lit ground: each of them is visible on a blank as well as on a full block."""

UNKNOWN_SIGN = "?"
"""Stands for a value that is to be predicted."""

WINNER_SIGN = "*"
"""The value that max pooling keeps, if there is no colour to show it."""

_BITS = 4
"""Bits of each of a picture's three colours: 16 steps, so that neighbours often share a colour, as with levels."""
_MOST = (1 << _BITS) - 1
_STRETCH = 255 // _MOST
_COLOURS = 1 << 3 * _BITS

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255 each."""


class Colormap(Enum):
    """The kind of values in a grid, and so the colours that it is drawn in."""

    PIXELS = "pixels"
    """The brightness of an image, 0 to 1: grey."""
    SIGNED = "signed"
    """Weights and activations: warm above zero, cool below; 0 is black."""
    SIGNED_ON_LIGHT = "signed on light"
    """The same on a light page: 0 is white."""
    PICTURE = "picture"
    """A picture in its own colours: a level is red, green and blue in one number, see `picture_levels`."""
    HEAT = "heat"
    """What an answer depends on: warm above zero, cool below, and lighter where the image has ink."""

    # Styles of cells are looked up by this hash, hundreds at every move; an enumeration's own is that of its name.
    __hash__ = object.__hash__


class Mark(IntEnum):
    """The state of a cell, besides its value."""

    PLAIN = 0
    WINDOW = 1
    """The kernel or pool lies on it, or it is the output cell being computed. Visible on every level: see `TONES`."""
    WINNER = 2
    """The value that max pooling keeps, or a cell that is computed from the one in focus."""
    LOSER = 3
    """A value in the pool's window that is dropped."""
    PENDING = 4
    """An output cell that the window has not reached."""
    UNREAD = 5
    """An input cell that no window ever reads."""
    STROKE = 6
    """A pixel under the heat map that has ink."""
    WITHIN = 7
    """A cell in the middle of a large window, whose edge is marked; or a cell of a patch that is chosen as a whole."""
    WINNER_WITHIN = 8
    """A cell in the middle of a large part that is computed from the cell in focus."""

    UNKNOWN = 9
    """The output cell being computed, whose value is to be predicted; it looks the same on every level."""

    __hash__ = int.__hash__


MARKS = tuple(Mark)
"""All marks by their numbers, without the search that `Mark(number)` would take."""


def _ramp(*anchors: Colour) -> tuple[Colour, ...]:
    """TOP + 1 colours through evenly spaced anchors."""
    colours = []
    for level in range(TOP + 1):
        place = level / TOP * (len(anchors) - 1)
        left = min(int(place), len(anchors) - 2)
        share = place - left
        low, high = anchors[left], anchors[left + 1]
        colours.append(tuple(round(a + (b - a) * share) for a, b in zip(low, high, strict=True)))
    return tuple(colours)  # type: ignore[arg-type]


VOID: Colour = (8, 9, 13)
PENDING: Colour = (36, 38, 43)

# Every colour here was chosen with its neighbour among the 256 colours in mind: the dark levels are nearly grey, since
# the 256 have dark greys but no dark browns and blues, and lightness rises in both (tests/colours/test_palette.py).
GREY = _ramp(VOID, (250, 250, 255))
WARM: tuple[Colour, ...] = (
    VOID, (30, 28, 25), (48, 44, 38), (68, 61, 51), (120, 78, 14), (140, 88, 10), (165, 100, 14), (186, 116, 20),
    (200, 128, 26), (216, 140, 34), (232, 156, 44), (246, 172, 58), (250, 184, 70), (253, 196, 86), (255, 209, 104),
    (255, 222, 124),
)  # fmt: skip
COOL: tuple[Colour, ...] = (
    VOID, (25, 27, 30), (38, 43, 48), (51, 58, 67), (30, 66, 130), (34, 78, 156), (38, 90, 182), (44, 104, 206),
    (56, 120, 224), (72, 136, 238), (90, 152, 248), (110, 168, 252), (126, 180, 255), (141, 191, 255), (156, 202, 255),
    (172, 213, 255),
)  # fmt: skip
WITHIN = _ramp((0, 104, 112), (0, 150, 150), (60, 214, 200), (196, 255, 246))
WINNER_WITHIN = _ramp((30, 110, 20), (84, 180, 40), (150, 235, 80), (222, 255, 178))
UNREAD = _ramp((72, 44, 84), (100, 64, 116), (138, 98, 156), (176, 140, 194))

PAPER: Colour = (255, 255, 255)
PENDING_ON_LIGHT: Colour = (206, 208, 214)
WARM_ON_LIGHT = _ramp(PAPER, (255, 214, 140), (236, 150, 30), (178, 92, 0), (112, 52, 0))
COOL_ON_LIGHT = _ramp(PAPER, (176, 212, 255), (84, 144, 244), (28, 84, 206), (8, 40, 128))
WITHIN_ON_LIGHT = _ramp((206, 250, 244), (104, 214, 206), (0, 150, 150), (0, 74, 82))
WINNER_WITHIN_ON_LIGHT = _ramp((226, 255, 190), (150, 220, 84), (74, 156, 32), (24, 84, 14))
UNREAD_ON_LIGHT = _ramp((232, 218, 240), (206, 180, 220), (160, 124, 180), (104, 70, 122))

HEAT_TOP = 10
"""The ramps' level for the strongest heat; lighter levels are left to ink."""
WARM_INK = _ramp((104, 108, 118), (206, 160, 92), (255, 236, 196))
COOL_INK = _ramp((104, 108, 118), (118, 164, 230), (214, 234, 255))

_MARK_RAMPS = {
    (mark, on_light): ramp
    for mark, ramps in {
        Mark.WITHIN: (WITHIN, WITHIN_ON_LIGHT),
        Mark.WINNER_WITHIN: (WINNER_WITHIN, WINNER_WITHIN_ON_LIGHT),
        Mark.UNREAD: (UNREAD, UNREAD_ON_LIGHT),
    }.items()
    for on_light, ramp in zip((False, True), ramps, strict=True)
}

_WINDOW_TONES = _ramp((140, 255, 240), (190, 255, 250)), _ramp((0, 20, 76), (0, 38, 92))
_WINNER_TONES = _ramp((214, 255, 0), (230, 255, 96)), _ramp((38, 0, 4), (46, 0, 8))
TONES = {
    Mark.WINDOW: _WINDOW_TONES, Mark.LOSER: _WINDOW_TONES, Mark.WINNER: _WINNER_TONES, Mark.UNKNOWN: _WINDOW_TONES,
}  # fmt: skip
"""The colours of a window's edge on dark cells and on light ones. No single colour is visible on all levels: each of
these has a contrast of 3:1 with all levels on its side of `LIGHT`, among 256 colours too
(tests/colours/test_palette.py)."""

LIGHT = 0.192
"""The relative luminance from which a cell counts as light."""

LIGHT_IN_PICTURE = 0.17
"""The same in a colour picture, whose colours may be lighter among the 256 than they are."""

MARKERS = frozenset(TONES)
"""The marks of the cells of a window."""


class Hue(Enum):
    """The meaning of a colour that carries no value, in words, bars, lines and single glyphs."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    WINDOW = "window"
    """Where the window lies: its place, and the numbers that are computed there."""
    WINNER = "winner"
    """What is right, or was chosen by the network: the true class, the maximum, results on the test images."""
    WRONG = "wrong"
    SIXTH = "sixth"
    """The sixth curve of a chart, which needs six hues."""
    ACCENT = "accent"
    """What can be pressed: keys and buttons, and nothing else."""

    __hash__ = object.__hash__


HUES: dict[Hue, tuple[Colour, Colour]] = {
    Hue.POSITIVE: ((234, 156, 18), (139, 84, 1)),
    Hue.NEGATIVE: ((103, 159, 248), (0, 78, 240)),
    Hue.WINDOW: ((111, 239, 224), (2, 94, 103)),
    Hue.WINNER: ((218, 255, 138), (19, 52, 0)),
    Hue.WRONG: ((255, 124, 114), (179, 44, 62)),
    Hue.SIXTH: ((240, 139, 216), (74, 0, 104)),
    Hue.ACCENT: ((184, 164, 255), (112, 48, 214)),
}
"""Each hue on a dark page and on a light one.

They were searched for so that the first four differ by a ΔE (CIEDE2000) of 15, and any two of the first six by a ΔE of
15 (CIE 1976), also for people without red, green or blue cones, and so that each has a contrast of 4.5:1 on the page of
every theme (tests/colours/test_colour_vision.py).
"""

READABLE = 4.5
"""The contrast that WCAG 2 requires between a text and its ground."""


@lru_cache(maxsize=_COLOURS)
def colour(level: int, ink: Colormap = Colormap.SIGNED, mark: Mark = Mark.PLAIN) -> Colour:
    """The colour of a cell.

    Args:
        level: -15 to 15, from `levels`; for a picture, from `picture_levels`.
        ink: the kind of value.
        mark: the state of the cell.
    """
    on_light = ink is Colormap.SIGNED_ON_LIGHT
    if mark is Mark.PENDING:
        return PENDING_ON_LIGHT if on_light else PENDING
    if mark is Mark.UNKNOWN:
        level = 0
    if ink is Colormap.PICTURE:
        # A framed cell keeps its colours.
        if mark in (Mark.PLAIN, Mark.WITHIN):
            red, green, blue = level >> 2 * _BITS, level >> _BITS & _MOST, level & _MOST
            return red * _STRETCH, green * _STRETCH, blue * _STRETCH
        if mark not in TONES:
            level = lightness(level, ink)
    if mark is Mark.STROKE:
        return (WARM_INK if level >= 0 else COOL_INK)[abs(level)]
    if mark in TONES:
        return TONES[mark][is_light(level, ink)][abs(lightness(level, ink))]
    if mark is not Mark.PLAIN:
        return _MARK_RAMPS[mark, on_light][abs(level)]
    if ink is Colormap.PIXELS:
        return GREY[abs(level)]
    if ink is Colormap.HEAT:
        return (WARM if level >= 0 else COOL)[-(-abs(level) * HEAT_TOP // TOP)]
    warm, cool = (WARM_ON_LIGHT, COOL_ON_LIGHT) if on_light else (WARM, COOL)
    return (warm if level >= 0 else cool)[abs(level)]


@lru_cache(maxsize=_COLOURS)
def lightness(level: int, ink: Colormap) -> int:
    """What glyphs and the tones of a window show of a level: itself, or how light a picture is there, 0 to 15."""
    if ink is not Colormap.PICTURE:
        return level
    red, green, blue = colour(level, ink)
    return round((0.299 * red + 0.587 * green + 0.114 * blue) * TOP / 255)


def extreme(ink: Colormap, light: bool) -> int:
    """The lightest level, or the darkest."""
    if ink is Colormap.SIGNED_ON_LIGHT:
        return 0 if light else TOP
    return 0 if not light else _COLOURS - 1 if ink is Colormap.PICTURE else TOP


@lru_cache(maxsize=_COLOURS)
def is_light(level: int, ink: Colormap, mark: Mark = Mark.PLAIN) -> bool:
    """Whether a cell is so light that a dark window stands out on it better than a light one."""
    return luminance(colour(level, ink, mark)) >= (LIGHT_IN_PICTURE if ink is Colormap.PICTURE else LIGHT)


def luminance(colour: Colour) -> float:
    """The relative luminance of a colour as WCAG 2 defines it, 0 to 1."""
    linear = [part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast_ratio(one: Colour, other: Colour) -> float:
    """The contrast of two colours as WCAG 2 defines it, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(under: Colour, over: Colour, share: float) -> Colour:
    """A colour with a share, 0 to 1, of another one over it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(under, over, strict=True))
    return red, green, blue


@lru_cache(maxsize=1024)
def readable(colour: Colour, ground: Colour, ratio: float = READABLE) -> Colour:
    """The colour, made just light or dark enough to have a given contrast with its ground."""
    away = contrast(ground)
    for twentieths in range(20):
        shown = mixed(colour, away, twentieths / 20)
        if contrast_ratio(shown, ground) >= ratio:
            return shown
    return away


_PLAIN_POSITIVE = (250, 196, 72)
"""Among 16 colours the hue of positive numbers is nearest to red; this one is nearest to yellow."""


def plain_colour(level: int, ink: Colormap, mark: Mark) -> Colour:
    """The colour of a glyph on black: its shape carries the value, so only sign and mark are left to show."""
    if mark in TONES:
        return TONES[mark][0][0]
    if mark is Mark.WITHIN:
        return HUES[Hue.WINDOW][0]
    if mark in (Mark.WINNER_WITHIN, Mark.UNREAD):
        return _MARK_RAMPS[mark, False][2 * TOP // 3]
    if ink in (Colormap.PIXELS, Colormap.PICTURE):
        return GREY[TOP]
    return _PLAIN_POSITIVE if level >= 0 else HUES[Hue.NEGATIVE][0]


@lru_cache(maxsize=1024)
def contrast(background: Colour) -> Colour:
    """Black or white, whichever can be read better on a background."""
    # The luminance at which black and white have the same contrast as WCAG 2 defines it: √(1.05 · 0.05) − 0.05.
    return (0, 0, 0) if luminance(background) > 0.179 else (255, 255, 255)


@dataclass(frozen=True)
class Scale:
    """The value that gets the highest level."""

    limit: float = 1.0

    @classmethod
    def of(cls, *values: NDArray[np.float32]) -> Scale:
        """The scale on which the largest absolute value in some arrays gets the highest level."""
        largest = max((float(abs(array).max()) for array in values if array.size), default=0.0)
        return cls(largest or 1.0)

    def levels(self, values: NDArray[np.float32]) -> NDArray[np.int8]:
        """The level of each value, in the same shape, -15 to 15: the highest beyond the limit, and 0 for NaN."""
        import numpy as np

        scaled = np.rint(np.asarray(values, np.float32) * (TOP / self.limit))
        # What np.clip and np.nan_to_num do, in a third of their time.
        within = np.minimum(np.maximum(scaled, -TOP), TOP)
        return np.where(np.isnan(within), 0, within).astype(np.int8)


def picture_levels(pixels: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.int16]:
    """The level, `0xRGB`, of each pixel of a colour picture `(..., 3)` from 0 to 255."""
    import numpy as np

    steps = ((pixels.astype(np.int16) + _STRETCH // 2) // _STRETCH).astype(np.int16)
    return joined(*np.moveaxis(steps, -1, 0))


def joined(red: NDArray[np.int16], green: NDArray[np.int16], blue: NDArray[np.int16]) -> NDArray[np.int16]:
    """The levels of a picture, composed of the 16 steps of each of its colours."""
    levels: NDArray[np.int16] = red << 2 * _BITS | green << _BITS | blue
    return levels


def split(levels: NDArray[np.signedinteger[Any]]) -> tuple[NDArray[np.signedinteger[Any]], ...]:
    """The steps of red, green and blue of a picture's levels."""
    return levels >> 2 * _BITS, levels >> _BITS & _MOST, levels & _MOST


def shade(level: int) -> str:
    """One of five glyphs for how large a value is, whatever its sign: blank only where the level is 0."""
    return SHADES[-(-abs(level) * (len(SHADES) - 1) // TOP)]


def window_shade(level: int) -> str:
    """One of five glyphs for how large a value in a window is."""
    return WINDOW_SHADES[SHADES.index(shade(level))]


def pair_shade(top: int, bottom: int) -> str:
    """One glyph for two levels, one above the other: their shade if they are alike, otherwise a half block."""
    upper, lower = (-(-abs(level) * (len(SHADES) - 1) // TOP) for level in (top, bottom))
    if upper - lower >= 2:
        return "▀"
    if lower - upper >= 2:
        return "▄"
    return SHADES[(upper + lower + 1) // 2]


def bar(share: float, width: int) -> str:
    """A horizontal bar of eighths of a column.

    Args:
        share: 0 to 1 of the whole width.
        width: columns.
    """
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(width)
