"""Random keys, bursts, pastes, mouse events and resizes, sent to the app on a real terminal: nothing may break or hang.

    python -m tests.random_events --seeds 1 2 3 4 5 --events 10000

A seed's events go to one app after the other, each started on another screen, each with events that follow from the
seed and the number of the start alone: `--start 7` sends only those of the seventh. Every few events the window is
resized, which the app has to answer by painting, and the app must say how far it has got. Whatever ends the app must be
a key that leaves it, with status 0. A fault is shown once, with the last events before it and the screen. The exit
status is 1 where there was any, or where all seeds together have not come to every screen.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pkgutil
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from random import Random

from PIL import Image
from textual.screen import Screen

from cnntui.explore.views import VIEWS
from cnntui.files.assets import asset
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory import control
from cnntui.runs.directory.control import TrainerCommand
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import list_runs
from cnntui.terminal.parser import PASTE_SECONDS
from cnntui.ui import views as screens
from cnntui.ui.views.base.help import HelpScreen
from cnntui.ui.views.base.overlay import Palette
from tests.app_with_fake_trainer import SEEN_VARIABLE, SO_FAR
from tests.fake_trainer import _SCRIPT_VARIABLE, FakeScript, fake_config, write_fake_run
from tests.odd_events import (
    BROKEN_PICTURE,
    END_OF_PASTE,
    HOME,
    NETWORK,
    PICTURE,
    SIZES,
    TRAINING,
    WAYS,
    OddEvents,
    Step,
    joined,
)
from tests.terminal.terminal import KEYS, Terminal

PATIENCE = 60.0
"""Seconds after which an app that has not answered hangs, on a machine that is busy with other things."""

EVENTS_A_START = 400
"""Events after which an app is left and another one started."""

LOOK_EVERY = 10
"""Bursts between two looks at whether the app still gets along."""

TELL_AGAIN_SECONDS = 0.5
"""After which the app is asked again how far it has got: the question may have been taken for the end of something."""

STEP_SECONDS, STEP_TRIES = 1.0, 3
"""How long a step of a way is waited for, and how often it is tried."""

LAST_EVENTS = 200
"""Bursts that are shown with a fault."""

ARGUMENTS = [
    [], ["learn"], *(["open", run, "--screen", screen] for run in ("bundled", "dense", NETWORK) for screen in VIEWS),
]  # fmt: skip

ENDED = "ended"
"""The place of an app that has ended."""


@dataclass
class Outcome:
    """What came of a seed's events.

    Attributes:
        events: how many were sent.
        starts: how often the app was started.
        faults: what went wrong, each kind once.
        reached: how many of the events came to which screen.
        seconds: how long it took.
        cpu: how many seconds the apps computed.
    """

    events: int = 0
    starts: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    reached: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    cpu: float = 0.0


class Storm:
    """Events from one seed at apps that are started in `folder` as long as there are any left, and time."""

    def __init__(self, seed: int, events: int, seconds: float, folder: Path, start: int | None = None) -> None:
        self._seed = seed
        self._left = events
        self._until = time.monotonic() + seconds
        self._only = start
        self._folder = folder
        self._state, self._runs, self._seen = folder / "state", folder / "runs", folder / "seen"
        self._recent: deque[str] = deque(maxlen=LAST_EVENTS)
        self._random = Random(seed)
        self._events = OddEvents(self._random)
        self._way = self._here = 0
        self._ways = self._random.sample(WAYS, len(WAYS))
        self.outcome = Outcome()
        os.chdir(folder)
        for name, script in (("whole", FakeScript()), ("failed", FakeScript(fail_at=48))):
            write_fake_run(self._runs, script, fake_config(name))
        Image.new("L", (40, 60), 200).save(PICTURE)
        shutil.copy(asset("lesson-runs", "normalized", "model.keras"), NETWORK)
        Path(BROKEN_PICTURE).write_bytes(Path(PICTURE).read_bytes()[:60])

    def run(self) -> Outcome:
        """Send all events.

        Returns:
            what came of them.
        """
        try:
            while self._goes_on:
                self._one_app(self._only or self.outcome.starts + 1)
                if self._only:
                    break
        finally:
            self._stop_trainers()
        self.outcome.reached.update(self._seen.read_text().splitlines())
        return self.outcome

    @property
    def _goes_on(self) -> bool:
        return self._left > 0 and time.monotonic() < self._until

    def _one_app(self, start: int) -> None:
        """Start the app and send events until it is quit or none are left; then a key must quit it."""
        self._random = Random(f"{self._seed}.{start}")
        self._events = OddEvents(self._random)
        self._way = 5 * (start - 1)
        self._here = EVENTS_A_START
        arguments = self._random.choice(ARGUMENTS)
        script = FakeScript(steps_per_epoch=400, chunk=4, chunk_seconds=0.3)
        command = [sys.executable, "-m", "tests.app_with_fake_trainer", str(self._runs), *arguments]
        env = {
            "XDG_STATE_HOME": str(self._state), _SCRIPT_VARIABLE: json.dumps(asdict(script)),
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent), "TEXTUAL_ANIMATIONS": "none",
            SEEN_VARIABLE: str(self._seen),
            "PYTHONFAULTHANDLER": "1",
            # Compiled once, and not by every app.
            "PYTHONDONTWRITEBYTECODE": None,
        }  # fmt: skip
        self.outcome.starts += 1
        self._recent.clear()
        self._recent.append(f"seed {self._seed}, start {start}: {' '.join(arguments)}\n")
        with Terminal(command, SIZES[0], env=env) as terminal:
            try:
                terminal.answer(quiet=0.1, patience=PATIENCE)
                while self._goes_on and self._here > 0 and terminal.poll() is None:
                    self._go_somewhere(terminal)
                    stays = self._random.random() < 0.6
                    for _ in range(self._random.randint(1, 2)):
                        self._some_events(terminal, stays)
                self._leave(terminal)
            except AssertionError as hang:
                self._fault(f"hang: {hang}", f"the screen is\n{terminal.text}\n{self._where_it_hangs(terminal)}")
            except OSError:
                # It ended during the write.
                self._leave(terminal)
            if terminal.status not in (0, None, -signal.SIGABRT):
                self._fault(*self._report(terminal))
        if self._random.random() < 0.5:
            self._stop_trainers()

    def _send(self, terminal: Terminal, data: bytes, count: int) -> None:
        self._left -= count
        self._here -= count
        self.outcome.events += count
        if data:
            self._recent.append(repr(data))
            terminal.send_bytes(data)

    # Ways

    def _go_somewhere(self, terminal: Terminal) -> None:
        """Go the next way, from the current place."""
        way = self._ways[self._way % len(self._ways)]
        self._way += 1
        self._send(terminal, joined(HOME), len(HOME))
        if self._where(terminal) == ENDED:
            return
        for step in way:
            if not self._take(terminal, step):
                return

    def _take(self, terminal: Terminal, step: Step) -> bool:
        """Press a step's keys until it has come to where it leads; says whether it has."""
        for _ in range(STEP_TRIES):
            self._send(terminal, joined(step.keys), len(step.keys))
            until = time.monotonic() + STEP_SECONDS
            while True:
                where = self._where(terminal)
                if where == ENDED:
                    return False
                if step.until in where:
                    return True
                if time.monotonic() > until:
                    break
                terminal.answer(quiet=0.05, limit=0.05)
        return False

    # Looking

    def _some_events(self, terminal: Terminal, stays: bool) -> None:
        for _ in range(LOOK_EVERY):
            if self._random.random() < 0.03:
                self._resize(terminal, self._random.choice(SIZES))
                self._send(terminal, b"", 1)
            else:
                self._send(terminal, *self._events.burst(stays))
            terminal.answer(quiet=self._random.choice((0.0, 0.0, 0.002, 0.01, 0.05)), limit=0.2)
            if terminal.poll() is not None:
                return
        self._end_paste(terminal)
        terminal.forget()
        self._resize(terminal, SIZES[0] if self._events.size != SIZES[0] else SIZES[3])
        self._where(terminal, paints=True)

    def _where(self, terminal: Terminal, paints: bool = False) -> str:
        """Where the app is, as it says when it has got through all that was typed.

        Args:
            terminal: its terminal.
            paints: whether it must have painted as well.

        Raises:
            AssertionError: it says nothing, or paints nothing.
        """
        begin = len(terminal.written)
        deadline = time.perf_counter() + PATIENCE
        asked = 0.0
        where = ""
        while terminal.poll() is None:
            if not where and time.perf_counter() > asked + TELL_AGAIN_SECONDS:
                terminal.send("f12")
                asked = time.perf_counter()
            terminal.answer(quiet=0.005, patience=0.1, limit=0.2)
            written = terminal.written[begin:]
            said = SO_FAR.search(written)
            where = said[1].decode() if said else ""
            if said and (not paints or SO_FAR.sub(b"", written)):
                return where
            lacks = "paint" if said else "get further"
            assert time.perf_counter() < deadline, f"it does not {lacks} in {PATIENCE} s"
        return ENDED

    def _end_paste(self, terminal: Terminal) -> None:
        """What is typed while a paste has not ended belongs to it; it ends, or nothing comes for a while."""
        if not self._events.is_pasting:
            return
        self._events.is_pasting = False
        if self._random.random() < 0.2:
            silent = time.perf_counter() + PASTE_SECONDS + 1.0
            while time.perf_counter() < silent:
                terminal.answer(quiet=0.2, limit=0.2)
        else:
            terminal.send_bytes(END_OF_PASTE)

    def _resize(self, terminal: Terminal, size: tuple[int, int]) -> None:
        if size == self._events.size:
            return
        self._events.size = size
        self._recent.append(f"{size[0]}×{size[1]}")
        # The whole screen is painted again.
        terminal.forget()
        terminal.set_size(*size)

    def _leave(self, terminal: Terminal) -> None:
        """Quit the app with the keys that people would use, from the current place."""
        with suppress(OSError):
            self._end_paste(terminal)
            while terminal.poll() is None:
                for key in (*HOME, "q", "l"):
                    terminal.send_bytes(KEYS.get(key, key).encode())
                    terminal.answer(quiet=0.05, limit=1.0)
                    if terminal.poll() is not None:
                        break
                # Earlier input is handled first.
                silence = time.perf_counter() - terminal.last_written
                assert silence < PATIENCE, "esc and q do not leave it"
        terminal.wait_exit(limit=PATIENCE)

    # Faults

    def _fault(self, kind: str, text: str) -> None:
        if kind not in self.outcome.faults:
            self.outcome.faults[kind] = f"{text}\nafter: {' '.join(self._recent)}"
            print(f"--- {kind}\n{self.outcome.faults[kind]}\n", flush=True)

    def _where_it_hangs(self, terminal: Terminal) -> str:
        """What all tasks and threads of a hanging app are doing; this aborts the app."""
        begin = len(terminal.written)
        terminal.send_signal(signal.SIGUSR1)
        terminal.answer(quiet=2.0)
        terminal.send_signal(signal.SIGABRT)
        with suppress(AssertionError):
            terminal.wait_exit()
        tasks = Path(f"{self._seen}-tasks")
        told = tasks.read_text() if tasks.exists() else "the tasks are not known: its loop does not get to a signal"
        return f"{told}\n{terminal.written[begin:].decode(errors='replace')}"

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
                    control.ask(run, TrainerCommand.STOP)


def storm(seed: int, events: int, seconds: float = math.inf, start: int | None = None) -> Outcome:
    """Send random events from a seed in a folder of their own, until the time is up."""
    here, began, spent = Path.cwd(), time.monotonic(), sum(os.times()[2:4])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            outcome = Storm(seed, events, seconds, Path(folder), start).run()
        finally:
            os.chdir(here)
    outcome.seconds, outcome.cpu = time.monotonic() - began, sum(os.times()[2:4]) - spent
    return outcome


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


IN_BRANCHES = {"EdgeDialog"}
"""Screens that only a branching network has, which none of these networks is."""


def missed(outcomes: Iterable[Outcome]) -> list[str]:
    """The screens that received no event."""
    reached = {name.removesuffix(TRAINING) for outcome in outcomes for name in outcome.reached}
    return sorted(every_screen() - reached - IN_BRANCHES)


def said(seed: int, outcome: Outcome) -> str:
    """What came of a seed's events; of each screen how many came to it, in brackets while a network trained."""
    reached = outcome.reached
    names = sorted({name.removesuffix(TRAINING) for name in reached})
    told = [f"{name} {reached[name] + reached[name + TRAINING]} ({reached[name + TRAINING]})" for name in names]
    return (
        f"seed {seed}: {outcome.events:,} events, {outcome.starts} starts, {len(outcome.faults)} kinds of fault, "
        f"{outcome.seconds:.0f} s, of which the apps computed {outcome.cpu:.0f} s: "
        f"{1000 * outcome.cpu / max(outcome.events, 1):.1f} ms an event\n"
        f"  {reached.total():,} came to a screen: {', '.join(told)}\n"
        f"  not reached: {', '.join(missed([outcome])) or 'none'}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.random_events", description="Random events at the app.")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=math.inf, help="the most time for a seed")
    parser.add_argument("--start", type=int, help="only the events of this start of the app")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="seeds at the same time")
    options = parser.parse_args()
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        asked = [pool.submit(storm, seed, options.events, options.seconds, options.start) for seed in options.seeds]
        for seed, answer in zip(options.seeds, asked, strict=True):
            outcomes.append(answer.result())
            print(said(seed, outcomes[-1]), flush=True)
    unseen = missed(outcomes) if options.start is None else []
    if unseen:
        print(f"no seed came to {', '.join(unseen)}")
    return int(bool(unseen) or any(outcome.faults for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
