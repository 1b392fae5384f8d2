"""The kernel lab's arithmetic, against cases worked out by hand and against its own program."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.ops import Floats
from cnntui.labs.kernel import PRESETS, Experiment, box, code, cross, gaussian, identity, resized
from cnntui.screens.labs import kernel_text
from cnntui.widgets.lines import plain


def ones(height: int, width: int) -> Floats:
    return np.ones((height, width), np.float32)


def test_a_corner_is_read_once_and_the_middle_four_times_by_2x2_windows() -> None:
    reads = Experiment(ones(4, 4), ones(2, 2)).reads
    np.testing.assert_array_equal(reads, [[1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1]])


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3)])
@pytest.mark.parametrize("size", [(2, 2), (3, 1), (1, 3), (3, 2)])
def test_reads_are_what_the_steps_read(padding: str, stride: int, dilation: int, size: tuple[int, int]) -> None:
    experiment = Experiment(ones(9, 8), ones(*size), stride, dilation, padding)  # type: ignore[arg-type]
    counted = np.zeros((9, 8), np.int64)
    for step in experiment.steps:
        for row in step.rows:
            for col in step.cols:
                if 0 <= row < 9 and 0 <= col < 8:
                    counted[row, col] += 1
    np.testing.assert_array_equal(experiment.reads, counted)
    assert experiment.steps.output_map.shape == (experiment.positions(0), experiment.positions(1))


def test_identity_copies_and_blurs_keep_what_is_flat() -> None:
    image = np.random.default_rng(0).random((9, 9)).astype(np.float32)
    np.testing.assert_array_equal(Experiment(image, identity(3, 3), padding="same").steps.output_map, image)
    for blur in (box, gaussian):
        for size in ((1, 1), (2, 3), (7, 7)):
            assert blur(*size).shape == size
            np.testing.assert_allclose(Experiment(ones(9, 9), blur(*size)).steps.output_map, 1, atol=1e-6)
    np.testing.assert_allclose(gaussian(3, 3) * 16, [[1, 2, 1], [2, 4, 2], [1, 2, 1]])


def test_sobel_finds_an_edge_and_is_silent_about_flat_areas() -> None:
    image = np.zeros((5, 6), np.float32)
    image[:, 3:] = 1
    kernels = {preset.name: preset.make(3, 3) for preset in PRESETS}
    np.testing.assert_array_equal(Experiment(image, kernels["Sobel →"]).steps.output_map, [[0, 4, 4, 0]] * 3)
    np.testing.assert_array_equal(Experiment(image, kernels["Sobel ↓"]).steps.output_map, np.zeros((3, 4)))
    for silent in ("Sobel →", "Sobel ↓", "Laplacian"):
        assert kernels[silent].sum() == 0
    assert kernels["sharpen"].sum() == kernels["emboss"].sum() == 1


def test_another_size_keeps_the_weights_that_there_is_room_for() -> None:
    kernel = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(resized(kernel, 3, 2), [[0, 1], [3, 4], [0, 0]])


def test_the_size_of_the_output_is_a_sum_with_its_floor() -> None:
    experiment = Experiment(ones(28, 28), ones(3, 2), stride=2)
    assert plain(kernel_text.length(experiment, 0)) == "rows    ⌊(28 − 3) / 2⌋ + 1 = ⌊12.5⌋ + 1 = 13   1 left over"
    same = replace(experiment, padding="same", stride=1)
    assert plain(kernel_text.length(same, 1)) == (
        "columns ⌊(28 + 1 − 2) / 1⌋ + 1 = 27 + 1 = 28   zeros: 0 left, 1 right"
    )
    dilated = Experiment(ones(28, 28), ones(3, 3), dilation=2)
    assert plain(kernel_text.window(dilated)) == "window 5 = (3 − 1) × 2 + 1"
    assert kernel_text.window(experiment) == ()


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (4, 1), (1, 3)])
def test_the_sum_comes_to_the_size_that_the_output_has(padding: str, axis: int, stride: int, dilation: int) -> None:
    experiment = Experiment(ones(28, 25), ones(3, 4), stride, dilation, padding)  # type: ignore[arg-type]
    said = plain(kernel_text.length(experiment, axis))
    inner, by, sizes = re.search(r"⌊\((.*?)\) / (\d)⌋ \+ 1 = .* = (\d+)", said).groups()  # type: ignore[union-attr]
    assert eval(inner.replace("−", "-")) // int(by) + 1 == int(sizes)
    assert int(sizes) == experiment.steps.output_map.shape[axis]


def test_the_equation_leaves_out_products_with_0() -> None:
    experiment = Experiment(cross(), PRESETS[4].make(3, 3))
    step = experiment.steps.at(0, 3)
    assert plain(kernel_text.equation(step, 78)) == "1.000×2.000 = 2.000   and 8 × 0"
    blank = Experiment(np.zeros((3, 3), np.float32), ones(3, 3)).steps.at(0, 0)
    assert plain(kernel_text.equation(blank, 78)) == "all products are 0: the output is 0"


def printed_by(program: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(program, {})
    return out.getvalue()


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2)])
def test_the_program_computes_the_step(padding: str, stride: int, dilation: int) -> None:
    rng = np.random.default_rng(3)
    x, kernel = rng.random((7, 7)).astype(np.float32), rng.standard_normal((3, 2)).astype(np.float32)
    experiment = Experiment(x, kernel, stride, dilation, padding)  # type: ignore[arg-type]
    in_numpy = code(experiment, 1, 2).partition("# All")[0]
    assert float(printed_by(in_numpy)) == pytest.approx(experiment.steps.at(1, 2).output, abs=1e-5)


@pytest.mark.slow
def test_the_whole_program_runs_with_keras() -> None:
    pytest.importorskip("keras")
    experiment = Experiment(cross(), PRESETS[2].make(4, 3), 2, 1, "same")
    in_numpy, in_keras = printed_by(code(experiment, 1, 2)).splitlines()
    assert in_keras.startswith("(4, 4) ")
    expected = pytest.approx(experiment.steps.at(1, 2).output, abs=1e-5)
    assert float(in_numpy) == expected
    assert float(in_keras.split()[-1]) == expected
