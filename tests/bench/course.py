"""Opening every page of the course one after the other, as somebody does who reads on: milliseconds from the key."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from cnntui.lessons.bundled import bundled_course
from tests.bench.programs import cnntui
from tests.bench.stepping import PATIENCE, SIZES
from tests.bench.table import Limit, Of, Row
from tests.bench.views import PAINTED

READING = 0.5
"""Seconds of silence before a page is turned: less than anybody reads one in, and enough to prepare the next."""

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
    # Nothing is known yet of what was answered, and what this walk passes over is kept from the course of who measures.
    state = runs_dir / f"state-{size[0]}"
    with cnntui("learn", runs_dir=runs_dir / "runs", size=size, ready=OUTLINE, state=state) as terminal:
        for lesson in lessons:
            # The outline points at what comes before: a lesson whose questions were passed over is not done.
            terminal.press("down", quiet=READING, patience=PATIENCE)
            for page in lesson.pages:
                name, key = f"{lesson.id}/{page.id}", "enter" if page is lesson.pages[0] else "tab"
                answer = terminal.press(key, quiet=PAINTED, patience=PATIENCE)
                if not answer.size:
                    raise RuntimeError(f"{name} was not opened by {key}; the screen is\n{terminal.text}")
                taken[name] = answer.seconds * 1000
                terminal.answer(quiet=READING)
            terminal.press("tab", quiet=READING, patience=PATIENCE)
    slowest = sorted(taken, key=taken.__getitem__, reverse=True)[:SLOWEST]
    return Row(
        f"opening a page of the course at {size[0]}×{size[1]}, key to last byte", max(taken.values()), None,
        f"the slowest of {len(taken)} pages", "ms", (Limit(Of.VALUE, 100),),
        f"median {median(taken.values()):.0f} ms; slowest {', '.join(f'{name} {taken[name]:.0f}' for name in slowest)}",
    )  # fmt: skip
