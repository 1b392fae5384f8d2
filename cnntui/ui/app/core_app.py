"""The core of the app: the run, the training step and the place, and what its parts may ask to have shown."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from cnntui.explore.scene import Scene, refocus
from cnntui.printable import text_width
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.app.base_app import BaseApp
from cnntui.ui.app.navigator import Navigator
from cnntui.ui.app.session import Session
from cnntui.ui.app.time_travel import TimeTravel
from cnntui.ui.views.base.state import AppState
from cnntui.ui.widgets.bars.key_bar import MARGIN

if TYPE_CHECKING:
    from cnntui.files.errors import CnntuiError
    from cnntui.ui.widgets.grids.style import GridStyle


class CoreApp(BaseApp):
    """The app as its parts know it: none of them knows the app that puts them together.

    Attributes:
        session: the run and the commands to its trainer.
        time: the training step that is shown.
        navigator: the place.
        style: how grids are drawn.
        language: the language that the glossary shows first.
    """

    style: GridStyle
    language: str

    def __init__(self, scene: Scene, mode: str, options: TrainOptions) -> None:
        super().__init__()
        self.session = Session(options, scene.data)
        self.time = TimeTravel()
        self.navigator = Navigator(mode, scene)
        self.random = Random()

    @property
    def scene(self) -> Scene:
        """The network, image and focus on screen."""
        return self.navigator.scene

    @property
    def mode(self) -> str:
        """The view in front, or the one beneath an overlay."""
        return self.navigator.mode

    @property
    @abstractmethod
    def state(self) -> AppState:
        """Everything that a screen may show, in its current state."""

    @abstractmethod
    def show_state(self) -> None:
        """Pass the state to the screen in front; the others receive it when they come to the front."""

    @abstractmethod
    def navigate(self, go: Callable[[], None]) -> None:
        """Go somewhere and show what is there, closing any overlay."""

    @abstractmethod
    def action_mode(self, mode: str) -> None:
        """Go to another view, at the nearest layer that it can show."""

    def look_at_scene(self, scene: Scene) -> None:
        """Show another scene in the same view."""
        if scene is not self.scene:
            self.navigator.look(scene)
            self.show_state()

    def action_random_image(self) -> None:
        """Look at a random image."""
        index = self.random.randrange(len(self.scene.data))
        self.look_at_scene(refocus(self.scene, replace(self.scene.focus, index=index, own=False)))

    def complain(self, error: CnntuiError) -> None:
        """Show an error in its own words, never as markup."""
        self.notify(f"{error}", severity="error", timeout=12, markup=False)

    def warn(self, said: str, *shorter: str, seconds: float = 8) -> None:
        """Say something in place of the keys until the next key, where it covers nothing.

        Args:
            said: the sentences.
            shorter: other ways to say it, in decreasing length, for a narrow key bar.
            seconds: how long a box shows the sentences if they do not fit the key bar, or it already says something.
        """
        room = self.size.width - MARGIN
        fitting = next((form for form in (said, *shorter) if text_width(form) <= room), "")
        if fitting and not self.is_hinting:
            self.hint_soon(fitting)
        else:
            self.notify(said, severity="warning", timeout=seconds, markup=False)

    def unwarn(self) -> None:
        """Remove what was said: it is no longer true."""
        self.hint("")
        self.clear_notifications()
