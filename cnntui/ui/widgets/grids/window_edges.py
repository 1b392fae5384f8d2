"""Marks a window so that it is visible anywhere: its edge has the tone that stands out from its surroundings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnntui import palette
from cnntui.palette import MARKERS, MARKS, Colormap, Mark
from cnntui.ui.widgets.grids.cells import Cell, Levels

_AROUND = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right)

_WITHIN = {Mark.WINDOW: Mark.WITHIN, Mark.LOSER: Mark.LOSER, Mark.WINNER: Mark.WINNER_WITHIN}


_IS_MARKER = np.array([mark in MARKERS for mark in MARKS])
"""The mark with each number."""


def toned(levels: Levels, marks: NDArray[np.uint8], row: int, columns: range, ink: Colormap) -> list[Cell]:
    """The cells of a row as they are to be coloured: level and mark of each.

    A cell in the middle of a large window becomes one of `Mark.WITHIN`, which tells its value by lightness. One at
    the edge gets the tone that stands out from the cells beside the window: a light cell alone among dark ones is
    marked as on dark ones, since it is on them that it has to be seen.

    Args:
        levels, marks: of the whole map.
        row: the row.
        columns: those in view.
        ink: what kind of values they are.
    """
    in_view = slice(columns.start, columns.stop)
    numbers = marks[row, in_view]
    cells = [*zip(levels[row, in_view].tolist(), [MARKS[number] for number in numbers.tolist()], strict=True)]
    for place in np.flatnonzero(_IS_MARKER[numbers]).tolist():
        cells[place] = _toned(levels, marks, row, columns.start + place, ink)
    return cells


def _toned(levels: Levels, marks: NDArray[np.uint8], row: int, col: int, ink: Colormap) -> Cell:
    rows, cols = marks.shape
    level, mark = int(levels[row, col]), MARKS[marks[row, col]]
    beside = [(row + down, col + right) for down, right in _AROUND]
    on_map = [(y, x) for y, x in beside if 0 <= y < rows and 0 <= x < cols]
    around = [(int(levels[place]), MARKS[marks[place]]) for place in on_map]
    outside = [cell for cell in around if cell[1] not in MARKERS]
    if not outside and len(on_map) == len(beside):
        return level, _WITHIN[mark]
    light = sum(1 if palette.is_light(value, ink, of) else -1 for value, of in outside)
    if light and (light > 0) != palette.is_light(level, ink):
        return palette.extreme(ink, light > 0), mark
    return level, mark
