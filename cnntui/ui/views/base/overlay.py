"""Opens one screen over another, and closes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from textual import work
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.screen import Screen
from textual.worker import WorkerCancelled, WorkerFailed

from cnntui.terminal.screen import PacedScreen
from cnntui.ui.views.base.state import AppState

Result = TypeVar("Result")


class Overlay(PacedScreen[Result]):
    """A screen that covers another and closes only once, however often and from wherever it is told to.

    It comes last among the bases: Textual takes styles only from the first.
    """

    def show_state(self, state: AppState) -> None:
        """Show the app's state. Most pages keep showing the state that they were opened with."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close with a result. Everything that covers this screen closes with it, without a result."""
        if self not in self.app.screen_stack:
            return AwaitComplete()
        while self.app.screen is not self:
            self.app.pop_screen()
        return super().dismiss(result)


class Palette(CommandPalette, Overlay[None]):
    """Textual's palette of commands."""

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)
    async def _gather_commands(self, search_value: str) -> None:
        # A palette that closes before it has begun has lost its list.
        if self.query(CommandList):
            await CommandPalette._gather_commands.__wrapped__(self, search_value)  # type: ignore[attr-defined]

    async def found(self) -> None:
        """Wait for the results for the text that was typed last."""
        for worker in [worker for worker in self.workers if worker.node is self]:
            with suppress(WorkerCancelled, WorkerFailed):
                await worker.wait()

    def _action_command_list(self, action: str) -> None:
        # A window too small for the list has no pages to turn; nor has a list that does not exist yet.
        if self.query_one(CommandList).scrollable_content_region or not action.startswith("page"):
            super()._action_command_list(action)


async def lay_over(app: App[Any], screen: Screen[Result], then: Callable[[Result | None], None] | None = None) -> None:
    """Show a screen over the one in front, and paint it once; `then` receives the result that it closes with.

    Textual would paint it three times: when the screen comes, when its widgets come, and when they have their places.
    """
    with app.batch_update():
        await app.push_screen(screen, then)
    screen.refresh()


def uncover(app: App[Any]) -> None:
    """Close everything that covers the current view, without a result."""
    while isinstance(app.screen, Overlay):
        app.pop_screen()
