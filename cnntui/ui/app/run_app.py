"""The part of the app that deals with the run: follows it and starts a training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.timer import Timer
from textual.worker import get_current_worker

from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.runs.control import Command
from cnntui.runs.directory import LONG_BYTES, RunDirectory, events_size
from cnntui.runs.follow import RunView
from cnntui.runs.opening import Opened, open_awaited
from cnntui.runs.options import TrainOptions
from cnntui.runs.own_data import foreign_data, own_test_data
from cnntui.runs.process import resume_training, why_nothing_can_be_trained
from cnntui.runs.status import Status
from cnntui.runs.watching import Watcher, has_known_data, watched
from cnntui.ui.app.base_app import BaseApp
from cnntui.ui.widgets.text.last_gate import LastGate

if TYPE_CHECKING:
    from cnntui.explore.focus import Focus
    from cnntui.runs.draft import Draft
    from cnntui.ui.views.form.screen import FormScreen
    from cnntui.ui.views.labs.lab import LabScreen
    from cnntui.ui.views.runs.screen import RunsScreen
    from cnntui.ui.widgets.grids.geometry import GridStyle

LAST_GATE = LastGate()

LOOK_SECONDS = 0.25
"""Curves that grow four times a second look alive, and cost a slow line little."""

NEWER = "{run} was made by a newer cnntui. What this one understands of it is shown."


class RunApp(BaseApp):
    """Owns the run that is shown. Looks at it only while it is being trained: an idle app wakes nothing."""

    # What a selection would copy are the pieces that lines are painted in; y and Y copy what is meant.
    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "train", "Train", tooltip="Train a network on the digits, in a process of its own"),
    ]

    def __init__(self, run: RunDirectory | None, data: DataSet, options: TrainOptions) -> None:
        """The app on a run.

        Args:
            run: shown first; None for a network that is from no run.
            digits: looked at first.
            options: what `t` trains.
        """
        super().__init__()
        self.options = options
        self.view: RunView | None = None
        self.asked: Command | None = None
        self._draft: Draft | None = None
        self._proposed: Draft | None = None
        self._first_run = run
        self._first_data = data
        self._watcher: Watcher | None = None
        self._looking: Timer | None = None

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line of every widget goes through before it is painted."""
        return [*super().get_line_filters(), LAST_GATE]

    def network_now(self) -> Network:
        """The network that is looked at."""
        raise NotImplementedError

    def data_now(self) -> DataSet:
        """The digits that are looked at."""
        raise NotImplementedError

    def looked_at(self) -> tuple[Focus, GridStyle]:
        """What is looked at, and how grids are drawn."""
        raise NotImplementedError

    def run_changed(self) -> None:
        """The run's state, or what was asked of it, is another."""
        raise NotImplementedError

    def weights_changed(self, run: str, network: Network, step: int) -> None:
        """The run has learned: here is its network."""
        raise NotImplementedError

    def data_changed(self, data: DataSet) -> None:
        """These digits are looked at from now on; they may be the same as before."""
        raise NotImplementedError

    def run_opened(self, run: RunDirectory, opened: Opened | None) -> None:
        """Another run is shown from now on.

        Args:
            run: the run.
            opened: its network; None where it is looked at already.
        """
        raise NotImplementedError

    def show_training(self) -> None:
        """Go where a training is watched."""
        raise NotImplementedError

    # Following

    def follow_first(self) -> None:
        """Follow the run that the app was opened on."""
        if self._first_run is not None:
            try:
                self._watch(Watcher(self._first_run, self.network_now()), None)
            except CnntuiError as error:
                self.complain(error)
        self._say_whose_data()

    def follow(self, run: RunDirectory) -> None:
        """Show a run that has just begun from now on, live as long as it is being trained.

        Raises:
            CnntuiError: the directory is no run.
        """
        self.data_changed(own_test_data(run, run.read_config(), self._known_data()))
        opened = open_awaited(run)
        self._watch(Watcher(run, opened.network), opened)

    def _known_data(self) -> tuple[DataSet, ...]:
        return self.data_now(), self._first_data

    def _say_whose_data(self) -> None:
        """Warn where what is looked at is not what the run was trained on."""
        data = self.data_now()
        if said := data.reason or (foreign_data(self.view.run, self.view.config, data) if self.view else ""):
            self.notify(said, severity="warning", timeout=20, markup=False)

    def _watch(self, watcher: Watcher, opened: Opened | None) -> None:
        self.run_opened(watcher.run, opened)
        self._watcher = watcher
        self.asked = None
        self._poll()
        if self.view is not None and self.view.config.is_newer:
            self.notify(NEWER.format(run=self.view.run.name), severity="warning", timeout=8, markup=False)

    def on_runs_screen_open(self, message: RunsScreen.Open) -> None:
        """Look at another run on all screens; a long one is read beside what is shown until then."""
        run, known = message.run, self._known_data()
        if events_size(run) <= LONG_BYTES and has_known_data(run, known):
            try:
                self._look_at(*watched(run, known), message.go)
            except CnntuiError as error:
                self.complain(error)
            return

        def read() -> None:
            worker = get_current_worker()
            try:
                found = watched(run, known)
            except CnntuiError as error:
                self.call_from_thread(self.complain, error)
                return
            if not worker.is_cancelled:
                self.call_from_thread(self._look_at, *found, message.go)

        self.run_worker(read, group="opening", exclusive=True, thread=True)

    def _say_that_one_is_trained(self) -> None:
        assert self.view is not None
        self.notify(f"{self.view.run.name} is being trained already: x stops it, space pauses it.", markup=False)
        self.show_training()

    def on_runs_screen_go_on(self, message: RunsScreen.GoOn) -> None:
        """Start a trainer on a run that was stopped or killed, and go where it is watched."""
        if self.is_training:
            self._say_that_one_is_trained()
            return
        try:
            resume_training(message.run, self.options.module)
            self._look_at(*watched(message.run, self._known_data()), go=True)
        except CnntuiError as error:
            self.complain(error)

    def _look_at(self, opened: Opened, watcher: Watcher, data: DataSet, go: bool) -> None:
        """Look at a run from now on.

        Args:
            opened: its network.
            watcher: it.
            digits: its test digits.
            go: go where a training is watched.
        """
        self.data_changed(data)
        self._watch(watcher, opened)
        self._say_whose_data()
        if go:
            self.show_training()

    def _poll(self) -> None:
        assert self._watcher is not None
        sight = self._watcher.look()
        before, self.view = self.view, sight.view
        if sight.network is not None:
            self.weights_changed(sight.view.run.name, sight.network, sight.step)
        if sight.view is not before:
            status = None if before is None or before.run != sight.view.run else before.status
            if status is not sight.view.status:
                self._status_changed(sight.view.status)
            self.run_changed()

    def _status_changed(self, status: Status) -> None:
        if self.asked is not Command.STOP or not status.is_active:
            self.asked = None
        if status.is_active and self._looking is None:
            self._looking = self.set_interval(LOOK_SECONDS, self._poll)
        elif not status.is_active and self._looking is not None:
            self._looking.stop()
            self._looking = None
        self.refresh_bindings()

    # Commands

    @property
    def is_training(self) -> bool:
        """Whether a trainer is at work on the run that is shown."""
        return self.view is not None and self.view.status.is_active

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what applies to the state that the run is in."""
        status = self.view.status if self.view is not None else None
        stopping = self.asked is Command.STOP
        if self.is_covered and action in ("train", "mode"):
            # It makes no sense over another screen.
            return False
        if action == "pause":
            return status is Status.RUNNING and not stopping
        if action == "go_on":
            return status is Status.PAUSED and not stopping
        if action == "rate":
            return self.is_training and not stopping
        if action == "step":
            return status is Status.PAUSED and not stopping
        if action == "stop":
            return self.is_training and not stopping
        return super().check_action(action, parameters)

    async def action_train(self) -> None:
        """Ask what to train; while a training is at work, say so and go where it is watched."""
        from cnntui.runs.draft import Draft

        await self._ask_what_to_train(self._draft or Draft.of(self.options))

    async def on_lab_screen_propose(self, message: LabScreen.Propose) -> None:
        """Ask what to train, with the settings of a lab filled in."""
        from cnntui.runs.draft import Draft

        base = self.options
        self._proposed = Draft.of(replace(message.options, runs_dir=base.runs_dir, module=base.module))
        await self._ask_what_to_train(self._proposed)

    async def _ask_what_to_train(self, draft: Draft) -> None:
        from cnntui.ui.views.base.overlay import lay_over
        from cnntui.ui.views.form.screen import FormScreen

        if self.is_training:
            self._say_that_one_is_trained()
            return
        if (reason := why_nothing_can_be_trained(self.options.module)) is not None:
            self.complain(reason)
            return
        await lay_over(self, FormScreen(draft))

    def on_form_screen_start(self, message: FormScreen.Start) -> None:
        """Start the training that was asked for, and go where it is watched."""
        try:
            run = message.options.start(message.options.config())
        except CnntuiError as error:
            self.complain(error)
            return
        # A name is for one run.
        self.options, self._draft = replace(message.options, name=None), None
        self.follow(run)
        self.show_training()

    def on_form_screen_left(self, message: FormScreen.Left) -> None:
        """Keep what was written for the next time, but not what a lab has proposed."""
        if message.draft is not self._proposed:
            self._draft = message.draft

    def complain(self, error: CnntuiError) -> None:
        """Tell a person what went wrong, in the words of the error and never as markup."""
        self.notify(f"{error}", severity="error", timeout=12, markup=False)
