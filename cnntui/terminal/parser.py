"""Reads what a terminal sends, whatever it sends."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.keys import Keys
from textual.message import Message

ASK = "\x1b[5n"
"""The question whether the terminal is well (DSR)."""

ANSWERS = ("\x1b[0n", "\x1b[3n")
"""It is; it is not. Both say that it has come this far."""


class TerminalParser(XTermParser):
    """Textual's parser, which also knows answers, and comes to no harm by what is no key.

    Args:
        answered: called with each answer to `ASK`.
    """

    END_OF_PASTE = BRACKETED_PASTE_END

    def __init__(self, answered: Callable[[], None], debug: bool = False) -> None:
        self._answered = answered
        self._last = ""
        self.is_pasting = False
        """Whether what comes is the text of a paste, which has not ended."""
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """What some text means."""
        text = self._last + data
        begun, ended = text.rfind(BRACKETED_PASTE_START), text.rfind(BRACKETED_PASTE_END)
        if begun != ended:
            self.is_pasting = begun > ended
        self._last = text[1 - len(BRACKETED_PASTE_END) :]
        return super().feed(data)

    def parse_mouse_code(self, code: str) -> Message | None:
        """A mouse event, in cells: pixels are never asked for, so none are sent."""
        self.mouse_pixels = False
        return super().parse_mouse_code(code)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if sequence in ANSWERS:
            self._answered()
            return [events.Key(Keys.Ignore, None)]
        try:
            keys = [*super()._sequence_to_key_events(sequence, alt)]
        except (ValueError, OverflowError):
            # The number of a key that is the number of no character.
            return [events.Key(Keys.Ignore, None)]
        return [key if _is_text(key.character or "") else events.Key(Keys.Ignore, None) for key in keys]


def _is_text(character: str) -> bool:
    """Whether it can be written: halves of UTF-16 pairs cannot."""
    return not any("\ud800" <= part <= "\udfff" for part in character)
