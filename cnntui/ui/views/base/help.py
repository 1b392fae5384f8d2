"""The help page: what a view shows and why it matters, every key that has an effect there, and then details."""

from __future__ import annotations

from textwrap import wrap
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.commands import KeyCommand
from cnntui.ui.views.base.overlay import Overlay

PAGE_WIDTH = 76
"""The widest page, in columns, as in layout.tcss."""

AROUND = 6
"""Columns of the page beside its text: blanks, and the scroll bar at the right."""


class HelpScreen(ModalScreen[None], Overlay[None]):
    """A page over the view that it explains; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.HELP)

    def __init__(self, title: str, text: str, commands: list[KeyCommand]) -> None:
        """A help page.

        Args:
            title: the name of the screen.
            text: paragraphs about the screen, separated by blank lines; the first says what it shows and why that
                matters.
            commands: the commands available there.
        """
        super().__init__()
        self._title = title
        self._text = text
        self._commands = commands

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            closing = Content.styled("   ↑ ↓ scroll, more below the keys; esc closes", "$quiet")
            yield Static(Content.assemble(Content.styled(self._title, "bold"), closing))
            lead, *more = _paragraphs(self._text)
            yield Static(Content(lead), classes="paragraphs")
            # One widget for all commands: forty would take as long as the rest of the page.
            yield Static(_listed(self._commands, self.app.size.width), classes="commands")
            if more:
                yield Static(Content("\n\n".join(more)), classes="paragraphs")

    def on_mount(self) -> None:
        self.query_one("#page").focus()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the list of keys to another width."""
        for listed in self.query(".commands").results(Static):
            listed.update(_listed(self._commands, event.size.width))

    def action_scroll(self, lines: int) -> None:
        """Scroll by some lines."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=lines, animate=False)


def _listed(commands: list[KeyCommand], width: int) -> Content:
    """What each key does; a line that is too long continues below its beginning, not below the keys."""
    keys = max((len(command.keys) for command in commands), default=0)
    room = max(20, min(width, PAGE_WIDTH) - AROUND - keys - 2)
    lines = []
    for command in commands:
        first, *more = wrap(command.title, room) or [""]
        lines.append(Content.assemble(Content.styled(command.keys.rjust(keys), "$key"), "  ", first))
        lines += [Content(" " * (keys + 2) + line) for line in more]
    return Content("\n").join(lines)


def _paragraphs(text: str) -> list[str]:
    """Paragraphs, each joined into one line so that it can wrap to the present width."""
    return [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")]
