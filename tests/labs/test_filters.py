"""Kernels at sizes other than their own, and which one comes next."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.ops import Floats
from cnntui.labs.filters import PRESETS, Filter, OwnKernel, Preset, another, learned, resized, whole
from cnntui.labs.kernel import Experiment

SHARPEN, SOBEL = PRESETS[3], PRESETS[4]


def numbered(height: int, width: int) -> Floats:
    return np.arange(1, 1 + height * width, dtype=np.float32).reshape(height, width)


def layer(filters: int, size: int = 2) -> Conv2D:
    kernel = np.random.default_rng(filters).standard_normal((size, size, 3, filters)).astype(np.float32)
    return Conv2D("conv", kernel, np.zeros(filters, np.float32))


def test_the_middle_stays_the_middle() -> None:
    np.testing.assert_array_equal(resized(numbered(2, 3), 3, 2), [[0, 0], [2, 3], [5, 6]])
    np.testing.assert_array_equal(resized(numbered(3, 3), 1, 1), [[5]])
    np.testing.assert_array_equal(resized(numbered(1, 1), 2, 4), [[0, 1, 0, 0], [0, 0, 0, 0]])


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 2), (3, 3)])
@pytest.mark.parametrize("larger", [(3, 3), (4, 5), (7, 7)])
def test_with_zeros_around_it_a_kernel_computes_what_it_did(size: tuple[int, int], larger: tuple[int, int]) -> None:
    x = np.random.default_rng(0).random((9, 8)).astype(np.float32)
    filter = Filter(OwnKernel(numbered(*size)), size)
    maps = [Experiment(x, (each,), padding="same").steps.output_map for each in (filter, filter.of_size(*larger))]
    np.testing.assert_allclose(maps[0], maps[1], atol=1e-4)


@pytest.mark.parametrize("origin", [SHARPEN, SOBEL, OwnKernel(numbered(3, 3)), learned(layer(4, 3), 1, 2)])
def test_back_at_its_own_size_a_kernel_is_whole_again(origin: Preset | OwnKernel) -> None:
    filter = whole(origin, (1, 1))
    cut = filter.of_size(2, 3)
    assert cut.is_cut
    assert cut.does == "what is left of 3×3 weights"
    assert not cut.of_size(5, 5).is_cut
    np.testing.assert_array_equal(cut.of_size(5, 5).of_size(3, 3).weights, filter.weights)
    assert cut.of_size(3, 3).does == origin.does


def test_a_kernel_of_any_size_is_remade() -> None:
    for preset in PRESETS[:3]:
        filter = whole(preset, (3, 3)).of_size(5, 4)
        np.testing.assert_array_equal(filter.weights, preset.make(5, 4))
        assert not filter.is_cut


def test_cutting_off_zeros_cuts_nothing() -> None:
    identity = np.zeros((3, 3), np.float32)
    identity[1, 1] = 1
    assert not Filter(OwnKernel(identity), (1, 1)).is_cut


def bank(start: Filter, count: int, of: Conv2D | None) -> list[str]:
    filters = [start]
    while len(filters) < count:
        filters.append(another(filters, len(filters) - 1, of))
    return [filter.name for filter in filters]


def test_after_a_known_kernel_come_the_other_known_ones_and_then_learned_ones() -> None:
    names = bank(whole(SOBEL, (3, 3)), 10, layer(2))
    assert names[:8] == [preset.name for preset in PRESETS[4:] + PRESETS[:4]]
    assert names[8:] == ["conv filter 0, channel 0 of 3", "conv filter 1, channel 0 of 3"]


def test_after_a_learned_kernel_come_the_other_learned_ones_of_its_channel_and_then_known_ones() -> None:
    names = bank(whole(learned(layer(3), 2, 1), (2, 2)), 6, layer(3))
    assert names[:3] == [f"conv filter {filter}, channel 1 of 3" for filter in (2, 0, 1)]
    assert names[3:] == ["identity", "box blur", "Gaussian blur"], "the others would be cut"


def test_where_all_are_there_one_comes_again() -> None:
    assert bank(whole(PRESETS[0], (1, 1)), 5, None).count("identity") >= 2
    assert len(set(bank(whole(SOBEL, (3, 3)), 16, None))) == 8
