"""Requests of a view to the app: messages that are posted to it directly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.message import Message
from textual.screen import Screen

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus

Change = Callable[[Focus, Network], Focus]
"""A change of focus."""


class LookAt(Message):
    """A request for another focus; requests are met in the order in which they are made.

    A request by a screen concerns what that screen shows, and means nothing once another screen is in front; a request
    without a screen concerns only the image.
    """

    def __init__(self, change: Change, screen: Screen[Any] | None = None) -> None:
        super().__init__()
        self.change = change
        self.screen = screen


class OpenNumber(Message):
    """A request to show how a number is computed, in the view for its kind of layer."""

    def __init__(self, change: Change, screen: Screen[Any]) -> None:
        super().__init__()
        self.change = change
        self.screen = screen


class Follow(Message):
    """A request to follow the focused number into the next layer."""


class Travel(Message):
    """A request for the kept step nearest to a given step."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step


class CopyText(Message):
    """A request to put text into the terminal's clipboard."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class ScreenReady(Message):
    """A screen has come to the front and needs the app's state."""

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self.screen = screen
