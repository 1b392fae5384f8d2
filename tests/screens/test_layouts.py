"""Layouts at every size: no part over another or outside, and the room is used."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import NamedTuple

import pytest
from textual.geometry import Region, Size

from cnntui.ui.views.convolve import layout as convolve
from cnntui.ui.views.convolve.layout import ConvolveForm
from cnntui.ui.views.dense import layout as dense
from cnntui.ui.views.dense.layout import DenseForm
from cnntui.ui.views.draw import layout as draw
from cnntui.ui.views.field import layout as field
from cnntui.ui.views.flatten import layout as flatten
from cnntui.ui.views.kernel_time import layout as kernel_time
from cnntui.ui.views.labs import lab_list_layout
from cnntui.ui.views.labs.downsampling import layout as downsampling
from cnntui.ui.views.labs.hierarchy import layout as hierarchy
from cnntui.ui.views.labs.kernel import layout as kernel
from cnntui.ui.views.labs.kernel.layout import KernelForm
from cnntui.ui.views.labs.overfitting import layout as overfitting
from cnntui.ui.views.labs.shift import layout as shift
from cnntui.ui.views.labs.shift.layout import ShiftForm
from cnntui.ui.views.network import layout as network
from cnntui.ui.views.network.layout import NetworkForm, OutputKind
from cnntui.ui.views.pool import layout as pool
from cnntui.ui.views.runs import layout as runs
from cnntui.ui.views.softmax import layout as softmax
from cnntui.ui.views.train import layout as train
from cnntui.ui.views.why import layout as why
from cnntui.ui.widgets.places import TEXT_WIDTH, Places, Room, head

SIZES = sorted({
    *(Size(width, height) for width, height in ((60, 18), (80, 24), (100, 30), (120, 40), (160, 45), (200, 55))),
    *(Size(width, height) for width in range(60, 261, 13) for height in range(18, 81, 7)),
    *(Size(60 + step, 18 + step // 3) for step in range(0, 160, 3)),
})  # fmt: skip
"""Sizes of the terminal: those of the issue, a grid of others, and a window that is drawn larger by its corner."""

USUAL = (2.0, 4.5)
"""Columns for each line in the windows that people use: from half a screen to a wide one."""

BARS = 2
"""Lines that the bar of modes and that of keys take."""


class View(NamedTuple):
    """One form of a view.

    Attributes:
        places: its layout.
        share: of the stage, the part from the first to the last used line and column, that is covered at least.
        reach: of the stage, the share of the lines down to which it goes at least.
        words: ids of sentences, which are never longer than a line that is read with ease.
    """

    places: Callable[[Size], Places]
    share: float
    words: tuple[str, ...] = ()
    reach: float = 0.9


def convolve_view(before: int, after: int, kernel: int, channels: int, share: float) -> View:
    form = ConvolveForm((before, before), (after, after), (kernel, kernel), channels, 64)
    return View(lambda size: convolve.places(size, form), share, ("sentence", "vector-title", "channels-title"))


def pool_view(before: int, after: int, window: int, share: float) -> View:
    shapes = (before, before), (after, after), (window, window)
    return View(lambda size: pool.places(size, *shapes), share, ("sentence", "equation", "field-growth"))


def network_view(
    kind: OutputKind, grid: tuple[int, int], share: float, layers: int = 8, maps: int = 64, reach: float = 0.9
) -> View:
    form = NetworkForm(
        kind=kind, layers=layers, image=(28, 28), grid=grid, is_pictured=kind is OutputKind.UNITS and grid == (28, 28),
        is_scaled=layers > 8, maps=maps, has_neighbour=True,
    )  # fmt: skip
    return View(lambda size: network.places(size, form), share, ("scale", "layers"), reach)


def dense_view(cells: tuple[int, int] | None, reads_pixels: bool, share: float) -> View:
    form = DenseForm((28, 28), cells, reads_pixels, "cells")
    return View(lambda size: dense.places(size, form), share)


def field_view(*maps: tuple[int, int]) -> View:
    return View(lambda size: field.places(size, (28, 28), maps, 0 if maps else None), 0.35, ("story",), 0.45)


def kernel_lab(
    cells: tuple[int, int], size: int, filters: int, share: float, is_table: bool = False, reach: float = 0.8
) -> View:
    output = cells[0] - size + 1, cells[1] - size + 1
    form = KernelForm(cells, output, (size, size), filters, is_table)
    return View(lambda room: kernel.places(room, form), share, ("step", "story"), reach)


def shift_lab(networks: int, image: tuple[int, int] = (28, 28), view: int = 0, share: float = 0.45) -> View:
    form = ShiftForm(image, 10, networks)
    return View(lambda room: shift.places(room, form, view), share, ("found",), 0.8)


def downsampling_lab(before: int, after: int, share: float, is_table: bool = False) -> View:
    return View(
        lambda room: downsampling.places(room, (before, before), (after, after), is_table),
        share, ("window", "moved", "found", "said"), 0.3 if is_table else 0.9,
    )  # fmt: skip


VIEWS = {
    "convolve, first layer": convolve_view(28, 27, 2, 1, 0.45),
    "convolve, second layer": convolve_view(13, 12, 2, 32, 0.45),
    "convolve, kernel of 5": convolve_view(28, 24, 5, 1, 0.45),
    "convolve, large picture": convolve_view(224, 222, 3, 3, 0.45),
    "convolve, kernel of the whole input": convolve_view(7, 1, 7, 16, 0.3),
    "network, maps": network_view(OutputKind.MAPS, (27, 27), 0.55, maps=32),
    "network, many layers": network_view(OutputKind.MAPS, (112, 112), 0.6, layers=54, maps=32),
    "network, vector": network_view(OutputKind.VECTOR, (25, 64), 0.3, reach=0.4),
    "network, pixels": network_view(OutputKind.VECTOR, (28, 28), 0.3, layers=3, reach=0.5),
    "network, units": network_view(OutputKind.UNITS, (1, 1), 0.5),
    "network, units that read pixels": network_view(OutputKind.UNITS, (28, 28), 0.4, layers=3),
    "network, classes": network_view(OutputKind.CLASSES, (1, 1), 0.2, reach=0.3),
    "train": View(lambda size: train.places(size, (28, 28), 10, has_problem=False), 0.6, ("sentence",)),
    "train, classes with names": View(
        lambda size: train.places(size, (28, 28), 10, has_problem=False, names=12), 0.6, ("sentence",)
    ),
    "train, a problem": View(lambda size: train.places(size, (28, 28), 10, has_problem=True), 0.6, ("sentence",)),
    "train, large picture": View(lambda size: train.places(size, (224, 224), 1000, has_problem=False), 0.6),
    "dense, after maps": dense_view((5, 5), False, 0.55),
    "dense, pixels": dense_view((28, 28), True, 0.6),
    "dense, after dense": dense_view(None, False, 0.6),
    "why": View(lambda size: why.why_places(size, (28, 28), is_heat=False), 0.6, ("comparison", "experiment")),
    "why, the experiment": View(lambda size: why.why_places(size, (28, 28), is_heat=True), 0.6),
    "why, 32×32": View(lambda size: why.why_places(size, (32, 32), is_heat=False), 0.6, ("comparison", "experiment")),
    "why, large picture": View(lambda size: why.why_places(size, (224, 224), is_heat=False), 0.6),
    "draw": View(lambda size: draw.places(size, (28, 28), 10), 0.5, ("talk", "lesson")),
    "softmax": View(lambda size: softmax.places(size, (28, 28), 10), 0.25, ("sum", "equation", "shift", "from"), 0.4),
    "kernel through time": View(lambda size: kernel_time.places(size, 2, is_numbered=True), 0.7, ("sentence",)),
    "large kernel through time": View(lambda size: kernel_time.places(size, 7, is_numbered=False), 0.7, ("sentence",)),
    "field": field_view((27, 27), (13, 13), (12, 12), (6, 6), (5, 5)),
    "field, one map": field_view((27, 27)),
    "field, large maps": field_view((112, 112), (56, 56), (28, 28)),
    "field, pixels": field_view(),
    "flatten": View(lambda size: flatten.places(size, (5, 5), (25, 64), (28, 28), is_single=False), 0.2, ("why",)),
    "flatten, pixels": View(lambda size: flatten.places(size, (28, 28), (13, 64), (28, 28), is_single=True), 0.2),
    "runs": View(lambda size: runs.places(size, 200, is_asking=False), 0.7),
    "runs, asking": View(lambda size: runs.places(size, 200, is_asking=True), 0.7),
    "runs, a dozen": View(lambda size: runs.places(size, 12, is_asking=False), 0.7),
    "runs, the bundled ones": View(lambda size: runs.places(size, 2, is_asking=False), 0.7),
    "kernel lab": kernel_lab((28, 28), 3, 1, 0.35, reach=0.7),
    "kernel lab, many filters": kernel_lab((28, 28), 3, 16, 0.35),
    "kernel lab, large kernel": kernel_lab((28, 28), 7, 1, 0.35),
    "kernel lab, own cells": kernel_lab((9, 9), 3, 1, 0.3, is_table=True, reach=0.7),
    "kernel lab, large picture": kernel_lab((224, 224), 3, 1, 0.4),
    "shift lab": shift_lab(2),
    "shift lab, the difference": shift_lab(2, view=1),
    "shift lab, one network": shift_lab(1, share=0.3),
    "shift lab, large picture": shift_lab(2, (224, 224)),
    "downsampling lab": downsampling_lab(27, 14, 0.28),
    "downsampling lab, window of 4": downsampling_lab(27, 7, 0.25),
    "downsampling lab, small map": downsampling_lab(5, 3, 0.2),
    "downsampling lab, large picture": downsampling_lab(222, 111, 0.3),
    "downsampling lab, networks": downsampling_lab(27, 14, 0.2, is_table=True),
    "hierarchy lab": View(lambda size: hierarchy.places(size, 3), 0.7, ("found",)),
    "overfitting lab": View(lambda size: overfitting.places(size, "max", False, False), 0.6, ("found",)),
    "overfitting lab, table": View(lambda size: overfitting.places(size, "max", True, False), 0.3, ("found",)),
    "overfitting lab, own run": View(lambda size: overfitting.places(size, "none", False, True), 0.6, ("found",)),
    "labs": View(lambda size: lab_list_layout.places(size, (28, 28), 5, 3), 0.4),
    "pool": pool_view(27, 13, 2, 0.35),
    "pool, small maps": pool_view(5, 2, 3, 0.3),
    "pool, large picture": pool_view(224, 112, 2, 0.5),
}


def described(name: str, size: Size, places: Places) -> str:
    parts = "\n".join(f"  {part}: {region}" for part, region in places.items())
    return f"{name} at {size.width}×{size.height}:\n{parts}"


@pytest.mark.parametrize("name", VIEWS)
def test_parts_lie_within_the_stage_and_not_over_each_other(name: str) -> None:
    for size in SIZES:
        stage = Size(size.width, size.height - BARS)
        places = VIEWS[name].places(stage)
        for part, region in places.items():
            assert region.area or size.width < 80 or size.height < 24, (
                f"{part} has no room: {described(name, size, places)}"
            )
            assert not region or region in stage.region, f"{part} is outside: {described(name, size, places)}"
        for (one, here), (other, there) in combinations(places.items(), 2):
            assert not here.overlaps(there), f"{one} lies over {other}: {described(name, size, places)}"


@pytest.mark.parametrize("name", VIEWS)
def test_the_room_is_used(name: str) -> None:
    # Windows of an odd form cannot be filled with square maps.
    for size in [size for size in SIZES if size.width >= 80 and USUAL[0] <= size.width / size.height <= USUAL[1]]:
        stage = Size(size.width, size.height - BARS)
        view = VIEWS[name]
        places = view.places(stage)
        used = sum(region.area for region in places.values()) / stage.area
        assert used >= view.share, f"only {used:.0%} is used: {described(name, size, places)}"
        around = Region.from_union(list(places.values()))
        assert around.right >= 0.7 * stage.width, f"nothing at the right: {described(name, size, places)}"
        assert around.bottom >= view.reach * stage.height, f"nothing at the bottom: {described(name, size, places)}"


@pytest.mark.parametrize("name", VIEWS)
def test_lines_of_text_are_not_too_long_to_read(name: str) -> None:
    for size in SIZES:
        places = VIEWS[name].places(Size(size.width, size.height - BARS))
        for part in VIEWS[name].words:
            assert part not in places or places[part].width <= TEXT_WIDTH


OTHERWISE = ("labs", "overfitting lab", "downsampling lab")
"""Views that tell the same numbers in other parts where there is more room."""


def test_larger_windows_never_show_smaller_maps_or_less() -> None:
    for name in [name for name in VIEWS if not name.startswith(OTHERWISE)]:
        view = VIEWS[name]
        for width in range(60, 240, 20):
            small, large = (view.places(Size(width + more, 16 + (width + more - 60) // 4)) for more in (0, 20))
            assert set(small) <= set(large) | {"equation", "sentence", "at"}


def test_what_is_cut_off_a_room_is_gone_from_it() -> None:
    room = Room(Region(1, 2, 30, 10))
    assert room.top(1, gap=1) == Region(1, 2, 30, 1)
    assert room.left(10, gap=2) == Region(1, 4, 10, 8)
    assert room.bottom(3) == Region(13, 9, 18, 3)
    assert room.right(50) == Region(13, 4, 18, 5)
    assert not room.rest()
    assert not room.top(1)


def test_the_first_line_has_a_blank_one_below_where_lines_abound() -> None:
    tight, roomy = Room.of(Size(80, 22)), Room.of(Size(200, 53))
    assert {part: region.y for part, region in head(tight, "head", "where").items()} == {"head": 0, "where": 0}
    assert tight.region.y == 1
    head(roomy, "head", "where")
    assert roomy.region.y == 2


@pytest.mark.parametrize("size", [Size(80, 22), Size(120, 38), Size(200, 53)])
def test_a_small_colour_image_is_whole_on_why(size: Size) -> None:
    places = why.why_places(size, (32, 32), is_heat=False)
    assert min(places["digit"].width, 2 * places["digit"].height) >= 32


@pytest.mark.parametrize(("size", "count"), [(Size(100, 28), 5), (Size(100, 28), 7), (Size(110, 32), 9)])
def test_a_short_list_of_runs_leaves_room_for_curves_before_it_leaves_room_for_all_settings(
    size: Size, count: int
) -> None:
    placed = runs.places(size, count, is_asking=False)
    assert placed["table"].height == 1 + count
    assert min(placed["loss"].height, placed["accuracy"].height) >= runs.CHARTS - 1
    assert placed["settings"].height >= runs.LEAST_SETTINGS


@pytest.mark.parametrize("size", [Size(120, 38), Size(100, 30), Size(200, 53), Size(80, 22)])
@pytest.mark.parametrize("side", [1, 2, 7])
def test_the_sums_of_a_convolution_have_room_for_their_numbers(size: Size, side: int) -> None:
    placed = convolve.places(size, ConvolveForm((16, 16), (16, 16), (side, side), 96, 384))
    assert placed["sums"].width == 8
