"""The app as its driver knows it: it counts its events, and is told what the terminal answers."""

from __future__ import annotations

from abc import abstractmethod

from textual.app import App
from textual.events import Event


class DrivenApp(App[None]):
    """An app whose driver can tell whether it keeps up."""

    def __init__(self) -> None:
        super().__init__()
        self.handled = 0
        """How many events the app has begun to handle."""

    async def on_event(self, event: Event) -> None:
        """Handle an event, and count it."""
        self.handled += 1
        await super().on_event(event)

    @property
    def waiting(self) -> int:
        """How many messages are queued."""
        return self.message_queue_size

    @abstractmethod
    def answered(self, when: float) -> None:
        """Note that the terminal has shown everything that was written before it was asked."""

    @abstractmethod
    def repaint(self) -> None:
        """Repaint everything, because it is no longer known what the terminal shows."""
