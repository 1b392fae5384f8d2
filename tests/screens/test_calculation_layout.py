"""The calculation page has room for its parts in any window, and says only what is true."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from textual.geometry import Region, Size

from cnntui.cnn.layers import Activate, Add, Conv2D, Multiply, Rescaling
from cnntui.cnn.layers.operation import Operation
from cnntui.cnn.network import Network
from cnntui.ui.views.calculation import text as calculation_text
from cnntui.ui.views.calculation.layout import CalculationForm, places
from cnntui.ui.widgets.text.line import plain

FORMS = [
    CalculationForm(steps=2),
    CalculationForm(((32, 32),), (32, 32), 5, 2, (3, 3)),
    CalculationForm(((32, 32),), (32, 32), 5, 2, (7, 7)),
    CalculationForm(((180, 180), (180, 180)), (180, 180), 2, 1),
    CalculationForm(((7, 7),), None, 2, 1),
    CalculationForm(((7, 7),), None, 2, 1, image=(96, 96)),
    CalculationForm(((48, 48), (48, 48)), (48, 48), 2, 2, image=(96, 96)),
    CalculationForm(((13, 13),), (13, 13), 5, 2, (3, 3), (28, 28)),
    CalculationForm(((48, 48), (1, 1)), (48, 48), 2, 2),
    CalculationForm(((4, 90), (4, 90), (4, 90)), (4, 90), 4, 2),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [(60, 16), (80, 22), (100, 28), (120, 38), (200, 53), (240, 22), (80, 60)])
def test_no_two_parts_overlap_and_none_sticks_out(form: CalculationForm, size: tuple[int, int]) -> None:
    placed = {part: region for part, region in places(Size(*size), form).items() if region}
    for region in placed.values():
        assert Region(0, 0, *size).contains_region(region)
    for (one, first), (other, second) in combinations(placed.items(), 2):
        assert not first.overlaps(second), (one, other)
    assert placed["tree"].height >= 3
    assert {"head", "rule", "equation"} <= set(placed)


@pytest.mark.parametrize("size", [(80, 22), (120, 38), (240, 60)])
def test_one_cell_for_a_whole_map_is_drawn_no_larger_than_the_map(size: tuple[int, int]) -> None:
    placed = places(Size(*size), CalculationForm(((48, 48), (1, 1)), (48, 48), 2, 2))
    assert placed["input-1"].width <= placed["input-0"].width == placed["result"].width
    assert placed["input-1"].height <= placed["input-0"].height


@pytest.mark.parametrize("size", [(160, 43), (200, 53)])
@pytest.mark.parametrize("kernel", [None, (3, 3)])
def test_the_image_fills_what_the_maps_leave_at_the_right(
    size: tuple[int, int], kernel: tuple[int, int] | None
) -> None:
    placed = places(Size(*size), CalculationForm(((24, 24),), (24, 24), 5, 2, kernel, (96, 96)))
    assert placed["digit"].x > max(region.right for part, region in placed.items() if part in ("result", "folded"))
    assert placed["digit"].height >= 8
    alone = places(Size(*size), CalculationForm(((24, 24),), (24, 24), 5, 2, kernel))
    assert [placed[part] for part in ("input-0", "result")] == [alone[part] for part in ("input-0", "result")]
    assert "digit" not in alone, "an image among the inputs is not drawn twice"


def test_the_cells_of_a_small_map_grow_with_the_room() -> None:
    form = CalculationForm(((12, 12),), (12, 12), 2, 1)
    small, large = (places(Size(*size), form)["result"] for size in ((80, 22), (120, 38)))
    assert large.height == 24 > small.height


def test_a_number_for_each_map_is_told_from_one_at_each_place() -> None:
    maps, gate = np.ones((3, 4, 2), np.float32), np.full((1, 1, 2), 0.5, np.float32)
    layer = Multiply("scaled", inputs=("conv", "gate"))
    assert layer.rule((0, 0, 0), layer.forward(maps, gate)).endswith("gate has one number for each map.")
    assert "each map" not in layer.rule((0, 0, 0), layer.forward(maps, maps))


def test_an_equals_sign_stands_only_where_the_numbers_shown_come_to_the_number_shown() -> None:
    steps = (
        Operation("", "", 0.30091, 0.30091, 0),
        Operation("−", "mean", -0.14073, 0.44164),
        Operation("÷", "√(var + ε)", 0.53458, 0.82614),
        Operation("×", "γ", 2.0, 1.65228),
        Operation("+", "β", 0.0001, 1.65238),
        Operation("", "relu", None, 1.65238),
    )
    assert [" ".join(plain(line).split()) for line in calculation_text.way(steps, ["conv2d"], 38)] == [
        "conv2d 0.3009", "− mean −0.1407 = 0.4416", "÷ √(var + ε) 0.5346 ≈ 0.8261", "× γ 2 ≈ 1.6523",
        "+ β 0.0001 = 1.6524", "relu → 1.6524",
    ]  # fmt: skip


def test_of_a_factor_that_somebody_chose_no_more_is_written_than_it_has() -> None:
    layer = Rescaling("scale", scale=(1 / 127.5,), offset=(-1.0,))
    activation = layer.forward(np.full((1, 1, 1), 255, np.float32))
    lines = [" ".join(plain(line).split()) for line in calculation_text.way(
        layer.operations((0, 0, 0), activation), ["digit 0"], 37)]  # fmt: skip
    assert lines == ["digit 0 255.0000", "÷ 127.5 = 2.0000", "− 1 = 1.0000"]
    assert layer.rule((0, 0, 0), activation).startswith("Nothing is learned here: 0 becomes −1, and 255 becomes 1")


def test_a_shortcut_is_named_with_what_it_leaves_out() -> None:
    kernel = np.zeros((1, 1, 2, 2), np.float32)
    layers = (
        Activate("relu"),
        Conv2D("one", kernel, np.zeros(2, np.float32)),
        Conv2D("two", kernel, np.zeros(2, np.float32)),
    )
    longer = Network((*layers, Add("add", inputs=("relu", "two"))), (3, 3, 2))
    assert calculation_text.shortcut(longer, longer["add"]).startswith("relu takes a shortcut past the layers from one")
    shorter = Network((*layers, Add("add", inputs=("two", "one"))), (3, 3, 2))
    assert calculation_text.shortcut(shorter, shorter["add"]).startswith("one takes a shortcut past two")
