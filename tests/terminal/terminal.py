"""Drives a program on a real pseudo-terminal: sends it keys, clicks and signals, and sees what it paints.

    with Terminal([sys.executable, "-m", "cnntui"], size=(80, 24)) as terminal:
        terminal.wait_for("Quit")
        answer = terminal.press("right")
        print(answer.size, answer.seconds, terminal.text)

What the program writes is kept as it comes and only given to the model of the screen when somebody looks, so that
times are those of the program and not of the model.
"""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import pyte

QUIET = 0.12
"""Seconds of silence that end an answer."""

RESIZE_PATIENCE = 3.0
"""Seconds that the answer to another size may take to begin: all of the screen is laid out for it."""

RESIZE_QUIET = 0.5
"""Seconds of silence that end that answer, which on a busy machine comes in several pieces."""

PATIENCE = 30.0
"""Seconds after which something that does not happen is a failure, on a machine that is busy with other things."""

Cell = tuple[str, str, str]
"""What stands in one place: character, foreground and background, each colour as `rrggbb`, a name or `default`."""

KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "shift+up": "\x1b[1;2A", "shift+down": "\x1b[1;2B", "shift+right": "\x1b[1;2C", "shift+left": "\x1b[1;2D",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "enter": "\r", "tab": "\t", "escape": "\x1b", "space": " ",
    "backspace": "\x7f", "f1": "\x1bOP", "f12": "\x1b[24~",
}  # fmt: skip
"""Keys by the name that Textual gives them, as xterm sends them."""

# Questions and modes that real terminals know and the model of the screen would print: private control sequences, those
# with an intermediate byte, and device control strings.
_UNKNOWN = re.compile(rb"\x1b\[[<=>][0-?]*[ -/]*[@-~]|\x1b\[[0-?]*[ -/]+[@-~]|\x1bP.*?\x1b\\", re.DOTALL)
# "Are you well?" and "yes", which says that everything before the question has been seen.
_QUESTION, _YES = b"\x1b[5n", b"\x1b[0n"

_UNFINISHED = re.compile(rb"\x1b(\[[0-?]*[ -/]*|P[^\x1b]*)?$")


@dataclass(frozen=True)
class Answer:
    """What a program wrote until it fell silent.

    Attributes:
        written: the bytes.
        seconds: from the key to the last of them; 0 when there were none.
    """

    written: bytes
    seconds: float

    @property
    def size(self) -> int:
        """The number of bytes on the line."""
        return len(self.written)


@dataclass(frozen=True)
class Program:
    """A program that was started on a terminal.

    Attributes:
        pid: its process.
        terminal: the other end of its terminal.
        poll: gives its exit status, negative for the signal that killed it, once; None while it runs.
    """

    pid: int
    terminal: int
    poll: Callable[[], int | None]


DEFAULT_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
"""Signals that are ignored if the tests run in the background."""


def execute(command: Sequence[str], environment: Mapping[str, str], size: tuple[int, int]) -> Program:
    """Start a program on a terminal of its own."""
    columns, rows = size
    child, terminal = pty.fork()
    if child == 0:
        termios.tcsetwinsize(0, (rows, columns))
        for number in DEFAULT_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.execvpe(command[0], list(command), dict(environment))

    def poll() -> int | None:
        pid, status = os.waitpid(child, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None

    return Program(child, terminal, poll)


class Terminal:
    """A program on a pseudo-terminal, which is its controlling terminal as it would be in a window.

    Args:
        command: the program and its arguments.
        size: columns and rows.
        env: changes to the environment, on top of a truecolor xterm; None takes a variable away.
        answers: whether it answers when the program asks whether it is well (`CSI 5n`), as real terminals do.
    """

    start = staticmethod(execute)
    """Starts programs; tests let a process that has imported cnntui fork them."""

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str | None] | None = None,
        answers: bool = True,
    ) -> None:
        columns, rows = size
        self.answers = answers
        """Whether it answers; may change at any time."""
        self._screen = pyte.Screen(columns, rows)
        self._model = pyte.ByteStream(self._screen)
        self._unseen = b""
        self._ended = False
        self.written = b""
        """Everything that the program wrote."""
        self.status: int | None = None
        """The program's exit status, negative for the signal that killed it; None while it runs."""
        environment = environment_of(env or {})
        self.started = time.perf_counter()
        self.last_written = self.started
        """When the program's last bytes came, on the clock of `time.perf_counter`."""
        program = Terminal.start(command, environment, size)
        self.pid, self._fd, self._poll = program.pid, program.terminal, program.poll

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.status is None:
            self.send_signal(signal.SIGKILL)
            self.wait_exit()
        self.hang_up()

    # Output

    @property
    def screen(self) -> pyte.Screen:
        """The model of the screen, up to date with all that was read."""
        data = _UNKNOWN.sub(b"", self._unseen)
        unfinished = _UNFINISHED.search(data)
        whole = data[: unfinished.start()] if unfinished else data
        self._unseen = data[len(whole) :]
        self._model.feed(whole)
        return self._screen

    @property
    def text(self) -> str:
        """The characters on the screen, a line each, without the blanks at their ends."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def cells(self) -> list[list[Cell]]:
        """Every place of the screen, by row and column."""
        screen = self.screen
        cells = []
        for row in range(screen.lines):
            line = [screen.buffer[row][column] for column in range(screen.columns)]
            cells.append([(cell.data, *((cell.bg, cell.fg) if cell.reverse else (cell.fg, cell.bg))) for cell in line])
        return cells

    # Input

    def press(self, *keys: str, quiet: float = QUIET, patience: float = 0.0) -> Answer:
        """Press keys one right after the other and wait for the answer to all of them; see `answer`."""
        self.send(*keys)
        return self.answer(quiet=quiet, patience=patience)

    def send(self, *keys: str) -> None:
        """Press keys without waiting."""
        self.send_bytes("".join(KEYS.get(key, _control(key)) for key in keys).encode())

    def send_bytes(self, data: bytes) -> None:
        """Send bytes that no key sends."""
        os.write(self._fd, data)

    def click(self, column: int, row: int) -> Answer:
        """Click with the left button on a place counted from 0."""
        place = f"0;{column + 1};{row + 1}"
        os.write(self._fd, f"\x1b[<{place}M\x1b[<{place}m".encode())
        return self.answer()

    def drag(self, *places: tuple[int, int], pause: float = 0.0) -> Answer:
        """Press the left button on a place, move over others, and let go; the answer is to the last move and later.

        Args:
            places: columns and rows, counted from 0.
            pause: seconds between two moves, in which what the program writes is read.
        """
        for number, (column, row) in enumerate(places):
            os.write(self._fd, f"\x1b[<{32 if number else 0};{column + 1};{row + 1}M".encode())
            due = time.perf_counter() + pause
            while number < len(places) - 1 and (left := due - time.perf_counter()) > 0:
                self._read(left)
        answer = self.answer()
        os.write(self._fd, f"\x1b[<0;{places[-1][0] + 1};{places[-1][1] + 1}m".encode())
        return answer

    def resize(self, columns: int, rows: int) -> Answer:
        """Resize the window; the kernel tells the program."""
        self.set_size(columns, rows)
        return self.answer(quiet=RESIZE_QUIET, patience=RESIZE_PATIENCE)

    def forget(self) -> None:
        """Forget what was written so far, which costs time and memory in a long run: what comes is painted anew."""
        self.written = self.written[1 - len(_QUESTION) :]
        self._unseen = b""
        self._screen.reset()

    def set_size(self, columns: int, rows: int) -> None:
        """Resize the window without waiting."""
        self.screen.resize(rows, columns)
        termios.tcsetwinsize(self._fd, (rows, columns))

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the terminal, as when its window is closed or the connection breaks."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            self._ended = True

    # Waiting

    def answer(self, *, quiet: float = QUIET, patience: float = 0.0, limit: float = PATIENCE) -> Answer:
        """Read what the program writes from now on, until it falls silent.

        Args:
            quiet: seconds of silence that end the answer.
            patience: seconds that the answer may take to begin, where there will surely be one.
            limit: seconds after which the answer is cut off, for a program that never falls silent.
        """
        before = len(self.written)
        start = time.perf_counter()
        wait = max(quiet, patience)
        while not self._ended and time.perf_counter() - start < limit and self._read(wait):
            wait = quiet
        written = self.written[before:]
        return Answer(written, self.last_written - start if written else 0.0)

    def wait_for(self, text: str, *, quiet: float = QUIET, limit: float = PATIENCE) -> None:
        """Read until the text is on the screen, looking only in silences so that looking delays nothing.

        Raises:
            AssertionError: the program ended, or the time ran out.
        """
        self._wait(lambda: text in self.text, text, quiet, limit)

    def wait_for_screen(self, screen: str, *, quiet: float = QUIET, limit: float = PATIENCE) -> None:
        """Read until the characters on the screen are these.

        Raises:
            AssertionError: the program ended, or the time ran out.
        """
        self._wait(lambda: self.text == screen, screen, quiet, limit)

    def _wait(self, condition: Callable[[], bool], what: str, quiet: float, limit: float) -> None:
        deadline = time.perf_counter() + limit
        while True:
            # A program that never falls silent, such as one that plays, is read all the same.
            self.answer(quiet=quiet, limit=1.0)
            if condition():
                return
            assert not self._ended, f"the program ended before {what!r} appeared; the screen is\n{self.text}"
            assert time.perf_counter() < deadline, f"{what!r} did not appear; the screen is\n{self.text}"

    def wait_exit(self, *, limit: float = PATIENCE) -> int:
        """Read until the program has ended, and give its exit status.

        Raises:
            AssertionError: the time ran out.
        """
        deadline = time.perf_counter() + limit
        while self.poll() is None:
            assert time.perf_counter() < deadline, f"the program did not end; the screen is\n{self.text}"
            if self._ended:
                select.select([], [], [], 0.01)
            else:
                self._read(0.05)
        while not self._ended and self._read(0):
            pass
        return self.status

    def poll(self) -> int | None:
        """The program's exit status; None while it runs."""
        if self.status is None:
            self.status = self._poll()
        return self.status

    def _read(self, timeout: float) -> bytes:
        """The program's next output within some seconds."""
        if not select.select([self._fd], [], [], timeout)[0]:
            return b""
        data = self._receive()
        self._ended = not data
        self._take(data)
        return data

    def _receive(self) -> bytes:
        """The program's output; empty if it has ended."""
        try:
            return os.read(self._fd, 1 << 16)
        except OSError:  # Linux says so when no process has the terminal open any more
            return b""

    def _take(self, data: bytes) -> None:
        """Show the output that has arrived, and answer its questions."""
        if data:
            self.last_written = time.perf_counter()
        asked = (self.written[1 - len(_QUESTION) :] + data).count(_QUESTION)
        self.written += data
        self._unseen += data
        if self.answers and asked:
            self.send_bytes(_YES * asked)


def environment_of(changes: Mapping[str, str | None]) -> dict[str, str]:
    """The environment of a program on a truecolor xterm, with some changes."""
    removed = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "SSH_CONNECTION")
    environment: dict[str, str | None] = {
        name: value for name, value in os.environ.items() if name not in removed and not name.startswith("TEXTUAL")
    }
    environment.setdefault("XDG_CONFIG_HOME", os.devnull)
    environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", **changes}
    return {name: value for name, value in environment.items() if value is not None}


def _control(key: str) -> str:
    """A letter with ctrl as its control character; any other key as it is."""
    prefix, _, letter = key.rpartition("+")
    return chr(ord(letter.upper()) & 0x1F) if prefix == "ctrl" else key
