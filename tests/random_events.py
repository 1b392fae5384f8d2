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
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cnntui.arguments import SCREENS
from cnntui.errors import CnntuiError
from cnntui.runs import control
from cnntui.runs.control import Wish
from cnntui.runs.directory import list_runs
from cnntui.runs.lock import is_held
from tests.app_with_fake_trainer import SO_FAR
from tests.fake_trainer import _SCRIPT_VARIABLE, FakeScript
from tests.terminal import KEYS, Terminal

PATIENCE = 60.0
"""Seconds after which an app that has not answered hangs, on a machine that is busy with other things."""

LOOK_EVERY = 10
"""Bursts between two looks at whether the app still gets along."""

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPSTVWXYZ0123456789/?.,<>+-[]() "
NAMED = [name for name in KEYS if name not in ("f1", "f12", "space")]
CONTROLS = ["ctrl+p", "ctrl+r", "ctrl+j", "ctrl+a", "ctrl+e", "ctrl+k", "ctrl+u", "ctrl+w", "ctrl+d"]
SIZES = [(80, 24), (120, 40), (100, 30), (80, 25), (60, 18), (176, 48), (40, 10), (1, 1), (200, 60)]
PASTED = [
    "3", "0.01", "12345678901234567890", "a name", "../..", "/", "line one\nline two\n", "ä漢字🙂", "\t", "x" * 3000,
    "t\nq\nt\n", "1e308", "-5", "",
]  # fmt: skip

PLACES: list[list[str]] = [
    ["t"], ["t", "t"], ["t", "q"], ["1", "c"], ["1", " ", "s"], ["1", "L"], ["1", "x"], ["d"], ["d", "c"], ["d", "/"],
    ["7", " ", "down", " ", "o"], ["7", "x"], ["7", "r"], ["7", "/"], ["7", "c"], ["7", "e"], ["6", "i"], ["6", " "],
    ["3", "W"], ["3", "e"], ["3", "w"], ["4", " "], ["3", " "], ["T"], ["<", "<"], ["?"], ["ctrl+p"],
    ["ctrl+p", "t", "h", "e", "enter"],
    *(["5", *["down"] * lab, "enter"] for lab in range(5)),
]  # fmt: skip
"""Keys that lead to every page, lab, form and dialog."""

LEAVING = ["q", "ctrl+c"]

ARGUMENTS = [[], *(["open", run, "--screen", screen] for run in ("bundled", "dense") for screen in SCREENS)]


@dataclass
class Outcome:
    """What came of a seed's events.

    Attributes:
        events: how many were sent.
        starts: how often the app was started.
        faults: what went wrong, each kind once.
    """

    events: int = 0
    starts: int = 0
    faults: dict[str, str] = field(default_factory=dict)


class Storm:
    """Events from one seed at apps that are started in `folder` as long as there are any left, and time."""

    def __init__(self, seed: int, events: int, seconds: float, folder: Path) -> None:
        self._random = random.Random(seed)
        self._left = events
        self._until = time.monotonic() + seconds
        self._state, self._runs = folder / "state", folder / "runs"
        self._size = SIZES[0]
        self._recent: deque[str] = deque(maxlen=60)
        self.outcome = Outcome()
        os.chdir(folder)

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
        return self.outcome

    @property
    def _goes_on(self) -> bool:
        return self._left > 0 and time.monotonic() < self._until

    def _one_app(self) -> None:
        """Start the app and send events until it is left or there are no more; then it must be left by a key."""
        arguments = self._random.choice(ARGUMENTS)
        script = FakeScript(steps_per_epoch=40, chunk=4, chunk_seconds=0.1)
        command = [sys.executable, "-m", "tests.app_with_fake_trainer", str(self._runs), *arguments]
        env = {
            "XDG_STATE_HOME": str(self._state), _SCRIPT_VARIABLE: json.dumps(asdict(script)),
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent), "TEXTUAL_ANIMATIONS": "none",
        }  # fmt: skip
        self.outcome.starts += 1
        self._recent.clear()
        self._recent.append(" ".join(arguments))
        self._size = SIZES[0]
        with Terminal(command, self._size, env=env) as terminal:
            try:
                terminal.answer(quiet=0.3, patience=PATIENCE)
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

    def _some_events(self, terminal: Terminal) -> None:
        for _ in range(min(self._left, LOOK_EVERY)):
            keys, count = self._event(terminal)
            self._left -= count
            self.outcome.events += count
            if keys:
                self._recent.append(repr(keys))
                terminal.send_bytes(keys)
            terminal.answer(quiet=self._random.choice((0.0, 0.0, 0.002, 0.01, 0.05)), limit=0.2)
            if terminal.poll() is not None:
                return
        self._must_answer(terminal)

    def _must_answer(self, terminal: Terminal) -> None:
        """Whatever it does, it paints a window of another size, and gets to the end of what was typed."""
        size = SIZES[0] if self._size != SIZES[0] else SIZES[3]
        begin, awaited = len(terminal.written), SO_FAR.encode()
        self._resize(terminal, size)
        terminal.send("f12")
        deadline = time.perf_counter() + PATIENCE
        while awaited not in terminal.written[begin:] and terminal.poll() is None:
            terminal.answer(quiet=0.02, limit=0.2)
            late = time.perf_counter() > deadline
            assert not late, f"it does not get further in {PATIENCE} s; the screen is\n{terminal.text}"
        assert terminal.poll() is not None or len(terminal.written) > begin + len(awaited), "nothing was painted"

    def _leave(self, terminal: Terminal) -> None:
        """Leave it with the keys that people would use, from wherever it is."""
        with suppress(OSError):
            while terminal.poll() is None:
                for key in ("escape", "escape", "escape", "q", "l"):
                    terminal.send_bytes(KEYS.get(key, key).encode())
                    terminal.answer(quiet=0.1, limit=1.0)
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
            lambda: iter([self._key()] * chance.randint(2, 12)): 8,
            lambda: (self._coded(key) for key in chance.choice(PLACES)): 10,
            lambda: iter([self._paste()]): 2,
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

    def _mouse(self) -> Iterator[bytes]:
        chance, (columns, rows) = self._random, self._size
        column, row = chance.randint(1, columns), chance.choice((1, rows, chance.randint(1, rows)))
        button = chance.choice((0, 0, 0, 0, 2, 64, 65, 35))
        yield f"\x1b[<{button};{column};{row}M".encode()
        if button in (0, 2):
            for _ in range(chance.choice((0, 0, 0, 5))):
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.random_events", description="Random events at the app.")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=math.inf, help="the most time for a seed")
    options = parser.parse_args()
    faults = 0
    for seed in options.seeds:
        began = time.monotonic()
        outcome = storm(seed, options.events, options.seconds)
        faults += len(outcome.faults)
        print(
            f"seed {seed}: {outcome.events:,} events, {outcome.starts} starts, {len(outcome.faults)} kinds of fault, "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
