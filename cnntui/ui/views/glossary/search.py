"""The glossary in the palette: terms are found by their names in either language."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from cnntui.explore.glossary import GlossaryTerm, glossary
from cnntui.files.assets import LANGUAGES


class Words(Provider):
    """The terms whose names match the typed text."""

    async def search(self, query: str) -> Hits:
        """The matching terms, best matches first."""
        matcher = self.matcher(query)
        for term, called in _terms():
            if (score := matcher.match(called)) > 0:
                yield Hit(score, matcher.highlight(called), partial(self._open, term), help=f"word: {term.text}")

    async def _open(self, term: GlossaryTerm) -> None:
        await self.app.run_action(f"word('{term.name}')")


class Glossary(Words):
    """The same terms, or all terms if nothing was typed."""

    async def discover(self) -> Hits:
        """All terms."""
        for term, called in _terms():
            yield DiscoveryHit(called, partial(self._open, term), help=term.text)


def _terms() -> list[tuple[GlossaryTerm, str]]:
    """Each term with its names in both languages."""
    first, second = map(glossary, LANGUAGES)
    return [(term, f"{term.term} · {second[name].term}") for name, term in first.items()]
