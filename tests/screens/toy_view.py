"""A view that is not part of cnntui."""

from __future__ import annotations

from collections.abc import Iterable

from textual.geometry import Size
from textual.widget import Widget

from cnntui.explore.scene import Scene
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.labs.lab import LabScreen
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.lines import Lines


class ToyScreen(ExplorerScreen):
    """How light the image is."""

    MODE = "toy"
    TEXT = "The mean of all pixels."

    def compose_stage(self) -> Iterable[Widget]:
        yield Lines("", id="sentence")

    def places(self, room: Size) -> Places:
        return {"sentence": room.region}

    def show_scene(self, before: Scene | None) -> None:
        self.query_one("#sentence", Lines).set(f"mean {self.scene.activations.image.mean():.3f}")


class ToyLab(LabScreen):
    """How light the image is, as an experiment."""

    MODE = "toy"
    TEXT = ToyScreen.TEXT

    compose_stage = ToyScreen.compose_stage
    places = ToyScreen.places
    show_scene = ToyScreen.show_scene
