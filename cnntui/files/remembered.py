"""What cnntui remembers between starts: small texts by key, in the platform's folder for a user's state."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from cnntui.files.regular import read_regular

MOST_BYTES = 1024 * 1024
_SEEN = "seen"
MOST_KEPT = 1000
"""The most entries that are kept; beyond this, the oldest are forgotten."""


def state_dir() -> Path:
    """The platform's folder for a user's state: on Linux `$XDG_STATE_HOME/cnntui`."""
    from platformdirs import user_state_path

    return user_state_path("cnntui", appauthor=False)


def remembered(name: str) -> dict[str, str]:
    """The texts that were kept under a name; empty if their file is missing or damaged."""
    try:
        kept = json.loads(read_regular(_path(name), MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {key: text for key, text in kept.items() if isinstance(text, str)}


def remember(name: str, key: str, text: str | None) -> None:
    """Keep a text, or forget it if it is None. If the file cannot be written, nothing is kept."""
    kept = remembered(name)
    if kept.get(key) == text:
        return
    kept.pop(key, None)
    if text is not None:
        kept[key] = text
    path = _path(name)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            fresh.write_text(json.dumps(dict([*kept.items()][-MOST_KEPT:])))
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)


def is_first(name: str) -> bool:
    """Whether this is the first call with that name. False if the call cannot be recorded."""
    if name in remembered(_SEEN):
        return False
    remember(_SEEN, name, "yes")
    return name in remembered(_SEEN)


def _path(name: str) -> Path:
    return state_dir() / f"{name}.json"
