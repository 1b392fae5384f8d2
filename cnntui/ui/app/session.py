"""The run that is shown: what is known about it, and what its trainer was asked to do."""

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
    """Owns what is known about the run that is shown, and the requests to its trainer."""

    def __init__(self, options: TrainOptions, data: DataSet) -> None:
        """No run yet.

        Args:
            options: what the next training is.
            data: looked at first.
        """
        self.options = options
        self.view: RunView | None = None
        """What is known about the run; None for a network that belongs to no run."""
        self.asked: TrainerCommand | None = None
        """What the trainer was asked to do and has not answered yet."""
        self._watcher: Watcher | None = None
        self._first_data = data

    @property
    def is_training(self) -> bool:
        """Whether a trainer is at work on the run."""
        return self.view is not None and self.view.status.is_active

    def watch(self, watcher: Watcher) -> None:
        """Another run is shown from now on."""
        self._watcher, self.asked = watcher, None

    def unwatch(self) -> None:
        """No run is shown from now on."""
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
        """Why a trainer in the state that it is in cannot do something: pause, go_on, rate, step, stop.

        Empty where it can.
        """
        if self.view is None or not self.view.status.is_active:
            return "nothing is training: press t"
        if self.asked is TrainerCommand.STOP:
            return "the training is stopping"
        status = self.view.status
        if not self.view.obeys("pause" if action == "go_on" else action):
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
        """The data that need not be read again: those on screen and those of the start."""
        return shown, self._first_data

    def whose_data(self, data: DataSet) -> str:
        """What to say about the data on screen: whether the run has others, and what was done to them."""
        if self.view is not None and self.view.config.network_problem:
            return ""  # There is no data to look at.
        foreign = data.reason or (foreign_data(self.view.run, self.view.config, data) if self.view else "")
        return " ".join(filter(None, [foreign, *data.notes]))
