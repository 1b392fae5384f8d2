"""Apps that need not import what cnntui consists of, which takes most of the time of a short look at one: a process has
it, and forks one for each that is started. All else is as always: the fork is the leader of a session of its own, with
the terminal as its controlling one, and begins where `python -m cnntui` does, or the app with the fake trainer.

What is about the start itself, or about another environment, starts a process as everybody does.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import runpy
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

from tests.terminal.terminal import DEFAULT_SIGNALS, Program, execute

_MOST_BYTES = 1 << 17
_LOADED = (
    "cnntui.cli", "cnntui.commands.launch", "cnntui.ui.app.app", "textual.drivers.linux_driver",
    "tests.fake_trainer", "tests.odd_events",
)  # fmt: skip
_PROGRAMS = ("cnntui", "tests.app_with_fake_trainer")
_READ_AT_IMPORT = ("TERM", "COLORTERM", "NO_COLOR", "PYTHON", "TEXTUAL")
"""Prefixes of the variables that are read when modules are imported."""

Start = Callable[[Sequence[str], Mapping[str, str], tuple[int, int]], Program]


@contextmanager
def preloaded(environment: Mapping[str, str]) -> Iterator[Start]:
    """Starts programs on a terminal: a fork if it is cnntui in this environment, otherwise a new process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # Python decides at its start how it writes: as on a terminal.
    master, slave = pty.openpty()
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.preloaded_app", str(theirs.fileno())],
        stdin=slave, stdout=slave, stderr=slave, pass_fds=[theirs.fileno()], env=dict(environment),
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    os.close(slave)
    theirs.close()

    def read_at_import(variables: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in variables.items() if name.startswith(_READ_AT_IMPORT)}

    def start(command: Sequence[str], variables: Mapping[str, str], size: tuple[int, int]) -> Program:
        python, *module = command[:3]
        is_loaded = python == sys.executable and module in [["-m", program] for program in _PROGRAMS]
        if not is_loaded or read_at_import(variables) != read_at_import(environment):
            return execute(command, variables, size)
        return _fork(ours, command[2:], variables, size)

    try:
        yield start
    finally:
        ours.close()
        server.wait()
        os.close(master)


def _fork(
    server: socket.socket, command: Sequence[str], environment: Mapping[str, str], size: tuple[int, int]
) -> Program:
    """An app as a child of the server, on its own terminal."""
    master, slave = pty.openpty()
    columns, rows = size
    termios.tcsetwinsize(slave, (rows, columns))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        message = json.dumps([[*command], dict(environment), os.getcwd()])
        socket.send_fds(server, [message.encode()], [slave, theirs.fileno()])
        os.close(slave)
    pid = int(ours.recv(16))
    ours.setblocking(False)

    def poll() -> int | None:
        try:
            status = ours.recv(16)
        except BlockingIOError:
            return None
        ours.close()
        return int(status)

    return Program(pid, master, poll)


def _serve(asked: socket.socket) -> str:
    """Fork an app for every request while the tests run; in the fork, returns the app's module."""
    from cnntui.terminal.colours import colours_of, settle_colours

    settle_colours(colours_of(None, os.environ), os.environ)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for module in _LOADED:
        import_module(module)

    while True:
        message, files, _, _ = socket.recv_fds(asked, _MOST_BYTES, 2)
        if not message:
            os._exit(0)
        keeper = os.fork()
        if keeper == 0:
            asked.close()
            terminal, tell = files
            app = os.fork()
            if app == 0:
                os.close(tell)
                return _become(*json.loads(message), terminal)
            os.close(terminal)
            _keep(app, socket.socket(fileno=tell))
        for file in files:
            os.close(file)
        _reap()


def _reap() -> None:
    """Forget the keepers whose apps have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _keep(app: int, tell: socket.socket) -> None:
    """Report an app's process ID and, as its parent, its exit status."""
    tell.send(str(app).encode())
    status = os.waitstatus_to_exitcode(os.waitpid(app, 0)[1])
    with suppress(OSError):
        tell.send(str(status).encode())
    os._exit(0)


def _become(command: list[str], environment: dict[str, str], folder: str, terminal: int) -> str:
    """Become the requested process; returns the module to run."""
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for number in range(3):
        os.dup2(terminal, number)
    os.close(terminal)
    for number in DEFAULT_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    return command[0]


if __name__ == "__main__":
    runpy.run_module(_serve(socket.socket(fileno=int(sys.argv[1]))), run_name="__main__", alter_sys=True)
