"""Follows the edges of the network; if there are several, asks which one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from cnntui.ui.app.core_app import CoreApp


class Edges:
    """The edges from the focused number to the layers that read it, and to those that it is computed from."""

    def __init__(self, app: CoreApp) -> None:
        self._app = app

    def follow(self) -> None:
        """Follow the number to a layer that reads it."""
        navigator = self._app.navigator
        self._choose("is read by", navigator.readers, navigator.follow)

    def back(self) -> None:
        """Go back to the previous place, or to a layer that the number is computed from."""
        navigator = self._app.navigator
        self._choose("reads", navigator.inputs, navigator.back)

    def _choose(self, verb: str, layers: Sequence[str], go: Callable[[str | None], None]) -> None:
        app = self._app
        if len(layers) < 2:
            app.navigate(partial(go, None))
            return
        from cnntui.ui.views.base.dialogs.edge_dialog import EdgeDialog

        def chosen(layer: str | None) -> None:
            if layer is not None:
                app.navigate(partial(go, layer))

        app.push_screen(EdgeDialog(app.scene.network, app.scene.focus.layer, verb, layers), chosen)
