"""Follows the run that is shown: opens it, and watches it while it trains."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from cnntui.explore.scene import relearned
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.runs.config.config_text import assumed, not_understood
from cnntui.runs.directory.own_data import own_test_data
from cnntui.runs.directory.run_directory import LONG_BYTES, RunDirectory, events_size
from cnntui.runs.reading.opening import Opened, open_awaited
from cnntui.runs.reading.watching import Watcher, has_known_data, watched
from cnntui.ui.app.showing import Showing
from cnntui.ui.views.base.background import Looking, fetch

if TYPE_CHECKING:
    from cnntui.explore.scene import Scene

Found: TypeAlias = tuple[Opened, Watcher, DataSet]
"""A run that has been opened: its network, its watcher, and its test images."""

LOOK_SECONDS = 0.25
"""Charts that are updated four times a second look alive and are cheap over a slow connection."""


class Following:
    """Keeps the app's session, time line and place in step with a run."""

    def __init__(self, showing: Showing) -> None:
        self._app, self._showing = showing.app, showing
        # Polled only while the run may grow: an idle app wakes for nothing.
        self._looking = Looking(showing.app, self._poll, LOOK_SECONDS)

    def begin(self, run: RunDirectory | None, *, held: bool) -> None:
        """Follow the run that the app was opened on.

        Args:
            run: the run that the scene comes from; None if the network does not come from a run.
            held: whether the scene's step was requested, so that newer steps are not followed.
        """
        app, showing = self._app, self._showing
        if run is not None:
            try:
                watcher = Watcher(run, showing.scene.network)
            except CnntuiError as error:
                app.complain(error)
            else:
                showing.time.open(run, showing.scene.network, showing.scene.step, held=held)
                self._watch(watcher)
        self._warn_about_data()

    def follow(self, run: RunDirectory) -> None:
        """Show a run that has just been started, live while it trains.

        Raises:
            CnntuiError: the directory is not a run.
        """
        data = own_test_data(run, run.read_config(), self._known)
        opened = open_awaited(run)
        self._look_at(opened, Watcher(run, opened.network), data)

    def found(self, run: RunDirectory) -> Found:
        """Open a run without showing it.

        Raises:
            CnntuiError: the directory is not a run, or a damaged one.
        """
        return watched(run, self._known)

    def open(self, run: RunDirectory, *, go: bool, found: Found | None = None) -> None:
        """Show another run on all screens; a long one is read in the background first.

        Args:
            run: the run.
            go: whether to go to Train.
            found: the run, if it has been opened already.
        """
        app, known = self._app, self._known
        if found is not None:
            self._opened(*found, go)
            return
        if events_size(run) <= LONG_BYTES and has_known_data(run, known):
            try:
                self._opened(*watched(run, known), go)
            except CnntuiError as error:
                app.complain(error)
            return

        def then(found: Found) -> None:
            self._opened(*found, go)

        fetch(app, lambda: watched(run, known), then, app.complain, "opening")

    def resumed(self, run: RunDirectory) -> None:
        """Show a run that resumes, and go to its training.

        Raises:
            CnntuiError: the directory is not a run, or a damaged one.
        """
        self._opened(*watched(run, self._known), go=True)

    def end(self, scene: Scene) -> None:
        """Leave the run and show a network that does not come from a run.

        Args:
            scene: the scene with that network and its data; the current place is kept as far as that network has it.
        """
        app, showing = self._app, self._showing
        self._looking.keep(False)
        showing.session.unwatch()
        showing.time.close()
        app.unwarn()
        now = replace(showing.scene, data=scene.data)
        showing.navigator.look(relearned(now, scene.run, scene.step, scene.network))
        app.refresh_bindings()
        showing.show_state()

    @property
    def _known(self) -> tuple[DataSet, ...]:
        return self._showing.session.known_data(self._showing.scene.data)

    def _opened(self, opened: Opened, watcher: Watcher, data: DataSet, go: bool) -> None:
        self._look_at(opened, watcher, data)
        if go:
            self._showing.go("train")
        self._warn_about_data()

    def _look_at(self, opened: Opened, watcher: Watcher, data: DataSet) -> None:
        app, showing = self._app, self._showing
        if data is not showing.scene.data:
            # Notifications about the data before do not apply to these.
            app.unwarn()
        showing.navigator.look(scene_of((opened, watcher, data), showing.scene))
        showing.time.open(watcher.run, showing.scene.network, showing.scene.step, held=False)
        self._watch(watcher)

    def _watch(self, watcher: Watcher) -> None:
        app, showing = self._app, self._showing
        showing.session.watch(watcher)
        self._poll()
        view = showing.session.view
        said = (not_understood(view.config), assumed(view.config)) if view is not None else ()
        if any(said):
            app.warn(f"{watcher.run.name}: {' '.join(filter(None, said))}")

    def _poll(self) -> None:
        app, showing, before = self._app, self._showing, self._showing.session.view
        seen = showing.session.look()
        view = seen.view
        if seen.network is not None and showing.time.learned(seen.step, seen.network):
            showing.navigator.look(relearned(showing.scene, view.run.name, seen.step, seen.network))
        if view is not before:
            showing.time.grown(view)
            if before is None or before.run != view.run or before.status is not view.status:
                app.refresh_bindings()
        self._looking.keep(view.may_grow)
        if view is not before or seen.network is not None:
            showing.show_state()

    def _warn_about_data(self) -> None:
        """Warn if the data on screen are not those that the run was trained on; titles name the data always."""
        app, showing, data = self._app, self._showing, self._showing.scene.data
        if said := showing.session.data_warning(data):
            app.warn(said, seconds=20)
        if others := showing.session.other_data(data):
            app.warn(*others)


def scene_of(found: Found, scene: Scene) -> Scene:
    """The scene of another run at the same place, as far as its network has that place."""
    opened, _, data = found
    return relearned(replace(scene, data=data), opened.name, opened.step, opened.network, opened.is_awaited)
