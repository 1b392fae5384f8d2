"""The kernel lab's arithmetic, against cases worked out by hand and against its own program."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.ops import Floats
from cnntui.labs.filters import PRESETS, Learned, OwnKernel, box, gaussian, identity, whole
from cnntui.labs.kernel import Experiment, code, cross
from cnntui.ui.views.labs.kernel import text as kernel_text
from cnntui.ui.widgets.text.line import Line, plain


def trial(x: Floats, kernel: Floats, *others: Floats, **settings: object) -> Experiment:
    """An experiment with kernels of one's own."""
    filters = tuple(whole(OwnKernel(each), (1, 1)) for each in (kernel, *others))
    return Experiment(x, filters, **settings)  # type: ignore[arg-type]


def ones(height: int, width: int) -> Floats:
    return np.ones((height, width), np.float32)


def test_a_corner_is_read_once_and_the_middle_four_times_by_2x2_windows() -> None:
    reads = trial(ones(4, 4), ones(2, 2)).reads
    np.testing.assert_array_equal(reads, [[1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1]])


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3)])
@pytest.mark.parametrize("size", [(2, 2), (3, 1), (1, 3), (3, 2)])
def test_reads_are_what_the_steps_read(padding: str, stride: int, dilation: int, size: tuple[int, int]) -> None:
    experiment = trial(ones(9, 8), ones(*size), stride=stride, dilation=dilation, padding=padding)
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
    np.testing.assert_array_equal(trial(image, identity(3, 3), padding="same").steps.output_map, image)
    for blur in (box, gaussian):
        for size in ((1, 1), (2, 3), (7, 7)):
            assert blur(*size).shape == size
            np.testing.assert_allclose(trial(ones(9, 9), blur(*size)).steps.output_map, 1, atol=1e-6)
    np.testing.assert_allclose(gaussian(3, 3) * 16, [[1, 2, 1], [2, 4, 2], [1, 2, 1]])


def test_sobel_finds_an_edge_and_is_silent_about_flat_areas() -> None:
    image = np.zeros((5, 6), np.float32)
    image[:, 3:] = 1
    kernels = {preset.name: preset.make(3, 3) for preset in PRESETS}
    np.testing.assert_array_equal(trial(image, kernels["Sobel →"]).steps.output_map, [[0, 4, 4, 0]] * 3)
    np.testing.assert_array_equal(trial(image, kernels["Sobel ↓"]).steps.output_map, np.zeros((3, 4)))
    for silent in ("Sobel →", "Sobel ↓", "Laplacian"):
        assert kernels[silent].sum() == 0
    assert kernels["sharpen"].sum() == kernels["emboss"].sum() == 1


def said(lines: list[Line]) -> list[str]:
    return [plain(line) for line in lines]


def test_the_size_of_the_output_is_a_sum_with_its_floor() -> None:
    experiment = trial(ones(28, 28), ones(3, 2), stride=2)
    assert said(kernel_text.lengths(experiment, 78)) == [
        "rows    ⌊(28 − 3) / 2⌋ + 1 = ⌊12.5⌋ + 1 = 13   1 left over",
        "columns ⌊(28 − 2) / 2⌋ + 1 = ⌊13⌋ + 1 = 14",
    ]
    same = replace(experiment, padding="same", stride=1)
    assert said(kernel_text.lengths(same, 78))[1] == (
        "columns ⌊(28 + 1 − 2) / 1⌋ + 1 = 27 + 1 = 28   zeros: 0 left, 1 right"
    )
    assert kernel_text.window(experiment) == ()


def test_a_sum_that_both_axes_have_is_said_once_and_notes_take_the_room_there_is() -> None:
    dilated = trial(ones(28, 28), ones(3, 3), dilation=2)
    sum_of_both = "rows, columns ⌊(28 − 5) / 1⌋ + 1 = 23 + 1 = 24"
    assert said(kernel_text.lengths(dilated, 78)) == [f"{sum_of_both}   window 5 = (3 − 1) × 2 + 1"]
    assert said(kernel_text.lengths(dilated, 60)) == [sum_of_both, "  window 5 = (3 − 1) × 2 + 1"]
    assert len(kernel_text.lengths(trial(ones(28, 27), ones(3, 3)), 78)) == 2


@pytest.mark.parametrize("width", [58, 71, 78])
def test_no_line_is_longer_than_its_room(width: int) -> None:
    x = np.random.default_rng(1).random((28, 28)).astype(np.float32)
    for size in ((3, 3), (7, 7), (7, 6)):
        for settings in ({"stride": 4}, {"dilation": 3}, {"padding": "same"}, {"padding": "same", "dilation": 3}):
            kernels = [-100 * ones(*size)] * 16
            experiment = trial(x, *kernels, chosen=15, **settings)
            for lines in (
                kernel_text.lengths(experiment, width),
                kernel_text.volume(experiment, width),
                kernel_text.reads(experiment, width),
                kernel_text.output(experiment, width),
                kernel_text.step(experiment, 3, 1, width, 4),
            ):
                assert max(len(line) for line in said(lines)) <= width
    assert len(plain(kernel_text.settings(experiment, compact=False)).rstrip()) <= 78
    assert len(plain(kernel_text.settings(experiment, compact=True)).rstrip()) <= 58


def test_depth_and_parameters_are_products_that_end_in_the_filters() -> None:
    experiment = trial(ones(28, 28), *[ones(3, 2)] * 4)
    assert said(kernel_text.volume(experiment, 78)) == [
        "output 26 × 27 × 4 = 2,808 numbers  parameters 3 × 2 × 1 × 4 = 24, no bias"
    ]
    assert said(kernel_text.volume(experiment, 58)) == [
        "output 26 × 27 × 4 = 2,808 numbers", "parameters 3 × 2 × 1 × 4 = 24, no bias"
    ]  # fmt: skip
    assert experiment.steps.output_maps.size == 26 * 27 * 4
    assert experiment.layer.kernel.size == 24


def test_the_window_becomes_one_number_of_each_filter() -> None:
    x = np.random.default_rng(2).random((6, 6)).astype(np.float32)
    kernels = [np.random.default_rng(seed).standard_normal((2, 3)).astype(np.float32) for seed in range(3)]
    together = trial(x, *kernels, chosen=1, stride=2)
    vector = together.steps.vector(1, 1)
    for place, kernel in enumerate(kernels):
        alone = trial(x, kernel, stride=2).steps
        np.testing.assert_allclose(together.steps.output_maps[..., place], alone.output_map, atol=1e-6)
        assert vector[place] == pytest.approx(float((x[2:4, 2:5] * kernel).sum()), abs=1e-6)
    assert together.steps.at(1, 1).output == vector[1]


def test_the_vector_brackets_the_filter_in_view_and_says_where_there_is_more() -> None:
    values = np.array([0.5, -3.98, 12, 0], np.float32)
    assert said(kernel_text.vector(values, 1, 78)) == ["vector of 4    0.50 [−3.98] 12.00   0.00 "]
    many = np.arange(16, dtype=np.float32)
    line = said(kernel_text.vector(many, 8, 50))[0]
    assert line == "vector of 16 …  6.00   7.00 [ 8.00]  9.00  10.00 …"
    assert said(kernel_text.vector(many, 0, 50))[0].startswith("vector of 16  [ 0.00]")
    assert said(kernel_text.vector(many, 15, 50))[0].endswith("[15.00]")
    both = said(kernel_text.vector(many, 15, 116, lines=2))
    assert [len(re.findall(r"\d\.00", line)) for line in both] == [8, 8]
    assert "…" not in "".join(both)


def test_a_long_name_leaves_room_for_a_number_in_a_compact_window() -> None:
    origin = Learned(ones(3, 2), "convolution_of_a_model_of_your_own", 63, 7, 128)
    experiment = trial(ones(28, 28), *[ones(3, 2)] * 9, chosen=8).exchanged(whole(origin, (3, 2)))
    line = plain(kernel_text.name(experiment, 22, 13, 58, compact=True))
    assert len(line) <= 58
    assert line.startswith("8 of 9  convolution_of_a_")
    assert line.endswith("(22, 13) …[ 6.00]")


def test_refusals_are_said_and_reads_where_they_matter_most() -> None:
    experiment = trial(ones(28, 28), *[ones(3, 2)] * 2)
    assert said(kernel_text.story(experiment, False, "", 78, 4))[-1].startswith("Map 0: 6.00 to 6.00")
    assert said(kernel_text.story(experiment, True, "", 78, 4))[-1].startswith("read by 1 window")
    assert said(kernel_text.story(experiment, True, "No.", 78, 3))[-1] == "No."
    assert len(kernel_text.story(experiment, False, "", 78, 8)) == 5


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (4, 1), (1, 3)])
def test_the_sum_comes_to_the_size_that_the_output_has(padding: str, axis: int, stride: int, dilation: int) -> None:
    experiment = trial(ones(28, 25), ones(3, 4), stride=stride, dilation=dilation, padding=padding)
    line = plain(kernel_text.length(experiment, axis, "rows"))
    inner, by, sizes = re.search(r"⌊\((.*?)\) / (\d)⌋ \+ 1 = .* = (\d+)", line).groups()  # type: ignore[union-attr]
    assert eval(inner.replace("−", "-")) // int(by) + 1 == int(sizes)
    assert int(sizes) == experiment.steps.output_map.shape[axis]


def test_the_equation_leaves_out_products_with_0() -> None:
    experiment = trial(cross(), PRESETS[4].make(3, 3))
    step = experiment.steps.at(0, 3)
    assert plain(kernel_text.equation(step, 78)) == "1.000×2.000 = 2.000   and 8 × 0"
    blank = trial(np.zeros((3, 3), np.float32), ones(3, 3)).steps.at(0, 0)
    assert plain(kernel_text.equation(blank, 78)) == "all products are 0: the output is 0"


def printed_by(program: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(program, {})
    return out.getvalue()


def test_filters_are_added_at_the_end_and_removed_where_one_looks() -> None:
    first, second, third = (whole(PRESETS[place], (3, 3)) for place in (4, 5, 0))
    experiment = Experiment(cross(), (first,)).added(second).added(third)
    assert (experiment.chosen, [filter.name for filter in experiment.filters]) == (
        2,
        ["Sobel →", "Sobel ↓", "identity"],
    )
    assert replace(experiment, chosen=0).without_chosen().filter.name == "Sobel ↓"
    assert experiment.without_chosen().filter.name == "Sobel ↓"
    middle = replace(experiment, chosen=1).without_chosen()
    assert ([filter.name for filter in middle.filters], middle.chosen) == (["Sobel →", "identity"], 1)
    larger = experiment.of_size(5, 5)
    assert larger.kernels.shape == (5, 5, 3)
    assert larger.exchanged(first).filter.size == (5, 5)
    assert Experiment(cross(), (third,)).of_size(5, 5).exchanged(first).filter.size == (3, 3)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2)])
@pytest.mark.parametrize("filters", [1, 16])
def test_the_program_computes_the_step(padding: str, stride: int, dilation: int, filters: int) -> None:
    rng = np.random.default_rng(3)
    x, kernels = rng.random((7, 7)).astype(np.float32), rng.standard_normal((filters, 3, 2)).astype(np.float32)
    experiment = trial(x, *kernels, stride=stride, dilation=dilation, padding=padding)
    in_numpy = code(experiment, 1, 2).partition("# All")[0]
    printed = [float(number) for number in printed_by(in_numpy).split()]
    assert printed == pytest.approx(experiment.steps.vector(1, 2).tolist(), abs=1e-5)


def test_a_name_cannot_end_its_comment_in_the_program() -> None:
    name = "conv\nraise SystemExit\u2028{x}"
    experiment = Experiment(cross(), (whole(Learned(ones(2, 2), name, 0, 0, 1), (2, 2)),))
    program = code(experiment, 1, 2)
    assert "    # convraise SystemExit{x} filter 0\n" in program
    assert float(printed_by(program.partition("# All")[0])) == experiment.steps.at(1, 2).output


@pytest.mark.slow
def test_the_whole_program_runs_with_keras() -> None:
    pytest.importorskip("keras")
    kernels = [PRESETS[place].make(4, 3) for place in (0, 1, 2)]
    experiment = trial(cross(), *kernels, stride=2, padding="same")
    in_numpy, in_keras = printed_by(code(experiment, 1, 2)).splitlines()
    assert in_keras.startswith("(4, 4, 3) ")
    expected = pytest.approx(experiment.steps.vector(1, 2).tolist(), abs=1e-5)
    assert [float(number) for number in in_numpy.split()] == expected
    assert [float(number) for number in in_keras.rpartition(")")[2].split()] == expected
