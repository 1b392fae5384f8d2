"""Interprets whatever a terminal sends."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator

from textual import constants, events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.keys import Keys
from textual.message import Message

ASK = "\x1b[5n"
"""Asks the terminal for its status (DSR)."""

ANSWERS = ("\x1b[0n", "\x1b[3n")
"""“Ready” and “malfunction”: either shows that the terminal has come this far."""

LONGEST_PASTE = 10_000
"""How many characters of a paste are kept: no field takes more."""

LONGEST_STRING = 4096
"""How many characters of an unfinished reply are kept: its content is never used."""

LONGEST_COMMAND = 32
"""The longest key, mouse event or report, in characters. Textual would split longer ones into single keys."""

PASTE_SECONDS = 2.0
"""Seconds of silence after which an unfinished paste counts as finished."""

STRING_SILENCE, STRING_SECONDS = 0.5, 2.0
"""An unfinished reply is dropped after this much silence, or after this long altogether."""

MOST_AT_ONCE = 200
"""More keys than this in one read are a paste on a terminal that does not bracket pastes."""

# Strings (OSC, DCS, APC, SOS, PM) end with BEL, ST, CAN or SUB.
_STRING = r"[\]P_X^][^\x07\x18\x1a\x1b\x9c]*"
_TOKEN = re.compile(
    rf"(?P<text>[^\x1b]+)|(?P<string>\x1b{_STRING}(?:[\x07\x18\x1a\x9c]|\x1b\\))"
    r"|(?P<command>\x1b(?:\[M...|\[\[.|\[(?![M\[])[ -?]*[@-~]|O[ -?]*[@-~]))",
    re.DOTALL,
)
# The end of a paste, or an answer to a frame painted meanwhile; and text that may be the beginning of either.
_IN_PASTE = re.compile(r"\x1b\[(?:201~|[03]n)")
_IN_PASTE_BEGUN = re.compile(r"\x1b(?:\[(?:[03]|20?1?)?)?\Z")
_UNFINISHED = re.compile(rf"\x1b(?:{_STRING}\x1b?|\[M.{{0,2}}|\[\[|\[[ -?]*|O[ -?]*)?", re.DOTALL)
# Only a terminal begins like this; a user who presses escape and then another key does not.
_BEGUN = re.compile(r"\x1b(?:\][\dlLI]|P[\d>!;]|_G|\[[ -?M]|O\d)")


class TerminalParser(XTermParser):
    """Textual's parser, fed only with whole keys and reports, so that no part of an unexpected reply becomes a key.

    Escape followed at once by another key counts as two keys, since over a slow line they arrive together. Terminals
    send the same for alt with a key, which does no harm: no key here is bound to alt.

    Args:
        answered: called with each answer to `ASK`.
        has_room: whether there is room for more keys in the queue.
    """

    def __init__(
        self, answered: Callable[[], None], debug: bool = False, has_room: Callable[[], bool] = lambda: True
    ) -> None:
        self._answered = answered
        self._has_room = has_room
        self._held = ""
        """Input that may be the beginning of something longer."""
        self._begun = self._heard = self._pasted_last = 0.0
        self._pasted: str | None = None
        """The text of a paste so far, until it ends."""
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """The events that the input stands for."""
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
        """Release input that was held back and has not been continued."""
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
        """A mouse event in cells: pixels are never requested, so none are sent."""
        self.mouse_pixels = False
        return super().parse_mouse_code(code)

    def _next(self, text: str) -> tuple[str, Iterable[Message]]:
        """The rest of the input after its first event, and that event."""
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
            # It is unfinished, and something else follows.
            begun = begun[:-1] if len(begun) > 1 and begun.endswith("\x1b") else begun
            return text[len(begun) :], self._given_up(begun)
        if len(text) > LONGEST_STRING:
            text = text[:4] + text[-1:]
        self._held = text
        return "", ()

    def _paste(self, text: str) -> tuple[str, Iterable[Message]]:
        """The rest of the input and the events, for input inside a paste."""
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
        """Whether there is room for an event; there always is for the release of a mouse button."""
        is_of_people = isinstance(message, events.InputEvent) and not isinstance(message, events.MouseUp)
        return not is_of_people or self._has_room()

    def _typed(self, text: str) -> Iterator[Message]:
        """The keys for single characters."""
        if text and self._has_room():
            yield from super().feed(text[:MOST_AT_ONCE])

    def _command(self, text: str) -> Iterator[Message]:
        """A key, a mouse event or a report; nothing if it is unknown."""
        if len(text) > LONGEST_COMMAND:
            return
        yield from super().feed(text)
        if self._awaiting.timeout is not None:
            # It waits for the end of a sequence that is already complete.
            self._gen = self.parse(self._tokens.append)
            self._awaiting = next(self._gen)
            self._timeout_time = None

    def _given_up(self, text: str) -> Iterator[Message]:
        """Release unfinished input that began with escape: as keys, unless only a terminal begins like this."""
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
            # A key whose number stands for no character.
            return [events.Key(Keys.Ignore, None)]
        return [key if _is_text(key.character or "") else events.Key(Keys.Ignore, None) for key in keys]


def _is_text(character: str) -> bool:
    """Whether a character can be encoded: halves of surrogate pairs cannot."""
    return not any("\ud800" <= part <= "\udfff" for part in character)
