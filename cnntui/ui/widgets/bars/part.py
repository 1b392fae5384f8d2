"""Which of many bars are in view."""

from __future__ import annotations


def in_view(count: int, chosen: int, width: int) -> range:
    """Which of `count` bars are in view: one full line of them, with the chosen bar among them."""
    width = max(1, width)
    first = 0 if count <= width else chosen // width * width
    return range(first, min(first + width, count))
