"""What the screens of all labs have in common."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from cnntui.runs.options import TrainOptions
from cnntui.ui.views.base.explorer import InnerScreen


class LabScreen(InnerScreen):
    """A screen with an experiment."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # The footer has no room for what every screen can do.
        Binding("q", "app.leave", "Back", show=False),
        Binding("t", "app.train", "Start training", show=False),
    ]

    class Propose(Message):
        """Someone wants to train what the lab shows, or something like it: these are the settings to begin with."""

        def __init__(self, options: TrainOptions) -> None:
            super().__init__()
            self.options = options
