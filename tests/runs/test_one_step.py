"""One update by number: unchanged by its file, correct by hand, and refused if damaged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.history.one_step import OneStep, TensorStep, read_one_step
from cnntui.runs.recording.recorder import Recorder


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def rmsprop() -> OneStep:
    """One bias of two numbers; √(0.0625 + 0) = 0.25 and √(0.25 + 0) = 0.5."""
    tensor = TensorStep(floats(1, -2), floats(0.5, -4), floats(0.8, -1.2), velocity=floats(0.0625, 0.25))
    return OneStep(7, "rmsprop", 0.1, 0.1, 0.0, np.array([5, 3]), floats(2.5, 0.5), {"dense/bias": tensor})


def test_worked_by_hand() -> None:
    one = rmsprop()
    np.testing.assert_array_equal(one.divisor("dense/bias"), [0.25, 0.5])
    np.testing.assert_allclose(one.computed("dense/bias"), one.tensors["dense/bias"].after, rtol=1e-6)
    tensor = replace(one.tensors["dense/bias"], momentum=floats(3, 5))
    adam = replace(one, optimizer="adam", rate=0.5, epsilon=0.25, tensors={"dense/bias": tensor})
    np.testing.assert_allclose(adam.computed("dense/bias"), [1 - 0.5 * 3 / 0.5, -2 - 0.5 * 5 / 0.75], rtol=1e-6)
    sgd = replace(one, optimizer="sgd", rate=0.5, tensors={"dense/bias": replace(tensor, velocity=None, momentum=None)})
    np.testing.assert_array_equal(sgd.computed("dense/bias"), [0.75, 0])


def test_the_same_after_the_file(tmp_path: Path) -> None:
    run, one = RunDirectory(tmp_path), rmsprop()
    Recorder(run).one_step(one)
    read = read_one_step(run.step_path)
    assert (read.step, read.optimizer, read.learning_rate, read.rate, read.epsilon) == (7, "rmsprop", 0.1, 0.1, 0.0)
    np.testing.assert_array_equal(read.indices, one.indices)
    np.testing.assert_array_equal(read.losses, one.losses)
    assert list(read.tensors) == ["dense/bias"]
    for part in ("before", "gradient", "after", "velocity"):
        np.testing.assert_array_equal(
            getattr(read.tensors["dense/bias"], part), getattr(one.tensors["dense/bias"], part)
        )
    assert read.tensors["dense/bias"].momentum is None


@pytest.mark.parametrize(
    "changes",
    [
        {"step": None},
        {"step": np.array([7])},
        {"rate": np.array("fast")},
        {"optimizer": None},
        {"optimizer": np.array(b"magic")},
        {"optimizer": np.array(b"adam")},
        {"indices": None},
        {"indices": np.array([1, 2, 3])},
        {"indices": np.array([-1, 2])},
        {"losses": np.zeros(2)},
        {"dense/bias/before": None},
        {"dense/bias/velocity": floats(1, 2, 3)},
        {"dense/bias/gradient": np.zeros(2)},
        {"conv2d/kernel/after": floats(1, 2)},
    ],
)
def test_what_is_missing_or_does_not_fit_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    arrays = {name: array for name, array in (rmsprop().arrays() | changes).items() if array is not None}
    np.savez(tmp_path / "step.npz", **arrays)
    with pytest.raises(CnntuiError, match=r"step\.npz is not a step of learning"):
        read_one_step(tmp_path / "step.npz")


def test_pickles_and_torn_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "step.npz"
    with pytest.raises(CnntuiError, match="no file"):
        read_one_step(path)
    np.savez(path, **rmsprop().arrays(), **{"dense/kernel/before": np.array([{}])})
    with pytest.raises(CnntuiError, match="pickled"):
        read_one_step(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(CnntuiError, match="zip"):
        read_one_step(path)
