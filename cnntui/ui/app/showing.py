"""What the app shows, and how it comes to show something else: what the app's other parts share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Protocol, cast

from cnntui.explore.scene import Scene, refocus
from cnntui.ui.app.base_app import BaseApp
from cnntui.ui.app.navigator import Navigator
from cnntui.ui.app.session import Session
from cnntui.ui.app.switcher import Switcher
from cnntui.ui.app.time_travel import TimeTravel
from cnntui.ui.views.base.overlay import uncover
from cnntui.ui.views.base.state import AppState, StateScreen

if TYPE_CHECKING:
    from cnntui.images.scale_evidence import ScaleEvidence
    from cnntui.lessons.outline import Outline
    from cnntui.lessons.taking import Sheet
    from cnntui.ui.widgets.grids.style import GridStyle


class Questions(Protocol):
    """Asks about what is on screen."""

    @property
    def sheet(self) -> Sheet | None:
        """The lesson page or the question that is open."""

    @property
    def outline(self) -> Outline | None:
        """The outline of the course; None if the screen does not show it."""

    @property
    def predicted(self) -> Callable[[int], bool] | None:
        """Whether the class of a test image has been predicted; None while nothing is asked."""

    def screen_changed(self) -> None:
        """Note that the screen shows something else."""


class Showing:
    """Shows the run, the training step, the place and the open question on the screen in front, as one value.

    Attributes:
        app: the app as Textual knows it: its screens, notifications and workers.
        session: the run and the commands to its trainer.
        time: the training step that is shown.
        navigator: the place.
        style: how grids are drawn.
        language: the language that the glossary shows first.
        file_evidence: where the input scale of the network's file comes from; None if no file was opened.
        questions: what asks about the screen; set before anything is shown.
        random: chooses images and cells.
    """

    questions: Questions

    def __init__(
        self, app: BaseApp, session: Session, time: TimeTravel, navigator: Navigator, switcher: Switcher,
        style: GridStyle, language: str, file_evidence: ScaleEvidence | None,
    ) -> None:  # fmt: skip
        self.app, self.session, self.time, self.navigator = app, session, time, navigator
        self._switcher = switcher
        self.style, self.language, self.file_evidence = style, language, file_evidence
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
    def evidence(self) -> ScaleEvidence | None:
        """Where the current input scale comes from; None if a run is open, which states it."""
        return self.file_evidence if self.session.view is None else None

    @property
    def state(self) -> AppState:
        """Everything that a screen may show, in its current state."""
        session, asked = self.session, self.questions
        return AppState(
            self.scene, self.time.network, self.style, self.time.timeline, session.view, session.asked,
            session.options, self.evidence, asked.sheet, asked.outline, asked.predicted,
        )  # fmt: skip

    def show_state(self) -> None:
        """Pass the state to the screen in front; the others receive it when they come to the front."""
        if (front := self.app.front) is not None:
            self.questions.screen_changed()
            cast("StateScreen", front).show_state(self.state)

    def navigate(self, go: Callable[[], None]) -> None:
        """Go somewhere and show what is there, closing any overlay."""
        before = self.mode
        go()
        uncover(self.app)
        if self.mode != before:
            self.questions.screen_changed()
            self._switcher.switch(self.mode)
        else:
            self.show_state()

    def go(self, mode: str) -> None:
        """Go to another view, at the nearest layer that it can show."""
        self.navigate(partial(self.navigator.go, mode))

    def look_at(self, scene: Scene) -> None:
        """Show another scene in the same view."""
        if scene is not self.scene:
            self.navigator.look(scene)
            self.show_state()

    def look_at_random_image(self) -> None:
        """Look at a random image."""
        index = self.random.randrange(len(self.scene.data))
        self.look_at(refocus(self.scene, replace(self.scene.focus, index=index, own=False)))
