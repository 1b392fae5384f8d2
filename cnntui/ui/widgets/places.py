"""Where the parts of a view lie in a room of any size: pure functions of the room and of what is shown."""

from __future__ import annotations

from textual.geometry import Region, Size

from cnntui.ui.widgets.grids.geometry import Geometry, fit
from cnntui.ui.widgets.grids.style import GridStyle

Places = dict[str, Region]
"""The region of each part that is seen, by its id. Parts without a region are not seen."""

TEXT_WIDTH = 90
"""Columns that a line of text has at most: the eye does not find the beginning of the next one after longer ones."""


ROOMY = 40
"""Lines of a stage from which on there is a blank one below the first."""


class Room:
    """A part of the stage that is still empty. Parts are cut off at its edges, so that no two can overlap."""

    def __init__(self, region: Region) -> None:
        self.region = region

    @classmethod
    def of(cls, size: Size) -> Room:
        """A stage, with a blank column at its left and one at its right."""
        return cls(Region(1, 0, max(0, size.width - 2), size.height))

    @property
    def width(self) -> int:
        """Columns that are left."""
        return self.region.width

    @property
    def height(self) -> int:
        """Lines that are left."""
        return self.region.height

    @property
    def size(self) -> Size:
        """Columns and lines that are left."""
        return self.region.size

    def top(self, lines: int, gap: int = 0) -> Region:
        """Cut off lines at the top, and a blank `gap` below them; as many as there are."""
        x, y, width, height = self.region
        cut = max(0, min(lines, height))
        taken = min(height, cut + gap) if cut else 0
        self.region = Region(x, y + taken, width, height - taken)
        return Region(x, y, width, cut)

    def bottom(self, lines: int, gap: int = 0) -> Region:
        """Cut off lines at the bottom, and a blank `gap` above them."""
        x, y, width, height = self.region
        cut = max(0, min(lines, height))
        taken = min(height, cut + gap) if cut else 0
        self.region = Region(x, y, width, height - taken)
        return Region(x, y + height - cut, width, cut)

    def left(self, columns: int, gap: int = 0) -> Region:
        """Cut off columns at the left, and a blank `gap` beside them."""
        x, y, width, height = self.region
        cut = max(0, min(columns, width))
        taken = min(width, cut + gap) if cut else 0
        self.region = Region(x + taken, y, width - taken, height)
        return Region(x, y, cut, height)

    def right(self, columns: int, gap: int = 0) -> Region:
        """Cut off columns at the right, and a blank `gap` beside them."""
        x, y, width, height = self.region
        cut = max(0, min(columns, width))
        taken = min(width, cut + gap) if cut else 0
        self.region = Region(x, y, width - taken, height)
        return Region(x + width - cut, y, cut, height)

    def centred(self, columns: int) -> Region:
        """So many columns in the middle of it, and all lines."""
        x, y, width, height = self.region
        columns = min(columns, width)
        return Region(x + (width - columns) // 2, y, columns, height)

    def within(self, region: Region) -> Room:
        """The part of it that lies in a region."""
        return Room(self.region.intersection(region))

    def rest(self) -> Region:
        """All that is left."""
        return self.region


def is_small(size: Size) -> bool:
    """Whether a stage has room for the most important parts only."""
    return size.width < 80 or size.height < 22


def head(room: Room, left: str, right: str, width: int = 34) -> Places:
    """The first line of a stage: what is looked at, and at its right end where; a blank line below where lines abound.

    Args:
        room: is cut.
        left, right: the ids of both.
        width: columns of the right one, as far as it leaves as many to the left one; more where there are plenty.
    """
    line = Room(room.top(1, gap=int(room.height >= ROOMY)))
    return {right: line.right(max(min(width, line.width // 2 + 1), 2 * line.width // 5), gap=1), left: line.rest()}


def drawn(shape: tuple[int, int], width: int, height: int) -> Geometry:
    """How a map of so many rows and columns is drawn in a room, and so how much of it it takes."""
    return fit(*shape, width, height, GridStyle.AUTO)


def side(geometry: Geometry) -> int:
    """Half-lines, or columns, that a cell is high and wide: what tells which of two drawings is the larger."""
    return geometry.cell_width


def shown_at(region: Region, geometry: Geometry) -> Region:
    """As much of the upper left of a region as a map takes."""
    return Region(region.x, region.y, min(region.width, geometry.width), min(region.height, geometry.height))


def text_at(region: Region) -> Region:
    """A region no wider than lines of text should be."""
    return Region(region.x, region.y, min(region.width, TEXT_WIDTH), region.height)
