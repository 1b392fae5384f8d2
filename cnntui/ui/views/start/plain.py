"""The first start as plain text: what cnntui is, and three ways to begin."""

from __future__ import annotations

import os

from cnntui.files.settings import load_settings
from cnntui.lessons.language import language_of
from cnntui.ui.views.base.plain import everything, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.start import text as start_text


def as_text(state: AppState, width: int) -> list[str]:
    """The words of the first start, and each way to begin with its key."""
    language = language_of(load_settings().language, os.environ)
    ways = [line for line in texts(start_text.ways(language, -1, width)) if line.strip()]
    return everything(
        texts(start_text.what_it_is(language, width)),
        [line.removeprefix("  ") for line in ways],
        texts(start_text.own(language, width)),
    )
