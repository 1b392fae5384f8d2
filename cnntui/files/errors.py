"""The one kind of error that is shown to a person."""

from __future__ import annotations

from cnntui.printable import printable


class CnntuiError(Exception):
    """Something went wrong that a person can understand and do something about.

    Attributes:
        message: one sentence: what happened, and where.
        hint: one sentence: what to do about it; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        # What comes from outside, such as a file name or a library's message, becomes one printable line.
        self.message = printable(message.replace("\n", " "))
        self.hint = printable(hint.replace("\n", " "))
        super().__init__(self.message, self.hint)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()
