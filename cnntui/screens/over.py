"""Laying one screen over another."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.screen import Screen


async def lay_over(app: App[Any], screen: Screen[Any]) -> None:
    """Show a screen over the one in front, and paint it once.

    Textual would paint it three times: when it comes, when its widgets do, and when they have found their places.
    """
    with app.batch_update():
        await app.push_screen(screen)
    screen.refresh()
