"""The help page: what a screen shows and why it matters, every key that does something there, and then the details."""

from __future__ import annotations

from typing import ClassVar

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


class HelpScreen(ModalScreen[None], Overlay[None]):
    """A page over the screen it explains; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.HELP)

    def __init__(self, title: str, text: str, commands: list[KeyCommand]) -> None:
        """A page.

        Args:
            title: name of the screen.
            text: paragraphs about it, a blank line between two; the first says what it shows and why that matters.
            commands: what can be done there.
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
            width = max((len(command.keys) for command in self._commands), default=0)
            # One text for all: forty widgets would take as long as all the rest of the page.
            lines = [
                Content.assemble(Content.styled(command.keys.rjust(width), "$key"), "  ", command.title)
                for command in self._commands
            ]
            yield Static(Content("\n").join(lines), classes="commands")
            if more:
                yield Static(Content("\n\n".join(more)), classes="paragraphs")

    def on_mount(self) -> None:
        self.query_one("#page").focus()

    def action_scroll(self, lines: int) -> None:
        """Scroll by some lines."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=lines, animate=False)


def _paragraphs(text: str) -> list[str]:
    """Paragraphs as one line each, to be wrapped again at the width there is."""
    return [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")]
