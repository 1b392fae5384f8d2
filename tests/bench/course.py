"""Opening the pages of the course one after another, as a reader does: milliseconds from the key."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from cnntui.lessons.bundled import bundled_course
from cnntui.ui.app.switcher import AHEAD_SECONDS
from tests.bench.programs import cnntui, seconds_of_main_thread, seconds_of_processor
from tests.bench.stepping import PATIENCE, SIZES
from tests.bench.table import Limit, Of, Row
from tests.bench.views import PAINTED
from tests.terminal.terminal import Terminal

READING = 0.5
"""The most seconds that a page is read before it is turned: far less than a person takes."""

PAUSE, IDLE = 0.05, 0.001
"""The app has prepared the next page if it used at most the second of these out of the first, in seconds."""

OUTLINE = "predict first"
"""Words of the outline."""

SLOWEST = 6
"""Pages that are named."""


def measure(runs_dir: Path) -> list[Row]:
    """Walk through all lessons, from the outline to the last page of each, on both sizes of screen."""
    return [_walked(runs_dir, size) for size in SIZES]


def _walked(runs_dir: Path, size: tuple[int, int]) -> Row:
    lessons = bundled_course().lessons
    taken: dict[str, float] = {}
    worked: dict[str, float] = {}
    # Nothing is known yet of what was answered, and what this walk passes over is kept from the course of who measures.
    state = runs_dir / f"state-{size[0]}"
    with cnntui("learn", runs_dir=runs_dir / "runs", size=size, ready=OUTLINE, state=state) as terminal:
        # Whoever reads the outline gives the app the time to get ready for other screens.
        terminal.answer(quiet=AHEAD_SECONDS)
        _read(terminal)
        for lesson in lessons:
            # The outline points at what comes before: a lesson whose questions were passed over is not done.
            terminal.press("down", quiet=PAUSE, patience=PATIENCE)
            _read(terminal)
            for page in lesson.pages:
                name, key = f"{lesson.id}/{page.id}", "enter" if page is lesson.pages[0] else "tab"
                before = seconds_of_main_thread(terminal)
                answer = terminal.press(key, quiet=PAINTED, patience=PATIENCE)
                if not answer.size:
                    raise RuntimeError(f"{name} was not opened by {key}; the screen is\n{terminal.text}")
                taken[name] = answer.seconds * 1000
                worked[name] = (seconds_of_main_thread(terminal) - before) * 1000
                _read(terminal)
            terminal.press("tab", quiet=PAUSE, patience=PATIENCE)
            _read(terminal)
    return Row(
        f"opening a page of the course at {size[0]}×{size[1]}, key to last byte", max(taken.values()), None,
        f"the slowest of {len(taken)} pages", "ms", (Limit(Of.VALUE, 100),),
        f"{_summary(taken)}; of these the app's own thread had the processor for {_summary(worked)}",
    )  # fmt: skip


def _read(terminal: Terminal) -> None:
    """Wait while the app prepares the next page, but no longer than the page is read."""
    end, worked = time.perf_counter() + READING, seconds_of_processor(terminal)
    while time.perf_counter() < end:
        terminal.answer(quiet=PAUSE)
        before, worked = worked, seconds_of_processor(terminal)
        if abs(worked - before) < IDLE:
            return


def _summary(milliseconds: dict[str, float]) -> str:
    slowest = sorted(milliseconds, key=milliseconds.__getitem__, reverse=True)[:SLOWEST]
    each = ", ".join(f"{name} {milliseconds[name]:.0f}" for name in slowest)
    return f"median {median(milliseconds.values()):.0f} ms, slowest {each}"
