"""Work in a thread: what it finds reaches only those who can still show it."""

from __future__ import annotations

import asyncio
import threading

from textual.app import App, ComposeResult
from textual.widgets import Static

from cnntui.files.errors import CnntuiError
from cnntui.terminal.screen import PacedScreen
from cnntui.ui.views.base.background import fetch


class Dialog(PacedScreen[None]):
    """Reads something that cannot be read, and says so in its only widget."""

    def __init__(self) -> None:
        super().__init__()
        self.may_fail = threading.Event()

    def compose(self) -> ComposeResult:
        yield Static("", id="message")

    def on_mount(self) -> None:
        fetch(self, self._read, self._complain, self._complain, "reading")

    async def on_unmount(self) -> None:
        # Its widget is gone, and its work is not cancelled yet.
        self.may_fail.set()
        await asyncio.sleep(0.1)

    def _read(self) -> object:
        self.may_fail.wait(5.0)
        raise CnntuiError("It is damaged.")

    def _complain(self, found: object) -> None:
        self.query_one("#message", Static).update(str(found))


async def test_a_dialog_that_is_being_removed_is_told_nothing() -> None:
    app = App[None]()
    # An exception of the app's is raised when the test leaves it.
    async with app.run_test() as pilot:
        dialog = Dialog()
        await app.push_screen(dialog)
        await pilot.pause()
        await app.pop_screen()
        await pilot.pause(0.2)
        assert dialog.may_fail.is_set()
        assert app.screen is not dialog
