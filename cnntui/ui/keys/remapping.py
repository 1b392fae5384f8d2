"""Keys that the settings file gives to commands."""

from __future__ import annotations

from collections.abc import Mapping

from textual.keys import _character_to_key

from cnntui.printable import printable
from cnntui.ui.keys.symbols import SYMBOLS, shown_key
from cnntui.ui.keys.table import COMMANDS, names

_NAMES = {symbol: name for name, symbol in SYMBOLS.items()} | {"-": "minus"}


def remapped(keys: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """The keys of the commands that exist, and one sentence on what is wrong with the others.

    Args:
        keys: the keys by the command's name, with a comma between two keys: "f,x", "ctrl+n", "?".
    """
    known = names()
    wanted = {name: ",".join(map(key_named, _split(text))) for name, text in keys.items() if name in known}
    problems = [f"there is no command “{name}”" for name in keys if name not in known]
    problems += _clashes(wanted)
    said = f"The settings give keys that cannot be: {'; '.join(problems)}." if problems else ""
    return wanted, printable(said)


def _split(text: str) -> list[str]:
    """The keys in a text; a comma alone is a key."""
    return [","] if text.strip() == "," else [part.strip() for part in text.split(",") if part.strip()]


def key_named(key: str) -> str:
    """A key's name in Textual: "question_mark" for "?"."""
    *held, last = key.split("+") if len(key) > 1 else [key]
    last = _NAMES.get(last, _character_to_key(last) if len(last) == 1 else last)
    return "+".join([*held, last])


def _clashes(wanted: Mapping[str, str]) -> list[str]:
    """The keys that two commands of one place would share."""
    found = dict[str, None]()
    for commands in COMMANDS.values():
        taken: dict[str, str] = {}
        for command in commands:
            for key in wanted.get(command.name, command.keys).split(","):
                other = taken.setdefault(key, command.name)
                if other != command.name and (command.name in wanted or other in wanted):
                    found[f"{shown_key(key)} is the key of both {other} and {command.name}"] = None
    return [*found]
