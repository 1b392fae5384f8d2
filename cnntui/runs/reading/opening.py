"""Finds the run to open, and reads its newest weights."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnntui.cnn.arithmetic import counted
from cnntui.cnn.layers import times
from cnntui.cnn.network import Network, Weights, with_weights
from cnntui.cnn.weights import snapshot_from_npz, weights_from_npz
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.images.data import DataSet, Image, counted_as, load_classes, load_test, with_classes
from cnntui.images.mnist import MNIST
from cnntui.printable import printable
from cnntui.runs.config.architecture import network_of, stand_in
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.own_data import IN_THEIR_PLACE, as_named, given_data, own_test_data
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run, named_run
from cnntui.runs.listing.summaries import newest_first
from cnntui.values import dataclass

if TYPE_CHECKING:
    from cnntui.images.scale_evidence import ScaleEvidence


OTHER_CLASSES = (
    "{name} tells {classes} classes apart, which are not the ten of MNIST: its digits are shown without true classes "
    "and accuracies. Name a data set with these classes: --data PATH."
)


@dataclass(frozen=True, eq=False)
class Opened:
    """A network and where it comes from.

    Attributes:
        name: the name of the run or of the file.
        run: the run directory; None if the network comes from a file.
        network: the network with its newest weights.
        step: how many batches the network has learned from; None if unknown.
        is_awaited: whether the run has no weights yet: the network has its layers, with only zeros.
        file: the file that the network was read from, if it does not come from a run.
        evidence: where the network's input scale comes from; None if a run records it.
    """

    name: str
    run: RunDirectory | None
    network: Network
    step: int | None
    is_awaited: bool = False
    file: Path | None = None
    evidence: ScaleEvidence | None = None


def open_run(run: RunDirectory, step: int | None = None) -> Opened:
    """A run's network, with the newest weights that the run has kept or with those of an earlier step.

    Args:
        run: the run.
        step: the training step wanted; the nearest step that was kept is opened.

    Raises:
        CnntuiError: the run has no network yet, or a damaged one.
    """
    steps = run.snapshot_steps()
    if not steps and not _has_kept(run):
        with suppress(CnntuiError):
            config = run.read_config()
            if config.network_problem:
                return Opened(run.name, run, stand_in(config), None, is_awaited=True)
        raise CnntuiError(
            f"The run {run.name} has not kept a network yet.", "Wait for its first checkpoint, or open another run."
        )
    if step is None:
        if (live := _weights(run.live_path)) is not None and live[1] is not None and live[1] > max(steps, default=-1):
            return Opened(run.name, run, _network(run, live[0]), live[1])
        # Snapshots open without importing h5py; in a finished run, the last snapshot has the newest weights.
        if steps and (kept := _weights(run.snapshot_path(steps[-1]))) is not None:
            return Opened(run.name, run, _network(run, kept[0]), steps[-1])
    elif steps:
        chosen = min(steps, key=lambda kept: abs(kept - step))
        weights = weights_from_npz(run.snapshot_path(chosen))
        return Opened(run.name, run, _network(run, weights), chosen)
    return Opened(run.name, run, _network(run), None)


def _network(run: RunDirectory, weights: Weights | None = None) -> Network:
    """The network that a run describes, with the given weights; else its checkpoint's, at the run's input scale."""
    if weights is not None:
        # This avoids the readers of foreign files, which take a tenth of the app's start.
        with suppress(CnntuiError):
            return with_weights(network_of(run.read_config()), weights)
    from cnntui.cnn.readers.keras.file import read_network

    network = read_network(run.checkpoint_path, weights)
    with suppress(CnntuiError):  # Damage is reported where the data are loaded.
        network = replace(network, scale=run.read_config().scale)
    return network


def open_or_await(run: RunDirectory, step: int | None = None) -> Opened:
    """Like `open_run`; for a run in training that has not kept a network yet, the layers that it will have.

    Raises:
        CnntuiError: the run's network is damaged, or the run has none and nobody is training it.
    """
    if _has_kept(run) or not is_held(run.lock_path):
        return open_run(run, step)
    return open_awaited(run)


def _has_kept(run: RunDirectory) -> bool:
    return os.path.lexists(run.checkpoint_path) or os.path.lexists(run.live_path)


def open_awaited(run: RunDirectory) -> Opened:
    """The layers that a run's network will have, according to its settings; there are no weights yet.

    Raises:
        CnntuiError: the settings cannot be read, or describe an impossible network.
    """
    config = run.read_config()
    network = stand_in(config) if config.network_problem else network_of(config)
    return Opened(run.name, run, network, None, is_awaited=True)


def _weights(path: Path) -> tuple[Weights, int | None] | None:
    """The weights in a snapshot and the step that it states; None if the snapshot cannot be read."""
    try:
        return snapshot_from_npz(path)
    except CnntuiError:
        return None


def data_of(opened: Opened) -> DataSet:
    """The test images to show: the run's own; MNIST's if there is no run or the run's own are gone."""
    if opened.run is None:
        digits, classes = load_test(), opened.network.classes
        if opened.network.answer is None or len(digits.classes) <= classes:
            return digits
        return replace(digits, name=MNIST, sha256="", reason=OTHER_CLASSES.format(name=opened.name, classes=classes))
    try:
        config = opened.run.read_config()
    except CnntuiError as error:
        return replace(load_test(), name=MNIST, sha256="", reason=f"{error.message} {IN_THEIR_PLACE}")
    return own_test_data(opened.run, config)


def data_for(opened: Opened, path: Path | None, names: Path | None) -> DataSet:
    """The images to show with a network: those of the data set that the user has named, otherwise `data_of`.

    Args:
        opened: the network.
        path: the data set that the user has named; None if they have named none.
        names: a text file with the names of the classes; None for the data set's own names.

    Raises:
        CnntuiError: the data set cannot be read or does not fit the network, or the names cannot be read or are too
            few or too many.
    """
    network = opened.network
    data = data_of(opened) if path is None else counted_as(given_data(path, network.input_shape), network.classes)
    if names is not None:
        data = with_classes(data, _names_in(names, network))
    elif opened.run is not None and path is not None:
        with suppress(CnntuiError):
            config = opened.run.read_config()
            # The run's own data have the class names and the order of classes that the run was trained with.
            data = as_named(data, config) if config.data_sha256 == data.sha256 else data
    check_fits(opened, data)
    return data


def reads_digits(opened: Opened, data: DataSet | None) -> bool:
    """Whether a network reads digits like MNIST's, so that a picture must first be converted to that format.

    Args:
        opened: the network.
        data: the images that are shown with the network; None if they have not been read.
    """
    network = opened.network
    if network.input_shape != mnist.SHAPE or network.classes != len(mnist.CLASSES):
        return False
    if data is not None and not data.reason:
        return data.is_digits
    with suppress(CnntuiError):
        if opened.run is not None:
            return opened.run.read_config().classes in (None, mnist.CLASSES)
    return True


def data_of_picture(network: Network, image: Image, names: Path | None) -> DataSet:
    """A picture alone as the data to show, for a network without a named data set.

    Raises:
        CnntuiError: the names of the classes cannot be read, or are too few or too many.
    """
    classes = tuple(map(str, range(network.classes)))
    reason = f"Only {image.name} is shown: name a data set with --data to see labelled images."
    data = DataSet(image.pixels[np.newaxis], np.zeros(1, np.uint16), classes, image.name, reason=reason)
    return data if names is None else with_classes(data, _names_in(names, network))


def _names_in(path: Path, network: Network) -> tuple[str, ...]:
    """The names of a network's classes in a text file.

    Raises:
        CnntuiError: the file cannot be read, or has another number of names.
    """
    names = load_classes(path)
    if network.answer is not None and len(names) != network.classes:
        raise CnntuiError(
            f"{path} names {counted(len(names), 'class', 'classes')}, but the network tells {network.classes} apart.",
            "Write one name a line, the first for class 0.",
        )
    return names


def check_fits(opened: Opened, data: DataSet) -> None:
    """Refuse images that do not fit a network, or that have more classes than it knows.

    Raises:
        CnntuiError: the height, width or channels differ, or the images have more classes than the network.
    """
    network, name = opened.network, data.name or MNIST
    classes = network.classes
    if data.shape != network.input_shape:
        raise CnntuiError(
            f"{opened.name} reads images of {times(network.input_shape)}, but those of {name} are {times(data.shape)}.",
            "Name a data set with such images: --data PATH. Or show a single picture: --image FILE.",
        )
    if network.answer is not None and len(data.classes) > classes and not data.reason:
        found = f"{opened.name} tells {classes} classes apart, but {name} has {len(data.classes)}"
        if (int(data.labels.min()), int(data.labels.max())) == (1, classes):
            raise CnntuiError(
                f"{found}: its labels go from 1 to {classes}.", "Subtract 1 from them: classes count from 0."
            )
        raise CnntuiError(f"{found}.", "Name a data set with these classes: --data PATH.")


def file_of(target: str, runs_dir: Path) -> Path | None:
    """The file or folder of a network that a name or path refers to; None if it refers to a run."""
    from cnntui.cnn.readers.model_file import SUFFIXES, is_model

    path = Path(target)
    is_there, is_called_so = is_model(path), target.lower().endswith(SUFFIXES)
    if is_called_so or (is_there and named_run(target, runs_dir) is None):
        return path if is_there or named_run(target, runs_dir) is None else None
    return None


def open_file(path: Path) -> Opened:
    """The network in a file.

    Raises:
        CnntuiError: the file is missing or damaged, or contains layers that cannot be explained.
    """
    from cnntui.cnn.readers.model_file import read_model

    return Opened(printable(path.stem), None, read_model(path), None, file=path)


def open_newest(runs_dir: Path) -> Opened:
    """The newest run that can be opened, or else the one that ships with cnntui.

    A run in training that has not kept a network yet is opened too, although it has no weights yet.

    Raises:
        CnntuiError: this installation is incomplete.
    """
    for run in newest_first(runs_dir):
        with suppress(CnntuiError):
            return open_or_await(run)
    return open_run(bundled_run())
