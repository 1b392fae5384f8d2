"""Moves through training time, by a key, by the mouse, or by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cnntui.explore.scene import relearned
from cnntui.explore.timeline import Timeline, at_place, at_the_end, moved, to_step
from cnntui.files.errors import CnntuiError
from cnntui.ui.views.base.background import Looking
from cnntui.ui.views.base.overlay import Overlay
from cnntui.ui.views.base.time_text import why_no_steps

if TYPE_CHECKING:
    from cnntui.ui.app.app import CnntuiApp

PLAYED_SECONDS = 0.25
"""Between two steps while time plays: four a second can be followed."""

NO_RUN = "Only a run keeps moments of its training; this network is from a file."


class Playback:
    """Moves the app's time line, and lets what is looked at go along."""

    def __init__(self, app: CnntuiApp) -> None:
        self._app = app
        self._playing = Looking(app, self._tick, PLAYED_SECONDS)

    def move(self, places: int) -> None:
        """Back or on by some of the steps that were kept; where none were, say why."""
        self.stop()
        if self._has_steps():
            self._travel(moved(self._app.time.timeline, places))

    def to(self, step: int) -> None:
        """To the step nearest to one that was pointed at."""
        self.stop()
        self._travel(to_step(self._app.time.timeline, step))

    def to_the_end(self) -> None:
        """To the newest weights, and away with the time line."""
        self.stop()
        self._travel(at_the_end(self._app.time.timeline))

    def play_or_stop(self) -> None:
        """Go through the steps by itself, from the first where one is at the end; or stop."""
        app = self._app
        if self._playing.is_on:
            self.stop()
            app.show_state()
        elif self._has_steps():
            self._playing.keep(True)
            app.time.play(True)
            timeline = app.time.timeline
            self._travel(at_place(timeline, 0) if timeline.following else timeline)

    def stop(self) -> None:
        """Let time stand."""
        self._playing.keep(False)
        self._app.time.play(False)

    def _has_steps(self) -> bool:
        """Whether any steps were kept; says why not."""
        app = self._app
        if app.time.timeline.kept:
            return True
        view = app.session.view
        app.notify(NO_RUN if view is None else why_no_steps(view, app.scene.network.parameters), markup=False)
        return False

    def _travel(self, after: Timeline) -> None:
        """Look at another moment, or stay where one is and say why."""
        app = self._app
        try:
            network = app.time.travel(after)
        except CnntuiError as error:
            self.stop()
            app.complain(error)
            return
        if network is not None:
            app.navigator.look(relearned(app.scene, app.scene.run, after.shown, network))
        app.show_state()

    def _tick(self) -> None:
        app = self._app
        timeline = app.time.timeline
        after = at_place(timeline, timeline.place + 1)
        # Nothing moves behind what lies over a screen.
        is_behind = isinstance(app.screen, Overlay)
        if after.following or is_behind:
            self.stop()
            after = replace(after, playing=False)
        if not is_behind:
            app.keep_up()
            self._travel(after)
