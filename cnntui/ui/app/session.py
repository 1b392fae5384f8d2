"""The run on screen: its state, and the requests to its trainer."""

from __future__ import annotations

from cnntui.images.data import DataSet
from cnntui.runs.directory import control
from cnntui.runs.directory.control import TrainerCommand
from cnntui.runs.directory.own_data import foreign_data
from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunView
from cnntui.runs.reading.watching import Observation, Watcher
from cnntui.runs.starting.options import TrainOptions


class Session:
    """Owns the state of the run on screen, and the requests to its trainer."""

    def __init__(self, options: TrainOptions, data: DataSet) -> None:
        self.options = options
        self.view: RunView | None = None
        """The run's state; None if the network does not come from a run."""
        self.asked: TrainerCommand | None = None
        """The request that the trainer has not obeyed yet; None if there is none."""
        self._watcher: Watcher | None = None
        self._first_data = data

    @property
    def is_training(self) -> bool:
        """Whether a trainer is working on the run."""
        return self.view is not None and self.view.status.is_active

    def watch(self, watcher: Watcher) -> None:
        """Show another run from now on."""
        self._watcher, self.asked = watcher, None

    def unwatch(self) -> None:
        """Show no run from now on."""
        self._watcher = self.view = self.asked = None

    def look(self) -> Observation:
        """Update the run. A request is over once the run's status changes; a stop only once the run has stopped."""
        assert self._watcher is not None
        seen, before = self._watcher.look(), self.view
        self.view = view = seen.view
        is_same = before is not None and before.run == view.run and before.status is view.status
        if not is_same and (self.asked is not TrainerCommand.STOP or not view.status.is_active):
            self.asked = None
        return seen

    # Requests to the trainer

    def why_not(self, action: str) -> str:
        """Why the trainer cannot do something in its current state: pause, continue, rate, step, stop.

        Empty if it can.
        """
        if self.view is None or not self.view.status.is_active:
            return "nothing is training: press t"
        if self.asked is TrainerCommand.STOP:
            return "the training is stopping"
        status = self.view.status
        if not self.view.obeys("pause" if action == "continue" else action):
            return "its trainer does not do that"
        if action == "stop":
            return ""
        if action == "rate":
            return "its learning rate is not known" if self.view.learning_rate is None else ""
        if status is Status.STARTING:
            return "the training has not begun yet"
        is_paused = status is Status.PAUSED
        if action == "pause":
            return "the training is paused already" if is_paused else ""
        return "" if is_paused else "pause the training first: press space"

    def ask(self, command: TrainerCommand) -> None:
        """Ask the trainer to do something.

        Raises:
            CnntuiError: the run's folder cannot be written.
        """
        assert self.view is not None
        control.ask(self.view.run, command)
        if command is not TrainerCommand.STEP:
            self.asked = command

    def change_rate(self, rate: float) -> None:
        """Change the learning rate, and nothing else about what the trainer is doing.

        Raises:
            CnntuiError: the run's folder cannot be written.
        """
        assert self.view is not None
        waits = self.view.status is Status.PAUSED
        command = self.asked or (TrainerCommand.PAUSE if waits else TrainerCommand.RUN)
        control.ask(self.view.run, command, learning_rate=rate)

    # Its data

    def known_data(self, shown: DataSet) -> tuple[DataSet, ...]:
        """The data that need not be read again: those on screen and those from the start."""
        return shown, self._first_data

    def data_warning(self, data: DataSet) -> str:
        """Sentences about the data on screen: why they are not the run's own, and how they were converted."""
        return " ".join(filter(None, [data.reason, *data.notes])) if self._has_data else ""

    def other_data(self, data: DataSet) -> tuple[str, ...]:
        """Sentences, in decreasing length, that say that the run was trained on other data; none if it was not."""
        if self.view is None or data.reason or not self._has_data:
            return ()
        return foreign_data(self.view.run, self.view.config, data)

    @property
    def _has_data(self) -> bool:
        """Whether there are data to show, which there are not for a network that could not be opened."""
        return self.view is None or not self.view.config.network_problem
