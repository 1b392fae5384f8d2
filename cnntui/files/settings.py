"""The user's settings: a TOML file in the platform's configuration folder, which can be read and edited by hand.

cnntui changes only the values that were changed in the app: comments, order and all other lines stay. A file that is
not valid TOML is reported and left alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import Any

from cnntui.files.regular import read_regular
from cnntui.printable import printable
from cnntui.values import dataclass

MOST_BYTES = 256 * 1024

TEXTS = ("theme", "grids", "colors", "language", "place")
"""The settings that are single texts."""

NEWLINE = "\n"

BEGINNING = """\
# The settings of cnntui. Edit them as you like: it changes only what you change in the app.
#
# theme = "textual-light"   # a theme: ctrl+p, Theme, lists them
# grids = "half-blocks"     # auto, blocks, half-blocks, glyphs, numbers
# colors = "256"            # auto, none, 16, 256, truecolor
# language = "zh"           # of the course and the glossary: en, zh
#
# [keys]                    # other keys for commands; README, "Keys", and `cnntui keys` name them
# next-filter = "f,x"

"""


@dataclass(frozen=True)
class UserSettings:
    """The settings; a text is empty if nothing was chosen.

    Attributes:
        theme: the name of a theme.
        grids: the style of grids.
        colors: how many colours the terminal has.
        language: "en" or "zh".
        place: the arguments of `cnntui` that open what was shown last.
        keys: other keys for commands, by the names of the commands.
        problem: one sentence on what is wrong with the file; empty if nothing is.
    """

    theme: str = ""
    grids: str = ""
    colors: str = ""
    language: str = ""
    place: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


NOTHING_CHOSEN = UserSettings()


def settings_path() -> Path:
    """The settings file: on Linux `$XDG_CONFIG_HOME/cnntui/settings.toml`."""
    from platformdirs import user_config_path

    return user_config_path("cnntui", appauthor=False) / "settings.toml"


def load_settings() -> UserSettings:
    """The settings, as far as the file can be read."""
    path = settings_path()
    try:
        content = read_regular(path, MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return UserSettings()
    except (OSError, ValueError) as error:
        return UserSettings(problem=_problem(path, f"cannot be read: {error}"))
    # Imported here because most users have no such file.
    import tomllib

    try:
        values = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        return UserSettings(problem=_problem(path, f"is not valid TOML: {error}"))
    return _settings(path, values)


def _settings(path: Path, values: dict[str, Any]) -> UserSettings:
    texts = {name: value for name in TEXTS if isinstance(value := values.get(name), str)}
    keys = values.get("keys", {})
    keys = keys if isinstance(keys, dict) else {}
    wrong = [name for name in values if name not in (*TEXTS, "keys")]
    wrong += [name for name in TEXTS if name in values and name not in texts]
    wrong += [f"keys.{name}" for name, key in keys.items() if not isinstance(key, str) or not key.strip()]
    problem = _problem(path, f"has settings that are not known: {', '.join(wrong)}") if wrong else ""
    named = {name: key for name, key in keys.items() if isinstance(key, str) and key.strip()}
    return UserSettings(**texts, keys=named, problem=problem)


def _problem(path: Path, what: str) -> str:
    return printable(f"The settings file {path} {what}. That is ignored until you change it.")


def keep_settings(changes: Mapping[str, str]) -> None:
    """Change some texts in the file, and nothing else.

    If the file is damaged or cannot be written, nothing is kept.

    Args:
        changes: the new texts by name, see `TEXTS`.
    """
    path = settings_path()
    try:
        before = read_regular(path, MOST_BYTES).decode()
    except FileNotFoundError:
        before = BEGINNING
    except (OSError, ValueError):
        return
    after = before
    for name, text in changes.items():
        after = with_value(after, name, text)
    if after == before or not _differs_only_in(before, after, changes):
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            fresh.write_text(after, encoding="utf-8")
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)


def with_value(content: str, name: str, text: str) -> str:
    """The file's content with one text changed, comments kept; a new setting goes before the first table."""
    line = re.compile(rf'^(\s*{re.escape(name)}\s*=\s*)("(?:[^"\\]|\\.)*"|\'[^\']*\')', re.MULTILINE)
    top = re.compile(r"^[ \t]*\[", re.MULTILINE).search(content)
    end = top.start() if top else len(content)
    head, rest = content[:end], content[end:]
    if line.search(head):
        return line.sub(lambda found: found[1] + _quoted(text), head, count=1) + rest
    if not rest:
        return f"{head.removesuffix(NEWLINE)}{NEWLINE if head else ''}{name} = {_quoted(text)}{NEWLINE}"
    body = head.rstrip("\n")
    blank = head[len(body) :]
    return f"{body}{blank[:1]}{name} = {_quoted(text)}\n{blank[1:]}{rest}"


def _quoted(text: str) -> str:
    escaped = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _differs_only_in(before: str, after: str, changes: Mapping[str, str]) -> bool:
    """Whether both are valid TOML and differ only in the intended changes."""
    import tomllib

    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return {**old, **dict.fromkeys(changes)} == {**new, **dict.fromkeys(changes)}
