"""The very first screen: what cnntui is, and three ways to begin."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.widget import Widget

from cnntui.explore.scene import Scene
from cnntui.files.settings import load_settings
from cnntui.lessons.language import language_of
from cnntui.ui.keys import general, learn
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.start import text as start_text
from cnntui.ui.widgets.places import Places, Room
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText

WIDTH = 96
"""The widest text, in columns."""

WHAT_LINES, WAY_LINES, OWN_LINES = 3, 9, 3


class StartScreen(ExplorerScreen):
    """The screen shown once, on the first start of `cnntui` without arguments."""

    MODE = "start"
    TEXT = """
This page says what cnntui is and offers three ways to begin. It is shown once; `cnntui open bundled --screen start`
shows it again.

The course explains everything from the first pixel on, and asks you to predict before you see. If you know
convolutional networks, look at the trained one, or train one yourself.

The number keys lead to every view, from everywhere; ? explains the view that you are on.
"""

    NEEDS_WEIGHTS: ClassVar[bool] = False
    WORDS: ClassVar[tuple[str, ...]] = ("#what", "#ways", "#own")

    BINDINGS: ClassVar[list[BindingType]] = bindings((*general.IMAGELESS, *learn.START))

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._chosen = 0
        self._language = language_of(load_settings().language, os.environ)

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="what")
        yield PointedLines(id="ways")
        yield ResponsiveText(id="own")

    def places(self, room: Size) -> Places:
        lines = WHAT_LINES + WAY_LINES + OWN_LINES + 2
        middle = Room(Room.of(room).centred(min(WIDTH, room.width - 4)))
        middle.top(max(0, (room.height - lines) // 3))
        placed = {"what": middle.top(WHAT_LINES, gap=1), "ways": middle.top(WAY_LINES, gap=1)}
        return placed | {"own": Region(*middle.rest()[:2], middle.width, min(OWN_LINES, middle.height))}

    def about(self) -> tuple[str, ...]:
        """No words about a network: none is open yet."""
        return ("",)

    def show_scene(self, before: Scene | None) -> None:
        if before is None:
            self.write("what", lambda size: start_text.what_it_is(self._language, size.width))
            self.write("own", lambda size: start_text.own(self._language, size.width))
            self._show_ways()

    def _show_ways(self) -> None:
        self.write("ways", lambda size: start_text.ways(self._language, self._chosen, size.width))

    def action_move(self, rows: int) -> None:
        """Choose the way above or below."""
        self._chosen = min(max(self._chosen + rows, 0), len(start_text.WAYS) - 1)
        self._show_ways()

    async def action_go(self) -> None:
        """Go the chosen way."""
        way = start_text.WAYS[self._chosen]
        action = {"learn": "app.mode('learn')", "look": "app.mode('convolve')", "train": "app.train"}[way]
        await self.run_action(action)

    async def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """Go the way that the click points at."""
        way = start_text.way_at(self._language, event.line, event.lines.size.width)
        if way is not None:
            self._chosen = way
            await self.action_go()
