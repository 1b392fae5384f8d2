"""The one kind of error that a person may be shown."""

from __future__ import annotations


class CnntuiError(Exception):
    """Something went wrong that a person can understand and do something about.

    Attributes:
        message: one sentence: what happened, and where.
        hint: one sentence: what to do about it; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()
