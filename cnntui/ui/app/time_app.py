"""The part of the app that moves through training time: which step is looked at, and whether the newest is followed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cnntui.cnn.network import Network
from cnntui.explore.timeline import Timeline, at_place, at_the_end, grown, learned, moved, to_step
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.runs.directory import RunDirectory
from cnntui.runs.options import TrainOptions
from cnntui.runs.snapshot_cache import SnapshotCache
from cnntui.ui.app.wish_app import WishApp
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.time_text import why_no_steps

if TYPE_CHECKING:
    from textual.timer import Timer

    from cnntui.runs.opening import Opened

PLAYED_SECONDS = 0.25
"""Between two steps while time plays: four a second can be followed."""

NO_RUN = "Only a run keeps the steps of its training; this network is from a file."


class TimeApp(WishApp):
    """Owns the time line of the run that is shown."""

    def __init__(self, run: RunDirectory | None, data: DataSet, options: TrainOptions, held: bool) -> None:
        """The app on a run.

        Args:
            run: shown first; None for a network that is from no run.
            digits: looked at first.
            options: what `t` trains.
            held: whether the first network is that of a step that was asked for, and not to be followed on from.
        """
        super().__init__(run, data, options)
        self.timeline = Timeline()
        self._held_first = held
        self._moments: SnapshotCache | None = None
        self._newest: tuple[int, Network] | None = None
        self._time_playing: Timer | None = None

    def step_now(self) -> int | None:
        """The training step that is looked at; None where nobody knows."""
        raise NotImplementedError

    def network_changed(self, run: str, network: Network, step: int | None, is_awaited: bool = False) -> None:
        """Another moment of the run is looked at: here is its network, or what it will be."""
        raise NotImplementedError

    def time_changed(self) -> None:
        """The time line is another."""
        raise NotImplementedError

    # The run goes on

    def run_opened(self, run: RunDirectory, opened: Opened | None) -> None:
        is_first = self.view is None and run == self._first_run
        held = is_first and self._held_first
        self._play_time(False)
        self._moments, self._newest = None, None
        if opened is not None:
            self.network_changed(opened.name, opened.network, opened.step, opened.is_awaited)
        shown = self.step_now() if is_first or opened is not None else None
        self.timeline = Timeline(run.snapshot_steps(), shown=shown, following=not held, open=held)

    def weights_changed(self, run: str, network: Network, step: int) -> None:
        if self._newest is None:
            # Only now it is known how the run's layers are put together.
            self._moments = None
        self._newest = step, network
        self.timeline = learned(self.timeline, step)
        if self.timeline.following:
            self.network_changed(run, network, step)
        self.time_changed()

    def run_changed(self) -> None:
        view, timeline = self.view, self.timeline
        if view is not None:
            # The folder says what can be read; the events, which are read already, say when it is worth a look.
            kept = timeline.kept
            if not set(view.history.snapshots) <= set(kept):
                kept = view.run.snapshot_steps()
            self.timeline = grown(timeline, kept, view.total_steps, view.status.is_active)
        self.time_changed()

    # Moving

    def action_time(self, places: int) -> None:
        """Back (-1) or on (1) by some of the steps that were kept."""
        self._play_time(False)
        if not self.timeline.kept:
            self._say_no_time()
            return
        self._travel(moved(self.timeline, places))

    def action_now(self) -> None:
        """To the newest weights, and away with the time line."""
        if self.timeline.open:
            self._play_time(False)
            self._travel(at_the_end(self.timeline))

    def to_step(self, step: int) -> None:
        """To the step nearest to one that was pointed at."""
        self._play_time(False)
        self._travel(to_step(self.timeline, step))

    def moment(self, step: int) -> Network:
        """The network of one of the time line's stops.

        Raises:
            CnntuiError: its snapshot is missing or damaged.
        """
        if self._newest is not None and step == self._newest[0]:
            return self._newest[1]
        assert self.view is not None
        if self._moments is None:
            # The run's own layers are known from its newest weights, or from what was opened.
            known = self.network_now() if self._newest is None else self._newest[1]
            self._moments = SnapshotCache(self.view.run, known)
        return self._moments.network(step)

    def _say_no_time(self) -> None:
        said = NO_RUN if self.view is None else why_no_steps(self.view, self.network_now().parameters)
        self.notify(said, markup=False)

    def _travel(self, after: Timeline) -> None:
        """Look at another moment, or stay where one is and say why."""
        if after.shown is not None and after.shown != self.timeline.shown:
            try:
                network = self.moment(after.shown)
            except CnntuiError as error:
                self._play_time(False)
                self.complain(error)
                return
            assert self.view is not None
            self.timeline = after
            self.network_changed(self.view.run.name, network, after.shown)
        self.timeline = after
        self.time_changed()

    # Playing

    def action_play_time(self) -> None:
        """Go through the steps by itself, from the first where one is at the end; or stop."""
        if self._time_playing is not None:
            self._play_time(False)
            self.time_changed()
        elif not self.timeline.kept:
            self._say_no_time()
        else:
            self._play_time(True)
            self._travel(at_place(self.timeline, 0) if self.timeline.following else self.timeline)

    def _play_time(self, playing: bool) -> None:
        if self._time_playing is not None:
            self._time_playing.stop()
            self._time_playing = None
        if playing:
            self._time_playing = self.set_interval(PLAYED_SECONDS, self._time_tick)
        self.timeline = replace(self.timeline, playing=playing)

    def _time_tick(self) -> None:
        after = at_place(self.timeline, self.timeline.place + 1)
        if after.following or not isinstance(self.screen, ExplorerScreen):
            self._play_time(False)
            after = replace(after, playing=False)
        # Nothing moves behind what lies over a screen.
        if isinstance(self.screen, ExplorerScreen):
            self.keep_up()
            self._travel(after)
