"""Trainers that need not load TensorFlow, which takes longer than most trainings of tests: one process has it, and
forks one for each that is started. All else is as always: the program that is started, its arguments, its environment,
its lock and its log are handed on to the fork.

Run as a program, it is that process, or the stand-in for Python that asks it for a trainer.
"""

from __future__ import annotations

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

ADDRESS = "CNNTUI_PRELOADED_TRAINER"
_MOST_BYTES = 1 << 17
_LOOK_SECONDS = 5.0


@contextmanager
def preloaded(folder: Path) -> Iterator[Path]:
    """A program that is used in place of Python to start `cnntui.training` and nothing else, while this lasts."""
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
    """Hand everything that this process was started with on to a fork."""
    lock = int(sys.argv[-1])
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.settimeout(120)
        server.connect(os.environ.pop(ADDRESS))
        message = json.dumps([sys.argv, dict(os.environ), os.getcwd()])
        socket.send_fds(server, [message.encode()], [0, 1, 2, lock])
        server.recv(1)


def _serve(listening: socket.socket) -> None:
    """Fork a trainer for each that asks, as long as the tests last."""
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    import cnntui.training.trainer  # noqa: F401

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
                asking.close()
                listening.close()
                _become(*json.loads(message), files)
            for file in files:
                os.close(file)


def _become(arguments: list[str], environment: dict[str, str], folder: str, files: list[int]) -> None:
    """Be the process that was started: `python -P -u -m cnntui.training RUN --lock-fd N`."""
    from cnntui.training.__main__ import main
    from tests.training.killed import KILLED, die_at
    from tests.training.room import limit_files

    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        *streams, lock = files
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        at = arguments.index("cnntui.training")
        sys.argv = [*arguments[at:-1], str(lock)]
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
