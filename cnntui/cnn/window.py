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

    def without(self, other: Window) -> list[Window]:
        """The rest of the window where another one is cut out of it, as up to four windows."""
        top, bottom = max(self.top, other.top), min(self.bottom, other.bottom)
        left, right = max(self.left, other.left), min(self.right, other.right)
        if top >= bottom or left >= right:
            return [self]
        parts = [
            Window(self.top, self.left, top - self.top, self.width),
            Window(bottom, self.left, self.bottom - bottom, self.width),
            Window(top, self.left, bottom - top, left - self.left),
            Window(top, right, bottom - top, self.right - right),
        ]
        return [part for part in parts if part.height and part.width]
