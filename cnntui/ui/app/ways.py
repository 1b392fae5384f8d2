"""Follows the edges of the network; if there are several, asks which one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from cnntui.ui.app.core_app import CoreApp


class Ways:
    """The ways from the focused number to the layers that read it, and to those that it is computed from."""

    def __init__(self, app: CoreApp) -> None:
        self._app = app

    def follow(self) -> None:
        """Follow the number to a layer that reads it."""
        navigator = self._app.navigator
        self._choose("is read by", navigator.ways_on, navigator.follow)

    def back(self) -> None:
        """Go back to the previous place, or to a layer that the number is computed from."""
        navigator = self._app.navigator
        self._choose("reads", navigator.ways_back, navigator.back)

    def _choose(self, verb: str, ways: Sequence[str], go: Callable[[str | None], None]) -> None:
        app = self._app
        if len(ways) < 2:
            app.navigate(partial(go, None))
            return
        from cnntui.ui.views.base.dialogs.way_dialog import WayDialog

        def chosen(way: str | None) -> None:
            if way is not None:
                app.navigate(partial(go, way))

        app.push_screen(WayDialog(app.scene.network, app.scene.focus.layer, verb, ways), chosen)
