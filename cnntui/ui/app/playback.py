"""Moves through training time, by key, by mouse or automatically."""

from __future__ import annotations

from dataclasses import replace

from cnntui.explore.scene import relearned
from cnntui.explore.timeline import Timeline, at_place, at_the_end, moved, to_step
from cnntui.files.errors import CnntuiError
from cnntui.ui.app.showing import Showing
from cnntui.ui.views.base.background import Looking
from cnntui.ui.views.base.overlay import Overlay
from cnntui.ui.views.base.time_text import why_no_steps

PLAYED_SECONDS = 0.25
"""Seconds between two steps: a viewer can follow four a second."""

NO_RUN = "Only a run keeps moments of its training; this network is from a file."


class Playback:
    """Moves along the app's time line, and updates the scene."""

    def __init__(self, showing: Showing) -> None:
        self._app, self._showing = showing.app, showing
        self._playing = Looking(showing.app, self._tick, PLAYED_SECONDS)

    def move(self, places: int) -> None:
        """Go back or forward by kept steps; if none were kept, say why."""
        self.stop()
        if self._has_steps():
            self._travel(moved(self._showing.time.timeline, places))

    def to(self, step: int) -> None:
        """Go to the kept step nearest to a given one."""
        self.stop()
        self._travel(to_step(self._showing.time.timeline, step))

    def to_the_end(self) -> None:
        """Return to the newest weights and close the time line."""
        self.stop()
        self._travel(at_the_end(self._showing.time.timeline))

    def play_or_stop(self) -> None:
        """Play through the kept steps, from the first when at the end, or stop playing."""
        showing = self._showing
        if self._playing.is_on:
            self.stop()
            showing.show_state()
        elif self._has_steps():
            self._playing.keep(True)
            showing.time.play(True)
            timeline = showing.time.timeline
            self._travel(at_place(timeline, 0) if timeline.following else timeline)

    def stop(self) -> None:
        """Stop playing."""
        self._playing.keep(False)
        self._showing.time.play(False)

    def _has_steps(self) -> bool:
        """Whether steps were kept; if not, says why."""
        app, showing = self._app, self._showing
        if showing.time.timeline.kept:
            return True
        view = showing.session.view
        app.warn(NO_RUN if view is None else why_no_steps(view, showing.scene.network.parameters))
        return False

    def _travel(self, after: Timeline) -> None:
        """Show another step, or stay and say why."""
        app, showing = self._app, self._showing
        try:
            network = showing.time.travel(after)
        except CnntuiError as error:
            self.stop()
            app.complain(error)
            return
        if network is not None:
            showing.navigator.look(relearned(showing.scene, showing.scene.run, after.shown, network))
        showing.show_state()

    def _tick(self) -> None:
        app, showing = self._app, self._showing
        timeline = showing.time.timeline
        after = at_place(timeline, timeline.place + 1)
        # Nothing moves beneath an overlay.
        is_behind = isinstance(app.screen, Overlay)
        if after.following or is_behind:
            self.stop()
            after = replace(after, playing=False)
        if not is_behind:
            app.keep_up()
            self._travel(after)
