"""A rectangle of cells on a map, and the rectangle of pixels that reaches a cell."""

from __future__ import annotations

from cnntui.values import dataclass


@dataclass(frozen=True)
class Window:
    """A rectangle of `height` × `width` cells whose first cell is `(top, left)`.

    With 'same' padding, a window may stick out of the map: `top` and `left` may be negative, and `bottom` and `right`
    may lie beyond the end of the map.
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
        """The cells at the window's edge, as up to four windows; the whole window if it has no interior."""
        if min(self.height, self.width) <= 2:
            return [self]
        return [
            Window(self.top, self.left, 1, self.width),
            Window(self.bottom - 1, self.left, 1, self.width),
            Window(self.top, self.left, self.height, 1),
            Window(self.top, self.right - 1, self.height, 1),
        ]


@dataclass(frozen=True)
class ReceptiveField:
    """The part of the image that reaches one cell of a map, separately for rows and columns.

    Attributes:
        size: the height and width of that part, in pixels.
        jump: how many pixels it moves when the cell moves by one.
        offset: the row and column of the first pixel of the part for cell (0, 0); negative with 'same' padding.
    """

    size: tuple[int, int]
    jump: tuple[int, int]
    offset: tuple[int, int]

    def window(self, row: int, col: int) -> Window:
        """The pixels that reach the cell at `(row, col)`; with 'same' padding, they may lie outside the image."""
        return Window(
            self.offset[0] + row * self.jump[0], self.offset[1] + col * self.jump[1], self.size[0], self.size[1]
        )

    def shifted(self, rows: int, cols: int) -> ReceptiveField:
        """The receptive field of the cell some rows and columns further on."""
        offset = self.offset[0] + rows * self.jump[0], self.offset[1] + cols * self.jump[1]
        return ReceptiveField(self.size, self.jump, offset)

    def __or__(self, other: ReceptiveField) -> ReceptiveField | None:
        """The receptive field of a cell computed from two cells; None if the fields of the two do not move alike."""
        if self.jump != other.jump:
            return None
        fields = self.window(0, 0), other.window(0, 0)
        top, left = min(field.top for field in fields), min(field.left for field in fields)
        bottom, right = max(field.bottom for field in fields), max(field.right for field in fields)
        return ReceptiveField((bottom - top, right - left), self.jump, (top, left))


PIXEL = ReceptiveField((1, 1), (1, 1), (0, 0))
"""The receptive field of a pixel of the image: the pixel itself."""
