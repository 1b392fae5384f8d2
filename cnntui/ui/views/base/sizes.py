"""The size classes of a window."""

from __future__ import annotations

from textual.geometry import Size

LEAST = Size(60, 18)
NORMAL = Size(80, 24)
LARGE = Size(120, 40)
WIDE = Size(176, 40)

BARS = 2
"""Lines that the bar of modes and the key bar take."""

LESSON_LINES = 6
"""Lines that a page of the course takes below a view."""


def holds(size: Size, least: Size) -> bool:
    """Whether a window has at least some columns and lines."""
    return size.width >= least.width and size.height >= least.height


def is_compact(size: Size) -> bool:
    """Whether a window is large enough to show something, but smaller than usual."""
    return holds(size, LEAST) and not holds(size, NORMAL)


def too_small(size: Size) -> str:
    """What to say in a window that is too small to show anything; empty where it is not."""
    if holds(size, LEAST):
        return ""
    need = f"cnntui needs {LEAST.width}×{LEAST.height}"
    here = f"; this is {size.width}×{size.height}"
    return need + here if len(need + here) <= size.width else need
