"""The layout of the hierarchy lab: the patches of some layers side by side, and the conclusion below."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.places import Places, Room, is_small, text_at

COLUMNS = 3
"""How many layers stand side by side."""

ENOUGH = 6
"""The number of patches that show what they have in common: cells are enlarged only if this many patches still fit."""

LARGEST = 11
"""The size from which several cells of a patch are drawn as one."""


def places(size: Size, layers: int) -> Places:
    """The layout of the lab in a stage of some size."""
    room = Room.of(size)
    placed: Places = {}
    small = is_small(size)
    if not small:
        placed["head"] = room.top(1, gap=int(size.height >= 30))
        placed["found"] = text_at(room.bottom(3))
    placed["patch"] = room.bottom(1, gap=int(size.height >= 22))
    gap = 1 if small else 1 + max(0, size.width - 80) // 20
    width = (room.width - gap * (COLUMNS - 1)) // COLUMNS
    for place in range(layers):
        column = Room(room.left(width, gap=gap))
        placed[f"title-{place}"] = column.top(1 if small else 2)
        if not small:
            placed[f"classes-{place}"] = column.bottom(1)
        placed[f"wall-{place}"] = column.rest()
    return placed


def patches_in(wall: Size, field: Pair) -> int:
    """How many patches of a receptive field a wall shows: a few large ones, or else many small ones."""
    rows, cols = (min(cells, LARGEST) for cells in field)
    for side in range(8, 0, -1):
        across = (wall.width + 1) // (cols * side + 1)
        down = (wall.height + 1) // (-(-rows * side // 2) + 1)
        if across * down >= ENOUGH or side == 1:
            return max(2, across * down)
    return 2
