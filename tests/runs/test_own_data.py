"""A run is shown with the data that it was trained on, or a sentence says why not."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.images.mnist import MNIST
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.own_data import checked_data, given_data, own_test_data, own_train_data
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run, list_runs
from cnntui.runs.reading.opening import Opened, data_for
from cnntui.runs.starting.process import resume_training, start_training
from tests.fake_trainer import MODULE, FakeScript, fake_config, write_fake_run
from tests.networks import mnist_network
from tests.small_data import trained_on, write_data


@pytest.fixture
def data(tmp_path: Path, digits: DataSet) -> Path:
    return write_data(tmp_path / "other.npz", digits)


@pytest.fixture
def run(runs_dir: Path, data: Path) -> RunDirectory:
    return trained_on(write_fake_run(runs_dir, FakeScript(fail_at=16)), data)


def test_the_data_of_a_run_come_with_it(run: RunDirectory, digits: DataSet) -> None:
    own = own_test_data(run, run.read_config())
    assert (len(own), own.name, own.reason) == (20, "other.npz", "")
    assert np.array_equal(own.images[3], digits.images[3, :, ::-1])
    assert own.labels[3] == 9 - digits.labels[3]
    assert len(own_train_data(run, run.read_config())) == 40


def test_data_that_have_been_read_are_not_read_again(run: RunDirectory, data: Path) -> None:
    own = own_test_data(run, run.read_config())
    data.unlink()
    assert own_test_data(run, run.read_config(), [own]) is own
    assert own_test_data(bundled_run(), bundled_run().read_config(), [own]) is not own


def test_mnist_is_known_without_being_read_and_has_no_name(digits: DataSet) -> None:
    bundled = bundled_run()
    assert own_test_data(bundled, bundled.read_config(), [digits]) is digits
    assert digits.name == ""


@pytest.mark.parametrize("how", ["gone", "changed", "other file", "a folder"])
def test_without_its_data_a_run_is_shown_images_of_which_nothing_is_claimed(
    how: str, run: RunDirectory, data: Path, digits: DataSet
) -> None:
    if how == "gone":
        data.unlink()
    elif how == "changed":
        data.write_bytes(data.read_bytes() + b"\0")
    elif how == "other file":
        write_data(data, digits, 60)
    else:
        data.unlink()
        data.mkdir()
    shown = own_test_data(run, run.read_config())
    assert (shown.name, len(shown), shown.sha256) == (MNIST, 10_000, "")
    assert str(data) in shown.reason
    assert "cnntui open fake --data PATH" in shown.reason
    with pytest.raises(CnntuiError):
        own_train_data(run, run.read_config())


def test_what_stands_in_for_lost_data_is_nobody_elses(run: RunDirectory, data: Path) -> None:
    data.unlink()
    shown = own_test_data(run, run.read_config())
    bundled = bundled_run()
    assert own_test_data(bundled, bundled.read_config(), [shown]).reason == ""


def test_runs_of_early_versions_do_not_say_by_what_their_data_are_known(run: RunDirectory, data: Path) -> None:
    old = replace(run.read_config(), data_sha256="")
    assert checked_data(run, old) == data
    assert own_test_data(run, old).name == "other.npz"
    assert own_test_data(run, RunConfig(name="old", seed=1)).reason == ""


def test_a_run_of_another_mnist_is_told_apart(run: RunDirectory) -> None:
    config = RunConfig(name="x", seed=1, data_sha256="ab" * 32)
    assert "is different" in own_test_data(run, config).reason


def test_a_copy_of_mnist_is_mnist(tmp_path: Path) -> None:
    from cnntui.files.assets import asset

    copy = tmp_path / "copy.npz"
    os.symlink(asset("mnist.npz"), copy)
    bundled = bundled_run()
    given = given_data(copy)
    assert given.name == ""
    assert own_test_data(bundled, bundled.read_config(), [given]) is given


@pytest.mark.parametrize("bad", [b"", b"not digits", None])
def test_data_that_are_none_leave_no_run_behind(bad: bytes | None, runs_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    if bad is None:
        np.savez(path, x_test=np.zeros((2, 28, 28), np.uint8), y_test=np.zeros(2, np.uint8))
    else:
        path.write_bytes(bad)
    with pytest.raises(CnntuiError, match=r"bad\.npz"):
        start_training(fake_config(data=path), runs_dir, MODULE)
    assert list_runs(runs_dir) == ()


def test_a_training_is_not_resumed_on_other_data(run: RunDirectory, data: Path, digits: DataSet) -> None:
    write_data(data, digits, 60)
    with pytest.raises(CnntuiError, match=r"other\.npz has changed"):
        resume_training(run, MODULE)
    data.unlink()
    with pytest.raises(CnntuiError, match=r"there is no .*other\.npz"):
        resume_training(run, MODULE)


def test_the_classes_of_a_run_keep_the_order_that_it_was_trained_with(runs_dir: Path, tmp_path: Path) -> None:
    for name, level in (("ant", 10), ("bee", 20)):
        for part in ("train", "test"):
            (tmp_path / "split" / part / name).mkdir(parents=True)
            Image.new("L", (28, 28), level).save(tmp_path / "split" / part / name / "0.png")
    run = trained_on(write_fake_run(runs_dir, FakeScript(fail_at=16)), tmp_path / "split")
    config = replace(run.read_config(), classes=("bee", "ant", *"23456789"))
    run.config_path.write_text(config.to_json())
    opened = Opened(run.name, run, mnist_network(), None)
    for path in (None, tmp_path / "split"):
        data = data_for(opened, path, None)
        named = {data.class_name(label): image.max() for label, image in zip(data.labels, data.images, strict=True)}
        assert named == {"ant": 10, "bee": 20}
        assert data.labels.tolist() == [1, 0]
