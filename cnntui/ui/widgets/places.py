"""The layout of a view in a room of any size: pure functions of the room and the content."""

from __future__ import annotations

from textual.geometry import Region, Size

from cnntui.ui.widgets.grids.geometry import Geometry, fit
from cnntui.ui.widgets.grids.style import GridStyle

Places = dict[str, Region]
"""The region of each visible part, by its id. Parts without a region are hidden."""

TEXT_WIDTH = 90
"""The widest line of text: after a longer one the eye does not find the beginning of the next line."""


ROOMY = 40
"""The least number of lines for a stage to have a blank one below its first."""


class Room:
    """The part of the stage that is still free. Parts are cut off its edges, so that no two can overlap."""

    def __init__(self, region: Region) -> None:
        self.region = region

    @classmethod
    def of(cls, size: Size) -> Room:
        """The room of a stage: all of it except a blank column on each side."""
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
        """The columns and lines that are left."""
        return self.region.size

    def top(self, lines: int, gap: int = 0) -> Region:
        """Cut lines off the top, and a blank `gap` below them; no more than are left."""
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
        """A number of columns in the middle of the room, over all its lines."""
        x, y, width, height = self.region
        columns = min(columns, width)
        return Region(x + (width - columns) // 2, y, columns, height)

    def within(self, region: Region) -> Room:
        """The part of the room within a region."""
        return Room(self.region.intersection(region))

    def rest(self) -> Region:
        """Everything that is left."""
        return self.region


def is_small(size: Size) -> bool:
    """Whether a stage has room for only the most important parts."""
    return size.width < 80 or size.height < 22


def head(room: Room, left: str, right: str, width: int = 34) -> Places:
    """The first line of a stage: its subject, and at the right end the place in it; a blank line if there is room.

    Args:
        room: the room, from which the line is cut.
        left, right: the ids of the two parts.
        width: the columns of the right part, as long as the left part has as many; more if there is plenty of room.
    """
    line = Room(room.top(1, gap=int(room.height >= ROOMY)))
    return {right: line.right(max(min(width, line.width // 2 + 1), 2 * line.width // 5), gap=1), left: line.rest()}


def drawn(shape: tuple[int, int], width: int, height: int) -> Geometry:
    """The geometry of a map of some rows and columns in a room, which gives the space that the map takes up."""
    return fit(*shape, width, height, GridStyle.AUTO)


def side(geometry: Geometry) -> int:
    """The height of a cell in half-lines and its width in columns, for choosing the larger of two drawings."""
    return geometry.cell_width


def shown_at(region: Region, geometry: Geometry) -> Region:
    """The part of a region, from its top left corner, that a map takes up."""
    return Region(region.x, region.y, min(region.width, geometry.width), min(region.height, geometry.height))


def is_whole(geometry: Geometry, shape: tuple[int, int]) -> bool:
    """Whether all rows and columns of a map are drawn."""
    return (geometry.rows, geometry.cols) == shape


def place_map(places: Places, name: str, room: Room, geometry: Geometry) -> None:
    """Put a map below the line of its title, whose id is `<name>-title`."""
    places[f"{name}-title"] = room.top(1)
    places[name] = shown_at(room.rest(), geometry)


def text_at(region: Region) -> Region:
    """The part of a region that is no wider than a line of text should be."""
    return Region(region.x, region.y, min(region.width, TEXT_WIDTH), region.height)
