"""Watches one run: its newest state, and its newest weights as a network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from cnntui.cnn.network import Network, Weights, with_weights
from cnntui.cnn.weights import snapshot_from_npz, weights_from_npz
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.runs.config.architecture import network_of
from cnntui.runs.directory.own_data import own_test_data
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.runs.reading.opening import Opened, check_fits, open_or_await
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class Observation:
    """What one look at a run found.

    Attributes:
        view: the run's state; the identical object while nothing changes.
        network: the network with the run's newest weights; None if they have not changed since the last look.
        step: how many batches that network has learned from.
    """

    view: RunView
    network: Network | None = None
    step: int = 0


class Watcher:
    """Watches a run, at the cost of a few `stat`s per look while nothing changes.

    Args:
        run: the run.
        network: the network shown so far; its architecture is nearly always that of the run.

    Raises:
        CnntuiError: the directory is not a run.
    """

    def __init__(self, run: RunDirectory, network: Network) -> None:
        self.run = run
        self._follower = RunFollower(run)
        self._network = network
        self._seen: tuple[int, int] | None = None
        view = self._follower.poll()
        self._config = view.config
        if not view.status.is_active:
            # The weights of a finished run were opened with it; only later weights would be news.
            self._seen = view.live_version

    def look(self) -> Observation:
        """The run's current state, and its network if the weights are new."""
        view = self._follower.poll()
        if view.live_version is None or view.live_version == self._seen:
            return Observation(view)
        self._seen = view.live_version
        try:
            weights, step = snapshot_from_npz(view.run.live_path)
            self._network = self._fitted(weights, view.run)
        except CnntuiError:
            # This snapshot will soon be replaced; the run's own state says if something went wrong.
            return Observation(view)
        return Observation(view, self._network, view.step if step is None else step)

    def _fitted(self, weights: Weights, run: RunDirectory) -> Network:
        problem = CnntuiError(f"The run {run.name} does not say how its layers are connected.")
        for network in self._architectures(run):
            try:
                return with_weights(network, weights)
            except CnntuiError as error:
                problem = error
        raise problem

    def _architectures(self, run: RunDirectory) -> Iterator[Network]:
        with suppress(CnntuiError):  # Settings that another version wrote.
            yield network_of(self._config)
        yield self._network
        if os.path.lexists(run.checkpoint_path):
            from cnntui.cnn.readers.keras.file import read_architecture

            yield replace(read_architecture(run.checkpoint_path), scale=self._config.scale)


def tested(view: RunView | None, network: Network, step: int | None) -> tuple[Network, int | None]:
    """The network at the end of the run's last completed epoch, with its step; the current one if that was not kept.

    Args:
        view: the run's state; None for a network that does not come from a run.
        network: the current network, with the run's architecture.
        step: how many batches the current network has learned from.
    """
    if view is None or not view.history.epochs:
        return network, step
    end = view.history.epochs[-1].step
    path = view.run.snapshot_path(end)
    if end == step or not os.path.lexists(path):
        return network, step
    try:
        return with_weights(network, weights_from_npz(path)), end
    except CnntuiError:
        return network, step


def watched(run: RunDirectory, known: tuple[DataSet, ...]) -> tuple[Opened, Watcher, DataSet]:
    """A run's network with the newest weights that it has kept, a watcher for it, and its test images.

    Args:
        run: the run.
        known: data sets that have been read already.

    Raises:
        CnntuiError: the directory is not a run, it has kept no network and nobody is training it, or no images fit its
            network.
    """
    opened = open_or_await(run)
    data = own_test_data(run, run.read_config(), known)
    check_fits(opened, data)
    return opened, Watcher(run, opened.network), data


def has_known_data(run: RunDirectory, known: tuple[DataSet, ...]) -> bool:
    """Whether a run's data have been read already, or cannot be read anyway."""
    try:
        return run.read_config().data_sha256 in {data.sha256 for data in known if data.sha256}
    except CnntuiError:
        return True
