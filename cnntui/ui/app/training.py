"""Starts trainings, sends requests to the trainer, and asks what should become of it when the app closes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.control import TrainerCommand
from cnntui.runs.directory.status import Status
from cnntui.runs.starting.options import TrainOptions
from cnntui.runs.starting.process import resume_training, why_nothing_can_be_trained
from cnntui.ui.app.following import Following
from cnntui.ui.app.showing import Showing
from cnntui.ui.views.base.leaving_text import left, stopping
from cnntui.ui.views.base.overlay import lay_over

if TYPE_CHECKING:
    from cnntui.runs.directory.run_directory import RunDirectory
    from cnntui.runs.starting.draft import Draft
    from cnntui.ui.views.base.dialogs.quit_dialog import QuitChoice
    from cnntui.ui.views.one_batch.screen import OneBatchScreen


class Training:
    """The app's actions on trainings, using the session of the run on screen."""

    def __init__(self, showing: Showing, following: Following) -> None:
        self._app, self._showing = showing.app, showing
        self._following = following
        self._draft: Draft | None = None
        """The draft that was filled in on the form but not started."""
        self._proposed: Draft | None = None

    # Starting

    async def ask_what(self, proposed: TrainOptions | None = None) -> None:
        """Ask what to train; if a training is under way, say so and go to Train.

        Args:
            proposed: a lab's settings to start with; None for the last draft.
        """
        from cnntui.runs.starting.draft import Draft
        from cnntui.ui.views.form.screen import FormScreen

        options = self._showing.session.options
        if proposed is not None:
            proposed = replace(proposed, runs_dir=options.runs_dir, module=options.module)
            draft = self._proposed = Draft.of(proposed)
        else:
            draft = self._draft or Draft.of(options)
        if self._says_that_one_is_trained():
            return
        if (reason := why_nothing_can_be_trained(options.module)) is not None:
            self._app.complain(reason)
            return
        await lay_over(self._app, FormScreen(draft))

    def keep(self, draft: Draft) -> None:
        """Keep the draft for the next time, unless a lab proposed it."""
        if draft is not self._proposed:
            self._draft = draft

    def start(self, options: TrainOptions) -> None:
        """Start a training, and go to it."""
        try:
            run = options.start(options.config())
        except CnntuiError as error:
            self._app.complain(error)
            return
        # A name is for one run only.
        self._showing.session.options, self._draft = replace(options, name=None), None
        self._following.follow(run)
        self._showing.go("train")

    def resume(self, run: RunDirectory) -> None:
        """Start a trainer on a run that was stopped or killed, and go to it."""
        if self._says_that_one_is_trained():
            return
        try:
            resume_training(run, self._showing.session.options.module)
            self._following.resumed(run)
        except CnntuiError as error:
            self._app.complain(error)

    def _says_that_one_is_trained(self) -> bool:
        view = self._showing.session.view
        if view is None or not view.status.is_active:
            return False
        self._app.notify(f"{view.run.name} is being trained already: x stops it, space pauses it.", markup=False)
        self._showing.go("train")
        return True

    # Requests to the trainer

    def ask(self, command: TrainerCommand) -> bool:
        """Ask the trainer to do something. Returns whether the request could be delivered."""
        try:
            self._showing.session.ask(command)
        except CnntuiError as error:
            self._app.complain(error)
            return False
        self._app.refresh_bindings()
        self._showing.show_state()
        return True

    def ask_to_stop(self) -> None:
        """Ask whether to stop the training, and stop it if so."""
        from cnntui.ui.views.train.stop_dialog import StopDialog

        view = self._showing.session.view
        assert view is not None

        def answered(yes: bool | None) -> None:
            # The training may have ended meanwhile.
            if yes and not self._showing.session.why_not("stop"):
                self.ask(TrainerCommand.STOP)

        self._app.push_screen(StopDialog(view), answered)

    def ask_for_a_rate(self) -> None:
        """Ask for a new learning rate."""
        from cnntui.ui.views.train.rate_dialog import RateDialog

        view = self._showing.session.view
        assert view is not None
        assert view.learning_rate is not None
        self._app.push_screen(RateDialog(view.learning_rate), self._change_rate)

    def _change_rate(self, rate: float | None) -> None:
        if rate is None or not self._showing.session.is_training:
            return
        try:
            self._showing.session.change_rate(rate)
        except CnntuiError as error:
            self._app.complain(error)

    async def learn_one_batch(self) -> None:
        """Train a paused network on one batch and show the result."""
        from cnntui.ui.views.one_batch.screen import OneBatchScreen

        view, state = self._showing.session.view, self._showing.state
        assert view is not None
        if not view.config.can_be_resumed:
            # A script reports the result of a batch, but not what its optimizer did to each weight.
            self.ask(TrainerCommand.STEP)
            return
        screen = OneBatchScreen(view.run, view.config, state.scene.focus, state.style)
        if self.ask(TrainerCommand.STEP):
            await lay_over(self._app, screen)

    def learn_another(self, screen: OneBatchScreen) -> None:
        """Train on one more batch."""
        view = self._showing.session.view
        if view is not None and view.status is Status.PAUSED and self.ask(TrainerCommand.STEP):
            screen.wait()

    # Leaving

    def quit(self) -> None:
        """Leave the app; while a network trains, ask what should become of it. Asked twice, leave it running."""
        session = self._showing.session
        if not session.is_training or session.asked is TrainerCommand.STOP:
            self._app.exit()
            return
        from cnntui.ui.views.base.dialogs.quit_dialog import QuitChoice, QuitDialog

        asking = next((screen for screen in self._app.screen_stack if isinstance(screen, QuitDialog)), None)
        if asking is not None:
            asking.dismiss(QuitChoice.LEAVE)
        else:
            assert session.view is not None
            self._app.push_screen(QuitDialog(session.view.run.name, session.view.status is Status.PAUSED), self._leave)

    def _leave(self, leaving: QuitChoice | None) -> None:
        from cnntui.ui.views.base.dialogs.quit_dialog import QuitChoice

        view = self._showing.session.view
        assert view is not None
        if leaving is QuitChoice.LEAVE:
            self._app.exit(message=left(view))
        elif leaving is QuitChoice.STOP and self.ask(TrainerCommand.STOP):
            self._app.exit(message=stopping(view))
