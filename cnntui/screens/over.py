"""Laying one screen over another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from textual.app import App
from textual.screen import Screen

Result = TypeVar("Result")


async def lay_over(app: App[Any], screen: Screen[Result], then: Callable[[Result | None], None] | None = None) -> None:
    """Show a screen over the one in front, and paint it once; `then` is told what it closes with.

    Textual would paint it three times: when it comes, when its widgets do, and when they have found their places.
    """
    with app.batch_update():
        await app.push_screen(screen, then)
    screen.refresh()
