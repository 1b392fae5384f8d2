"""How a window slides over a map: where it lies for each output cell, and which cells it reads there."""

from __future__ import annotations

from cnntui.cnn import ops
from cnntui.cnn.cells import Cells, Shape, ascending
from cnntui.cnn.ops import Padding, Pair
from cnntui.cnn.window import ReceptiveField, Window
from cnntui.values import dataclass


@dataclass(frozen=True)
class Sliding:
    """The way a window slides over a map.

    Attributes:
        size: the rows and columns that the window reads.
        stride: how far the window moves, `(rows, columns)`.
        padding: 'valid' keeps the window inside the map; with 'same' it may stick out.
        dilation: the distance between neighbouring rows and columns that the window reads; 1 leaves no holes.
    """

    size: Pair
    stride: Pair = (1, 1)
    padding: Padding = "valid"
    dilation: Pair = (1, 1)

    @property
    def extent(self) -> Pair:
        """The height and width of the window on the map, holes included."""
        return ops.extent(self.size[0], self.dilation[0]), ops.extent(self.size[1], self.dilation[1])

    def positions(self, input_shape: Shape) -> Pair:
        """The rows and columns of positions on a map `(height, width, …)`; 0 or less if the window does not fit."""
        rows, cols = (
            ops.output_length(length, window, step, self.padding)
            for length, window, step in zip(input_shape, self.extent, self.stride, strict=False)
        )
        return rows, cols

    def origin(self, input_shape: Shape) -> Pair:
        """The rows of padding above a map `(height, width, …)`, and the columns of padding to its left."""
        return ops.zeros_before(input_shape, self.extent, self.stride, self.padding)

    def window(self, row: int, col: int, input_shape: Shape) -> Window:
        """The window of an output cell; with 'same' padding it may stick out of the map."""
        above, before = self.origin(input_shape)
        return Window(row * self.stride[0] - above, col * self.stride[1] - before, *self.extent)

    def position_reading(self, cell: int, axis: int, positions: int) -> int | None:
        """The last of `positions` along one axis at which the window reads a `cell` of the padded map, or None."""
        stride, reads = self.stride[axis], self._reads(axis)
        for position in range(min(cell // stride, positions - 1), -1, -1):
            if cell - position * stride in reads:
                return position
        return None

    def read(self, cells: Cells, input_shape: Shape) -> Cells:
        """The cells of the map, or of the same maps of a stack, that some output cells are computed from."""
        origin = self.origin(input_shape)
        rows, cols = (
            ascending(
                cell
                for position in positions
                for cell in (position * self.stride[axis] - origin[axis] + offset for offset in self._reads(axis))
                if 0 <= cell < input_shape[axis]
            )
            for axis, positions in enumerate((cells.rows, cells.cols))
        )
        return Cells(rows, cols, cells.maps)

    def readers(self, cells: Cells, input_shape: Shape) -> Cells:
        """The output cells that are computed from at least one of the given cells of the map."""
        origin, positions = self.origin(input_shape), self.positions(input_shape)
        rows, cols = (
            ascending(
                begin // self.stride[axis]
                for cell in read
                for begin in (cell + origin[axis] - offset for offset in self._reads(axis))
                if begin % self.stride[axis] == 0 and 0 <= begin // self.stride[axis] < positions[axis]
            )
            for axis, read in enumerate((cells.rows, cells.cols))
        )
        return Cells(rows, cols, cells.maps) if rows and cols else Cells()

    def field(self, before: ReceptiveField, input_shape: Shape) -> ReceptiveField:
        """The receptive field of an output cell, given that `before` is the field of a cell of the map.

        A window that is `k` cells wide covers `k - 1` cells more than a single cell does, and each cell is `jump`
        pixels from the next. So `size` grows by `(k - 1) × jump`, and `jump` itself is multiplied by the stride. The
        holes of a dilated window count as cells.
        """
        origin, extent = self.origin(input_shape), self.extent
        size, jump, offset = zip(
            *(
                (
                    before.size[axis] + (extent[axis] - 1) * before.jump[axis],
                    before.jump[axis] * self.stride[axis],
                    before.offset[axis] - origin[axis] * before.jump[axis],
                )
                for axis in (0, 1)
            ),
            strict=True,
        )
        return ReceptiveField(size, jump, offset)

    def _reads(self, axis: int) -> range:
        """The rows or columns that the window reads, counted from its first."""
        return range(0, self.extent[axis], self.dilation[axis])
