"""Reads what a terminal sends, whatever it sends."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator

from textual import constants, events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.keys import Keys
from textual.message import Message

ASK = "\x1b[5n"
"""The question whether the terminal is well (DSR)."""

ANSWERS = ("\x1b[0n", "\x1b[3n")
"""It is; it is not. Both say that it has come this far."""

LONGEST_PASTE = 10_000
"""Characters of a paste that are kept: nothing that is asked for is as long."""

LONGEST_STRING = 4096
"""Characters of an answer that are kept until it ends: none of them is looked at."""

LONGEST_COMMAND = 32
"""Characters of a key, a mouse event or a report. Textual takes longer ones for single keys."""

PASTE_SECONDS = 2.0
"""Silence after which a paste that was begun is taken to have ended."""

STRING_SILENCE, STRING_SECONDS = 0.5, 2.0
"""An answer that has begun is given up when nothing follows for so long, or when it has not ended after so long."""

MOST_AT_ONCE = 200
"""Keys in one piece of text. More, in no brackets, are a paste to a terminal that does not mark pastes."""

# Strings (OSC, DCS, APC, SOS, PM) end with BEL, ST, CAN or SUB.
_STRING = r"[\]P_X^][^\x07\x18\x1a\x1b\x9c]*"
_TOKEN = re.compile(
    rf"(?P<text>[^\x1b]+)|(?P<string>\x1b{_STRING}(?:[\x07\x18\x1a\x9c]|\x1b\\))"
    r"|(?P<command>\x1b(?:\[M...|\[\[.|\[(?![M\[])[ -?]*[@-~]|O[ -?]*[@-~]))",
    re.DOTALL,
)
# The end of a paste, or an answer to what was painted meanwhile; and what may be the beginning of either.
_IN_PASTE = re.compile(r"\x1b\[(?:201~|[03]n)")
_IN_PASTE_BEGUN = re.compile(r"\x1b(?:\[(?:[03]|20?1?)?)?\Z")
_UNFINISHED = re.compile(rf"\x1b(?:{_STRING}\x1b?|\[M.{{0,2}}|\[\[|\[[ -?]*|O[ -?]*)?", re.DOTALL)
# What a terminal would begin with, and a person who presses escape and then another key would not.
_BEGUN = re.compile(r"\x1b(?:\][\dlLI]|P[\d>!;]|_G|\[[ -?M]|O\d)")


class TerminalParser(XTermParser):
    """Textual's parser, given whole keys and reports alone: what nobody asked for is no key, nor are its parts.

    Escape with another key right after it is both, one after the other, as they arrive together over a slow line; that
    terminals send the same for alt and a key does no harm, as nothing here has a key with alt.

    Args:
        answered: called with each answer to `ASK`.
        has_room: whether more keys can be taken than wait already.
    """

    def __init__(
        self, answered: Callable[[], None], debug: bool = False, has_room: Callable[[], bool] = lambda: True
    ) -> None:
        self._answered = answered
        self._has_room = has_room
        self._held = ""
        """What may be the beginning of more than has arrived."""
        self._begun = self._heard = self._pasted_last = 0.0
        self._pasted: str | None = None
        """The text of a paste so far, until that ends."""
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """What some text means."""
        if not data:
            return
        rest, was_held = self._held + data, bool(self._held)
        self._held = ""
        now = time.monotonic()
        while rest:
            rest, messages = self._next(rest) if self._pasted is None else self._paste(rest)
            yield from filter(self._is_taken, messages)
        if self._held and not was_held:
            self._begun = now
        self._heard = now

    def tick(self) -> Iterable[Message]:
        """What was held back, and is not followed by what it might have been the beginning of."""
        now = time.monotonic()
        if self._pasted is not None:
            if now - self._pasted_last >= PASTE_SECONDS:
                self._held = ""
                yield self._whole_paste()
        elif self._held:
            patience = STRING_SILENCE if len(self._held) > 2 else constants.ESCAPE_DELAY
            if now - self._heard >= patience or now - self._begun >= STRING_SECONDS:
                held, self._held = self._held, ""
                yield from filter(self._is_taken, self._given_up(held))

    def parse_mouse_code(self, code: str) -> Message | None:
        """A mouse event, in cells: pixels are never asked for, so none are sent."""
        self.mouse_pixels = False
        return super().parse_mouse_code(code)

    def _next(self, text: str) -> tuple[str, Iterable[Message]]:
        """What comes after the first thing in a text, and what that is."""
        if text.startswith(BRACKETED_PASTE_START):
            self._pasted, self._pasted_last = "", time.monotonic()
            return text[len(BRACKETED_PASTE_START) :], ()
        if found := _TOKEN.match(text):
            rest = text[found.end() :]
            if found["text"]:
                return rest, self._typed(found["text"])
            return rest, self._command(found["command"]) if found["command"] else ()
        unfinished = _UNFINISHED.match(text)
        assert unfinished is not None, "it begins with escape"
        begun = unfinished[0]
        if len(begun) < len(text):
            # It has not ended, and is followed by something else.
            begun = begun[:-1] if len(begun) > 1 and begun.endswith("\x1b") else begun
            return text[len(begun) :], self._given_up(begun)
        if len(text) > LONGEST_STRING:
            text = text[:4] + text[-1:]
        self._held = text
        return "", ()

    def _paste(self, text: str) -> tuple[str, Iterable[Message]]:
        """The same where the text belongs to a paste."""
        assert self._pasted is not None
        found = _IN_PASTE.search(text) or _IN_PASTE_BEGUN.search(text)
        pasted, rest = (text[: found.start()], text[found.end() :]) if found else (text, "")
        if pasted:
            self._pasted_last = time.monotonic()
        self._pasted = (self._pasted + pasted[:LONGEST_PASTE])[:LONGEST_PASTE]
        if found is None:
            return "", ()
        if found[0] == BRACKETED_PASTE_END:
            return rest, [self._whole_paste()]
        if found[0] in ANSWERS:
            self._answered()
        else:
            self._held = found[0]
        return rest, ()

    def _whole_paste(self) -> events.Paste:
        text, self._pasted = self._pasted or "", None
        return events.Paste(text.replace("\x00", ""))

    def _is_taken(self, message: Message) -> bool:
        """Whether there is room for what somebody did; a button that is let go of was held."""
        is_of_people = isinstance(message, events.InputEvent) and not isinstance(message, events.MouseUp)
        return not is_of_people or self._has_room()

    def _typed(self, text: str) -> Iterator[Message]:
        """Keys that are single characters."""
        if text and self._has_room():
            yield from super().feed(text[:MOST_AT_ONCE])

    def _command(self, text: str) -> Iterator[Message]:
        """A key, a mouse event or a report; nothing where it is none that is known."""
        if len(text) > LONGEST_COMMAND:
            return
        yield from super().feed(text)
        if self._awaiting.timeout is not None:
            # It waits for the rest of what is complete.
            self._gen = self.parse(self._tokens.append)
            self._awaiting = next(self._gen)
            self._timeout_time = None

    def _given_up(self, text: str) -> Iterator[Message]:
        """What has begun with escape and has not become anything: keys, unless only a terminal would begin so."""
        if _BEGUN.match(text):
            return
        yield events.Key("escape", "\x1b")
        yield from self._typed(text[1:].rstrip("\x1b"))
        if text[1:].endswith("\x1b"):
            yield events.Key("escape", "\x1b")

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
