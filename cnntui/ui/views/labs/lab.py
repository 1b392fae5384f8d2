"""The parts that the screens of all labs share."""

from __future__ import annotations

from textual.message import Message

from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.views.base.explorer import InnerScreen

ALL_IN_VIEW = "all there is to see is in view"
"""Why there is no other view."""


class LabScreen(InnerScreen):
    """A screen with an experiment."""

    class Propose(Message):
        """A request for a training like the one that the lab shows, which starts from these settings."""

        def __init__(self, options: TrainOptions) -> None:
            super().__init__()
            self.options = options
