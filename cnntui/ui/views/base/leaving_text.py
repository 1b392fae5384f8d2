"""What is said on the terminal when the app is left in the middle of a training."""

from __future__ import annotations

from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunView

_RUNNING = "{run} is still training. `cnntui` shows it again."
_PAUSED = "{run} stays paused. `cnntui` shows it again; `cnntui runs continue {run}` resumes it."
_STOPPING = "{run} is stopping; what it has learned is kept. `cnntui` shows it again."


def left(view: RunView) -> str:
    """What becomes of a training that is left alone."""
    return (_PAUSED if view.status is Status.PAUSED else _RUNNING).format(run=view.run.name)


def stopping(view: RunView) -> str:
    """What becomes of a training that was asked to stop."""
    return _STOPPING.format(run=view.run.name)
