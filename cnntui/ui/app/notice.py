"""A notification that does not expire before it is shown."""

from __future__ import annotations

from textual.notifications import Notification

LEAST_SECONDS = 0.1


class Notice(Notification):
    """A message that is shown for some seconds.

    Textual gives the box of a notification a timer that removes it after the time left. On a busy machine, that time
    can run out before the timer is created, and Textual's timer never returns for a time below 0.
    """

    @property
    def time_left(self) -> float:
        """Seconds until the notification disappears."""
        return max(super().time_left, LEAST_SECONDS)

    @property
    def has_expired(self) -> bool:
        """Whether the notification has disappeared."""
        return super().time_left <= 0
