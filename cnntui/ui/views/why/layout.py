"""The layout of Why: a tree of numbers beside the image."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.cnn.ops import Pair
from cnntui.ui.views.base.sizes import holds
from cnntui.ui.widgets.places import Places, Room, drawn, is_small, is_whole, shown_at, text_at

TREE_WIDTH = 60
"""The least width of a tree beside two large pictures."""

WIDEST_TREE = 104
"""The greatest width of a tree, except in very wide windows: the eye would lose the row between name and value."""

NARROW_TREE = 42
"""The least width of a tree beside one complete picture."""

DETAILS = 4
"""The number of lines about a row of the tree."""

LARGE = Size(116, 34)
"""The smallest stage with both the image and the experiment."""


def why_places(size: Size, image: Pair, is_heat: bool) -> Places:
    """The layout of Why in a stage of some size.

    Args:
        size: columns and lines.
        image: the rows and columns of the input.
        is_heat: whether the experiment is shown if there is room for only one picture.
    """
    room = Room.of(size)
    placed = {"head": room.top(1, gap=int(size.height >= 40))}
    if is_small(size):
        return placed | _small(room, image, is_heat)
    placed["equation"] = room.bottom(1)
    both = holds(size, LARGE)
    for part in ("experiment", "comparison"):
        if both or (part == "experiment") == is_heat:
            placed[part] = text_at(room.bottom(1))
    if both:
        room.bottom(0)
    pictures = ("digit", "heat") if both else ("heat",) if is_heat else ("digit",)
    return placed | _tree(room, image, pictures)


def _tree(room: Room, image: Pair, pictures: tuple[str, ...]) -> Places:
    """Place the pictures (side by side if that makes them larger), the words about the row, and the tree beside."""
    count = len(pictures)
    in_a_row = drawn(image, min(56, (room.width - 3 * count - TREE_WIDTH) // count), room.height - DETAILS - 2)
    stacked = drawn(image, min(56, max(28, room.width - 3 - 86)), (room.height - DETAILS) // count - 1)
    is_row = in_a_row.cell_width > stacked.cell_width
    # If that keeps pictures complete, the words about the row go below the tree, which has more room.
    widest = min(56, room.width - 3 - (TREE_WIDTH if count > 1 else NARROW_TREE))
    larger = drawn(image, widest, room.height // count - 1)
    is_below = not is_row and not is_whole(stacked, image) and is_whole(larger, image)
    if is_below:
        stacked = larger
    picture = in_a_row if is_row else stacked
    wide = max(28, picture.width)
    left = Room(room.left(wide * count + 3 * (count - 1) if is_row else wide, gap=2 if room.width < 100 else 3))
    placed: Places = {}
    if is_row:
        row = Room(left.top(1 + picture.height, gap=1))
        for part in pictures:
            column = Room(row.left(wide, gap=3))
            placed |= {f"{part}-title": column.top(1), part: shown_at(column.rest(), picture)}
    else:
        for part in pictures:
            placed[f"{part}-title"] = left.top(1)
            placed[part] = shown_at(left.top(picture.height), picture)
    placed["details"] = room.bottom(DETAILS) if is_below else left.top(DETAILS)
    room = Room(room.left(max(WIDEST_TREE, 4 * room.width // 5)))
    return placed | {"heading": room.top(1), "tree": room.rest()}


def _small(room: Room, image: Pair, is_heat: bool) -> Places:
    if not is_heat:
        placed = {"equation": room.bottom(1), "comparison": text_at(room.bottom(1))}
        return placed | {"heading": room.top(1), "tree": room.rest()}
    placed = {"experiment": text_at(room.bottom(1))}
    heat = drawn(image, 28, room.height)
    placed["heat"] = shown_at(room.left(heat.width, gap=2), heat)
    room.top(1)
    placed["heat-title"] = room.top(1, gap=1)
    placed["details"] = room.top(DETAILS)
    return placed
