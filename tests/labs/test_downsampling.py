"""The downsampling lab's computations, against a convolution that moves further, and one digit and cell at a time."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from statistics import median

import numpy as np
import pytest

from cnntui.cnn import ops
from cnntui.cnn.layers import Conv2D, Dense, Flatten
from cnntui.cnn.network import Network
from cnntui.files.assets import asset
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.labs import trainings
from cnntui.labs.downsampling import (
    BATCH,
    DIGITS,
    ORDER,
    Downsampling,
    Moved,
    Probe,
    overlap,
    share,
    smaller,
    trained,
    winners,
)
from cnntui.labs.learned_stride import learned_stride
from cnntui.labs.shift import shifted
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.ui.views.labs.downsampling import text
from cnntui.ui.widgets.text.line import Line, plain

MAP = np.array([[1, 2, 0, 0, 9], [3, 4, 0, 8, 9], [5, 0, 1, 1, 9], [0, 7, 1, 1, 9], [6, 6, 6, 6, 6]], np.float32)


def said(lines: list[Line]) -> str:
    return " ".join(plain(line) for line in lines)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Downsampling.NONE, MAP.tolist()),
        (Downsampling.MAX, [[4, 8], [7, 1]]),
        (Downsampling.AVERAGE, [[2.5, 2], [3, 1]]),
        (Downsampling.STRIDE, [[1, 0, 9], [5, 1, 9], [6, 6, 6]]),
    ],
)
def test_each_way_on_a_map_of_five_by_five(method: Downsampling, expected: list[list[float]]) -> None:
    np.testing.assert_array_equal(smaller(MAP[..., np.newaxis], method, 2)[..., 0], expected)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_stride_leaves_what_a_convolution_with_that_stride_computes(
    size: int, network: Network, digits: DataSet
) -> None:
    activation, layer = network.forward(network.input_of(digits.images[4]))["conv2d_1"], network["conv2d_1"]
    assert isinstance(layer, Conv2D)
    strided = replace(layer, stride=(size, size)).forward(activation.input).output
    np.testing.assert_allclose(smaller(activation.output, Downsampling.STRIDE, size), strided, rtol=0, atol=1e-6)


def test_what_two_maps_have_in_common() -> None:
    before, after = np.array([2, -3, 0, 1], np.float32), np.array([1, -4, 5, -1], np.float32)
    assert overlap(before, after) == (1 + 3, 2 + 4 + 5 + 1)
    assert share(overlap(before, before)) == 1
    assert share(overlap(before, 0 * before)) == 0
    assert np.isnan(share(overlap(0 * before, 0 * before)))


def test_what_stays_is_what_one_digit_at_a_time_gives(network: Network, digits: DataSet) -> None:
    few = digits.first(BATCH + 3)
    moved = Moved(network, few, Probe("conv2d", 2, (1, 1)))
    assert np.isnan([*moved.shares().values()]).all()
    asked = iter([True, False])
    moved.read(lambda: next(asked))
    assert (moved.done, moved.is_finished) == (BATCH, False)
    moved.read()
    assert moved.is_finished
    for method, found in moved.shares().items():
        same = either = 0.0
        for image in few.images:
            maps = [
                network.forward(network.input_of(pixels))["conv2d"].output for pixels in (image, shifted(image, 1, 1))
            ]
            before, after = (smaller(each, method, 2) for each in maps)
            same += float(np.minimum(before, after).sum())
            either += float(np.maximum(before, after).sum())
        assert found == pytest.approx(same / either, rel=1e-5)


def test_a_network_without_maps_has_nothing_to_measure(digits: DataSet) -> None:
    dense = Dense("d", np.zeros((784, 10), np.float32), np.zeros(10, np.float32), "softmax")
    moved = Moved(Network((Flatten("f"), dense), mnist.SHAPE), digits, None)
    moved.read()
    assert moved.is_finished
    assert np.isnan([*moved.shares().values()]).all()


def test_maps_of_a_diverged_network_come_to_no_number(network: Network, digits: DataSet) -> None:
    first, *others = network.layers
    assert isinstance(first, Conv2D)
    broken = Network((replace(first, bias=np.full_like(first.bias, np.nan)), *others), mnist.SHAPE)
    moved = Moved(broken, digits.first(3), Probe("conv2d", 2, (0, 1)))
    moved.read()
    assert np.isnan([*moved.shares().values()]).all()
    assert "hold nothing that could stay" in said(text.found(first, (0, 1), moved, 78))


def test_the_networks_have_the_shapes_of_the_lesson() -> None:
    runs = {method: trained(method) for method in ORDER}
    assert [run.flattened for run in runs.values()] == [(5, 5, 64), (5, 5, 64), (6, 6, 64), (25, 25, 64)]
    assert [run.field for run in runs.values()] == [(11, 11), (11, 11), (8, 8), (4, 4)]
    assert runs[Downsampling.NONE].wide_head == 512 * 25 * 25 * 64 + 512 == 20_480_512
    assert [shape for _, shape in runs[Downsampling.NONE].stages] == [
        (27, 27, 32),
        None,
        (26, 26, 64),
        None,
        (25, 25, 64),
    ]
    assert [shape for _, shape in runs[Downsampling.MAX].stages] == [
        (27, 27, 32), (13, 13, 32), (12, 12, 64), (6, 6, 64), (5, 5, 64),
    ]  # fmt: skip


def test_a_run_that_tells_of_no_epoch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainings, "epochs_of", lambda run: ())
    with pytest.raises(CnntuiError, match="damaged: it tells of 0 of 5 epochs"):
        trained(Downsampling.MAX)


def found_with(shares: dict[Downsampling, float], network: Network, digits: DataSet) -> str:
    class Measured(Moved):
        is_finished = True  # type: ignore[assignment]

        def shares(self) -> dict[Downsampling, float]:
            return shares

    layer = network["conv2d"]
    assert isinstance(layer, Conv2D)
    return said(text.found(layer, (0, 1), Measured(network, digits, Probe("conv2d", 2, (0, 1))), 78))


def test_the_sentence_follows_the_measurement(network: Network, digits: DataSet) -> None:
    pooled = found_with(
        {Downsampling.NONE: 0.5, Downsampling.MAX: 0.7, Downsampling.AVERAGE: 0.6, Downsampling.STRIDE: 0.51},
        network,
        digits,
    )
    assert "max 70.0%, average 60.0%, stride 51.0%, none 50.0%. Pools forgive a small shift" in pooled
    assert "the best still loses 30%. A stride leaves numbers out: it keeps no more in its place" in pooled
    alike = found_with(dict.fromkeys(Downsampling, 0.6), network, digits)
    assert "None of them forgives a small shift more" in alike
    assert "gains nothing" not in alike
    other = found_with(
        {Downsampling.NONE: 0.7, Downsampling.MAX: 0.6, Downsampling.AVERAGE: 0.5, Downsampling.STRIDE: 0.5},
        network,
        digits,
    )
    assert "Here “none” keeps most: pools do not clearly keep more than the others" in other


def test_a_window_at_the_border_is_read_by_the_stride_alone() -> None:
    assert plain(text.window(MAP, 0, 0, 2)).split("  ")[1:] == [
        "1.000 2.000 3.000 4.000", "→ max 4.000", "average 2.500", "stride 1.000", "",
    ]  # fmt: skip
    assert plain(text.window(MAP, 1, 2, 2)).endswith("9.000 9.000  → max –  average –  stride 9.000  ")
    rounded = np.array([[0.1, 0.2], [0.2, 0.2024]], np.float32)
    assert "average ≈ 0.176" in plain(text.window(rounded, 0, 0, 2))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["conv2d", "conv2d_1", "conv2d_2"])
def test_the_numbers_in_the_sentence_on_the_bundled_network_are_counted_again_otherwise(
    name: str, network: Network, digits: DataSet
) -> None:
    layer = network[name]
    assert isinstance(layer, Conv2D)
    for shift in ((0, 1), (1, 0), (1, 1)):
        moved = Moved(network, digits, Probe(name, 2, shift))
        moved.read()
        images = digits.images[:DIGITS]
        further = np.zeros_like(images)
        further[:, shift[0] :, shift[1] :] = images[:, : 28 - shift[0], : 28 - shift[1]]
        made: dict[Downsampling, list[ops.Floats]] = {
            method: [] for method in Downsampling if method is not Downsampling.LEARNED
        }
        for pixels in (images, further):
            maps = network.forward(network.input_of(pixels))[name].output
            rows, cols = (length // 2 for length in maps.shape[1:3])
            blocks = maps[:, : 2 * rows, : 2 * cols].reshape(DIGITS, rows, 2, cols, 2, -1)
            made[Downsampling.NONE].append(maps)
            made[Downsampling.MAX].append(blocks.max(axis=(2, 4)))
            made[Downsampling.AVERAGE].append(blocks.mean(axis=(2, 4)))
            made[Downsampling.STRIDE].append(maps[:, ::2, ::2])
        sentence = said(text.found(layer, shift, moved, 78))
        assert f"Of all {layer.filters} maps of {name}, 200 images" in sentence
        for method, (before, after) in made.items():
            same, either = (of(before, after).sum(dtype=np.float64) for of in (np.minimum, np.maximum))
            assert f"{text.NAMES[method]} {same / either:.1%}" in sentence


@pytest.mark.slow
def test_the_numbers_in_the_networks_sentence_and_table_are_those_of_the_assets() -> None:
    raw = {}
    for method in ORDER:
        run = RunDirectory(asset("lab-runs", f"{method.value}-64-60000"))
        events = [json.loads(line) for line in run.events_path.read_text().splitlines()]
        raw[method] = [event for event in events if event["event"] == "EpochEnd"]
        config = json.loads(run.config_path.read_text())
        assert (config["pooling"], config["dense"], config["limit"], config["epochs"]) == (method.value, 64, None, 5)
        assert len(raw[method]) == 5
    runs = {method: trained(method) for method in ORDER}
    sentence = said(text.networks(runs, 78))
    none, pooled = raw[Downsampling.NONE][-1], raw[Downsampling.MAX][-1]
    flat = {
        Downsampling.MAX: 5 * 5 * 64,
        Downsampling.AVERAGE: 5 * 5 * 64,
        Downsampling.STRIDE: 6 * 6 * 64,
        Downsampling.NONE: 25 * 25 * 64,
    }
    before = 2 * 2 * 32 + 32 + 2 * 2 * 32 * 64 + 64 + 2 * 2 * 64 * 64 + 64
    parameters = {method: before + size * 64 + 64 + 64 * 10 + 10 for method, size in flat.items()}
    seconds = {method: median(epoch["seconds"] for epoch in raw[method]) for method in ORDER}
    assert f"512·25·25·64 + 512 = {512 * 40_000 + 512:,} parameters, with max {512 * 1600 + 512:,}." in sentence
    assert f"{parameters[Downsampling.NONE] / parameters[Downsampling.MAX]:.1f} times the parameters" in sentence
    assert f"{seconds[Downsampling.NONE] / seconds[Downsampling.MAX]:.1f} times the time" in sentence
    assert f"gets {none['test_accuracy']:.2%} of the test images right, max {pooled['test_accuracy']:.2%}." in sentence
    assert ("nothing is gained" in sentence) == (none["test_accuracy"] <= pooled["test_accuracy"])
    percents = {
        method: [round(100 * raw[method][-1][name], 2) for name in ("accuracy", "test_accuracy")] for method in ORDER
    }
    gaps = {method: train - test for method, (train, test) in percents.items()}
    assert f"{gaps[Downsampling.NONE]:.2f} pts against {gaps[Downsampling.MAX]:.2f} pts" in sentence

    rows = {
        re.split(r"\s{2,}", plain(line))[0]: re.split(r"\s{2,}", plain(line))[1:]
        for line in text.table([runs[method] for method in ORDER], 78, 18)
    }
    assert rows["flattened"] == [f"{flat[method]:,}" for method in ORDER]
    assert rows["64 dense units"] == [f"{flat[method] * 64 + 64:,}" for method in ORDER]
    assert rows["parameters"] == [f"{parameters[method]:,}" for method in ORDER]
    assert rows["with 512 units"] == [f"{512 * flat[method] + 512:,}" for method in ORDER]
    assert rows["test accuracy"] == [f"{raw[method][-1]['test_accuracy']:.2%}" for method in ORDER]
    assert rows["while learning"] == [f"{raw[method][-1]['accuracy']:.2%}" for method in ORDER]
    assert rows["train − test"] == [f"{gaps[method]:.2f} pts".replace("-", "−") for method in ORDER]
    assert rows["an epoch"] == [f"{seconds[method]:.1f} s" for method in ORDER]


# A stride whose weights were learned


def test_a_learned_stride_is_keras_own_strided_convolution(network: Network, digits: DataSet) -> None:
    maps = network.forward(network.input_of(digits.images[0]))["conv2d"].output
    learned = learned_stride(network, "conv2d")
    assert learned is not None
    # One convolution whose kernel of each map is 0 on all other maps.
    kernel = np.zeros((2, 2, 32, 32), np.float32)
    kernel[:, :, np.arange(32), np.arange(32)] = learned.weights
    expected = ops.cross_correlate(maps, kernel, (2, 2))
    np.testing.assert_allclose(learned.applied_to(maps), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(smaller(maps, Downsampling.LEARNED, 2, learned), learned.applied_to(maps))


@pytest.mark.parametrize("name", ["conv2d", "conv2d_1"])
def test_weights_ship_for_the_maps_that_are_pooled_and_get_about_as_much_right(network: Network, name: str) -> None:
    learned = learned_stride(network, name)
    assert learned is not None
    assert learned.weights.shape == (2, 2, network.output_shape_of(name)[-1])
    assert np.isfinite(learned.weights).all()
    assert np.ptp(learned.weights) > 0.1, "they are no longer the average that they began as"
    assert 0.98 < learned.accuracy < 1
    assert abs(learned.accuracy - learned.accuracy_of_max) < 0.005


def test_other_weights_have_no_learned_stride(network: Network) -> None:
    first = network["conv2d"]
    assert isinstance(first, Conv2D)
    other = replace(network, layers=(replace(first, bias=first.bias + 1), *network.layers[1:]))
    assert learned_stride(other, "conv2d") is None
    assert learned_stride(other, "conv2d_1") is None


def test_winners_are_counted_where_one_cell_is_the_largest() -> None:
    map = np.array([[1, 0, 0, 2, 9], [0, 0, 0, 0, 9], [3, 3, 0, 0, 9], [0, 0, 0, 4, 9]], np.float32)
    assert winners(map).tolist() == [1, 1, 0, 1]
