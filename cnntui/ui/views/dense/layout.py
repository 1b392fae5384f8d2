"""The layout of the dense view: the terms in the middle, and their sources on the left."""

from __future__ import annotations

from textual.geometry import Region, Size

from cnntui.cnn.ops import Pair
from cnntui.ui.widgets.places import Places, Room, drawn, head, is_small, shown_at
from cnntui.values import dataclass

TERMS = Size(60, 12)
"""The least size of a table of terms if there is room."""


@dataclass(frozen=True)
class DenseForm:
    """The properties that the layout depends on, besides the room.

    Attributes:
        image: the rows and columns of the input.
        cells: the rows and columns of the maps that the layer reads; None if it reads the units of a dense layer.
        reads_pixels: whether the layer's input is the image itself.
        picture: which picture of such a layer is shown if there is room for only one.
    """

    image: Pair
    cells: Pair | None
    reads_pixels: bool
    picture: str


def shows_all_pictures(size: Size) -> bool:
    """Whether there is room for weights, products and image side by side."""
    return size.width >= 116 and size.height >= 36


def places(size: Size, form: DenseForm) -> Places:
    """The layout of the view in a stage of some size."""
    room = Room.of(size)
    placed = head(room, "head", "where")
    if is_small(size):
        placed["sentence"] = room.bottom(1)
        placed["units"] = room.bottom(2)
        placed["units-title"] = room.bottom(1)
        placed["terms"] = room.rest()
        return placed
    high = 3 + max(0, size.height - 22) // 8
    if form.cells is not None and not form.reads_pixels and size.height < 30:
        return placed | _corner(room, form.image, form.cells, high)
    placed["sentence"] = room.bottom(1, gap=int(size.height >= 30))
    bars = Room(room.bottom(high + 1, gap=int(size.height >= 30)))
    if form.cells is None:
        inputs = Room(bars.left(bars.width - min(60, max(12, bars.width - 66)) - 2, gap=2))
        placed |= {"inputs-title": inputs.top(1), "inputs": inputs.rest()}
    placed |= {"units-title": bars.top(1), "units": bars.rest()}
    if form.reads_pixels:
        return placed | _pictures(room, form, shows_all_pictures(size))
    below = 0 if form.cells is None else 7
    return placed | _beside(room, form.image, form.cells, below)


def _corner(room: Room, image: Pair, cells: Pair, high: int) -> Places:
    """Little room: put the cells below the image, with the bars beside them."""
    bottom = Room(room.bottom(high + 2))
    grid = drawn(cells, 11, bottom.height)
    placed = {"cells": shown_at(bottom.left(max(10, grid.width), gap=3), grid)}
    placed |= {"units-title": bottom.top(1), "units": bottom.top(high), "sentence": bottom.rest()}
    left = Room(room.left(28, gap=2))
    placed["field-columns"] = left.top(1)
    digit = drawn(image, 28, left.height - 1)
    placed["digit"] = shown_at(left.top(digit.height), digit)
    placed["field-rows"] = _ruler(placed["digit"])
    placed["cells-title"] = left.bottom(1)
    placed["terms"] = room.rest()
    return placed


def _beside(room: Room, image: Pair, cells: Pair | None, below: int) -> Places:
    digit = drawn(image, min(56, max(28, room.width - 3 - TERMS.width)), room.height - 2 - below)
    left = Room(room.left(max(28, digit.width), gap=3))
    placed = {"digit-title": left.top(1)}
    if cells is not None:
        placed["field-columns"] = left.top(1)
    placed["digit"] = shown_at(left.top(digit.height, gap=1), digit)
    if cells is not None:
        placed["field-rows"] = _ruler(placed["digit"])
        placed["cells-title"] = left.top(1)
        placed["cells"] = shown_at(left.rest(), drawn(cells, left.width, left.height))
    placed["terms"] = room.rest()
    return placed


def _pictures(room: Room, form: DenseForm, shows_all: bool) -> Places:
    parts = ("digit", "weights", "cells") if shows_all else (form.picture,)
    lines = room.height - TERMS.height if shows_all else room.height
    picture = drawn(form.image, (room.width - 6) // 3 if shows_all else 28, lines - 1)
    wide = max(28, picture.width)
    row = Room(room.top(1 + picture.height, gap=1) if shows_all else room.left(wide, gap=2))
    placed: Places = {}
    for part in parts:
        column = Room(row.left(wide, gap=2))
        placed |= {f"{part}-title": column.top(1), part: shown_at(column.rest(), picture)}
    placed["terms"] = room.rest()
    return placed


def _ruler(digit: Region) -> Region:
    """The column beside the image, for the ruler of its rows."""
    return Region(digit.x - 1, digit.y, 1, digit.height)
