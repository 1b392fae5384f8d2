"""Draws the parts of a screen that have changed, each from the widgets in it.

Textual asks every widget in the bounding box of all changes for all of its lines, cuts them wherever a widget begins
or ends, and keeps the pieces in front: two thirds of the cost of painting after a key. Here each changed part is drawn
from only the widgets that show in it, back to front, starting at the first one that covers the whole part.
"""

from __future__ import annotations

from textual._compositor import Compositor
from textual.geometry import Region
from textual.widget import Widget

from cnntui.terminal.screen_buffer import ScreenBuffer


class Composer:
    """Draws screens on a canvas. Which widgets lie on a line is remembered until the layout of a screen changes."""

    def __init__(self) -> None:
        self._visible: dict[Widget, tuple[Region, Region]] = {}
        self._widgets: list[tuple[Widget, Region, Region]] = []
        """The widgets, front to back, each with its region and the visible part of it."""
        self._on_line: dict[int, list[tuple[int, int, int]]] = {}
        """For each line, the widgets on it: the first column, the one after the last, and the widget's number."""

    def compose(self, compositor: Compositor, canvas: ScreenBuffer) -> None:
        """Draw everything that has changed since a screen was last drawn."""
        whole, changed = compositor.size.region, [*compositor._dirty_regions]
        compositor._dirty_regions.clear()
        if whole in changed:
            changed = [whole]
        self._look_at(compositor.visible_widgets)
        parts: list[tuple[int, int, int, list[int]]] = []
        wanted: dict[int, tuple[int, int]] = {}
        for y, left, right in compositor._regions_to_spans(changed):
            left, right = max(left, 0), min(right, whole.right)
            if not 0 <= y < whole.bottom or left >= right:
                continue
            left, right = canvas.around_wide(y, left, right)
            here: list[int] = []
            for first, end, number in self._widgets_on(y):
                if first < right and end > left:
                    here.append(number)
                    top, bottom = wanted.get(number, (y, y))
                    wanted[number] = min(top, y), max(bottom, y)
                    if first <= left and end >= right:
                        break
            parts.append((y, left, right, here))
        lines = {}
        for number, (first, last) in sorted(wanted.items()):
            widget, region, seen = self._widgets[number]
            crop = Region(seen.x - region.x, first - region.y, seen.width, last - first + 1)
            lines[number] = dict(zip(range(first, last + 1), widget.render_lines(crop), strict=True))
        for y, left, right, here in parts:
            for number in reversed(here):
                canvas.put(self._widgets[number][2].x, y, lines[number][y], left, right)

    def _look_at(self, visible: dict[Widget, tuple[Region, Region]]) -> None:
        # Textual makes a new dictionary whenever anything in it changes.
        if visible is not self._visible:
            self._visible, self._on_line = visible, {}
            self._widgets = [(widget, region, region.intersection(clip)) for widget, (region, clip) in visible.items()]

    def _widgets_on(self, y: int) -> list[tuple[int, int, int]]:
        if y not in self._on_line:
            self._on_line[y] = [
                (seen.x, seen.right, number)
                for number, (_, _, seen) in enumerate(self._widgets)
                if seen.y <= y < seen.bottom
            ]
        return self._on_line[y]
