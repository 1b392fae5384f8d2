"""The layout of the overfitting lab: the curves of a pair and, if there is room, all numbers below them."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.labs.overfitting import POOLINGS
from cnntui.runs.config.settings import Pooling
from cnntui.ui.views.base.sizes import holds
from cnntui.ui.widgets.places import Places, Room, is_small, text_at

SQUARE = Size(31, 6)
"""The size of the square of gaps."""

NUMBERS = 7
"""The number of lines for the numbers of a pair."""

TABLE = 12
"""The number of lines of the table."""

LARGE = Size(116, 36)
"""The smallest stage that shows both the curves and the table."""

FOUND = 5
"""The number of lines for the conclusion."""


def shows_all(size: Size) -> bool:
    """Whether there is room for both the curves and the table."""
    return holds(size, LARGE)


def places(size: Size, chosen: Pooling, is_table: bool, has_own: bool) -> Places:
    """The layout of the lab in a stage of some size.

    Args:
        size: columns and lines.
        chosen: the network of the pair whose curves are shown if there is room for only one.
        is_table: whether the table replaces the curves if there is no room for both.
        has_own: whether there is a line about the user's own run.
    """
    room = Room.of(size)
    if is_small(size):
        return _small(room, chosen, is_table, has_own)
    placed = {"head": room.top(1, gap=int(shows_all(size)))}
    placed["found"] = text_at(room.bottom(FOUND, gap=int(not has_own or size.height >= 26)))
    if has_own:
        placed["yours"] = room.bottom(1)
    placed["formula"] = room.bottom(1, gap=int(size.height >= 26))
    if shows_all(size):
        placed["table"] = room.bottom(TABLE, gap=1)
    elif is_table:
        room.top(int(room.height > TABLE + 1))
        return placed | {"table": room.top(TABLE)}
    else:
        column = Room(room.right(SQUARE.width, gap=2))
        placed["square"] = column.top(SQUARE.height, gap=1)
        placed["numbers"] = column.top(NUMBERS)
    gap = int(room.height >= 18)
    upper = Room(room.top((room.height - gap) // 2, gap=gap))
    for value, row in (("loss", upper), ("accuracy", Room(room.rest()))):
        left, right = POOLINGS
        placed[f"{value}-{left}"] = row.left((row.width - 1) // 2, gap=1)
        placed[f"{value}-{right}"] = row.rest()
    return placed


def _small(room: Room, chosen: Pooling, is_table: bool, has_own: bool) -> Places:
    if is_table:
        placed = {"table": room.top(TABLE)}
        if has_own:
            placed["yours"] = room.top(1)
        return placed | {"found": text_at(room.rest())}
    placed = {"head": room.top(1), "yours" if has_own else "found": text_at(room.bottom(1))}
    column = Room(room.right(SQUARE.width, gap=1))
    placed["square"] = column.top(SQUARE.height, gap=1)
    placed["numbers"] = column.top(NUMBERS)
    placed[f"loss-{chosen}"] = room.top(room.height // 2)
    placed[f"accuracy-{chosen}"] = room.rest()
    return placed
