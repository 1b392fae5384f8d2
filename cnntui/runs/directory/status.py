"""`Status`: what a run is doing, in one word."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What a run is doing: derived from its events and its lock, never stored."""

    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    CRASHED = "crashed"
    DAMAGED = "damaged"
    """Its events cannot be read, so its status is unknown."""

    @property
    def is_active(self) -> bool:
        """Whether a trainer is alive."""
        return self in (Status.STARTING, Status.RUNNING, Status.PAUSED)
