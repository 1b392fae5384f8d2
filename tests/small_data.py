"""Small data sets unlike MNIST: its digits, mirrored and renumbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnntui.images import mnist
from cnntui.images.data import DataSet, data_sha256
from cnntui.runs.directory.run_directory import RunDirectory


def write_data(path: Path, digits: DataSet, count: int = 40) -> Path:
    """A data set of as many training digits and half as many test digits, in a `.npz` file."""
    images, labels = digits.images[:count, :, ::-1], 9 - digits.labels[:count]
    half = count // 2
    np.savez_compressed(path, x_train=images, y_train=labels, x_test=images[:half], y_test=labels[:half])
    return path


def labelled(
    labels: Sequence[int], classes: tuple[str, ...] = mnist.CLASSES, shape: tuple[int, int, int] = mnist.SHAPE
) -> DataSet:
    """Black images with labels."""
    return DataSet(np.zeros((len(labels), *shape), np.uint8), np.array(labels, np.uint8), classes)


def trained_on(run: RunDirectory, path: Path) -> RunDirectory:
    """The same run, as if its trainer had learned from a data set."""
    config = replace(run.read_config(), data=str(path), data_sha256=data_sha256(path))
    run.config_path.write_text(config.to_json())
    return run
