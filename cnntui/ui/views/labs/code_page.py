"""A page with a program, over the screen that it belongs to."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from cnntui.ui.views.base.help import HelpScreen


class CodePage(HelpScreen):
    """A page that shows a program that has been copied; the keys that close the help page close it."""

    def __init__(self, code: str) -> None:
        super().__init__("Copied this step as code", code, [])

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            closing = Content.styled("   ↑ ↓ scroll, esc closes", "$quiet")
            yield Static(Content.assemble(Content.styled(self._title, "bold"), closing))
            yield Static(Content(self._text), classes="paragraphs")
