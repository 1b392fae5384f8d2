"""The only kind of error that is shown to the user."""

from __future__ import annotations

from cnntui.printable import printable


class CnntuiError(Exception):
    """An error that the user can understand and do something about.

    Attributes:
        message: one sentence on what happened, and where.
        hint: one sentence on what to do about it; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        # Text from outside, such as a file name or a library's message, becomes one printable line.
        self.message = printable(message.replace("\n", " "))
        self.hint = printable(hint.replace("\n", " "))
        super().__init__(self.message, self.hint)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()
