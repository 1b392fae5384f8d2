"""What the person did with the course, as a message to the app."""

from __future__ import annotations

from typing import Literal

from textual.message import Message

Deed = Literal["begin", "test out", "type", "erase", "enter", "next", "back", "hint", "show", "leave", "look"]


class LessonDone(Message):
    """Something was done with the course or with its page; or something else is looked at on a page of images.

    Attributes:
        deed: what.
        text: what was typed, or the name of the lesson that is begun.
        page: the page that it is begun with, from 0.
    """

    def __init__(self, deed: Deed, text: str = "", page: int = 0) -> None:
        super().__init__()
        self.deed: Deed = deed
        self.text = text
        self.page = page
