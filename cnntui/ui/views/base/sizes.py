"""The size classes of a window."""

from __future__ import annotations

from textual.geometry import Size

LEAST = Size(60, 18)
NORMAL = Size(80, 24)
LARGE = Size(120, 40)
WIDE = Size(176, 40)

BARS = 2
"""The number of lines that the bar of modes and the key bar take up."""

LESSON_LINES = 6
"""The number of lines that a page of the course takes up below a view."""


def holds(size: Size, least: Size) -> bool:
    """Whether a window has at least some columns and lines."""
    return size.width >= least.width and size.height >= least.height


def is_compact(size: Size) -> bool:
    """Whether a window is large enough to show something but smaller than usual."""
    return holds(size, LEAST) and not holds(size, NORMAL)


def too_small(size: Size) -> str:
    """The text in a window that is too small to show anything; empty if the window is large enough."""
    if holds(size, LEAST):
        return ""
    need = f"cnntui needs {LEAST.width}×{LEAST.height}"
    here = f"; this is {size.width}×{size.height}"
    return need + here if len(need + here) <= size.width else need
