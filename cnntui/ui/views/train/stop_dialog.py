"""Asks whether to stop a training."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted
from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunView
from cnntui.ui.views.base.dialogs.yes_no_dialog import YesNoDialog


class StopDialog(YesNoDialog):
    """A dialog that asks before a training is stopped."""

    def __init__(self, view: RunView) -> None:
        of_all = f" of {view.total_steps:,}" if view.total_steps else ""
        done = f"It has learned from {counted(view.step, 'batch')}{of_all}."
        kept = "What it has learned is kept; R on Runs resumes it."
        if not view.config.can_be_resumed:
            kept = "Its weights are kept; the script continues after fit."
        question = (
            (("Stop training ", ""), (view.run.name, "strong"), ("?", "")),
            ((done if view.step or view.total_steps else "It has not begun to learn.", "dim"),),
            ((kept, "dim"),),
        )
        is_paused = view.status is Status.PAUSED
        super().__init__(question, "keep it paused" if is_paused else "keep training", "stop it")
