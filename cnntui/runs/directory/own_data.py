"""The data that a run was trained on, identified by their SHA-256, or the reason why they are not available."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnntui.cnn.layers import Shape
from cnntui.files.errors import CnntuiError
from cnntui.images.data import (
    DataSet,
    data_sha256,
    identified,
    load_shown,
    load_test,
    load_train,
    with_classes,
)
from cnntui.images.mnist import CLASSES, MNIST, SHAPE
from cnntui.printable import printable
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import RunDirectory

IN_THEIR_PLACE = "Until then MNIST images are shown, without true classes and accuracies."


NO_IMAGES = (
    "The script that trains {name} has passed on no images, as Watch(…, images=x_val[:1000], labels=y_val[:1000]) "
    "does. A blank image is shown; to see others, name a data set with --data."
)

UNLABELLED = (
    "The images of {name} came without labels: nobody can say which are right. Hand them over too: Watch(…, labels=…)."
)


def given_data(path: Path, shape: Shape | None = None) -> DataSet:
    """The images of a data set that the user has named, with their SHA-256.

    Args:
        path: the data set.
        shape: the input shape of the network, to which pictures of various sizes are scaled.

    Raises:
        CnntuiError: the data set is missing or damaged, or does not consist of labelled images.
    """
    return identified(load_shown(path, shape), data_sha256(path))


def as_named(data: DataSet, config: RunConfig) -> DataSet:
    """A run's data set, with the run's names for its classes."""
    return data if not config.classes or data.classes == config.classes else with_classes(data, config.classes)


def own_test_data(run: RunDirectory, config: RunConfig, known: Iterable[DataSet] = ()) -> DataSet:
    """A run's own test images; if they are not available, MNIST's, with the reason.

    Args:
        run: the run.
        config: the run's settings.
        known: data sets that have been read already; the run's own is taken from among them if it is there.
    """
    for data in known:
        if data.sha256 and data.sha256 == config.data_sha256:
            return data
    try:
        path = checked_data(run, config)
        data = as_named(identified(load_test(path, config.data_shape), config.data_sha256), config)
        if path is not None and path.parent == run.path:
            # They belong to the run itself, and need no other name.
            data = replace(data, name=run.name)
        return data if config.is_labelled else replace(data, reason=UNLABELLED.format(name=run.name))
    except CnntuiError as error:
        if config.script and not _can_be_shown_mnist(config):
            return _blank(run, config)
        hint = f"Name the right ones: cnntui open {run.name} --data PATH. {IN_THEIR_PLACE}"
        return replace(load_test(), name=MNIST, sha256="", reason=f"{error.message} {hint}")


def _can_be_shown_mnist(config: RunConfig) -> bool:
    return config.data_shape in (None, SHAPE) and (config.class_count or 0) >= len(CLASSES)


def _blank(run: RunDirectory, config: RunConfig) -> DataSet:
    """One blank image, for a network without images."""
    classes = config.classes or tuple(map(str, range(config.class_count or len(CLASSES))))
    images = np.zeros((1, *(config.data_shape or SHAPE)), np.uint8)
    return DataSet(images, np.zeros(1, np.uint16), classes, "blank", reason=NO_IMAGES.format(name=run.name))


def foreign_data(run: RunDirectory, config: RunConfig, data: DataSet) -> tuple[str, ...]:
    """Sentences, in decreasing length, that say that other data than the run's own are on screen; none if not."""
    if "" in (data.sha256, config.data_sha256) or data.sha256 == config.data_sha256:
        return ()
    name = data.name or MNIST
    return (
        f"{run.name} was trained on other data than {name}; the accuracies shown here are for {name}",
        f"{run.name} was trained on other data; accuracies here are for {name}",
        f"trained on other data; accuracies here are for {name}",
    )


def own_train_data(run: RunDirectory, config: RunConfig) -> DataSet:
    """A run's own training images.

    Raises:
        CnntuiError: they are gone or damaged, or have changed since.
    """
    return as_named(load_train(checked_data(run, config), config.data_shape), config)


def own_images(run: RunDirectory, config: RunConfig) -> tuple[DataSet, DataSet]:
    """A run's own training images and test images.

    Raises:
        CnntuiError: they are gone or damaged, or have changed since.
    """
    path = checked_data(run, config)
    train, test = load_train(path, config.data_shape), load_test(path, config.data_shape)
    return as_named(train, config), as_named(test, config)


def checked_data(run: RunDirectory, config: RunConfig) -> Path | None:
    """The path of a run's data; None for the digits that ship with cnntui.

    Runs of early versions do not record the SHA-256 of their data; whatever is at the path is then accepted.

    Raises:
        CnntuiError: they are gone or unreadable, or have changed since.
    """
    # Images that a script handed over are in the run's own folder.
    path = None if config.data is None else run.path / config.data
    named = f"The data that {run.name} was trained on"
    if config.has_unknown_data:
        where = f": {printable(config.data_source)}" if config.data_source else ""
        raise CnntuiError(f"{named} cannot be found{where}.", "The run does not say which file they are in.")
    if path is not None and not os.path.exists(path):
        raise CnntuiError(f"{named} are gone: there is no {printable(str(path))}.", "Put them back.")
    try:
        is_same = config.data_sha256 in ("", data_sha256(path))
    except CnntuiError as error:
        raise CnntuiError(f"{named} are gone: {error.message}", "Put the old ones back.") from None
    if not is_same:
        where = (
            "the MNIST that ships with cnntui is different" if path is None else f"{printable(str(path))} has changed"
        )
        raise CnntuiError(f"{named} are gone: {where}.", "Put the old ones back.")
    return path
