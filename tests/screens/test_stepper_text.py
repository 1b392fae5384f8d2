"""What stands above the maps on Convolve and Pool."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.ui.views.base.stepper_text import map_title
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
