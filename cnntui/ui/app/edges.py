"""Follows the edges of the network; if there are several, asks which one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from cnntui.ui.app.showing import Showing


class Edges:
    """The edges from the focused number to the layers that read it, and to those that it is computed from."""

    def __init__(self, showing: Showing) -> None:
        self._app, self._showing = showing.app, showing

    def follow(self) -> None:
        """Follow the number to a layer that reads it."""
        navigator = self._showing.navigator
        self._choose("is read by", navigator.readers, navigator.follow)

    def back(self) -> None:
        """Go back to the previous place, or to a layer that the number is computed from."""
        navigator = self._showing.navigator
        self._choose("reads", navigator.inputs, navigator.back)

    def _choose(self, verb: str, layers: Sequence[str], go: Callable[[str | None], None]) -> None:
        app, showing = self._app, self._showing
        if len(layers) < 2:
            showing.navigate(partial(go, None))
            return
        from cnntui.ui.views.base.dialogs.edge_dialog import EdgeDialog

        def chosen(layer: str | None) -> None:
            if layer is not None:
                showing.navigate(partial(go, layer))

        app.push_screen(EdgeDialog(showing.scene.network, showing.scene.focus.layer, verb, layers), chosen)
