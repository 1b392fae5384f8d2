"""Many digits side by side, page by page, each with a line of text; one of them is pointed at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from cnntui.palette import Colormap, Mark
from cnntui.ui.widgets.grids import cells
from cnntui.ui.widgets.grids.geometry import GridStyle
from cnntui.ui.widgets.kept import Kept

GAP = 2
"""Blank columns between two digits, where there is room for them."""


@dataclass(frozen=True, eq=False)
class DigitPicture:
    """One digit on the wall.

    Attributes:
        levels: `(rows, columns)` int8, as `palette.Scale` gives them.
        caption: the line below; cut off where the digit ends.
        is_marked: sets the caption in the colour of what is wrong.
    """

    levels: NDArray[np.int8]
    caption: str
    is_marked: bool = False

    def shows_the_same(self, other: DigitPicture) -> bool:
        """Whether the two look alike, but for their captions."""
        return self.levels is other.levels or np.array_equal(self.levels, other.levels)

    def says_the_same(self, other: DigitPicture) -> bool:
        """Whether their captions are alike."""
        return (self.caption, self.is_marked) == (other.caption, other.is_marked)


@dataclass(frozen=True)
class Paging:
    """How pictures lie on pages.

    Attributes:
        across, down: pictures in a row of a page, and rows.
        pitch: columns from one picture to the next.
        left: blank columns before the first.
    """

    across: int
    down: int
    pitch: int
    left: int

    @property
    def page(self) -> int:
        """Pictures on a page."""
        return self.across * self.down

    def first(self, place: int) -> int:
        """The first place on the page that a place lies on."""
        return place - place % self.page

    @classmethod
    def fit(cls, size: Size, width: int, height: int) -> Paging:
        """As many pictures of a width and a height, caption included, as a room holds; at least one."""
        gap = GAP if (size.width + GAP) // (width + GAP) == (size.width + 1) // (width + 1) else 1
        across = max(1, (size.width + gap) // (width + gap))
        left = max(0, (size.width - across * (width + gap) + gap) // 2)
        return cls(across, max(1, size.height // height), width + gap, left)


class DigitWall(Kept):
    """Pictures that are asked for when they come into view. Showing others repaints only the lines that changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"wall--caption", "wall--marked", "wall--pointed"}

    DEFAULT_CSS = """
    DigitWall {
        .wall--caption { color: $foreground 75%; }
        .wall--marked { color: $error; text-style: bold; }
        .wall--pointed { color: #0c1a1c; background: #3cd6c8; text-style: bold; }
    }
    """

    class Pointed(Message):
        """The mouse was pressed on a picture."""

        def __init__(self, wall: DigitWall, place: int) -> None:
            super().__init__()
            self.wall = wall
            self.place = place

        @property
        def control(self) -> DigitWall:
            return self.wall

    def __init__(self, rows: int, cols: int, *, id: str | None = None, classes: str | None = None) -> None:
        """An empty wall; `show` fills it.

        Args:
            rows, cols: the cells of every picture.
        """
        super().__init__(id=id, classes=classes)
        self._rows, self._cols = rows, cols
        self._count = 0
        self._picture_at: Callable[[int], DigitPicture] | None = None
        self._chosen = 0
        self._pictures: list[DigitPicture] = []
        self._paging = Paging(1, 1, cols + 1, 0)
        self._paged_for = Size(0, 0)
        self._preferred = GridStyle.AUTO
        self._colourless = False

    @property
    def paging(self) -> Paging:
        """How the pictures lie in the room there is."""
        # The first paint of a layout comes before the event that tells of the new size.
        if self.size != self._paged_for:
            self._paged_for = self.size
            self._paging = Paging.fit(self.size, self._cols, self._height)
            self._pictures = self._on_page()
        return self._paging

    @property
    def _height(self) -> int:
        """Lines of a picture with its caption."""
        return -(-self._rows // 2) + 1

    def show(self, count: int, picture_at: Callable[[int], DigitPicture], chosen: int) -> None:
        """Show other pictures, or point at another one.

        Args:
            count: how many there are on all pages.
            picture_at: gives the one at a place from 0.
            chosen: the place that is pointed at, whose page is shown.
        """
        pointed_before, before = self._pointed, self._pictures
        self._count, self._picture_at, self._chosen = count, picture_at, chosen
        paging = self.paging
        self._pictures = self._on_page()
        pointed = self._pointed
        widths: dict[int, int] = {}
        for slot, (old, new) in enumerate(zip_longest(before, self._pictures)):
            down, across = divmod(slot, paging.across)
            top, right = down * self._height, paging.left + (across + 1) * paging.pitch
            caption = top + self._height - 1
            if old is None or new is None or not old.shows_the_same(new):
                widths |= dict.fromkeys(range(top, caption), right)
            moved = pointed != pointed_before and slot in (pointed, pointed_before)
            if old is None or new is None or moved or not old.says_the_same(new):
                widths[caption] = right
        if widths:
            self.refresh(*[Region(0, y, min(width, self.size.width), 1) for y, width in widths.items()])

    def prefer(self, style: GridStyle) -> None:
        """Draw as glyphs, or in colour, from now on."""
        if style is not self._preferred:
            self._preferred = style
            self.refresh()

    def on_mount(self) -> None:
        app = self.app
        self._colourless = app.no_color or app.native_ansi_color or app.console.color_system in (None, "standard")

    @property
    def _first(self) -> int:
        return self._paging.first(self._chosen)

    @property
    def _pointed(self) -> int:
        """Where on the page the chosen picture is."""
        return self._chosen - self._first

    def _on_page(self) -> list[DigitPicture]:
        if self._picture_at is None:
            return []
        last = min(self._first + self._paging.page, self._count)
        return [self._picture_at(place) for place in range(self._first, last)]

    def render_line(self, y: int) -> Strip:
        """One line of a row of pictures."""
        paging, page = self.paging, self.page
        down, line = divmod(y, self._height)
        slots = range(down * paging.across, min((down + 1) * paging.across, len(self._pictures)))
        if down >= paging.down or not slots:
            return Strip.blank(self.size.width, page)
        gap = Segment(" " * (paging.pitch - self._cols), page)
        segments = [Segment(" " * paging.left, page)]
        for slot in slots:
            segments += [self._caption(slot)] if line == self._height - 1 else self._line(slot, line)
            segments.append(gap)
        return Strip(segments).simplify().adjust_cell_length(self.size.width, page)

    def _caption(self, slot: int) -> Segment:
        picture, pointed = self._pictures[slot], slot == self._pointed
        role = "pointed" if pointed else "marked" if picture.is_marked else "caption"
        style = self.get_component_rich_style(f"wall--{role}")
        text = picture.caption[: self._cols].ljust(self._cols)
        return Segment(f"▸{text[1:]}" if pointed else text, style)

    def _line(self, slot: int, line: int) -> list[Segment]:
        levels = self._pictures[slot].levels
        upper = [(level, Mark.PLAIN) for level in levels[2 * line].tolist()]
        lower = (
            [(level, Mark.PLAIN) for level in levels[2 * line + 1].tolist()]
            if 2 * line + 1 < len(levels)
            else [None] * len(upper)
        )
        pairs = list(zip(upper, lower, strict=True))
        if self._colourless or self._preferred is GridStyle.GLYPHS:
            return [cells.half_glyph(top, bottom, Colormap.PIXELS) for top, bottom in pairs]
        page = self.page_colour
        return [cells.half_block(top, bottom, Colormap.PIXELS, page) for top, bottom in pairs]

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        paging = self.paging
        across, beside = divmod(offset.x - paging.left, paging.pitch)
        slot = offset.y // self._height * paging.across + across
        if 0 <= across < paging.across and beside < self._cols and slot < len(self._pictures):
            event.stop()
            self.post_message(self.Pointed(self, self._first + slot))
