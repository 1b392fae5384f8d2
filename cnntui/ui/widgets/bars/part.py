"""Which of many bars are in view."""

from __future__ import annotations


def in_view(count: int, chosen: int, width: int) -> range:
    """The bars in view, out of `count`: one full line of them that includes the chosen bar."""
    width = max(1, width)
    first = 0 if count <= width else chosen // width * width
    return range(first, min(first + width, count))
