"""The language of the course."""

from __future__ import annotations

from collections.abc import Mapping

from cnntui.files.assets import LANGUAGES


def language_of(chosen: str | None, environ: Mapping[str, str]) -> str:
    """The chosen language, or that of the locale; English if the course does not have it."""
    if chosen in LANGUAGES:
        return chosen
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return next((language for language in LANGUAGES if locale.lower().startswith(language)), LANGUAGES[0])
