"""The words of the flatten view for one slot, computed from the network's shapes."""

from __future__ import annotations

from textwrap import wrap

from cnntui.cnn.arithmetic import number
from cnntui.cnn.layers import Shape, times
from cnntui.cnn.window import Window
from cnntui.ui.widgets.text.line import FILL, Line, line_width

MOST_ACROSS = 49
"""The longest line of a single map's vector: 28×28 pixels fill 16 whole lines."""


def across(maps: Shape) -> int:
    """The number of slots in a line of the grid that shows the vector: with several maps, one slot for each map.

    A single map would be only a column, and in lines of its own width it would look as before flattening.
    """
    rows, cols, channels = maps
    if channels > 1:
        return channels
    lengths = [length for length in range(1, min(MOST_ACROSS, rows * cols) + 1) if rows * cols % length == 0]
    return max(lengths)


def head(name: str, maps: Shape, width: int) -> Line:
    """The layer and its effect, in as many words as fit."""
    rows, cols, channels = maps
    line: Line = ((name, "strong"), (f"   {times(maps)} → {rows * cols * channels:,}", ""))
    more = "   a row a cell, a column a map" if channels > 1 else f"   in lines of {across(maps)}"
    return (*line, (more, "dim")) if line_width(line) + len(more) <= width else line


def where(slot: int, maps: Shape) -> Line:
    """The slot, right-aligned."""
    rows, cols, channels = maps
    return (FILL, (f"slot {slot} of {rows * cols * channels:,}", "window"))


def cell(row: int, col: int, value: float, maps: Shape) -> list[Line | str]:
    """The selected cell, and how far apart its neighbours are in the vector."""
    _, cols, channels = maps
    lines: list[Line | str] = [
        ((f"({row}, {col})", "window"),),
        ((number(value), "window"),),
        "",
        (("neighbours", "dim"),),
        (("→  ", "dim"), (f"+{channels}", "")),
        (("↓  ", "dim"), (f"+{cols * channels}", "")),
    ]
    return [*lines, (("f  ", "dim"), ("+1", ""))] if channels > 1 else lines


def arithmetic(row: int, col: int, channel: int, maps: Shape, height: int) -> list[Line]:
    """The slot as a sum, in words and in numbers, and the way back; if there is only one line, only the numbers."""
    _, cols, channels = maps
    place = row * cols + col
    slot = place * channels + channel
    if channels == 1:
        return _of_one_map(row, col, cols, height)
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


def _of_one_map(row: int, col: int, cols: int, height: int) -> list[Line]:
    """The same for a single map, where no other map lies between two cells."""
    slot = row * cols + col
    live: Line = ((f"{row}·{cols} + {col} = ", ""), (f"{slot}", "window"))
    if height < 3:
        return [live]
    back: Line = (("and back  ", "dim"), (f"{slot} = {row}·{cols} + {col}", ""))
    return [((f"row·{cols} + column = slot", "dim"),), live, back]


WHY = (
    "A dense layer reads one row of numbers and knows no neighbours. So the cells "
    "follow line by line, the maps of a cell side by side, always in one order."
)
"""The reason for a flatten layer."""

WHY_PIXELS = (
    "A dense layer reads one row of numbers and knows no neighbours: it would",
    "learn as well from shuffled pixels, if all images were shuffled alike.",
)
"""What the order means for an image that no convolution has read."""


def why(row: int, col: int, maps: Shape, field: Window | None, width: int, height: int) -> list[Line | str]:
    """Why the vector has this order, and how the number of a slot still tells its place in the image.

    Args:
        row, col: the cell.
        maps: the rows, columns and number of the maps.
        field: the pixels that the cell depends on; None if the cell is itself a pixel.
        width, height: the columns and lines of the text.
    """
    _, cols, channels = maps
    first = (row * cols + col) * channels
    slots = f"Slots {first}–{first + channels - 1}" if channels > 1 else f"Slot {first}"
    if field is None:
        pixel = f"Slot {first} is pixel ({row}, {col})"
        itself: Line = ((f"{pixel} of every image." if height >= 3 else f"{pixel}.", ""),)
        return [*WHY_PIXELS, itself] if height >= 3 else [itself]
    place = f"{slots}: cell ({row}, {col})"
    sight = f", from rows {field.top}–{field.bottom - 1}, columns {field.left}–{field.right - 1} of the image."
    if height < 3:
        return [place + sight if len(place + sight) <= width else place]
    return [*wrap(WHY, max(20, width)), *wrap(place + sight, max(20, width))]


def column_pointer(label: str, x: int, width: int) -> Line:
    """A label with an arrow above a column of the vector, such as `map 12 ▾`."""
    if x > len(label):
        return ((f"{label} ▾".rjust(x + 1), "window"),)
    return ((" " * x + f"▾ {label}", "window"),) if x + 2 + len(label) <= width else ((" " * x + "▾", "window"),)


def row_pointer(y: int, height: int) -> list[Line]:
    """An arrow beside a line of the vector."""
    return [(("▸" if line == y else " ", "window"),) for line in range(height)]
