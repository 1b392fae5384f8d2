"""Draws the parts of a screen that have changed, each from the widgets that lie there.

Textual asks every widget in the bounding box of all changes for all of its lines, cuts them wherever a widget begins
or ends, and keeps the pieces in front: two thirds of the cost of painting after a key. Here each changed part is drawn
from only the widgets that show in it, back to front, starting at the first one that covers the whole part.
"""

from __future__ import annotations

from textual._compositor import Compositor
from textual.geometry import Region

from cnntui.terminal.screen_buffer import ScreenBuffer


def compose(compositor: Compositor, canvas: ScreenBuffer) -> None:
    """Draw everything that has changed since a screen was last drawn.

    Args:
        compositor: that of the screen, which knows its widgets and what has changed of them.
        canvas: what is drawn on, as large as the screen.
    """
    whole, changed = compositor.size.region, [*compositor._dirty_regions]
    compositor._dirty_regions.clear()
    if whole in changed:
        changed = [whole]
    # Front to back.
    widgets = [
        (widget, region, region.intersection(clip)) for widget, (region, clip) in compositor.visible_widgets.items()
    ]
    parts: list[tuple[int, int, int, list[int]]] = []
    wanted: dict[int, tuple[int, int]] = {}
    for y, left, right in compositor._regions_to_spans(changed):
        left, right = max(left, 0), min(right, whole.right)
        if not 0 <= y < whole.bottom or left >= right:
            continue
        here: list[int] = []
        for number, (_, _, (x, top, width, height)) in enumerate(widgets):
            if top <= y < top + height and x < right and x + width > left:
                here.append(number)
                first, last = wanted.get(number, (y, y))
                wanted[number] = min(first, y), max(last, y)
                if x <= left and x + width >= right:
                    break
        parts.append((y, left, right, here))
    lines = {}
    for number, (first, last) in sorted(wanted.items()):
        widget, region, seen = widgets[number]
        crop = Region(seen.x - region.x, first - region.y, seen.width, last - first + 1)
        lines[number] = dict(zip(range(first, last + 1), widget.render_lines(crop), strict=True))
    for y, left, right, here in parts:
        for number in reversed(here):
            canvas.put(widgets[number][2].x, y, lines[number][y], left, right)
