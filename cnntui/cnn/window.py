"""A rectangle of cells on a map."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """A rectangle of `height` × `width` cells whose first cell is `(top, left)`.

    With 'same' padding a window may stick out of the map: `top` and `left` may be negative, `bottom` and `right` may
    pass the end.
    """

    top: int
    left: int
    height: int
    width: int

    @property
    def bottom(self) -> int:
        """The row after the last."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """The column after the last."""
        return self.left + self.width

    def __contains__(self, cell: tuple[int, int]) -> bool:
        row, col = cell
        return self.top <= row < self.bottom and self.left <= col < self.right

    def clipped(self, height: int, width: int) -> Window:
        """The part of the window that lies on a map of `height` × `width` cells."""
        top, left = max(self.top, 0), max(self.left, 0)
        return Window(top, left, max(min(self.bottom, height) - top, 0), max(min(self.right, width) - left, 0))

    def edges(self) -> list[Window]:
        """The cells at the window's edge, as up to four windows; all of it where it has no middle."""
        if min(self.height, self.width) <= 2:
            return [self]
        return [
            Window(self.top, self.left, 1, self.width),
            Window(self.bottom - 1, self.left, 1, self.width),
            Window(self.top, self.left, self.height, 1),
            Window(self.top, self.right - 1, self.height, 1),
        ]
