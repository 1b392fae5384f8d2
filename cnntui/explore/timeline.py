"""The training steps that can be shown, and the one that is: a value, and the moves from it to another."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from math import log2

from cnntui.values import dataclass


@dataclass(frozen=True)
class Timeline:
    """The steps of a run for which there are weights.

    Attributes:
        kept: the steps whose weights the run has kept, ascending.
        newest: the step of the current weights of a run in training; None if there are only kept weights.
        total: the step at which the training ends or will end; 0 if that is not known.
        active: whether the run is in training, so that its end is live.
        shown: the step that is shown; None if its number is not known.
        following: whether the end is shown, and each new end as it comes. Otherwise an earlier step is held.
        open: whether the time line is visible; it always is while an earlier step is held.
        playing: whether it plays through the steps.
    """

    kept: tuple[int, ...] = ()
    newest: int | None = None
    total: int = 0
    active: bool = False
    shown: int | None = None
    following: bool = True
    open: bool = False
    playing: bool = False

    @property
    def stops(self) -> tuple[int, ...]:
        """All steps that can be shown, ascending: the kept ones, and the newest if it is later."""
        if self.newest is None:
            return self.kept
        # A run that was resumed from an earlier step has not yet reached the later steps that it once kept.
        kept = self.kept[: bisect_right(self.kept, self.newest)] if self.active else self.kept
        return kept if kept and self.newest <= kept[-1] else (*kept, self.newest)

    @property
    def end(self) -> int | None:
        """The last step that can be shown; None if there is none."""
        return self.stops[-1] if self.stops else None

    @property
    def place(self) -> int:
        """The place of the shown step among the stops."""
        stops = self.stops
        return len(stops) - 1 if self.following or self.shown is None else bisect_left(stops, self.shown)

    @property
    def is_live(self) -> bool:
        """Whether the newest weights of a run in training are shown."""
        return self.active and self.following

    @property
    def is_held(self) -> bool:
        """Whether an earlier step is held while the training continues."""
        return self.active and not self.following


def moved(timeline: Timeline, places: int) -> Timeline:
    """Some stops forward or back, which shows the time line. Forward from the end hides it, or shows it again."""
    if not timeline.stops:
        return timeline
    if places > 0 and timeline.following:
        return replace(timeline, open=not timeline.open)
    return at_place(timeline, timeline.place + places)


def to_step(timeline: Timeline, step: int) -> Timeline:
    """The step nearest to a given one."""
    stops = timeline.stops
    return at_place(timeline, min(range(len(stops)), key=lambda place: abs(stops[place] - step))) if stops else timeline


def at_place(timeline: Timeline, place: int) -> Timeline:
    """The step at a place; the first or the last step if the place lies beyond them."""
    stops = timeline.stops
    if not stops:
        return timeline
    place = max(0, min(place, len(stops) - 1))
    return replace(timeline, shown=stops[place], following=place == len(stops) - 1, open=True)


def at_the_end(timeline: Timeline) -> Timeline:
    """The newest weights, with the time line hidden."""
    return replace(at_place(timeline, len(timeline.stops)), open=False, playing=False)


def learned(timeline: Timeline, step: int) -> Timeline:
    """The run has newer weights; an earlier step that is held stays in view."""
    return replace(timeline, newest=step, shown=step if timeline.following else timeline.shown)


def grown(timeline: Timeline, kept: tuple[int, ...], total: int, active: bool) -> Timeline:
    """The run has kept more steps, or has ended; at the end of a run that has ended, no step is held."""
    timeline = replace(timeline, kept=kept, total=total, active=active)
    at_end = not active and timeline.shown is not None and timeline.shown == timeline.end
    return replace(timeline, following=True) if at_end else timeline


def columns(timeline: Timeline, steps: tuple[int, ...], width: int) -> list[int]:
    """The column of each step on an axis from step 0 to the end of the training.

    Half of a column's number grows with the step, and half with its logarithm: kept steps first double, and later lie
    at equal distances, and this way neither kind is crowded.
    """
    last = max(timeline.total, timeline.end or 0, 1)
    return [round((width - 1) * (0.5 * log2(1 + step) / log2(1 + last) + 0.5 * step / last)) for step in steps]
