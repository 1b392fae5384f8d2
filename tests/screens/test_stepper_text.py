"""The titles above the maps on Convolve and Pool."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.ui.views.base.stepper_text import map_title, place
from cnntui.ui.widgets.text.line import plain

MAP = np.full((13, 13), 0.318, np.float32)


@pytest.mark.parametrize(("width", "shown"), [
    (40, "input map 10 13×13   0 ■■■■ 0.318"),
    (28, "input map 10 13×13 0 … 0.318"),
    (27, "input map 10   0 … 0.318"),
    (23, "input map 10 0 … 0.318"),
    (20, "input map 10 13×13"),
])  # fmt: skip
def test_the_limits_of_the_colours_are_whole(width: int, shown: str) -> None:
    assert plain(map_title("input map 10", MAP, True, width)) == shown


def test_a_map_with_values_below_zero_has_a_limit_below_zero() -> None:
    values = np.array([[-0.5, 0.25]], np.float32)
    assert plain(map_title("output", values, True, 40)) == "output 1×2   −0.5 ■■■■■■■■ 0.5"
    assert plain(map_title("output", values, False, 40)) == "output 1×2"


def test_a_map_of_zeros_has_no_scale() -> None:
    assert plain(map_title("input map 0", np.zeros((8, 8), np.float32), True, 24)) == "input map 0 8×8   all 0"


@pytest.mark.parametrize(("width", "shown"), [
    (44, "conv2d_64   filter 0 of 64   channel 0 of 64"),
    (43, "conv2d_64  filter 0 of 64  channel 0 of 64"),
    (40, "conv2d_64 filter 0 of 64 channel 0 of 64"),
    (36, "c…_64 filter 0 of 64 channel 0 of 64"),
])  # fmt: skip
def test_filter_and_channel_are_whole_in_any_room(width: int, shown: str) -> None:
    assert plain(place("conv2d_64", [("filter", "0", " of 64"), ("channel", "0", " of 64")], width)) == shown
