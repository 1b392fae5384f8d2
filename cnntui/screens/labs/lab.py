"""What the screens of all labs have in common."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from cnntui.screens.explorer import ExplorerScreen


class LabScreen(ExplorerScreen):
    """A screen with an experiment."""

    TAB = "labs"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.mode('labs')", "All labs", show=False),
        # The footer has no room for what every screen can do.
        Binding("t", "app.train", "Start training", show=False),
        Binding("q", "app.quit", "Quit", show=False),
    ]
