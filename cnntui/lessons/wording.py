"""Texts for a given space: filled with computed values, and wrapped to a width."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cnntui.lessons.page import PLACEHOLDER
from cnntui.printable import printable, text_width

_NEVER_FIRST = "，。！？；：、）」』”’》…—%℃,.!?;:)"
"""Characters that no line may begin with."""

_NEVER_LAST = "（「『“‘《("

_UNITS = re.compile(r"\s+|[^\s⺀-鿿＀-￯　-〿]+|.")
"""Blanks, a word, or one Chinese character."""


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """The text with the value of each placeholder."""
    return PLACEHOLDER.sub(lambda match: value_of(match[1]), text)


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns; a line break in the text stays one. Chinese may break after any character."""
    lines: list[str] = []
    width = max(width, 2)
    for paragraph in text.strip().split("\n"):
        line = ""
        for unit in _units(printable(paragraph)):
            if text_width(line + unit.rstrip()) <= width:
                line = (line + unit).lstrip() if not line else line + unit
                continue
            if line.strip():
                lines.append(line.rstrip())
            line = unit.lstrip()
            while text_width(line) > width:
                fits = next(end for end in range(len(line), 0, -1) if end == 1 or text_width(line[:end]) <= width)
                lines.append(line[:fits])
                line = line[fits:]
        lines.append(line.rstrip())
    return lines


def _units(text: str) -> Iterator[str]:
    """Pieces between which a line may break."""
    piece = ""
    for unit in _UNITS.findall(text):
        joins = unit[0] in _NEVER_FIRST or (piece and piece[-1] in _NEVER_LAST)
        if piece and not joins:
            yield piece
            piece = ""
        piece += unit
    if piece:
        yield piece
