"""Text from outside, made fit for a terminal: names of layers, files, folders and runs, logs, settings.

A terminal obeys what it receives. An escape sequence in the name of a layer could set the clipboard; a mark that
reverses the direction of writing could make one name look like another; a character whose width depends on its
neighbours would shift the rest of its line. `printable` is applied where such text is read. Whatever slips through is
caught on its way out: by `LastGate` for the screens of the app, by `printable_output` for everything that is printed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

_VARIATIONS = r"\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""They choose between two forms of a character; terminals differ in how wide it then is."""

_CLUSTERING = r"\u034f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff"
"""Joiners, letters of flags, skin tones: their width depends on what stands beside them."""

_INVISIBLE = r"\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0"
"""Letters that show nothing."""

_ODD = re.compile(f"[{_VARIATIONS}{_CLUSTERING}{_INVISIBLE}]")
_DROPPED = re.compile(f"[{_VARIATIONS}]")
_BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


_LEAST_SHORTENED = 4
"""The least width, in columns, at which a sign stands for what was left out of a name."""


def printable(text: str) -> str:
    """The text with everything that is not a visible character written out as in Python: `\\x1b`, `\\u202e`.

    A byte of a file's name that is not UTF-8 becomes `\\xff`; blanks of all widths become plain ones. Text that is
    already printable is returned unchanged, so doing it twice changes nothing.
    """
    if is_printable(text):
        return text
    return "".join(map(_shown, text))


def is_printable(text: str) -> bool:
    """Whether `printable` leaves the text alone."""
    return text.isprintable() and (text.isascii() or _ODD.search(text) is None)


def _shown(character: str) -> str:
    if is_printable(character):
        return character
    if character in _BLANKS:
        return " "
    if _DROPPED.match(character):
        return ""
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        # Python's stand-in for a byte that it could not decode.
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def text_width(text: str) -> int:
    """How many columns of a terminal the text takes; Chinese characters take two each."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def set_width(text: str, width: int) -> str:
    """The text, cut off or padded with blanks to a number of columns."""
    if text.isascii():
        return text[:width].ljust(width)
    from rich.cells import set_cell_size

    return set_cell_size(text, width)


def shortened(text: str, width: int) -> str:
    """The text in at most `width` columns, with a sign if its end had to be left out."""
    return text if text_width(text) <= width else set_width(text, max(0, width - 1)).rstrip() + "…"


def short_name(name: str, width: int) -> str:
    """A name in at most `width` columns; if they are few, its beginning alone, since a sign would replace a letter."""
    return shortened(name, width) if width >= _LEAST_SHORTENED else set_width(name, width).rstrip()


class PrintableStream:
    """A text stream that makes everything written to it printable, except the ends of lines."""

    def __init__(self, stream: TextIO) -> None:
        self.raw = stream
        """The stream itself, for programs whose escape sequences are intended."""

    def write(self, text: str) -> int:
        """Write the text, made printable."""
        # Thousands of lines at once are nearly always printable already.
        is_clean = is_printable(text.replace("\n", ""))
        self.raw.write(text if is_clean else "\n".join(map(printable, text.split("\n"))))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


def raw(stream: TextIO) -> TextIO:
    """The stream below a `PrintableStream`; any other stream itself."""
    return stream.raw if isinstance(stream, PrintableStream) else stream


@contextmanager
def printable_output() -> Iterator[None]:
    """Within this context, everything that is printed to either output is made printable."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, PrintableStream(raw(stream))) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


@contextmanager
def raw_output() -> Iterator[None]:
    """Within this context, escape sequences are printed unchanged, for a program that paints."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(raw, before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
