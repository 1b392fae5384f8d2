"""Trainers that need not load TensorFlow, which takes longer than most trainings of tests: one process has it, and
forks one for each that is started. All else is as always: the program that is started, its arguments, its environment,
its lock and its log are handed on to the fork.

What else there is to do in Keras it does for tests as well, see `Keras`, so that they need not load it.

Run as a program, it is that process, or the stand-in for Python that asks it for a trainer.
"""

from __future__ import annotations

import gc
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

ADDRESS = "CNNTUI_PRELOADED_TRAINER"
CORES = "CNNTUI_TRAINER_CORES"
"""Names how many cores a trainer takes the machine to have: to compile for each takes longer than most trainings."""
_MOST_BYTES = 1 << 17
_LOOK_SECONDS = 5.0


class Keras:
    """Runs code that uses Keras in a process that has loaded it.

    Args:
        python: what is used in place of Python.
    """

    def __init__(self, python: Path) -> None:
        self._python = python

    def run(self, code: str, *arguments: object) -> str:
        """What the code prints; its arguments are in `sys.argv[1:]`."""
        command = [self._python, "-c", code, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def preloaded(folder: Path) -> Iterator[Path]:
    """A program that is used in place of Python, while this lasts, to start `cnntui.training` or to run `-c` code."""
    address = folder / "socket"
    python = folder / "python"
    python.write_text(f'#!/bin/sh\n{ADDRESS}={address} exec {shlex.join([sys.executable, "-S", __file__])} "$@"\n')
    python.chmod(0o700)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(str(address))
        listening.listen(16)
        command = [sys.executable, "-P", "-u", __file__, "--serve", str(listening.fileno())]
        # Cores, devices and logging as every trainer of these tests has them: TensorFlow looks when it is loaded.
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": "-1"}
        paths = [str(Path(__file__).parents[2]), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
        process = subprocess.Popen(command, pass_fds=[listening.fileno()], env=environment)
    try:
        yield python
    finally:
        process.kill()
        process.wait()


def _ask() -> None:
    """Hand everything that this process was started with on to a fork; a trainer is not waited for, code is."""
    further = [] if sys.argv[1] == "-c" else [int(sys.argv[-1])]
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.settimeout(600)
        server.connect(os.environ.pop(ADDRESS))
        message = json.dumps([sys.argv, dict(os.environ), os.getcwd()])
        socket.send_fds(server, [message.encode()], [0, 1, 2, *further])
        status = server.recv(1)
    sys.exit(status != b"0" if sys.argv[1] == "-c" else 0)


def _serve(listening: socket.socket) -> None:
    """Fork a trainer for each that asks, as long as the tests last."""
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    import cnntui.training.trainer  # noqa: F401

    # Forks do not look through what is loaded for rubbish, and share its pages.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening.settimeout(_LOOK_SECONDS)
    tests = os.getppid()
    while os.getppid() == tests:
        try:
            asking, _ = listening.accept()
        except TimeoutError:
            continue
        with asking:
            message, files, _, _ = socket.recv_fds(asking, _MOST_BYTES, 4)
            if os.fork() == 0:
                listening.close()
                arguments, environment, folder = json.loads(message)
                if arguments[1] == "-c":
                    _run(arguments, environment, folder, files, asking)
                asking.close()
                _become(arguments, environment, folder, files)
            for file in files:
                os.close(file)


def _run(
    arguments: list[str], environment: dict[str, str], folder: str, files: list[int], asking: socket.socket
) -> None:
    """Run code and say whether it came to its end: `python -c CODE …`; who kills the process that asked kills it."""
    try:
        Thread(target=_die_with, args=[asking], daemon=True).start()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _take_over(environment, folder, files)
        sys.argv = arguments[1:2] + arguments[3:]
        exec(arguments[2], {"__name__": "__main__"})
        sys.stdout.flush()
        asking.send(b"0")
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        os._exit(0)


def _die_with(asking: socket.socket) -> None:
    asking.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)


def _take_over(environment: dict[str, str], folder: str, streams: list[int]) -> None:
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)


def _become(arguments: list[str], environment: dict[str, str], folder: str, files: list[int]) -> None:
    """Be the process that was started: `python -P -u -m cnntui.training RUN --lock-fd N`."""
    from cnntui.training.__main__ import main
    from tests.training.killed import KILLED, die_at
    from tests.training.room import limit_files

    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        *streams, lock = files
        _take_over(environment, folder, streams)
        at = arguments.index("cnntui.training")
        sys.argv = [*arguments[at:-1], str(lock)]
        if cores := os.environ.get(CORES):
            os.sched_getaffinity = lambda pid: {*range(int(cores))}
        if moment := os.environ.get(KILLED):
            die_at(moment)
        limit_files()
        status = main()
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        os._exit(status)


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        _serve(socket.socket(fileno=int(sys.argv[2])))
    else:
        _ask()
