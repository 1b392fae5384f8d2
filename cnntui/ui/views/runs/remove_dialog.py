"""Asks whether to remove a run."""

from __future__ import annotations

from cnntui.ui.views.base.dialogs.yes_no_dialog import YesNoDialog


class RemoveDialog(YesNoDialog):
    """A dialog that asks before a run is removed."""

    def __init__(self, run: str, result: str) -> None:
        question = (
            (("Remove ", ""), (run, "strong"), (" for good?", "")),
            ((result, "dim"),),
            (("This deletes its network, its history and its folder.", "dim"),),
        )
        super().__init__(question, "keep it", "remove it")
