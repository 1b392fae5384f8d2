"""What a view asks the app for: messages that go to it alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.message import Message
from textual.screen import Screen

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus

Change = Callable[[Focus, Network], Focus]
"""A move from one focus to another."""


class LookAt(Message):
    """Someone wants to look at something else; changes are applied in the order in which they were asked for.

    A change that a screen asks for is about what is to be seen there, and means nothing once another screen has come;
    one without a screen is about the image alone.
    """

    def __init__(self, change: Change, screen: Screen[Any] | None = None) -> None:
        super().__init__()
        self.change = change
        self.screen = screen


class OpenNumber(Message):
    """Someone wants to see how a number comes about, on the screen for its kind of layer."""

    def __init__(self, change: Change, screen: Screen[Any]) -> None:
        super().__init__()
        self.change = change
        self.screen = screen


class Follow(Message):
    """Someone follows the number in focus into the next layer."""


class Travel(Message):
    """Someone wants to see the step of the training that is nearest to one."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step


class CopyText(Message):
    """Someone wants a text in the clipboard of the terminal."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class ScreenReady(Message):
    """A screen has come to the front and wants to be given the scene."""

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self.screen = screen
