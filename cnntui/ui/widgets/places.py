"""The layout of a view in a room of any size: pure functions of the room and of what is shown."""

from __future__ import annotations

from textual.geometry import Region, Size

from cnntui.ui.widgets.grids.geometry import Geometry, fit
from cnntui.ui.widgets.grids.style import GridStyle

Places = dict[str, Region]
"""The region of each visible part, by its id. Parts without a region are hidden."""

TEXT_WIDTH = 90
"""The widest line of text: after a longer one the eye does not find the beginning of the next."""


ROOMY = 40
"""A stage with at least this many lines has a blank one below its first."""


class Room:
    """A part of the stage that is still free. Parts are cut off its edges, so that no two can overlap."""

    def __init__(self, region: Region) -> None:
        self.region = region

    @classmethod
    def of(cls, size: Size) -> Room:
        """The room of a stage: all of it but a blank column on each side."""
        return cls(Region(1, 0, max(0, size.width - 2), size.height))

    @property
    def width(self) -> int:
        """How many columns are left."""
        return self.region.width

    @property
    def height(self) -> int:
        """How many lines are left."""
        return self.region.height

    @property
    def size(self) -> Size:
        """Columns and lines that are left."""
        return self.region.size

    def top(self, lines: int, gap: int = 0) -> Region:
        """Cut lines off the top, and a blank `gap` below them; no more than there are."""
        x, y, width, height = self.region
        cut = max(0, min(lines, height))
        taken = min(height, cut + gap) if cut else 0
        self.region = Region(x, y + taken, width, height - taken)
        return Region(x, y, width, cut)

    def bottom(self, lines: int, gap: int = 0) -> Region:
        """Cut lines off the bottom, and a blank `gap` above them."""
        x, y, width, height = self.region
        cut = max(0, min(lines, height))
        taken = min(height, cut + gap) if cut else 0
        self.region = Region(x, y, width, height - taken)
        return Region(x, y + height - cut, width, cut)

    def left(self, columns: int, gap: int = 0) -> Region:
        """Cut columns off the left, and a blank `gap` beside them."""
        x, y, width, height = self.region
        cut = max(0, min(columns, width))
        taken = min(width, cut + gap) if cut else 0
        self.region = Region(x + taken, y, width - taken, height)
        return Region(x, y, cut, height)

    def right(self, columns: int, gap: int = 0) -> Region:
        """Cut columns off the right, and a blank `gap` beside them."""
        x, y, width, height = self.region
        cut = max(0, min(columns, width))
        taken = min(width, cut + gap) if cut else 0
        self.region = Region(x, y, width - taken, height)
        return Region(x + width - cut, y, cut, height)

    def centred(self, columns: int) -> Region:
        """A number of columns from its middle, in all lines."""
        x, y, width, height = self.region
        columns = min(columns, width)
        return Region(x + (width - columns) // 2, y, columns, height)

    def within(self, region: Region) -> Room:
        """The part of the room within a region."""
        return Room(self.region.intersection(region))

    def rest(self) -> Region:
        """All that is left."""
        return self.region


def is_small(size: Size) -> bool:
    """Whether a stage has room for only the most important parts."""
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
    """How a map of some rows and columns is drawn in a room, which gives the space that it takes."""
    return fit(*shape, width, height, GridStyle.AUTO)


def side(geometry: Geometry) -> int:
    """The height of a cell in half-lines and its width in columns, which tell the larger of two drawings."""
    return geometry.cell_width


def shown_at(region: Region, geometry: Geometry) -> Region:
    """The part of a region, from its top left corner, that a map takes."""
    return Region(region.x, region.y, min(region.width, geometry.width), min(region.height, geometry.height))


def text_at(region: Region) -> Region:
    """A region no wider than a line of text should be."""
    return Region(region.x, region.y, min(region.width, TEXT_WIDTH), region.height)
