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
    more = "   nothing is computed: only laid out"
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
        (("its slot, to", "dim"),),
        (("→  ", "dim"), (f"+{channels}", "")),
        (("↓  ", "dim"), (f"+{cols * channels}", "")),
        (("f  ", "dim"), ("+1", "")),
    ]


def arithmetic(row: int, col: int, channel: int, maps: Shape) -> list[Line]:
    """The slot as a sum, in words and in live numbers, and the way back."""
    _, cols, channels = maps
    place = row * cols + col
    slot = place * channels + channel
    return [
        ((f"(row·{cols} + column)·{channels} + map = slot", "dim"),),
        ((f"({row}·{cols} + {col})·{channels} + {channel} = ", ""), (f"{slot}", "window")),
        (
            ("and back  ", "dim"),
            (f"{slot} = {place}·{channels} + {channel}", ""), (" gives the map, ", "dim"),
            (f"{place} = {row}·{cols} + {col}", ""), (" row and column", "dim"),
        ),
    ]  # fmt: skip


def survives(row: int, col: int, maps: Shape, sees: Window | None, width: int) -> Line:
    """How the place on the digit is still there in the number of a slot."""
    _, cols, channels = maps
    first = (row * cols + col) * channels
    slots = f"Slots {first} to {first + channels - 1}" if channels > 1 else f"Slot {first}"
    short = f"{slots}: always cell ({row}, {col})"
    if sees is None:
        return ((f"{short}.", ""),)
    rows, columns = f"rows {sees.top}–{sees.bottom - 1}", f"columns {sees.left}–{sees.right - 1}"
    long = f"{short}, which sees {rows}, {columns} of the digit."
    return ((long if len(long) <= width else f"{short}.", ""),)


WHY = (
    "A dense layer takes one long row of numbers and knows nothing of up, down and",
    "beside. So cells go line by line, all maps of a cell side by side, always alike:",
)
"""Why there is a flatten layer, on two lines of 80 columns."""
