"""The current place, and the ways from there: along the edges of the network, to other views, and back."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from cnntui.cnn.network import IMAGE
from cnntui.explore.focus import Focus, readers_of
from cnntui.explore.modes import mode_of, scene_in
from cnntui.explore.scene import Scene, follow, refocus, retrace
from cnntui.explore.views import VIEWS

LONGEST_TRAIL = 1000
"""How many places can be returned to."""


class Navigator:
    """Owns the scene and the view that shows it, and remembers the way that led there."""

    def __init__(self, mode: str, scene: Scene) -> None:
        """Start at a place without a way back.

        Args:
            mode: the view.
            scene: the scene to show; if the view needs another kind of layer, it moves to the nearest one of that kind.
        """
        self.mode = mode
        self.scene = scene_in(mode, scene)
        self.trail: deque[tuple[str, Focus]] = deque(maxlen=LONGEST_TRAIL)

    def look(self, scene: Scene) -> None:
        """Show another scene in the same view."""
        self.scene = scene_in(self.mode, scene)

    def go(self, mode: str) -> None:
        """Go to another view, at the nearest layer that it can show."""
        if mode != self.mode:
            self._mark()
            self._arrive(mode, self.scene)

    def arrive(self, mode: str, scene: Scene) -> None:
        """Go to a place without a way back: a page of the course."""
        self.trail.clear()
        self._arrive(mode, scene)

    def open(self, focus: Focus) -> None:
        """Go to a number, in the view for its kind of layer."""
        self._mark()
        self._at(focus)

    @property
    def readers(self) -> tuple[str, ...]:
        """The names of the layers that read the focused number."""
        return readers_of(self.scene.focus, self.scene.network)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the layers that the focused layer reads; empty if there is a place to go back to."""
        reads = self.scene.network.reads(self.scene.focus.layer)
        return () if self.trail else tuple(dict.fromkeys(name for name in reads if name != IMAGE))

    def follow(self, to: str | None = None) -> None:
        """Go to where the focused number is read; from the last layer, to the probabilities computed from it.

        Args:
            to: the layer that reads the number, one of `readers`; None for the first.
        """
        if (focus := follow(self.scene, to)) is not None:
            self.open(focus)
        elif self.scene.network.after(self.scene.focus.layer) is None:
            self.go("softmax")

    def back(self, to: str | None = None) -> None:
        """Go back to the previous place; without one, to a layer that the focused one reads; without one, leave.

        Args:
            to: the layer to go back to, one of `inputs`; None for the first.
        """
        if self.trail:
            self._return()
        elif (focus := retrace(self.scene, to)) is not None:
            self._at(focus)
        else:
            self.leave()

    def leave(self) -> None:
        """Go back to the previous place; without one, to the mode that a view without its own key belongs to."""
        if self.trail:
            self._return()
        elif (lit := VIEWS[self.mode].lit) != self.mode:
            self._arrive(lit, self.scene)

    def _return(self) -> None:
        mode, focus = self.trail.pop()
        # Going back changes the layer; an image chosen in the meantime stays.
        now = self.scene.focus
        self._arrive(mode, refocus(self.scene, replace(focus, index=now.index, own=now.own)))

    def _mark(self) -> None:
        self.trail.append((self.mode, self.scene.focus))

    def _at(self, focus: Focus) -> None:
        self._arrive(mode_of(self.scene.network[focus.layer]), refocus(self.scene, focus))

    def _arrive(self, mode: str, scene: Scene) -> None:
        self.mode = mode
        self.scene = scene_in(mode, scene)
