"""A line of text that is being edited: a value, and the effect of each key on it."""

from __future__ import annotations

from cnntui.printable import set_width, text_width
from cnntui.ui.widgets.text.line import Line
from cnntui.values import dataclass

_PLACES = {
    "left": "before", "ctrl+b": "before", "right": "after", "ctrl+f": "after",
    "home": "start", "ctrl+a": "start", "end": "end", "ctrl+e": "end",
    "ctrl+left": "word_before", "alt+left": "word_before", "alt+b": "word_before",
    "ctrl+right": "word_after", "alt+right": "word_after", "alt+f": "word_after",
}  # fmt: skip
"""Keys that move the cursor, and the places that they move it to."""

_DELETIONS = {
    "backspace": "before", "ctrl+h": "before", "delete": "after", "ctrl+d": "after",
    "ctrl+w": "word_before", "alt+backspace": "word_before", "ctrl+backspace": "word_before",
    "alt+d": "word_after", "alt+delete": "word_after", "ctrl+delete": "word_after",
    "ctrl+u": "start", "ctrl+k": "end",
}  # fmt: skip
"""Keys that delete, and the places that they delete up to."""


@dataclass(frozen=True)
class Editor:
    """A text, and the place in it where the next character goes.

    Attributes:
        cursor: the number of characters before that place.
        is_whole: whether all of the text is selected, so that the next character replaces it.
    """

    text: str = ""
    cursor: int = 0
    is_whole: bool = False

    @classmethod
    def on(cls, text: str) -> Editor:
        """A text with all of it selected."""
        return cls(text, len(text), is_whole=True)

    @classmethod
    def after(cls, text: str) -> Editor:
        """A text with the cursor at its end."""
        return cls(text, len(text))

    def press(self, key: str, character: str | None) -> Editor | None:
        """The editor after a key; None if the key has no meaning here.

        Args:
            key: the name of the key in Textual.
            character: the character that the key would write.
        """
        if key in _PLACES:
            return Editor(self.text, self._place(_PLACES[key]))
        if key in _DELETIONS:
            return Editor() if self.is_whole else self._without(self._place(_DELETIONS[key]))
        if character is None or len(character) != 1 or not character.isprintable():
            return None
        return self._with(character)

    def paste(self, text: str) -> Editor:
        """The editor after the first line of a paste is inserted at the cursor, without unprintable characters."""
        first = next(iter(text.splitlines()), "")
        return self._with("".join(character for character in first if character.isprintable()))

    def to(self, column: int, width: int) -> Editor:
        """The editor with the cursor at the place that the mouse points at in `drawn`."""
        first = self._first(width)
        place = next(
            (place for place in range(first, len(self.text)) if text_width(self.text[first : place + 1]) > column),
            len(self.text),
        )
        return Editor(self.text, place)

    def drawn(self, width: int, box: str = "box") -> Line:
        """The text in a number of columns: as much of it as fits around the cursor.

        Args:
            width: the number of columns, all of which are filled.
            box: the role of the text; the role of the cursor is 'cursor'.
        """
        first, cursor = self._first(width), self.cursor
        if self.is_whole and self.text:
            shown = set_width(self.text[first:], min(text_width(self.text[first:]), width))
            return (shown, "cursor"), (" " * (width - text_width(shown)), box)
        left = self.text[first:cursor]
        under = self.text[cursor : self._stop_after(cursor)] or " "
        room = width - text_width(left) - text_width(under)
        return (left, box), (under, "cursor"), (set_width(self.text[cursor + len(under) :], max(0, room)), box)

    def _with(self, text: str) -> Editor:
        if self.is_whole:
            return Editor.after(text) if text else self
        return Editor(self.text[: self.cursor] + text + self.text[self.cursor :], self.cursor + len(text))

    def _without(self, place: int) -> Editor:
        first, last = sorted((place, self.cursor))
        return Editor(self.text[:first] + self.text[last:], first)

    def _place(self, where: str) -> int:
        text, cursor = self.text, self.cursor
        match where:
            case "before":
                return self._stop_before(cursor)
            case "after":
                return self._stop_after(cursor)
            case "start":
                return 0
            case "word_before":
                while cursor and not text[cursor - 1].isalnum():
                    cursor -= 1
                while cursor and text[cursor - 1].isalnum():
                    cursor -= 1
                return cursor
            case "word_after":
                while cursor < len(text) and not text[cursor].isalnum():
                    cursor += 1
                while cursor < len(text) and text[cursor].isalnum():
                    cursor += 1
                return cursor
        return len(text)

    def _stop_before(self, place: int) -> int:
        """The start of the character before a place, including its combining marks."""
        place -= 1
        while place > 0 and not text_width(self.text[place]):
            place -= 1
        return max(0, place)

    def _stop_after(self, place: int) -> int:
        place += 1
        while place < len(self.text) and not text_width(self.text[place]):
            place += 1
        return min(place, len(self.text))

    def _first(self, width: int) -> int:
        """The first visible character, chosen so that the cursor is visible."""
        under = text_width(self.text[self.cursor : self._stop_after(self.cursor)] or " ")
        first, room = self.cursor, width - under
        while first and text_width(self.text[self._stop_before(first) : self.cursor]) <= room:
            first = self._stop_before(first)
        return first
