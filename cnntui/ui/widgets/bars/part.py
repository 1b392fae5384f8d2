"""Which of many bars are in view."""

from __future__ import annotations


def in_view(count: int, chosen: int, width: int) -> range:
    """Which of so many bars are in view in so many columns: a full line of them, among which is the chosen one."""
    width = max(1, width)
    first = 0 if count <= width else chosen // width * width
    return range(first, min(first + width, count))
