"""What a key brings about has come about when a pilot goes on."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static


class _Growing(App[None]):
    """A box that each press of g makes one line higher."""

    CSS = "#box { height: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [("g", "grow", "")]

    lines = 1

    def compose(self) -> ComposeResult:
        yield Static(id="box")

    def action_grow(self) -> None:
        self.lines += 1
        self.query_one("#box").styles.height = self.lines


async def test_a_layout_does_not_wait_for_the_timer_that_sleeps_after_the_last_one() -> None:
    async with _Growing().run_test(size=(20, 40)) as pilot:
        for lines in range(2, 32, 2):
            # After a pause, the timer paints at once and then sleeps for up to two of its periods.
            await asyncio.sleep(0.05)
            await pilot.press("g")
            await pilot.press("g")
            assert pilot.app.query_one("#box").size.height == lines + 1
