"""An app with a heartbeat: `python -m tests.bench.heartbeat FILE cnntui ARGUMENTS…` or `… FILE bare`.

A task in the app's own event loop wishes to be woken every 5 ms and notes how late it was: by so much anything else in
the loop, a key for instance, would have been late. The notes are written to FILE when the app ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from textual.app import App

from cnntui.cli import main as cnntui
from tests.bench.reference_apps import BareApp

BEAT_SECONDS = 0.005

Beat = tuple[float, float]
"""The time of a beat, in seconds since the epoch, and how many seconds late it was."""


async def _beat(beats: list[Beat]) -> None:
    due = time.perf_counter() + BEAT_SECONDS
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        now = time.perf_counter()
        beats.append((time.time(), now - due))
        due = now + BEAT_SECONDS


def _with_heartbeat(file: Path) -> None:
    """Give every app that starts from now on a heartbeat."""
    run_async = App.run_async

    async def run_with_heartbeat(self: App[Any], **options: Any) -> Any:
        beats: list[Beat] = []
        heart = asyncio.create_task(_beat(beats))
        try:
            return await run_async(self, **options)
        finally:
            heart.cancel()
            file.write_text(json.dumps(beats))

    App.run_async = run_with_heartbeat  # type: ignore[method-assign]


def lateness(file: Path, begin: float, end: float) -> list[float]:
    """How late the beats between two moments were, in seconds, ascending."""
    beats: list[Beat] = json.loads(file.read_text())
    return sorted(late for moment, late in beats if begin <= moment <= end)


if __name__ == "__main__":
    _with_heartbeat(Path(sys.argv[1]))
    if sys.argv[2] == "bare":
        BareApp().run()
    else:
        sys.exit(cnntui(sys.argv[3:]))
