"""Opening each view for the first time, moving in it, and closing it: milliseconds from the key, and bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from cnntui.labs import LABS
from tests.bench.programs import cnntui, reference
from tests.bench.stepping import PATIENCE, QUIET, SIZES
from tests.bench.table import Limit, Of, Row
from tests.terminal.terminal import Answer, Terminal

OPENINGS = 3
"""How often each view is opened, in an app of its own each time; the median counts."""

MOST_PAINTINGS = 1.1
"""How many bytes may be written to open or close something, in whole screens."""

PAINTED = 0.11
"""Seconds of silence that end the opening of a view: shorter than the pause before work in the background reports."""


@dataclass(frozen=True)
class View:
    """A view and how to get there.

    Attributes:
        place: arguments of `cnntui open bundled` for where one comes from.
        key: opens the view from there.
        walk: keys that move in it, none of which runs into an edge.
        swaps: what each of the keys exchanges whole, where that is more than a cursor moves.
        before: keys that lead from there to where the view is opened.
        closes: the key that closes it, where it lies over what it was opened from.
    """

    name: str
    place: tuple[str, ...]
    key: str
    walk: tuple[str, ...]
    swaps: str = ""
    before: tuple[str, ...] = ()
    closes: str = ""


AROUND = ("left",) * 4 + ("down",) * 4 + ("right",) * 4 + ("up",) * 4
UPWARDS = ("left",) * 4 + ("up",) * 4 + ("right",) * 4 + ("down",) * 4
IN_READING_ORDER = ("right",) * 4 + ("down",) * 2 + ("left",) * 4 + ("up",) * 2
OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"}

LAB_WALKS = {"kernel": UPWARDS, "downsampling": UPWARDS}
"""Labs in which a cursor moves; in the others, a key shows something else."""

VIEWS = (
    View("train", ("--screen", "convolve"), "1", ()),
    View("network", ("--screen", "train"), "2", ("right",) * 6 + ("left",) * 6, "a whole map"),
    # Steps in Convolve have a measurement of their own, on longer walks.
    View("convolve", ("--screen", "train"), "3", ()),
    View("pool", ("--screen", "train"), "4", AROUND),
    View("draw", ("--screen", "train"), "6", AROUND),
    View("field", ("--screen", "convolve"), "e", AROUND),
    View("flatten", ("--layer", "conv2d_2", "--filter", "12", "--at", "1,0"), "enter", IN_READING_ORDER),
    View("dense", ("--layer", "flatten", "--filter", "12", "--at", "3,1"), "enter", ("up",) * 8 + ("down",) * 8),
    View("softmax", ("--layer", "dense_1", "--filter", "7"), "enter", ("down",) * 5 + ("up",) * 5),
    View("why", ("--screen", "network"), "w", ("down",) * 6 + ("up",) * 6),
    View("digits", ("--screen", "train"), "d", IN_READING_ORDER, closes="escape"),
    View("help", ("--screen", "convolve"), "?", (), closes="escape"),
    View("form", ("--screen", "train"), "t", (), closes="escape"),
    *(
        View(f"{lab.name} lab", ("--screen", "labs"), "enter", LAB_WALKS.get(lab.mode, ()), before=("down",) * place)
        for place, lab in enumerate(LABS)
    ),
)


def measure(runs_dir: Path) -> list[Row]:
    """Open each view in an app of its own, on both sizes of screen, then walk in it beside the reference app."""
    rows = []
    for size in SIZES:
        opened: dict[View, list[Answer]] = {}
        whole, moves, others, closed = {}, {}, {}, {}
        for view in VIEWS:
            opened[view] = []
            for _ in range(OPENINGS - 1):
                with _before(view, runs_dir, size) as ours:
                    opened[view].append(_open(view, ours))
            with ExitStack() as stack:
                ours = stack.enter_context(_before(view, runs_dir, size))
                opened[view].append(_open(view, ours))
                # Work in the background ends first.
                ours.answer(quiet=4 * PAINTED)
                if view.walk:
                    other = stack.enter_context(reference("highlight", size))
                    moves[view], others[view] = _walk(view, ours, other)
                # A new size may paint some parts twice, so the smaller answer is the fair one.
                whole[view] = min(_repaint(ours, size), opened[view][-1], key=lambda answer: answer.size)
                if view.closes:
                    closed[view] = ours.press(view.closes, quiet=PAINTED, patience=PATIENCE), _repaint(ours, size)
        rows += _opening(size, opened, whole)
        rows += _closing(size, closed)
        rows += [row for view in moves for row in _moving(view, size, moves[view], others[view], whole[view])]
    return rows


def _repaint(terminal: Terminal, size: tuple[int, int]) -> Answer:
    """All of the screen, painted because the window had another size for a moment."""
    columns, lines = size
    terminal.resize(columns + 1, lines)
    return terminal.resize(columns, lines)


def _before(view: View, runs_dir: Path, size: tuple[int, int]) -> Terminal:
    """An app at the place that the view is opened from."""
    terminal = cnntui("open", "bundled", *view.place, runs_dir=runs_dir, size=size, ready="Help")
    for key in view.before:
        terminal.press(key, quiet=QUIET, patience=PATIENCE)
    return terminal


def _open(view: View, terminal: Terminal) -> Answer:
    return terminal.press(view.key, quiet=PAINTED, patience=PATIENCE)


def _walk(view: View, ours: Terminal, other: Terminal) -> tuple[list[Answer], list[Answer]]:
    for terminal in (ours, other):
        # Back and forth first: the first step in a process fills caches.
        for key in (view.walk[0], OPPOSITE[view.walk[0]]):
            terminal.press(key, quiet=QUIET, patience=PATIENCE)
    steps, references = [], []
    for key in view.walk:
        step = ours.press(key, quiet=QUIET, patience=PATIENCE)
        if not step.size:
            raise RuntimeError(f"{view.name} did not answer to {key}; the screen is\n{ours.text}")
        steps.append(step)
        references.append(other.press(key, quiet=QUIET, patience=PATIENCE))
    return steps, references


def _opening(size: tuple[int, int], opened: Mapping[View, Sequence[Answer]], whole: Mapping[View, Answer]) -> list[Row]:
    taken = {view.name: median(answer.seconds for answer in answers) * 1000 for view, answers in opened.items()}
    times = {view.name: answers[-1].size / whole[view].size for view, answers in opened.items()}
    each = ", ".join(f"{name} {milliseconds:.0f}" for name, milliseconds in taken.items())
    sizes = ", ".join(f"{view.name} {answers[-1].size:,}" for view, answers in opened.items())
    return [
        Row(
            f"opening a view for the first time at {_at(size)}, key to last byte", max(taken.values()), None,
            "the slowest view", "ms", (Limit(Of.VALUE, 100),), f"medians of {OPENINGS}: {each} ms; bytes: {sizes}",
        ),
        Row(
            f"opening a view for the first time at {_at(size)}, written", max(times.values()), None,
            "the most of any view", "paintings", (Limit(Of.VALUE, MOST_PAINTINGS),),
            "bytes by those of the same screen painted whole",
        ),
    ]  # fmt: skip


def _closing(size: tuple[int, int], closed: Mapping[View, tuple[Answer, Answer]]) -> list[Row]:
    taken = {view.name: answer.seconds * 1000 for view, (answer, _) in closed.items()}
    each = ", ".join(f"{name} {milliseconds:.0f}" for name, milliseconds in taken.items())
    most = max(answer.size / whole.size for answer, whole in closed.values())
    return [
        Row(
            f"closing a page at {_at(size)}, key to last byte", max(taken.values()), None, "the slowest page", "ms",
            (Limit(Of.VALUE, 100),), f"{each} ms",
        ),
        Row(
            f"closing a page at {_at(size)}, written", most, None, "the most of any page", "paintings",
            (Limit(Of.VALUE, MOST_PAINTINGS),), "bytes by those of the screen below painted whole",
        ),
    ]  # fmt: skip


def _moving(
    view: View, size: tuple[int, int], steps: Sequence[Answer], references: Sequence[Answer], whole: Answer
) -> list[Row]:
    name = f"a move in {view.name} at {_at(size)}"
    largest = max(step.size for step in steps)
    # If a move replaces a whole map, the map has to be sent.
    limits = () if view.swaps else (Limit(Of.RATIO, 0.1), Limit(Of.VALUE, 1500))
    exchanged = f"; each exchanges {view.swaps}" if view.swaps else ""
    return [
        Row(
            f"{name}, bytes", median(step.size for step in steps), whole.size, "same screen painted whole", "bytes",
            limits, f"median of {len(steps)} moves; largest {largest:,}{exchanged}",
        ),
        Row(
            f"{name}, key to last byte", median(step.seconds for step in steps) * 1000,
            median(step.seconds for step in references) * 1000, "bare app, one 2×2 highlight", "ms",
            (Limit(Of.RATIO, 3.0),), f"slowest {max(step.seconds for step in steps) * 1000:.0f} ms",
        ),
    ]  # fmt: skip


def _at(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"
