"""Keys as written for people."""

from __future__ import annotations

import unicodedata

SYMBOLS = {
    "full_stop": ".", "comma": ",", "plus": "+", "equals_sign": "=", "minus": "−", "less_than_sign": "<",
    "greater_than_sign": ">", "question_mark": "?", "exclamation_mark": "!", "slash": "/", "right_square_bracket": "]",
    "left_square_bracket": "[", "right_curly_bracket": "}", "left_curly_bracket": "{", "right_parenthesis": ")",
    "left_parenthesis": "(", "escape": "esc", "right": "→", "left": "←", "up": "↑", "down": "↓",
}  # fmt: skip
"""The symbols of keys that have longer names in Textual."""


def shown_key(key: str) -> str:
    """A key as written for people: "?" for question_mark, "shift+→" for shift+right."""
    return "+".join(SYMBOLS.get(part) or _character(part) for part in key.split("+"))


def _character(name: str) -> str:
    """The character of a key that Textual calls by its Unicode name, such as ampersand; otherwise the key's name."""
    try:
        character = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return name
    return character if character.isprintable() and not character.isspace() else name
