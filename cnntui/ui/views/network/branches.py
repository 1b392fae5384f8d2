"""Draws the edges of a network with branches, in a few columns beside the list of its layers."""

from __future__ import annotations

from cnntui.cnn.network import IMAGE, Network

MOST_LANES = 6
"""The most columns for edges; further edges at the same height are not drawn."""


def edges(network: Network) -> tuple[str, ...]:
    """The text before each layer's name; empty for all if each layer reads the one above it.

    An edge that leads past other layers is an arc beside them: ╭ where it begins, ╰ where it ends. An edge from the
    layer directly above has no sign.
    """
    names = [layer.name for layer in network]
    arcs = [
        (names.index(read), place)
        for place, name in enumerate(names)
        for read in dict.fromkeys(network.reads(name))
        if read != IMAGE and names.index(read) != place - 1
    ]
    lanes = _lanes(arcs)
    count = max(lanes.values(), default=-1) + 1
    cells = [[" "] * count for _ in names]
    # The shortest arcs lie next to the names; longer arcs pass behind them.
    for (begin, end), lane in sorted(lanes.items(), key=lambda item: item[1]):
        column = count - 1 - lane
        for place, corner in ((begin, "╭"), (end, "╰")):
            cells[place][column] = _joined(cells[place][column], corner)
            for right in range(column + 1, count):
                cells[place][right] = _crossed(cells[place][right])
        for place in range(begin + 1, end):
            cells[place][column] = "│"
    return tuple("".join(row) + (" " if count else "") for row in cells)


def _lanes(arcs: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The lane of each arc, counted outwards from the names; arcs that share rows lie in different lanes."""
    lanes: dict[tuple[int, int], int] = {}
    for begin, end in sorted(arcs, key=lambda arc: (arc[1] - arc[0], arc)):
        taken = {lane for (other, last), lane in lanes.items() if other < end and begin < last}
        lane = next(lane for lane in range(len(arcs) + 1) if lane not in taken)
        if lane < MOST_LANES:
            lanes[begin, end] = lane
    return lanes


def _joined(there: str, corner: str) -> str:
    """The character for the end of an arc, joined with one that ends or begins there already."""
    return "├" if there in "╭╰├" and there != corner else corner


def _crossed(there: str) -> str:
    """The character where a horizontal line crosses another."""
    return {" ": "─", "│": "┼", "╭": "┬", "╰": "┴", "├": "┼"}.get(there, there)
