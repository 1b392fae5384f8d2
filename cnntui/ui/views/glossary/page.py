"""The page of a term: its meaning, in both languages, and where to see it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from cnntui.explore.glossary import GlossaryTerm
from cnntui.explore.views import VIEWS
from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.help import HelpScreen
from cnntui.ui.views.base.overlay import uncover


class TermPage(HelpScreen):
    """A page over any screen; enter goes to the view that shows the term."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.TERM)

    def __init__(self, term: GlossaryTerm, other: GlossaryTerm) -> None:
        super().__init__(term.term, term.text, [])
        self._other = other
        self._view = term.view

    def compose(self) -> ComposeResult:
        view = VIEWS[self._view]
        key = f" ({view.key})" if view.key else ""
        with VerticalScroll(id="page"):
            closing = Content.styled("   / another word; esc closes", "$quiet")
            yield Static(Content.assemble(Content.styled(self._title, "bold"), closing))
            yield Static(Content(self._text), classes="paragraphs")
            yield Static(
                Content.assemble(Content.styled(self._other.term, "bold"), "\n", self._other.text), classes="paragraphs"
            )
            see = Content.assemble(Content.styled("enter", "$key"), f"  see it on {view.title}{key}")
            yield Static(see, classes="commands")

    async def action_see(self) -> None:
        """Go to the view that shows the term."""
        app = self.app
        uncover(app)
        await app.run_action(f"mode('{self._view}')")
