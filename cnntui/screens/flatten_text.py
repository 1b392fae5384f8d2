"""What the flatten view says about one slot, made from the live shapes."""

from __future__ import annotations

from cnntui.cnn.arithmetic import number
from cnntui.cnn.layers import Shape, times
from cnntui.cnn.window import Window
from cnntui.widgets.lines import FILL, Line, plain


def head(name: str, maps: Shape, width: int) -> Line:
    """The layer and what it does, in as many words as there is room for."""
    rows, cols, channels = maps
    line: Line = ((name, "strong"), (f"   {times(maps)} → {rows * cols * channels:,}", ""))
    more = "   a row a cell, a column a map"
    return (*line, (more, "dim")) if len(plain(line)) + len(more) <= width else line


def where(slot: int, maps: Shape) -> Line:
    """The slot, at the right edge."""
    rows, cols, channels = maps
    return (FILL, (f"slot {slot} of {rows * cols * channels:,}", "window"))


def cell(row: int, col: int, value: float, maps: Shape) -> list[Line | str]:
    """The cell that is pointed at, and how far its neighbours are away in the vector."""
    _, cols, channels = maps
    return [
        ((f"({row}, {col})", "window"),),
        ((number(value), "window"),),
        "",
        (("neighbours", "dim"),),
        (("→  ", "dim"), (f"+{channels}", "")),
        (("↓  ", "dim"), (f"+{cols * channels}", "")),
        (("f  ", "dim"), ("+1", "")),
    ]


def arithmetic(row: int, col: int, channel: int, maps: Shape, height: int) -> list[Line]:
    """The slot as a sum, in words and in live numbers, and the way back; on one line the live numbers alone."""
    _, cols, channels = maps
    place = row * cols + col
    slot = place * channels + channel
    live: Line = ((f"({row}·{cols} + {col})·{channels} + {channel} = ", ""), (f"{slot}", "window"))
    if height < 3:
        return [live]
    return [
        ((f"(row·{cols} + column)·{channels} + map = slot", "dim"),),
        live,
        (
            ("and back  ", "dim"),
            (f"{slot} = {place}·{channels} + {channel}", ""), (" gives the map, ", "dim"),
            (f"{place} = {row}·{cols} + {col}", ""), (" row and column", "dim"),
        ),
    ]  # fmt: skip


WHY = (
    "A dense layer takes one long row, and knows no up, down or beside. So the",
    "cells go line by line, all maps of a cell together, in the same order always.",
)
"""Why there is a flatten layer."""


def why(row: int, col: int, maps: Shape, sees: Window, width: int, height: int) -> list[Line | str]:
    """Why a vector is laid out so, and how the place on the digit is still there in the number of a slot.

    Args:
        row, col: the cell.
        maps: rows, columns and number of the maps.
        sees: the pixels that the cell depends on.
        width, height: columns and lines.
    """
    _, cols, channels = maps
    first = (row * cols + col) * channels
    slots = f"Slots {first}–{first + channels - 1}" if channels > 1 else f"Slot {first}"
    place = f"{slots}: cell ({row}, {col})"
    sight = f", seeing rows {sees.top}–{sees.bottom - 1}, columns {sees.left}–{sees.right - 1} of the digit."
    survives: Line = ((place + sight if len(place + sight) <= width else place, ""),)
    return [*WHY, survives] if height >= 3 else [survives]


def column_pointer(channel: int, x: int, width: int) -> Line:
    """`map 12 ▾` with its arrow above a column of the vector.

    Args:
        channel: the map.
        x: the column of the arrow.
        width: columns there are.
    """
    label = f"map {channel}"
    if x > len(label):
        return ((f"{label} ▾".rjust(x + 1), "window"),)
    return ((" " * x + f"▾ {label}", "window"),) if x + 2 + len(label) <= width else ((" " * x + "▾", "window"),)


def row_pointer(y: int, height: int) -> list[Line]:
    """An arrow beside a line of the vector."""
    return [(("▸" if line == y else " ", "window"),) for line in range(height)]
