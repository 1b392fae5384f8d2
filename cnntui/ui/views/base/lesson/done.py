"""The user's actions in the course, as a message to the app."""

from __future__ import annotations

from typing import Literal

from textual.message import Message

Deed = Literal["select", "begin", "test out", "type", "erase", "enter", "next", "back", "hint", "show", "leave", "look"]


class LessonDone(Message):
    """The user acted on the course or one of its pages, or selected another image on a page of images.

    Attributes:
        deed: the action.
        text: the typed text, or the name of the lesson to select or begin.
        page: the page to begin the lesson with, counted from 0.
    """

    def __init__(self, deed: Deed, text: str = "", page: int = 0) -> None:
        super().__init__()
        self.deed: Deed = deed
        self.text = text
        self.page = page
