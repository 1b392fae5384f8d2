"""The look of a grid's cell in each style: values in, styled text out."""

from __future__ import annotations

from functools import lru_cache
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from cnntui import palette
from cnntui.cnn.arithmetic import MINUS, number
from cnntui.palette import Colormap, Colour, Mark
from cnntui.ui.widgets.grids.geometry import NUMBER_WIDTH

Levels = NDArray[np.signedinteger[Any]]
"""Levels of cells: for values those of `palette.Scale`, for a colour picture those of `palette.picture_levels`."""

Cell = tuple[int, Mark]
"""The level of a value, and the cell's current mark."""

FAINT: Colour = (122, 128, 142)
TEXT: Colour = (200, 204, 214)


@lru_cache(maxsize=4096)
def style_of(foreground: Colour | None, background: Colour | None, reverse: bool = False) -> Style:
    """The style of a pair of colours."""
    return Style(
        color=Color.from_rgb(*foreground) if foreground else None,
        bgcolor=Color.from_rgb(*background) if background else None,
        reverse=reverse or None,
    )


@lru_cache(maxsize=4096)
def half_block(top: Cell, bottom: Cell | None, ink: Colormap, page: Colour | None, width: int = 1) -> Segment:
    """Two cells, one above the other, in one line; without a lower cell the page shows (None: the terminal's own)."""
    above = palette.colour(top[0], ink, top[1])
    below = palette.colour(bottom[0], ink, bottom[1]) if bottom is not None else page
    if above == below:
        return Segment(" " * width, style_of(None, above))
    return Segment("▀" * width, style_of(above, below))


@lru_cache(maxsize=4096)
def block(cell: Cell, ink: Colormap, width: int) -> Segment:
    """One line of a coloured cell."""
    level, mark = cell
    background = palette.colour(level, ink, mark)
    if mark is Mark.UNREAD:
        return Segment("×".center(width), style_of(palette.contrast(background), background))
    if mark is Mark.UNKNOWN:
        return Segment(palette.UNKNOWN_SIGN.center(width), style_of(palette.contrast(background), background))
    return Segment(" " * width, style_of(None, background))


@lru_cache(maxsize=4096)
def glyphs(cell: Cell, ink: Colormap, width: int) -> Segment:
    """One line of a cell drawn without colour: a shade for the value, a minus for its sign."""
    level, mark = palette.lightness(cell[0], ink), cell[1]
    shade = palette.window_shade(level) if mark in palette.MARKERS else palette.shade(level)
    sign = MINUS if level < 0 and width > 1 else shade
    return _marked(sign + shade * (width - 1), level, mark, ink)


@lru_cache(maxsize=4096)
def half_glyph(top: Cell, bottom: Cell | None, ink: Colormap) -> Segment:
    """Two cells, one above the other, as one glyph that shows their shape but not their signs."""
    bottom = bottom if bottom is not None else (0, top[1])
    upper, lower = (palette.lightness(level, ink) for level, _ in (top, bottom))
    level = max(upper, lower, key=abs)
    marks = (top[1], bottom[1])
    if Mark.UNKNOWN in marks:
        return _marked(palette.UNKNOWN_SIGN, 0, Mark.UNKNOWN, ink)
    on_window = [mark for mark in marks if mark in (Mark.WINNER, Mark.WINDOW, Mark.LOSER)]
    mark = min(on_window, key=(Mark.WINNER, Mark.WINDOW, Mark.LOSER).index) if on_window else marks[0]
    if not on_window and Mark.UNREAD in marks and level == 0:
        mark = Mark.UNREAD
    shade = palette.window_shade(level) if mark in palette.MARKERS else palette.pair_shade(upper, lower)
    return _marked(shade, level, mark, ink)


def half_line(
    upper: list[Cell], lower: list[Cell], ink: Colormap, as_glyphs: bool, page: Colour | None, width: int = 1
) -> list[Segment]:
    """Two rows of cells in one line; `lower` is empty below the last row."""
    pairs = zip_longest(upper, lower)
    if as_glyphs:
        return [half_glyph(top, bottom, ink) for top, bottom in pairs]
    return [half_block(top, bottom, ink, page, width) for top, bottom in pairs]


def _marked(text: str, level: int, mark: Mark, ink: Colormap) -> Segment:
    """Glyphs that show the cell's mark, by another glyph or in reverse."""
    if mark is Mark.PENDING:
        return Segment("·" * len(text), style_of(FAINT, palette.VOID))
    if mark is Mark.UNREAD:
        return Segment("×" * len(text), style_of(palette.UNREAD[-1], palette.VOID))
    if mark is Mark.STROKE and not text.strip():
        return Segment("·" * len(text), style_of(TEXT, palette.VOID))
    colour = palette.plain_colour(level, ink, mark)
    if mark is Mark.UNKNOWN:
        text = palette.UNKNOWN_SIGN * len(text)
    if mark is Mark.WINNER:
        text = palette.WINNER_SIGN * len(text)
    if mark in palette.MARKERS:
        return Segment(text, style_of(palette.VOID, colour))
    return Segment(text, style_of(colour, palette.VOID))


@lru_cache(maxsize=4096)
def written(cell: Cell, value: float | None, ink: Colormap, width: int, digits: int, plain: bool) -> Segment:
    """One line of a cell with its value written in it.

    Args:
        cell: the level and mark of the cell.
        value: the value; None on those lines of a tall cell that have no text.
        ink: the kind of value.
        width: the columns of the cell, the last of which stays blank.
        digits: the number of decimals, as far as they fit.
        plain: whether to draw without colours; the window is then in reverse, and the winner has a sign.
    """
    level, mark = cell
    signs = {Mark.PENDING: "·", Mark.UNKNOWN: palette.UNKNOWN_SIGN}
    room = min(width, NUMBER_WIDTH) - 1
    shown = "" if value is None else signs.get(mark) or number(value, digits, width=room)
    end = palette.WINNER_SIGN if plain and mark is Mark.WINNER and shown else " "
    text = f"{shown:>{room}}{end}".center(width)
    if plain:
        return Segment(text, style_of(TEXT, palette.VOID, mark in palette.MARKERS))
    background = palette.colour(level, ink, mark)
    return Segment(text, style_of(palette.contrast(background), background))
