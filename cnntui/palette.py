"""How a number becomes a colour or a glyph: value → level → colour, and value → level → glyph.

Lightness carries how large a value is and hue carries its sign (warm is positive, cool is negative), which people
who see red and green alike can still tell apart. A value is first rounded to one of 15 levels a sign: neighbouring
cells then often share a colour, and a terminal is sent one run of cells instead of many.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

TOP = 15
"""The highest level: levels run from -15 to 15, and 0 is exactly nothing."""

SHADES = " ░▒▓█"
WINDOW_SHADES = "·:+#▚"
"""The same in a window, dark on a lit ground: all of them are seen on a blank as well as on a full block."""

WINNER_SIGN = "*"
"""What max pooling keeps, where there is no colour to tell it."""
ALMOST_NOTHING = "·"

_BITS = 4
"""Bits of each of a picture's three colours: 16 steps, so that neighbours often share a colour, as with levels."""
_MOST = (1 << _BITS) - 1
_STRETCH = 255 // _MOST
_COLOURS = 1 << 3 * _BITS

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255 each."""


class Colormap(Enum):
    """What kind of values a grid holds, and so which colours it is drawn in."""

    PIXELS = "pixels"
    """Brightness of a digit, 0 to 1: grey."""
    SIGNED = "signed"
    """Weights and activations: warm above zero, cool below."""
    PICTURE = "picture"
    """A picture in its own colours: a level is red, green and blue in one number, see `picture_levels`."""
    HEAT = "heat"
    """What an answer depends on: warm above zero, cool below, and lighter where the digit has ink."""

    # Styles of cells are looked up by it, hundreds at a move; an enumeration's own hash is that of its name.
    __hash__ = object.__hash__


class Mark(IntEnum):
    """What a cell is at the moment, besides its value."""

    PLAIN = 0
    WINDOW = 1
    """The kernel or the pool lies on it, or it is the output cell being computed. Seen on every level: see `TONES`."""
    WINNER = 2
    """The value that max pooling keeps; or a cell that is made from the one that is looked at."""
    LOSER = 3
    """A value in the pool's window that is dropped."""
    PENDING = 4
    """An output cell that the window has not reached."""
    UNREAD = 5
    """An input cell that no window ever reads."""
    STROKE = 6
    """A pixel under the heat that has ink."""
    WITHIN = 7
    """A cell in the middle of a large window, whose edge is marked; or one of a patch that is chosen as a whole."""
    WINNER_WITHIN = 8
    """A cell in the middle of a large part that is made from the cell that is looked at."""

    __hash__ = int.__hash__


MARKS = tuple(Mark)
"""By their numbers, without the search that `Mark(number)` is."""


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
# the 256 have dark greys but no dark browns and blues, and lightness rises in both (tests/test_palette.py).
GREY = _ramp(VOID, (250, 250, 255))
WARM: tuple[Colour, ...] = (
    VOID, (30, 28, 25), (48, 44, 38), (68, 61, 51), (120, 78, 14), (140, 88, 10), (165, 100, 14), (185, 112, 20),
    (200, 128, 26), (216, 140, 34), (232, 156, 44), (246, 172, 58), (252, 190, 90), (255, 208, 130), (255, 228, 176),
    (255, 246, 220),
)  # fmt: skip
COOL: tuple[Colour, ...] = (
    VOID, (25, 27, 30), (38, 43, 48), (51, 58, 67), (30, 66, 130), (34, 78, 156), (38, 90, 182), (44, 104, 206),
    (56, 120, 224), (72, 136, 238), (90, 152, 248), (110, 168, 252), (140, 188, 255), (172, 208, 255), (200, 226, 255),
    (228, 244, 255),
)  # fmt: skip
WITHIN = _ramp((0, 104, 112), (0, 150, 150), (60, 214, 200), (196, 255, 246))
WINNER_WITHIN = _ramp((30, 110, 20), (84, 180, 40), (150, 235, 80), (222, 255, 178))
UNREAD = _ramp((72, 44, 84), (100, 64, 116), (138, 98, 156), (176, 140, 194))

HEAT_TOP = 10
"""The ramps' level for the strongest heat: what is lighter is left to ink."""
WARM_INK = _ramp((104, 108, 118), (206, 160, 92), (255, 236, 196))
COOL_INK = _ramp((104, 108, 118), (118, 164, 230), (214, 234, 255))

POSITIVE: Colour = (250, 196, 72)
NEGATIVE: Colour = (90, 150, 250)
CHOSEN: Colour = (60, 214, 200)
"""What is positive, negative or chosen where a colour has no value to carry: bars, glyphs and words."""

MARK_RAMPS = {Mark.WITHIN: WITHIN, Mark.WINNER_WITHIN: WINNER_WITHIN, Mark.UNREAD: UNREAD}

_WINDOW_TONES = _ramp((140, 255, 240), (190, 255, 250)), _ramp((0, 20, 76), (0, 38, 92))
_WINNER_TONES = _ramp((185, 255, 60), (215, 255, 130)), _ramp((26, 0, 22), (44, 0, 38))
TONES = {Mark.WINDOW: _WINDOW_TONES, Mark.LOSER: _WINDOW_TONES, Mark.WINNER: _WINNER_TONES}
"""What the edge of a window is drawn in on dark cells and on light ones. No one colour is seen on all levels: each of
these has a contrast of 3:1 with all levels of its side of `LIGHT`, among 256 colours too (tests/test_palette.py)."""

LIGHT = 0.192
"""The relative luminance from which a cell is a light one."""

LIGHT_IN_PICTURE = 0.17
"""The same in a colour picture, whose colours among the 256 may be lighter than they are."""

MARKERS = frozenset(TONES)
"""What the cells of a window are marked as."""


@lru_cache(maxsize=_COLOURS)
def colour(level: int, ink: Colormap = Colormap.SIGNED, mark: Mark = Mark.PLAIN) -> Colour:
    """The colour of a cell.

    Args:
        level: -15 to 15, from `levels`; of a picture from `picture_levels`.
        ink: what kind of value it is.
        mark: what the cell is at the moment.
    """
    if mark is Mark.PENDING:
        return PENDING
    if ink is Colormap.PICTURE:
        # What is framed keeps its colours.
        if mark in (Mark.PLAIN, Mark.WITHIN):
            red, green, blue = level >> 2 * _BITS, level >> _BITS & _MOST, level & _MOST
            return red * _STRETCH, green * _STRETCH, blue * _STRETCH
        if mark not in TONES:
            level = lightness(level, ink)
    if mark is Mark.STROKE:
        return (WARM_INK if level >= 0 else COOL_INK)[abs(level)]
    if mark in TONES:
        return TONES[mark][is_light(level, ink)][abs(lightness(level, ink))]
    ramp = MARK_RAMPS.get(mark)
    if ramp is None and ink is Colormap.HEAT:
        return (WARM if level >= 0 else COOL)[-(-abs(level) * HEAT_TOP // TOP)]
    if ramp is None:
        ramp = GREY if ink is Colormap.PIXELS else WARM if level >= 0 else COOL
    return ramp[abs(level)]


@lru_cache(maxsize=_COLOURS)
def lightness(level: int, ink: Colormap) -> int:
    """What glyphs and the tones of a window tell of a level: itself, or how light a picture is there, 0 to 15."""
    if ink is not Colormap.PICTURE:
        return level
    red, green, blue = colour(level, ink)
    return round((0.299 * red + 0.587 * green + 0.114 * blue) * TOP / 255)


def extreme(ink: Colormap, light: bool) -> int:
    """The level of what is lightest, or darkest."""
    return 0 if not light else _COLOURS - 1 if ink is Colormap.PICTURE else TOP


@lru_cache(maxsize=_COLOURS)
def is_light(level: int, ink: Colormap, mark: Mark = Mark.PLAIN) -> bool:
    """Whether a cell is so light that a dark window is seen on it better than a light one."""
    return luminance(colour(level, ink, mark)) >= (LIGHT_IN_PICTURE if ink is Colormap.PICTURE else LIGHT)


def luminance(colour: Colour) -> float:
    """The relative luminance of a colour as WCAG 2 defines it, 0 to 1."""
    linear = [part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def plain_colour(level: int, ink: Colormap, mark: Mark) -> Colour:
    """The colour of a glyph, whose shape carries the value: only sign and mark are left for it to tell."""
    if mark in TONES:
        return TONES[mark][0][0]
    if mark is Mark.WITHIN:
        return CHOSEN
    if mark in MARK_RAMPS:
        return MARK_RAMPS[mark][2 * TOP // 3]
    return GREY[TOP] if ink in (Colormap.PIXELS, Colormap.PICTURE) else POSITIVE if level >= 0 else NEGATIVE


@lru_cache(maxsize=1024)
def contrast(background: Colour) -> Colour:
    """Black or white, whichever can be read better on a background."""
    # The luminance at which black and white have the same contrast as WCAG 2 defines it: √(1.05 · 0.05) − 0.05.
    return (0, 0, 0) if luminance(background) > 0.179 else (255, 255, 255)


@dataclass(frozen=True)
class Scale:
    """What value gets the highest level."""

    limit: float = 1.0

    @classmethod
    def of(cls, *values: NDArray[np.float32]) -> Scale:
        """The scale on which the largest absolute value of some arrays is the highest level."""
        largest = max((float(abs(array).max()) for array in values if array.size), default=0.0)
        return cls(largest or 1.0)

    def levels(self, values: NDArray[np.float32]) -> NDArray[np.int8]:
        """The level of each value, of the same shape, -15 to 15; beyond the limit is the highest, NaN is 0."""
        import numpy as np

        scaled = np.nan_to_num(np.asarray(values, np.float32) * (TOP / self.limit), nan=0.0)
        levels: NDArray[np.int8] = np.clip(np.rint(scaled), -TOP, TOP).astype(np.int8)
        return levels


def picture_levels(pixels: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.int16]:
    """The level, `0xRGB`, of each pixel of a colour picture `(..., 3)` from 0 to 255."""
    import numpy as np

    steps = ((pixels.astype(np.int16) + _STRETCH // 2) // _STRETCH).astype(np.int16)
    return joined(*np.moveaxis(steps, -1, 0))


def joined(red: NDArray[np.int16], green: NDArray[np.int16], blue: NDArray[np.int16]) -> NDArray[np.int16]:
    """The levels of a picture, made of the 16 steps of each of its colours."""
    levels: NDArray[np.int16] = red << 2 * _BITS | green << _BITS | blue
    return levels


def split(levels: NDArray[np.signedinteger[Any]]) -> tuple[NDArray[np.signedinteger[Any]], ...]:
    """The steps of red, green and blue of a picture's levels."""
    return levels >> 2 * _BITS, levels >> _BITS & _MOST, levels & _MOST


def shade(level: int) -> str:
    """One of five glyphs for how large a value is, whatever its sign: blank only where the level is 0."""
    return SHADES[-(-abs(level) * (len(SHADES) - 1) // TOP)]


def window_shade(level: int) -> str:
    """One of five signs for how large a value in a window is."""
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
