"""Watching a run: its state, and a network only when there is a new one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.network import Network
from cnntui.cnn.weights import weights_from_npz
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.run_directory import RunDirectory, bundled_run
from cnntui.runs.directory.status import Status
from cnntui.runs.history.events import Finished
from cnntui.runs.reading.watching import Watcher
from tests.canned import BEGAN, canned_run, learn, publish


def other_network() -> Network:
    return Network((Conv2D("edges", np.ones((3, 3, 1, 4), np.float32), np.zeros(4, np.float32)),), mnist.SHAPE)


def kernel_of(network: Network) -> np.ndarray:
    layer = network["conv2d"]
    assert isinstance(layer, Conv2D)
    return layer.kernel


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, network: Network) -> None:
    with pytest.raises(CnntuiError, match=r"config\.json"):
        Watcher(RunDirectory(tmp_path), network)


def test_a_run_that_is_over_has_no_news(runs_dir: Path, network: Network) -> None:
    run = canned_run(runs_dir, 500, Finished(BEGAN + 5, 500, 0.04, 0.99))
    publish(run, -1)
    watcher = Watcher(run, network)
    first, second = watcher.look(), watcher.look()
    assert first.view.status is Status.FINISHED
    assert first.network is None
    assert second.view is first.view
    assert second.network is None


def test_each_picture_of_the_weights_is_given_once(runs_dir: Path, network: Network) -> None:
    run = canned_run(runs_dir, 60)
    lock = RunLock(run.lock_path)
    step = publish(run, 2)
    watcher = Watcher(run, network)

    sight = watcher.look()
    assert sight.view.status is Status.RUNNING
    assert sight.network is not None
    assert sight.step == step
    wanted = weights_from_npz(bundled_run().snapshot_path(step))["conv2d"]["kernel"]
    assert np.array_equal(kernel_of(sight.network), wanted)

    again = watcher.look()
    assert again.view is sight.view
    assert again.network is None

    later = publish(run, 8)
    newer = watcher.look()
    assert newer.network is not None
    assert newer.step == later
    assert not np.array_equal(kernel_of(newer.network), wanted)
    lock.release()


def test_new_events_without_new_weights_give_no_network(runs_dir: Path, network: Network) -> None:
    run = canned_run(runs_dir, 60)
    lock = RunLock(run.lock_path)
    publish(run, 2)
    watcher = Watcher(run, network)
    before = watcher.look()
    learn(run, 60, 120)
    after = watcher.look()
    assert after.view.step == 120
    assert after.view is not before.view
    assert after.network is None
    lock.release()


def test_the_last_weights_of_a_run_that_ends_are_seen(runs_dir: Path, network: Network) -> None:
    run = canned_run(runs_dir, 60)
    lock = RunLock(run.lock_path)
    publish(run, 2)
    watcher = Watcher(run, network)
    watcher.look()
    last = publish(run, -1)
    lock.release()
    sight = watcher.look()
    assert sight.view.status is Status.CRASHED
    assert sight.network is not None
    assert sight.step == last


def test_weights_find_their_architecture_when_another_network_was_looked_at(runs_dir: Path) -> None:
    run = canned_run(runs_dir, 60)
    lock = RunLock(run.lock_path)
    step = publish(run, 2)
    assert not run.checkpoint_path.exists()
    sight = Watcher(run, other_network()).look()
    assert sight.network is not None
    assert "conv2d_2" in sight.network
    assert sight.step == step
    lock.release()


def test_a_damaged_picture_is_no_news(runs_dir: Path, network: Network) -> None:
    run = canned_run(runs_dir, 60)
    lock = RunLock(run.lock_path)
    run.live_path.write_bytes(b"PK\x03\x04 and then the disk was full")
    watcher = Watcher(run, network)
    sight = watcher.look()
    assert sight.view.status is Status.RUNNING
    assert sight.network is None
    publish(run, 3)
    assert watcher.look().network is not None
    lock.release()
