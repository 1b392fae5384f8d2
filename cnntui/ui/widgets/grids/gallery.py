"""All maps of a layer side by side, each a small coloured grid with its number below it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from cnntui import palette
from cnntui.palette import Colormap, Mark, Scale
from cnntui.ui.widgets.grids import cells
from cnntui.ui.widgets.grids.cells import FAINT, style_of
from cnntui.ui.widgets.grids.gallery_layout import LABEL, GalleryLayout, grown, hang, hang_large, shrunk
from cnntui.ui.widgets.grids.geometry import GridStyle
from cnntui.ui.widgets.kept import Kept


def _levels(maps: NDArray[np.float32], limits: NDArray[np.float32]) -> NDArray[np.int8]:
    """The levels of `(maps, rows, columns)`, each map on its own limit."""
    safe = np.where(limits > 0, limits, np.float32(1)).astype(np.float32)
    shares: NDArray[np.float32] = maps / safe[:, np.newaxis, np.newaxis]
    return Scale(1.0).levels(shares)


class Gallery(Kept):
    """Small maps in rows, one of which is selected and always in view. Selecting another repaints two numbers."""

    class Pointed(Message):
        """The mouse was pressed on a map."""

        def __init__(self, gallery: Gallery, index: int) -> None:
            super().__init__()
            self.gallery = gallery
            self.index = index

        @property
        def control(self) -> Gallery:
            return self.gallery

    class Hung(Message):
        """Another number of cells is drawn as one, or other maps are in view."""

    def __init__(self, *, enlarge: bool = False, id: str | None = None, classes: str | None = None) -> None:
        """No maps yet; `show` hangs them.

        Args:
            enlarge: draw cells larger than need be where there is room for that.
        """
        super().__init__(id=id, classes=classes)
        self._hang = hang_large if enlarge else hang
        self._maps: NDArray[np.float32] = np.zeros((1, 1, 0), np.float32)
        self._limits: NDArray[np.float32] = np.zeros(0, np.float32)
        self._levels: NDArray[np.int8] = np.zeros((0, 1, 1), np.int8)
        self._chosen: int | None = 0
        self._top = 0
        self._hanging = GalleryLayout(1, 1, 1, 1, 1)
        self._hung = (Size(0, 0), (1, 1, 0))
        self._reduced = 1
        self._told: tuple[int, range] | None = None
        self._preferred = GridStyle.AUTO
        self._colourless = False

    def on_mount(self) -> None:
        app = self.app
        self._colourless = app.no_color or app.native_ansi_color or app.console.color_system in (None, "standard")

    # What is shown

    def show(self, maps: NDArray[np.float32], limits: NDArray[np.float32], chosen: int | None) -> None:
        """Show other maps, or select another one.

        Args:
            maps: (rows, columns, maps) float32.
            limits: (maps,) float32: the value of each map's strongest colour.
            chosen: the selected map, if one is.
        """
        if maps is not self._maps or limits.shape != self._limits.shape or (limits != self._limits).any():
            if maps.shape != self._maps.shape:
                self._top = 0
            self._maps, self._limits, self._chosen = maps, limits, chosen
            self._hung = (Size(0, 0), (1, 1, 0))
            self.refresh()
            return
        before, self._chosen = self._chosen, chosen
        if before == chosen:
            return
        if self._keep_in_view(self.hanging):
            self.refresh()
        else:
            labels = [self._label_region(index) for index in (before, chosen) if index is not None]
            self.refresh(*[region for region in labels if region])

    def prefer(self, style: GridStyle) -> None:
        """Draw as glyphs, or in colour, from now on."""
        if style is not self._preferred:
            self._preferred = style
            self.refresh()

    @property
    def hanging(self) -> GalleryLayout:
        """How the maps hang in the room there is."""
        hung = (self.size, self._maps.shape)
        # The first paint of a layout comes before the event that tells of the new size.
        if hung != self._hung:
            self._hung = hung
            rows, cols, count = self._maps.shape
            self._hanging = self._hang(max(1, count), rows, cols, self.size.width, self.size.height)
            drawn = grown(shrunk(self._maps, self._hanging.reduced), self._hanging.enlarged)
            self._levels = _levels(drawn.transpose(2, 0, 1), self._limits)
            self._keep_in_view(self._hanging)
            self._reduced = self._hanging.reduced
            self._tell()
        return self._hanging

    @property
    def reduced(self) -> int:
        """How many rows and columns of a map are drawn as one cell, as of the last painting."""
        return self._reduced

    @property
    def count(self) -> int:
        """How many maps there are."""
        return len(self._limits)

    @property
    def shown(self) -> range:
        """The numbers of the maps that could be seen, as of the last painting."""
        return self._told[1] if self._told is not None else range(0)

    @property
    def in_view(self) -> range:
        """The numbers of the maps that can be seen."""
        hanging = self.hanging
        first = self._top * hanging.across
        return range(first, min(first + hanging.down * hanging.across, len(self._levels)))

    def _tell(self) -> None:
        if (told := (self._reduced, self.in_view)) != self._told:
            self._told = told
            self.post_message(self.Hung())

    def _keep_in_view(self, hanging: GalleryLayout) -> bool:
        """Scroll no more than it takes to see the selected map; whether that moved anything."""
        row = hanging.place_of(self._chosen)[0] if self._chosen is not None else self._top
        return self._roll_to(max(row - hanging.down + 1, min(self._top, row)), hanging)

    def _roll_to(self, top: int, hanging: GalleryLayout) -> bool:
        rows = -(-len(self._levels) // hanging.across)
        before, self._top = self._top, max(0, min(top, rows - hanging.down))
        if self._top == before:
            return False
        self._tell()
        return True

    def _label_region(self, index: int) -> Region:
        hanging = self.hanging
        row, col = hanging.place_of(index)
        if not self._top <= row < self._top + hanging.down:
            return Region()
        line = (row - self._top) * (hanging.height + LABEL) + hanging.height
        return Region(col * (hanging.width + 1), line, hanging.width, 1)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of a row of maps, or of their numbers."""
        hanging, count = self.hanging, len(self._levels)
        down, line = divmod(y, hanging.height + LABEL)
        first = (self._top + down) * hanging.across
        if down >= hanging.down or first >= count:
            return Strip.blank(self.size.width, self.page)
        segments = []
        for index in range(first, min(first + hanging.across, count)):
            segments += self._map_line(index, line) if line < hanging.height else [self._label(index)]
            segments.append(Segment(" ", self.page))
        return Strip(segments).simplify().adjust_cell_length(self.size.width, self.page)

    def _label(self, index: int) -> Segment:
        text = f"{index}".center(self._hanging.width)
        if index == self._chosen:
            return Segment(text, self.page + style_of(palette.CHOSEN, None, reverse=True))
        return Segment(text, self.page + style_of(FAINT, None))

    def _map_line(self, index: int, line: int) -> list[Segment]:
        levels = self._levels[index]
        upper = levels[2 * line].tolist()
        lower = levels[2 * line + 1].tolist() if 2 * line + 1 < len(levels) else [None] * len(upper)
        pairs = [
            ((top, Mark.PLAIN), (bottom, Mark.PLAIN) if bottom is not None else None)
            for top, bottom in zip(upper, lower, strict=True)
        ]
        if self._colourless or self._preferred is GridStyle.GLYPHS:
            return [cells.half_glyph(top, bottom, Colormap.SIGNED) for top, bottom in pairs]
        page = self.page_colour
        return [cells.half_block(top, bottom, Colormap.SIGNED, page) for top, bottom in pairs]

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        hanging = self.hanging
        down, _ = divmod(offset.y, hanging.height + LABEL)
        across, left = divmod(offset.x, hanging.width + 1)
        index = (self._top + down) * hanging.across + across
        if left < hanging.width and across < hanging.across and down < hanging.down and index < len(self._levels):
            event.stop()
            self.post_message(self.Pointed(self, index))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._roll(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._roll(event, -1)

    def _roll(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        if self._roll_to(self._top + rows, self.hanging):
            self.refresh()
