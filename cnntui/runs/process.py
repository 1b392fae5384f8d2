"""Starts the trainer: a process of its own that outlives its parent, its terminal and the SSH connection."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import cnntui
from cnntui.data import data_sha256
from cnntui.errors import CnntuiError
from cnntui.runs.config import RunConfig
from cnntui.runs.directory import RunDirectory, cannot_write, create_run, write_atomically
from cnntui.runs.lock import RunLock

TRAINER = "cnntui.training"


def start_training(config: RunConfig, runs_dir: Path, module: str = TRAINER) -> RunDirectory:
    """Make a run directory and start a trainer on it.

    Args:
        config: what is asked; its name gives the folder its name, with a number after it if that is taken. Its
            `data_sha256` is filled in here.
        runs_dir: where runs are kept; made if missing.
        module: what is started as `python -m <module> <run directory>`; tests start a trainer without TensorFlow.

    Raises:
        CnntuiError: there is no such data, the folder cannot be written, or no process can be started; nothing is
            left behind.
    """
    config = replace(config, data_sha256=data_sha256(None if config.data is None else Path(config.data)))
    run = create_run(config.name, runs_dir)
    try:
        lock = RunLock(run.lock_path)
        try:
            write_atomically(run.config_path, config.to_json().encode())
            _launch(run, lock, module)
        finally:
            lock.release()
    except (CnntuiError, OSError) as error:
        shutil.rmtree(run.path, ignore_errors=True)
        raise error if isinstance(error, CnntuiError) else cannot_write(run.path, error) from error
    return run


def _launch(run: RunDirectory, lock: RunLock, module: str) -> None:
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
                start_new_session=True,  # no terminal: no SIGHUP, no SIGINT from a person's Ctrl-C
                env=_environment(),
            )
        except OSError as error:
            raise CnntuiError(
                f"The trainer cannot be started with {sys.executable}: {error.strerror}.",
                "End other programs, or install cnntui again.",
            ) from error
    # Somebody must wait for the child, or it stays a zombie while the app is open. A thread that sleeps in waitpid
    # costs nothing and does not depend on who polls; a double fork would leave the zombie to process 1, which in a
    # container is often a program that never waits.
    threading.Thread(target=process.wait, name=f"wait for {run.name}", daemon=True).start()


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    # 2: warnings and errors of TensorFlow's C++ side go to train.log, its greetings do not.
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # On a CPU the same seed gives the same weights, and for so small a network a GPU would gain little.
    environment.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    # `-P` keeps the current folder, which may be a stranger's, off the module path; a checkout is found by name.
    root = Path(cnntui.__file__).resolve().parent.parent
    if root.name not in ("site-packages", "dist-packages"):
        paths = [str(root), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment
