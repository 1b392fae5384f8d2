"""The text printed on the terminal when the app closes during a training."""

from __future__ import annotations

from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunView

_RUNNING = "{run} is still training. `cnntui` shows it again."
_PAUSED = "{run} stays paused. `cnntui` shows it again; `cnntui runs continue {run}` resumes it."
_STOPPING = "{run} is stopping; what it has learned is kept. `cnntui` shows it again."


def left(view: RunView) -> str:
    """What happens to a run whose training continues."""
    return (_PAUSED if view.status is Status.PAUSED else _RUNNING).format(run=view.run.name)


def stopping(view: RunView) -> str:
    """What happens to a run that was told to stop."""
    return _STOPPING.format(run=view.run.name)
