"""Lines of text: pieces, each with a role. This is a view's text before anything draws it."""

from __future__ import annotations

from itertools import takewhile
from textwrap import wrap

from cnntui.printable import is_printable, printable, set_width, text_width

LONG = 16
"""The longest word, in columns."""

NARROWEST = 20
"""The least width, in columns, to which sentences are wrapped."""

Line = tuple[tuple[str, str], ...]
"""Pieces of text with the role of each: "" or one of `design.ROLES`."""

FILL = ("", "fill")
"""A piece that takes up all remaining room, so that the pieces after it end at the right edge."""


def plain(line: Line) -> str:
    """The text of a line."""
    return "".join(text for text, _ in line)


def line_width(line: Line) -> int:
    """The number of columns that a line takes up."""
    return text_width(plain(line))


def as_line(line: Line | str) -> Line:
    """A line of printable pieces; a string is one plain piece."""
    pieces = ((line, ""),) if isinstance(line, str) else line
    if all(is_printable(text) for text, _ in pieces):
        return pieces
    return tuple((printable(text), role) for text, role in pieces)


def in_lines(text: str, width: int, role: str = "") -> list[Line]:
    """Sentences as lines of one role; names keep their hyphens."""
    return [((line, role),) for line in wrap(text, max(NARROWEST, width), break_on_hyphens=False)]


def cut(line: Line, width: int) -> Line:
    """As much of a line as fits, never a part of a word or number, which would be another word, or a wrong number.

    A sign marks that something is left out. Text that is not a word, such as a bar, is cut where the room ends; so is a
    name that is longer than any word.
    """
    if line_width(line) <= width:
        return line
    text = plain(line)
    both = zip(text, set_width(text, width), strict=False)
    fits = len(text) if width < 1 else sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))
    around = text[max(0, fits - 1) : fits + 1]
    if not any(each.isalnum() for each in around) or any(each.isspace() for each in around):
        return line
    start = text.rfind(" ", 0, fits) + 1
    kept, sign = text[:start].rstrip(" …"), " …"
    if text_width(text[start:].split(" ")[0]) > LONG and text[start].isalpha():
        # The beginning of a file's or layer's name says more than nothing.
        kept, sign = text[: fits - 1], "…"
    pieces, left = [], len(kept)
    for piece, role in line:
        pieces.append((piece[:left], role))
        left -= len(pieces[-1][0])
    return (*pieces, (sign if kept else "…", "dim"))
