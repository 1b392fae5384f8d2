"""The glossary: every term explained in two plain sentences, in English and Chinese, and the view that shows it."""

from __future__ import annotations

from functools import lru_cache

from cnntui.files.assets import LANGUAGES, asset
from cnntui.values import dataclass


@dataclass(frozen=True)
class GlossaryTerm:
    """One term in one language.

    Attributes:
        name: the name of the term in all languages: "receptive-field".
        term: the term in this language.
        text: the explanation, in two sentences.
        view: the name of the view that shows the term.
    """

    name: str
    term: str
    text: str
    view: str


@lru_cache(maxsize=len(LANGUAGES))
def glossary(language: str) -> dict[str, GlossaryTerm]:
    """All terms by their names, in one of the `LANGUAGES`.

    Raises:
        CnntuiError: the file did not come with this installation.
    """
    # Imported here, because most users never open the glossary.
    import tomllib

    content = asset("glossary", f"{language}.toml").read_text(encoding="utf-8")
    return {name: GlossaryTerm(name, **entry) for name, entry in tomllib.loads(content).items()}


def in_both_languages(name: str, language: str) -> tuple[GlossaryTerm, GlossaryTerm]:
    """A term in one language, and in the other."""
    other = next(each for each in LANGUAGES if each != language)
    return glossary(language)[name], glossary(other)[name]
