"""The time line: an axis of the training with a tick for each kept step, and facts about the current step."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import percent
from cnntui.explore.timeline import Timeline, columns
from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunView
from cnntui.ui.widgets.text.line import FILL, Line, line_width
from cnntui.values import dataclass

SHOWN, TICK, PAST, TO_COME = "●", "┼", "─", "┄"

LEAST_AXIS, LONGEST_AXIS = 20, 64
"""The fewest and the most columns of the axis."""

PLAY: Line = (("T", "accent"), (" Play ", "dim"))
NOW: Line = (("esc", "accent"), (" Now ", "dim"))
"""The key back to the present, for which there is always room."""

ROOMY = 110
"""The least width at which the ends of the axis are labelled."""


_ONCE_TOO_LARGE = 2_998_000
"""The number of parameters from which earlier versions kept no snapshots."""


def why_no_steps(view: RunView, parameters: int) -> str:
    """Why a run's training has no earlier step to go to."""
    name, kept = view.run.name, len(view.history.snapshots)
    if view.run.read_only:
        return f"{name} comes with cnntui, without the moments of its training."
    if kept:
        moments = "1 moment" if kept == 1 else f"{kept} moments"
        return f"{name} kept {moments} of its training, but they cannot be found in {view.run.snapshots_path}."
    if view.status is Status.STARTING:
        return f"{name} is starting: the first weights are not saved yet."
    if parameters >= _ONCE_TOO_LARGE:
        return (
            f"{name} kept no moments of its training: the cnntui that trained it kept none of a network "
            f"of {parameters:,} parameters."
        )
    return f"{name} kept no moments of its training: there is no snapshot in {view.run.snapshots_path}."


@dataclass(frozen=True)
class TimeAxis:
    """The place of the axis: its first column, its width, and the labels of its ends."""

    left: int
    width: int
    first: str
    last: str


def line(timeline: Timeline, run: RunView | None, width: int) -> Line:
    """The axis, and facts about the step that is shown.

    Args:
        timeline: the time line, with at least one stop.
        run: the run's state; None if the network does not come from a run.
        width: the number of columns.
    """
    axis = axis_of(timeline, width)
    on = "▶" if timeline.playing else ">"
    head: Line = ((" < ", "accent"), (axis.first, "dim"), *_drawn(timeline, axis.width), (axis.last, "dim"))
    head = (*head, (f" {on} ", "accent"))
    room = width - line_width(head) - 1 - line_width(NOW) - 1
    words: list[tuple[str, str]] = []
    for text, role in facts(timeline, run):
        gap = "  " if words else ""
        if line_width(tuple(words)) + len(gap + text) <= room:
            words.append((gap + text, role))
    keys = PLAY if room - line_width(tuple(words)) > line_width(PLAY) + 1 else ()
    return (*head, *words, FILL, *keys, *NOW)


def axis_of(timeline: Timeline, width: int) -> TimeAxis:
    """The place of the axis in a line; the same for every step of a run."""
    last = f" {max(timeline.total, timeline.end or 0):,}"
    ends = ("0 ", last) if width >= ROOMY else ("", "")
    return TimeAxis(3 + len(ends[0]), max(LEAST_AXIS, min(LONGEST_AXIS, width // 2 - 14)), *ends)


def step_at(timeline: Timeline, width: int, x: int) -> int | None:
    """The step nearest to a column of the line; None outside the axis."""
    axis = axis_of(timeline, width)
    if not timeline.stops or not 0 <= x - axis.left < axis.width:
        return None
    stops = timeline.stops
    places = columns(timeline, stops, axis.width)
    return stops[min(range(len(stops)), key=lambda place: abs(places[place] - (x - axis.left)))]


def places_at(timeline: Timeline, width: int, x: int) -> int:
    """How many stops a column of the line leads forward or back: one at the arrows at the ends of the axis, else 0."""
    axis = axis_of(timeline, width)
    end = axis.left + axis.width + len(axis.last)
    return -1 if x < 3 else 1 if end <= x < end + 3 else 0


def _drawn(timeline: Timeline, width: int) -> Line:
    """The axis: solid as far as the training has come, dotted beyond."""
    stops = timeline.stops
    places = columns(timeline, stops, width)
    end = places[-1]
    cells = [TICK if column in places else PAST if column < end else TO_COME for column in range(width)]
    shown = places[timeline.place]
    rest = "".join(cells[shown + 1 :])
    return (("".join(cells[:shown]), "positive"), (SHOWN, "strong"), (rest, "dim"))


def facts(timeline: Timeline, run: RunView | None) -> list[tuple[str, str]]:
    """Facts about the current step, the most important first."""
    step = timeline.shown
    if step is None:
        return [("live" if timeline.active else "the end", "strong")]
    said = [(f"batch {step:,}", "strong")]
    if timeline.active:
        said.append(("live", "good") if timeline.following else ("held", "strong"))
    if step == 0:
        said.append(("random: nothing learned yet", "strong"))
    elif run is not None and run.history.started is not None:
        epoch = run.history.epochs_at(step)
        said += [(f"epoch {round(epoch, 2):g}", "")] if epoch is not None and epoch >= 0.01 else []
    return [*said, *_success(step, run)]


def _success(step: int, run: RunView | None) -> list[tuple[str, str]]:
    """The accuracy of a step's network: on all test images, or on the next batch that it was trained on."""
    if run is None:
        return []
    history = run.history
    for epoch in history.epochs:
        if epoch.step == step and np.isfinite(epoch.test_accuracy):
            return [(f"test {percent(epoch.test_accuracy, 2)}", "good")]
    # A batch is measured before the network learns from it, so with the weights of the step before.
    place = step + 1 - history.first_step
    if 0 <= place < len(history.accuracies) and np.isfinite(history.accuracies[place]):
        if (size := run.config.batch_size) is None:
            return [(f"{percent(float(history.accuracies[place]))} right of the next batch", "")]
        right = round(float(history.accuracies[place]) * size)
        return [(f"{right} of next {size} right", "")]
    return []
