"""Random keys, bursts, pastes, mouse events and resizes, sent to the app on a real terminal: nothing may break or hang.

    python -m tests.random_events --seeds 1 2 3 4 5 --events 10000

Whatever ends the app must be a key that leaves it, with status 0; then it is started again on another screen. Every few
events the window is resized, which the app has to answer by painting. A bug's report is shown once, with the events
that came before it. The exit status is 1 where there was any.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pkgutil
import random
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path

from PIL import Image
from textual.screen import Screen

from cnntui import screens
from cnntui.arguments import SCREENS
from cnntui.errors import CnntuiError
from cnntui.labs import LABS
from cnntui.runs import control
from cnntui.runs.control import Wish
from cnntui.runs.directory import list_runs
from cnntui.runs.lock import is_held
from cnntui.screens.help import HelpScreen
from cnntui.screens.over import Palette
from cnntui.terminal.driver import PASTE_SECONDS
from tests.app_with_fake_trainer import SEEN_VARIABLE, SO_FAR, TRAINING
from tests.fake_trainer import _SCRIPT_VARIABLE, FakeScript, fake_config, write_fake_run
from tests.terminal import KEYS, Terminal

PATIENCE = 60.0
"""Seconds after which an app that has not answered hangs, on a machine that is busy with other things."""

LOOK_EVERY = 10
"""Bursts between two looks at whether the app still gets along."""

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPSTVWXYZ0123456789/?.,<>+-[]() "
NAMED = [name for name in KEYS if name not in ("f1", "f12", "space")]
CONTROLS = ["ctrl+p", "ctrl+r", "ctrl+j", "ctrl+a", "ctrl+e", "ctrl+k", "ctrl+u", "ctrl+w", "ctrl+d"]
SIZES = [(80, 24), (120, 40), (100, 30), (80, 25), (60, 18), (176, 48), (40, 10), (1, 1), (200, 60)]
BROKEN = [
    b"\xff\xfe", b"\xc3", b"\xe2\x82", b"\xf0\x9f", b"\x80", b"\xed\xa0\x80", b"\x00", b"\x1b[", b"\x1b[<0;",
    b"\x1b[<0;10;", b"\x1b[<;;M", b"\x1bO", b"\x1b[200", b"\x1bP", b"\x1b]52;c;", b"\x1b[?1;", b"\x1b[999999999~",
    b"\x1b[1114112u", b"\x1b[55296u", b"\x1b[9;9R", b"\x1b[M", b"\x1b[201~", b"\x1b[?2026;2$y", b"\x1b\x1b\x1b",
    b"\x1b[8;0;0t", b"\x1b[48;0;0;0;0t",
]  # fmt: skip
"""Bytes that are no UTF-8, and sequences that do not end or mean nothing."""

UNFINISHED_PASTE, END_OF_PASTE = b"\x1b[200~12\nq", b"\x1b[201~"

PASTED = [
    "3", "0.01", "12345678901234567890", "a name", "../..", "/", "line one\nline two\n", "ä漢字🙂", "\t", "x" * 3000,
    "t\nq\nt\n", "1e308", "-5", "",
]  # fmt: skip

HOME = ["escape", "escape", "escape"]

PLACES: list[list[str]] = [
    ["1", "t"], ["t", "t"], ["t", "q"], ["1", "c"], ["1", "space"], ["1", "s"], ["1", "L"], ["1", "x"], ["d"],
    ["d", "c"], ["d", "/"], ["1", "L", "up", "enter"], ["1", "s", "f", "down", "]", "right"],
    ["7", "space", "down", "space", "o"], ["7", "x"], ["7", "r"], ["7", "/"], ["7", "c"], ["7", "e"], ["6", "i"],
    ["7", "down", "x"], ["7", "down", "x", "y"], ["7", "enter"], ["7", "down", "enter"], ["6", "space"],
    ["6", "i", "p", ".", "p", "n", "g", "enter"], ["6", "i", "b", ".", "p", "n", "g", "enter"],
    ["3", "W"], ["3", "e"], ["3", "w"], ["4", "space"], ["3", "space"], ["2", "end", "enter"], ["T"], ["<", "<"],
    ["?"], ["ctrl+p"], ["ctrl+p", "t", "h", "e", "enter"],
    *(["5", *["up"] * 5, *["down"] * lab, "enter"] for lab in range(len(LABS))),
    ["5", *["up"] * 5, "enter", "u"],
]  # fmt: skip
"""Keys that lead to every page, lab, form and dialog."""

TOURS: list[list[list[str]]] = [
    [["1"], ["t"], ["t"], ["space"], ["s"]],
    [["1"], ["t"], ["t"], ["L"]],
    [["1"], ["t"], ["t"], ["q"]],
    [["1"], ["t"], ["t"], ["5"], ["enter"]],
    [["7"], ["end", "x"]],
    [["7", "end", "space", "up", "space"], ["o"]],
    [["d"], ["c"]],
    [["1"], ["c"], ["m"]],
    [],
]
"""Ways that take time, each begun when the app has answered the one before; what comes then is random."""

TOURS_OF_EVENTS = 0.02
"""How many of the bursts are preceded by a tour."""

LEAVING = ["q", "ctrl+c"]

ARGUMENTS = [[], *(["open", run, "--screen", screen] for run in ("bundled", "dense") for screen in SCREENS)]


@dataclass
class Outcome:
    """What came of a seed's events.

    Attributes:
        events: how many were sent.
        starts: how often the app was started.
        faults: what went wrong, each kind once.
        reached: how many of the events came to which screen.
    """

    events: int = 0
    starts: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    reached: Counter[str] = field(default_factory=Counter)


class Storm:
    """Events from one seed at apps that are started in `folder` as long as there are any left, and time."""

    def __init__(self, seed: int, events: int, seconds: float, folder: Path) -> None:
        self._random = random.Random(seed)
        self._left = events
        self._until = time.monotonic() + seconds
        self._state, self._runs, self._seen = folder / "state", folder / "runs", folder / "seen"
        self._size = SIZES[0]
        self._recent: deque[str] = deque(maxlen=60)
        self._is_pasting = False
        self.outcome = Outcome()
        os.chdir(folder)
        for name, script in (("whole", FakeScript()), ("failed", FakeScript(fail_at=48))):
            write_fake_run(self._runs, script, fake_config(name))
        Image.new("L", (40, 60), 200).save("p.png")
        Path("b.png").write_bytes(Path("p.png").read_bytes()[:60])

    def run(self) -> Outcome:
        """Send all events.

        Returns:
            what came of them.
        """
        try:
            while self._goes_on:
                self._one_app()
        finally:
            self._stop_trainers()
        self.outcome.reached.update(self._seen.read_text().splitlines())
        return self.outcome

    @property
    def _goes_on(self) -> bool:
        return self._left > 0 and time.monotonic() < self._until

    def _one_app(self) -> None:
        """Start the app and send events until it is left or there are no more; then it must be left by a key."""
        arguments = self._random.choice(ARGUMENTS)
        script = FakeScript(steps_per_epoch=40, chunk=4, chunk_seconds=0.3)
        command = [sys.executable, "-m", "tests.app_with_fake_trainer", str(self._runs), *arguments]
        env = {
            "XDG_STATE_HOME": str(self._state), _SCRIPT_VARIABLE: json.dumps(asdict(script)),
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent), "TEXTUAL_ANIMATIONS": "none",
            SEEN_VARIABLE: str(self._seen),
        }  # fmt: skip
        self.outcome.starts += 1
        self._recent.clear()
        self._recent.append(" ".join(arguments))
        self._size = SIZES[0]
        with Terminal(command, self._size, env=env) as terminal:
            try:
                terminal.answer(quiet=0.3, patience=PATIENCE)
                self._tour(terminal)
                while self._goes_on and terminal.poll() is None:
                    self._some_events(terminal)
                self._leave(terminal)
            except AssertionError as hang:
                self._fault("hang", f"{hang}")
            except OSError:
                # It ended while it was written to.
                self._leave(terminal)
            if terminal.status not in (0, None):
                self._fault(*self._report(terminal))
        self._is_pasting = False
        if self._random.random() < 0.5:
            self._stop_trainers()

    def _tour(self, terminal: Terminal) -> None:
        for keys in self._random.choice(TOURS):
            self._send(terminal, b"".join(map(self._coded, keys)), len(keys))
            terminal.answer(quiet=1.0, limit=4.0)

    def _send(self, terminal: Terminal, data: bytes, count: int) -> None:
        self._left -= count
        self.outcome.events += count
        if data:
            self._recent.append(repr(data))
            terminal.send_bytes(data)

    def _some_events(self, terminal: Terminal) -> None:
        for _ in range(min(self._left, LOOK_EVERY)):
            if self._random.random() < TOURS_OF_EVENTS:
                self._send(terminal, b"".join(map(self._coded, HOME)), len(HOME))
                self._tour(terminal)
            self._send(terminal, *self._event(terminal))
            terminal.answer(quiet=self._random.choice((0.0, 0.0, 0.002, 0.01, 0.05)), limit=0.2)
            if terminal.poll() is not None:
                return
        self._must_answer(terminal)

    def _must_answer(self, terminal: Terminal) -> None:
        """Whatever it does, it paints a window of another size, and gets to the end of what was typed."""
        self._end_paste(terminal)
        awaited = SO_FAR.encode()
        terminal.forget()
        begin = len(terminal.written)
        self._resize(terminal, SIZES[0] if self._size != SIZES[0] else SIZES[3])
        deadline = time.perf_counter() + PATIENCE
        pressed = 0.0
        while terminal.poll() is None:
            written = terminal.written[begin:]
            if awaited in written and written.replace(awaited, b""):
                return
            # The first may have been taken for the end of something unfinished.
            if awaited not in written and time.perf_counter() > pressed + 2.0:
                terminal.send("f12")
                pressed = time.perf_counter()
            terminal.answer(quiet=0.02, limit=0.2)
            lacks = "paint" if awaited in written else "get further"
            assert time.perf_counter() < deadline, (
                f"it does not {lacks} in {PATIENCE} s; the screen is\n{terminal.text}"
            )

    def _end_paste(self, terminal: Terminal) -> None:
        """What is typed while a paste has not ended belongs to it; it ends, or nothing comes for a while."""
        if not self._is_pasting:
            return
        self._is_pasting = False
        if self._random.random() < 0.2:
            silent = time.perf_counter() + PASTE_SECONDS + 1.0
            while time.perf_counter() < silent:
                terminal.answer(quiet=0.2, limit=0.2)
        else:
            terminal.send_bytes(END_OF_PASTE)

    def _leave(self, terminal: Terminal) -> None:
        """Leave it with the keys that people would use, from wherever it is."""
        with suppress(OSError):
            self._end_paste(terminal)
            while terminal.poll() is None:
                for key in ("escape", "escape", "escape", "q", "l"):
                    terminal.send_bytes(KEYS.get(key, key).encode())
                    terminal.answer(quiet=0.05, limit=1.0)
                    if terminal.poll() is not None:
                        break
                # Whatever was typed before comes first.
                silence = time.perf_counter() - terminal.last_written
                assert silence < PATIENCE, f"esc and q do not leave it; the screen is\n{terminal.text}"
        terminal.wait_exit(limit=PATIENCE)

    # Events

    def _event(self, terminal: Terminal) -> tuple[bytes, int]:
        """The bytes of an event or a burst of them, and how many there are."""
        chance = self._random
        kinds: dict[Callable[[], Iterator[bytes]], int] = {
            lambda: iter([self._key()]): 50,
            lambda: (self._key() for _ in range(chance.randint(2, 20))): 12,
            lambda: iter([self._key()] * chance.randint(2, 30)): 8,
            lambda: (self._coded(key) for key in (*HOME, *chance.choice(PLACES))): 10,
            lambda: (self._coded(key) for key in chance.choice(PLACES)): 4,
            lambda: iter([self._paste()]): 2,
            lambda: iter([chance.choice(BROKEN)]): 3,
            lambda: iter([self._unfinished_paste()]): 1,
            lambda: self._mouse(): 20,
            lambda: iter([b"\x1b[O", b"\x1b[I"]): 1,
            lambda: iter([self._coded(chance.choice(LEAVING))]): 1,
        }
        if chance.random() < 0.03:
            self._resize(terminal, chance.choice(SIZES))
            return b"", 1
        events = list(chance.choices([*kinds], [*kinds.values()])[0]())
        return b"".join(events), len(events)

    def _key(self) -> bytes:
        kind = self._random.random()
        names = LETTERS if kind < 0.55 else NAMED if kind < 0.95 else CONTROLS
        return self._coded(self._random.choice(names))

    def _coded(self, key: str) -> bytes:
        prefix, _, letter = key.rpartition("+")
        coded = KEYS.get(key, chr(ord(letter.upper()) & 0x1F) if prefix == "ctrl" else key)
        return coded.encode()

    def _paste(self) -> bytes:
        return f"\x1b[200~{self._random.choice(PASTED)}\x1b[201~".encode()

    def _unfinished_paste(self) -> bytes:
        self._is_pasting = True
        return UNFINISHED_PASTE

    def _mouse(self) -> Iterator[bytes]:
        chance, (columns, rows) = self._random, self._size
        column, row = chance.randint(1, columns), chance.choice((1, rows, chance.randint(1, rows)))
        if chance.random() < 0.05:
            # Outside of the screen, as after a resize that the app has not heard of yet.
            column, row = chance.choice(((0, 0), (columns + 1, rows + 1), (9999, 1), (1, 9999), (10**20, 10**20)))
        button = chance.choice((0, 0, 0, 0, 2, 64, 65, 35))
        yield f"\x1b[<{button};{column};{row}M".encode()
        if button in (0, 2):
            for _ in range(chance.choice((0, 0, 0, 5, 30))):
                column, row = chance.randint(1, columns), chance.randint(1, rows)
                yield f"\x1b[<{button + 32};{column};{row}M".encode()
            yield f"\x1b[<{button};{column};{row}m".encode()

    def _resize(self, terminal: Terminal, size: tuple[int, int]) -> None:
        self._size = size
        self._recent.append(f"{size[0]}×{size[1]}")
        terminal.set_size(*size)

    # Faults

    def _fault(self, kind: str, text: str) -> None:
        if kind not in self.outcome.faults:
            self.outcome.faults[kind] = f"{text}\nafter: {' '.join(self._recent)}"
            print(f"--- {kind}\n{self.outcome.faults[kind]}\n", flush=True)

    def _report(self, terminal: Terminal) -> tuple[str, str]:
        """The report of the bug that ended the app: its last lines name the kind."""
        reports = sorted(self._state.rglob("*.txt"), key=lambda path: path.stat().st_mtime)
        if not reports:
            return f"status {terminal.status}", terminal.written[-3000:].decode(errors="replace")
        text = reports[-1].read_text()
        reports[-1].unlink()
        lines = text.splitlines()
        return " ".join([lines[-1], *[line.strip() for line in lines if line.startswith("  File")][-1:]]), text

    def _stop_trainers(self) -> None:
        for run in list_runs(self._runs):
            with suppress(CnntuiError, OSError):
                if is_held(run.lock_path):
                    control.ask(run, Wish.STOP)


def storm(seed: int, events: int, seconds: float = math.inf) -> Outcome:
    """Send random events from a seed, fewer where the time is up before, in folders of their own."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            return Storm(seed, events, seconds, Path(folder)).run()
        finally:
            os.chdir(here)


def every_screen() -> set[str]:
    """The names of all screens, pages and dialogs of the app."""
    names = {Palette.__name__, HelpScreen.__name__}
    modules = [import_module(found.name) for found in pkgutil.walk_packages(screens.__path__, screens.__name__ + ".")]
    for module in modules:
        for name, kind in vars(module).items():
            is_own = isinstance(kind, type) and kind.__module__ == module.__name__
            if is_own and issubclass(kind, Screen) and not kind.__subclasses__():
                names.add(name)
    return names


def coverage(outcome: Outcome) -> str:
    """Which screens the events came to, and how many to each; the number in brackets while a network trained."""
    reached = outcome.reached
    names = sorted(every_screen() | {name.removesuffix(TRAINING) for name in reached})
    told = [f"{name} {reached[name] + reached[name + TRAINING]} ({reached[name + TRAINING]})" for name in names]
    missed = [name for name in names if not reached[name] + reached[name + TRAINING]]
    return f"  {reached.total()} came to a screen: {', '.join(told)}\n  not reached: {', '.join(missed) or 'none'}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.random_events", description="Random events at the app.")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=math.inf, help="the most time for a seed")
    options = parser.parse_args()
    faults = 0
    for seed in options.seeds:
        began, spent = time.monotonic(), sum(os.times()[2:4])
        outcome = storm(seed, options.events, options.seconds)
        faults += len(outcome.faults)
        cpu = sum(os.times()[2:4]) - spent
        print(
            f"seed {seed}: {outcome.events:,} events, {outcome.starts} starts, {len(outcome.faults)} kinds of fault, "
            f"{time.monotonic() - began:.0f} s, of which the apps computed {cpu:.0f} s\n{coverage(outcome)}",
            flush=True,
        )
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
