"""Starts or restarts the trainer: a separate process that outlives its parent, terminal and connection."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui.cnn.arithmetic import counted
from cnntui.cnn.description import Description
from cnntui.cnn.layers import times
from cnntui.files import interpreter
from cnntui.files.errors import CnntuiError
from cnntui.images.data import counted_as, data_sha256, identified, load_test, load_train, with_classes
from cnntui.images.mnist import CLASSES, MNIST, SHAPE
from cnntui.runs.config.architecture import network_of
from cnntui.runs.config.config_text import epochs_in_words
from cnntui.runs.config.run_config import FORMAT, RunConfig
from cnntui.runs.config.settings import Device
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.own_data import checked_data
from cnntui.runs.directory.run_directory import RunDirectory, check_own_files, create_run
from cnntui.runs.directory.writing import cannot_write, write_atomically
from cnntui.runs.history.event_file import EventWriter
from cnntui.runs.history.events import Failed, Finished, Launched, Stopped
from cnntui.runs.history.history_builder import read_history

if TYPE_CHECKING:
    from cnntui.runs.config.own_model import OwnModel

TRAINER = "cnntui.training"

_LEARNING = ("tensorflow", "keras")
"""The packages that only the trainer needs; they are not available for every machine."""


def start_training(
    config: RunConfig,
    runs_dir: Path,
    module: str = TRAINER,
    names: tuple[str, ...] | None = None,
    model_file: Path | None = None,
    tell: Callable[[str], None] | None = None,
) -> RunDirectory:
    """Create a run directory and start a trainer on it.

    Args:
        config: the requested settings; the folder is named after the run, with a number added if the name is taken. The
            description of the data and of the architecture is added here.
        runs_dir: the folder of runs; created if missing.
        module: the module to start as `python -m <module> <run directory>`; tests start a trainer without TensorFlow.
        names: the names of the data's classes; None for the names in the data.
        model_file: the file of the user's own network, which is copied into the run; None for the network in `config`.
        tell: receives sentences, one at a time, about how the data are converted on loading.

    Raises:
        CnntuiError: the data are missing or contain no images, the folder cannot be written, or no process can be
            started; nothing is left behind.
    """
    if (reason := why_nothing_can_be_trained(module)) is not None:
        raise reason
    path = None if config.data is None else Path(config.data)
    own = None if model_file is None else _read_own(model_file)
    config = _described(config, path, names, own, tell)
    run = create_run(config.name, runs_dir)
    try:
        lock = RunLock(run.lock_path)
        try:
            write_atomically(run.config_path, config.to_json().encode())
            if model_file is not None:
                write_atomically(run.start_path, lambda beside: _copy(model_file, beside))
            _launch(run, lock, module, config.device)
        finally:
            lock.release()
    except (CnntuiError, OSError) as error:
        shutil.rmtree(run.path, ignore_errors=True)
        raise error if isinstance(error, CnntuiError) else cannot_write(run.path, error) from error
    return run


def _read_own(file: Path) -> OwnModel:
    # The readers of Keras files would slow down every start; they are needed only to train such a file.
    from cnntui.runs.config.own_model import own_model

    return own_model(file)


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _described(
    config: RunConfig,
    path: Path | None,
    names: tuple[str, ...] | None,
    own: OwnModel | None,
    tell: Callable[[str], None] | None,
) -> RunConfig:
    """The settings completed with the identity of the data and the layers of the network."""
    config = replace(config, data_sha256=data_sha256(path), data_source=MNIST, data_shape=SHAPE, classes=CLASSES)
    if path is not None:
        # The trainer would also find any problem, but only once there is a run, which would then have failed.
        test = identified(load_test(path, own.network.input_shape if own else None), config.data_sha256)
        train = load_train(path, test.shape)
        if own is not None:
            renumbered = counted_as(test, own.network.classes)
            test = renumbered if counted_as(train, own.network.classes).classes == renumbered.classes else test
        for note in dict.fromkeys((*train.notes, *test.notes)):
            if tell is not None:
                tell(note)
        if names is not None:
            if own is not None and len(names) != own.network.classes:
                raise CnntuiError(
                    f"--classes names {counted(len(names), 'class', 'classes')}, but {config.model_file} tells "
                    f"{own.network.classes} apart.",
                    "Write one name a line, the first for class 0.",
                )
            test, _ = with_classes(test, names), with_classes(train, names)
        config = replace(config, data_source=test.name or MNIST, data_shape=test.shape, classes=test.classes)
    if own is None:
        return replace(config, architecture=Description.of(network_of(config)).plain())
    name, shape, count = config.data_source or MNIST, config.data_shape or SHAPE, len(config.classes or CLASSES)
    if shape != own.network.input_shape or count != own.network.classes:
        raise CnntuiError(
            f"{config.model_file} reads images of {times(own.network.input_shape)} and tells {own.network.classes} "
            f"classes apart, but {name} has images of {times(shape)} in {count} classes.",
            "Name the pictures that it is for with --data, or give its last layer as many units as there are classes.",
        )
    architecture = Description.of(own.network).plain()
    return replace(config, architecture=architecture, input_scale=own.scale, loss=own.loss)


def why_nothing_can_be_trained(module: str = TRAINER) -> CnntuiError | None:
    """What this machine lacks for training; None if nothing is missing."""
    if module != TRAINER or all(find_spec(package) is not None for package in _LEARNING):
        return None
    python = ".".join(map(str, sys.version_info[:2]))
    return CnntuiError(
        f"Nothing can be trained here: TensorFlow is not installed for Python {python} on this machine.",
        "Everything else works; to train, install cnntui with Python 3.11 to 3.14 on Linux or on a Mac with Apple "
        "silicon.",
    )


def resume_training(run: RunDirectory, module: str = TRAINER, data: Path | None = None) -> RunDirectory:
    """Start a trainer that resumes a run that crashed or was stopped, from its last checkpoint.

    Data, settings, order of the images and optimizer state are the run's own, so its final weights are those that it
    would have had without the interruption. A run that has kept no checkpoint yet begins again, which has the same
    result.

    Args:
        run: the run.
        module: as for `start_training`.
        data: where the run's data are now; None if they have not moved. The run records the new place.

    Returns:
        The run, now with a trainer.

    Raises:
        CnntuiError: the run ships with cnntui, was made by a newer version, is being trained, or is finished; its data
            are missing or have changed; there are links in place of its files; or no process can be started. The run is
            then unchanged.
    """
    config = _resumable(run)
    if (reason := why_nothing_can_be_trained(module)) is not None:
        raise reason
    moved = config if data is None else replace(config, data=f"{data.resolve()}")
    checked_data(run, moved)
    end = read_history(run.events_path).end
    if isinstance(end, Finished):
        raise CnntuiError(
            f"The run {run.name} is finished after {epochs_in_words(config.epochs)}.",
            "Train a new run with more of them: cnntui train --epochs N.",
        )
    try:
        lock = RunLock(run.lock_path)
    except OSError as error:
        raise cannot_write(run.path, error) from error
    try:
        # Requests to the previous trainer, such as to stop, do not apply to this one.
        run.control_path.unlink(missing_ok=True)
        if moved != config:
            write_atomically(run.config_path, moved.to_json().encode())
        _relaunch(run, lock, module, config.device, end)
    except OSError as error:
        raise cannot_write(run.path, error) from error
    finally:
        lock.release()
    return run


def _resumable(run: RunDirectory) -> RunConfig:
    """The settings of a run, which is refused if no trainer of this version can resume it."""
    if run.read_only:
        raise CnntuiError(
            f"The run {run.name} comes with cnntui and cannot be trained further.",
            "Train one of your own: cnntui train.",
        )
    check_own_files(run)
    config = run.read_config()
    if config.is_newer:
        raise CnntuiError(
            f"The run {run.name} was made by a newer cnntui (format {config.format}; this one knows {FORMAT}).",
            "Resume it with that version.",
        )
    if config.model_file and not os.path.exists(run.start_path):
        raise CnntuiError(
            f"The run {run.name} cannot be resumed: its copy of {config.model_file}, {run.start_path.name}, is gone.",
            f"Train on from what it learned: cnntui train --model {run.checkpoint_path}",
        )
    if config.script:
        raise CnntuiError(
            f"The run {run.name} was trained by {config.script}, not by cnntui, so cnntui cannot resume it.",
            "Start the script again.",
        )
    _ = config.learning  # Raises if part of it is unknown.
    return config


def _relaunch(run: RunDirectory, lock: RunLock, module: str, device: Device, end: Stopped | Failed | None) -> None:
    """Report that the run resumes, so that nobody thinks it is over while TensorFlow loads, and start the process."""
    events = EventWriter(run.events_path)
    try:
        events.write(Launched(time.time()))
        try:
            _launch(run, lock, module, device)
        except CnntuiError:
            if end is not None:
                events.write(end)
            raise
    finally:
        events.close()


def _launch(run: RunDirectory, lock: RunLock, module: str, device: Device) -> None:
    """Start the process; it inherits the lock, so the run is never seen without an owner."""
    command = [sys.executable, "-P", "-u", "-m", module, str(run.path), "--lock-fd", str(lock.fd)]
    with run.log_path.open("ab") as log:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(lock.fd,),
                start_new_session=True,  # No terminal: no SIGHUP, and no SIGINT from a user's Ctrl-C.
                env=environment(device),
            )
        except OSError as error:
            raise CnntuiError(
                f"The trainer cannot be started with {sys.executable}: {error.strerror}.",
                "End other programs, or install cnntui again.",
            ) from error
    # The child must be waited for, or it stays a zombie while the app is open. A thread that sleeps in waitpid costs
    # nothing and does not depend on who polls; a double fork would leave the zombie to process 1, which in a container
    # is often a program that never waits.
    threading.Thread(target=process.wait, name=f"wait for {run.name}", daemon=True).start()


def environment(device: Device) -> dict[str, str]:
    """The environment of a trainer: this process's, with GPUs available or hidden."""
    environment = interpreter.environment()
    # 2: warnings and errors from TensorFlow's C++ side go to train.log, its greetings do not.
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if device == "cpu":
        # On a CPU the same seed gives the same weights, and for so small a network a GPU would gain little.
        environment["CUDA_VISIBLE_DEVICES"] = "-1"
    return environment
