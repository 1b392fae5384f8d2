"""A notification whose time is never quite up before it is seen."""

from __future__ import annotations

from textual.notifications import Notification

LEAST_SECONDS = 0.1


class Notice(Notification):
    """What the app says in a corner for a while.

    Textual takes a notification that is still to be seen, makes a box of it, and lets a timer of the time that is left
    take the box away. Where that time is up in between, as it may be on a busy machine, the timer never returns.
    """

    @property
    def time_left(self) -> float:
        """Seconds until it goes."""
        return max(super().time_left, LEAST_SECONDS)

    @property
    def has_expired(self) -> bool:
        """Whether it is to be seen no more."""
        return super().time_left <= 0
