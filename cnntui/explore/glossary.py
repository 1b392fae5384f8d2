"""The glossary: every term in two plain sentences, in English and Chinese, and the view where it can be seen."""

from __future__ import annotations

from functools import lru_cache

from cnntui.files.assets import LANGUAGES, asset
from cnntui.values import dataclass


@dataclass(frozen=True)
class GlossaryTerm:
    """One term in one language.

    Attributes:
        name: what it is called in all languages: "receptive-field".
        term: what it is called in this one.
        text: two sentences.
        view: name of the view where it can be seen.
    """

    name: str
    term: str
    text: str
    view: str


@lru_cache(maxsize=len(LANGUAGES))
def glossary(language: str) -> dict[str, GlossaryTerm]:
    """Every term by its name, in one of the `LANGUAGES`.

    Raises:
        CnntuiError: the file did not come with this installation.
    """
    # Imported here, as most people look nothing up.
    import tomllib

    content = asset("glossary", f"{language}.toml").read_text(encoding="utf-8")
    return {name: GlossaryTerm(name, **entry) for name, entry in tomllib.loads(content).items()}


def in_both(name: str, language: str) -> tuple[GlossaryTerm, GlossaryTerm]:
    """A term in a language, and in the other one.

    Args:
        name: the term's.
        language: one of the `LANGUAGES`.
    """
    other = next(each for each in LANGUAGES if each != language)
    return glossary(language)[name], glossary(other)[name]
