"""The part of the app that passes commands on to the trainer, and asks what becomes of it on leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from cnntui.files.errors import CnntuiError
from cnntui.runs import control
from cnntui.runs.control import Command
from cnntui.runs.status import Status
from cnntui.ui.app.run_app import RunApp
from cnntui.ui.views.base.leaving_text import left, stopping

if TYPE_CHECKING:
    from cnntui.ui.views.base.quit_dialog import QuitChoice
    from cnntui.ui.views.one_batch.screen import OneBatchScreen


class WishApp(RunApp):
    """Asks the trainer of the run that is shown to wait, to go on, to learn a batch, to learn otherwise, to stop."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit"),
        # Before whatever has the focus: dialogs hide the app's keys, and fields would copy.
        Binding("ctrl+c", "quit", "Quit", show=False, system=True, priority=True),
    ]

    def action_pause(self) -> None:
        """Let the trainer wait."""
        self._ask(Command.PAUSE)

    def action_go_on(self) -> None:
        """Let a waiting trainer go on."""
        self._ask(Command.RUN)

    def action_rate(self) -> None:
        """Ask for another learning rate."""
        from cnntui.ui.views.train.rate_dialog import RateDialog

        assert self.view is not None
        self.push_screen(RateDialog(self.view.learning_rate), self._change_rate)

    def _change_rate(self, rate: float | None) -> None:
        if rate is None or self.view is None or not self.is_training:
            return
        command = self.asked or (Command.PAUSE if self.view.status is Status.PAUSED else Command.RUN)
        try:
            control.ask(self.view.run, command, learning_rate=rate)
        except CnntuiError as error:
            self.complain(error)

    async def action_step(self) -> None:
        """Let a waiting trainer learn one batch, and show it."""
        from cnntui.ui.views.base.overlay import lay_over
        from cnntui.ui.views.one_batch.screen import OneBatchScreen

        assert self.view is not None
        screen = OneBatchScreen(self.view.run, self.view.config, *self.looked_at())
        if self._ask_for_a_batch():
            await lay_over(self, screen)

    def on_one_batch_screen_another(self, message: OneBatchScreen.Another) -> None:
        """Let it learn one more."""
        if self.view is not None and self.view.status is Status.PAUSED and self._ask_for_a_batch():
            message.screen.wait()

    def _ask_for_a_batch(self) -> bool:
        assert self.view is not None
        try:
            control.ask(self.view.run, Command.STEP)
        except CnntuiError as error:
            self.complain(error)
            return False
        return True

    def action_stop(self) -> None:
        """Stop the training; what was learned is kept."""
        self._ask(Command.STOP)

    def _ask(self, command: Command) -> bool:
        assert self.view is not None
        try:
            control.ask(self.view.run, command)
        except CnntuiError as error:
            self.complain(error)
            return False
        self.asked = command
        self.refresh_bindings()
        self.run_changed()
        return True

    # Leaving

    def facts(self) -> dict[str, object]:
        view = self.view
        run = {} if view is None else {"run": f"{view.status.name.lower()}, {view.config.model}"}
        return super().facts() | run

    def go_on(self) -> str:
        view = self.view
        return left(view) if view is not None and self.is_training else super().go_on()

    async def action_quit(self) -> None:
        """Leave the app; while a network trains, ask what becomes of it. Asking twice leaves it running."""
        if not self.is_training or self.asked is Command.STOP:
            self.exit()
            return
        from cnntui.ui.views.base.quit_dialog import QuitChoice, QuitDialog

        asking = next((screen for screen in self.screen_stack if isinstance(screen, QuitDialog)), None)
        if asking is not None:
            asking.dismiss(QuitChoice.LEAVE)
        else:
            assert self.view is not None
            self.push_screen(QuitDialog(self.view.run.name, self.view.status is Status.PAUSED), self._leave)

    def _leave(self, leaving: QuitChoice | None) -> None:
        from cnntui.ui.views.base.quit_dialog import QuitChoice

        assert self.view is not None
        if leaving is QuitChoice.LEAVE:
            self.exit(message=left(self.view))
        elif leaving is QuitChoice.STOP and self._ask(Command.STOP):
            self.exit(message=stopping(self.view))
