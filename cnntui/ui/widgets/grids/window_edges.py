"""Marks a window so that it is visible anywhere: its edge has a tone that stands out from its surroundings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnntui import palette
from cnntui.palette import MARKERS, MARKS, Colormap, Mark
from cnntui.ui.widgets.grids.cells import Cell, Levels

_AROUND = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right)

_WITHIN = {Mark.WINDOW: Mark.WITHIN, Mark.LOSER: Mark.LOSER, Mark.WINNER: Mark.WINNER_WITHIN}


def toned(levels: Levels, marks: NDArray[np.uint8], row: int, columns: range, ink: Colormap) -> list[Cell]:
    """The cells of a row with the levels and marks that they are coloured by.

    A cell in the middle of a large window gets a mark such as `Mark.WITHIN`, which shows its value by lightness. A cell
    at the edge gets the tone that stands out from the cells beside the window: a light cell alone among dark ones is
    marked as if on dark ground, since it must be visible among them.

    Args:
        levels, marks: those of the whole map.
        row: the row.
        columns: the columns in view.
        ink: the kind of values.
    """
    in_view = slice(columns.start, columns.stop)
    here = [MARKS[number] for number in marks[row, in_view].tolist()]
    cells = [*zip(levels[row, in_view].tolist(), here, strict=True)]
    marked = [place for place, mark in enumerate(here) if mark in MARKERS]
    if marked:
        top, left = max(row - 1, 0), max(columns.start + marked[0] - 1, 0)
        near = slice(top, row + 2), slice(left, columns.start + marked[-1] + 2)
        around = levels[near].tolist(), marks[near].tolist()
        for place in marked:
            cells[place] = _toned(*around, row - top, columns.start + place - left, ink)
    return cells


def _toned(levels: list[list[int]], marks: list[list[int]], row: int, col: int, ink: Colormap) -> Cell:
    """One cell of the map, coloured according to the cells around it."""
    rows, cols = len(marks), len(marks[0])
    level, mark = levels[row][col], MARKS[marks[row][col]]
    beside = [(row + down, col + right) for down, right in _AROUND]
    around = [(levels[y][x], MARKS[marks[y][x]]) for y, x in beside if 0 <= y < rows and 0 <= x < cols]
    outside = [cell for cell in around if cell[1] not in MARKERS]
    if not outside and len(around) == len(beside):
        return level, _WITHIN[mark]
    light = sum(1 if palette.is_light(value, ink, of) else -1 for value, of in outside)
    if light and (light > 0) != palette.is_light(level, ink):
        return palette.extreme(ink, light > 0), mark
    return level, mark
