"""The part of a screen for its own widgets, laid out by a pure function of the room."""

from __future__ import annotations

from collections.abc import Callable

from textual.containers import Container
from textual.geometry import NULL_OFFSET, NULL_SPACING, Size
from textual.layout import ArrangeResult, DockArrangeResult, Layout, WidgetPlacement
from textual.message import Message
from textual.widget import Widget

from cnntui.ui.widgets.kept import Blank
from cnntui.ui.widgets.places import Places

Arrangement = Callable[[Size], Places]
"""Returns the places of the parts in a room."""


class PlacedStage(Blank, Container):
    """Shows the parts that have a place in its room, and no others.

    The layout is not written in Textual's style sheets: they know neither how large a map can be drawn nor which part
    deserves more room, and each of their rules costs time at every start.
    """

    DEFAULT_CSS = """
    PlacedStage { width: 100%; height: 1fr; }
    """

    class Rearranged(Message):
        """The room has a new size, and so a new layout."""

    def __init__(self, places: Arrangement, *, id: str | None = None) -> None:
        """A stage without parts.

        Args:
            places: returns the place of each part in a room; called again by `arrange_anew` and when the room changes.
        """
        super().__init__(id=id)
        self._places = places
        self._arranged: Places = {}
        self._arranged_in = Size(0, 0)
        self._layout = _Placed(self)

    @property
    def layout(self) -> Layout:
        return self._layout

    @property
    def arranged(self) -> Places:
        """Where each visible part lies."""
        return self._arranged

    def arrange_anew(self) -> bool:
        """Compute the places again: something that the layout depends on may have changed.

        Returns:
            Whether they have changed, so that the screen has to be laid out.
        """
        if not self.size or self._seen(self.size) == self._arranged:
            return False
        self._clear_arrangement_cache()
        self.refresh()
        return True

    def _seen(self, size: Size) -> Places:
        return {part: region for part, region in self._places(size).items() if region}

    def arrange(self, size: Size, optimal: bool = False) -> DockArrangeResult:
        """Put each part in its place."""
        places = self._seen(size)
        if places != self._arranged:
            if self._arranged and size != self._arranged_in:
                self.post_message(self.Rearranged())
            self._arranged, self._arranged_in = places, size
            for part in self.children:
                # Textual is not notified: it would lay everything out once more.
                part.styles.set_rule("display", "block" if part.id in places else "none")
            self._clear_arrangement_cache()
        return super().arrange(size, optimal)


class _Placed(Layout):
    """Textual's layout of the parts at their places on the stage."""

    name = "placed"

    def __init__(self, stage: PlacedStage) -> None:
        self._stage = stage

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        places = self._stage.arranged
        return [
            WidgetPlacement(places[part.id], NULL_OFFSET, NULL_SPACING, part)
            for part in children
            if part.id is not None and part.id in places
        ]
