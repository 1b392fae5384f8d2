"""What the screens of all labs have in common."""

from __future__ import annotations

from textual.message import Message

from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.views.base.explorer import InnerScreen

ALL_IN_VIEW = "all there is to see is in view"
"""Why there is no other view."""


class LabScreen(InnerScreen):
    """A screen with an experiment."""

    class Propose(Message):
        """Asks for a training like the one that the lab shows, with these settings to begin with."""

        def __init__(self, options: TrainOptions) -> None:
            super().__init__()
            self.options = options
