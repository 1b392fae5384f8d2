"""Widgets that cache their finished lines, so that a step draws only those that changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import Any, Self

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.dom import NoScreen
from textual.errors import NoWidget
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from cnntui.palette import Colour, contrast
from cnntui.terminal.screen import PacedScreen
from cnntui.ui.widgets import design
from cnntui.ui.widgets.text.legend import LEVEL

COVER = "▒"
"""The character drawn in place of covered text."""


def split_blanks(text: str) -> list[str]:
    """Runs of two or more blanks, and the text between them."""
    return [part for part in re.split(r"(\s{2,})", text) if part]


def joined(segments: Iterable[Segment]) -> list[Segment]:
    """Merge neighbouring segments of one style, as Rich does, but compare objects before styles."""
    texts: list[str] = []
    styles: list[Style | None] = []
    for text, style, _ in segments:
        if styles and styles[-1] is style:
            texts[-1] += text
        else:
            texts.append(text)
            styles.append(style)
    return [Segment(text, style) for text, style in zip(texts, styles, strict=True)]


class Veil(Enum):
    """The veil over a widget while a question about it is open."""

    COVERED = "covered"
    """Covered: only its place is visible."""
    POINTED = "pointed"
    """Marked: the question is about it."""


class Kept(Widget):
    """A widget that keeps each finished line until it is refreshed; it has neither border nor padding.

    Textual repaints only the dirty parts of a screen, but it requests the lines of every widget inside the rectangle
    around them, and puts each line through everything that borders, padding and opacity require. On a screen of forty
    small widgets that takes longer than all the rest of a step.
    """

    _kept_size = Size(0, 0)
    _page: tuple[Style, Color] | None = None
    _veil: Veil | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        self._kept: dict[int, Strip] = {}
        self._filtered: dict[Style | None, Style | None] = {}
        self._styles: dict[str, Style] = {}
        super().__init__(*args, **options)

    @property
    def page(self) -> Style:
        """The style of plain text on the widget's own background."""
        return self._page_and_background[0]

    @property
    def page_colour(self) -> Colour | None:
        """The widget's background; None if it is the terminal's own."""
        background = self._page_and_background[1]
        return background.rgb if background.ansi is None else None

    @property
    def is_on_light(self) -> bool:
        """Whether the theme's pages are light."""
        colour = self.page_colour
        return design.is_light(colour) if colour is not None else not self.app.current_theme.dark

    def role(self, role: str) -> Style:
        """The style of text in a role, one of `design.ROLES`."""
        if role not in self._styles:
            self._styles[role] = self._styled(role)
        return self._styles[role]

    def _styled(self, role: str) -> Style:
        if role.startswith(LEVEL):
            return self.page + design.level_style(int(role.removeprefix(LEVEL)), self.is_on_light)
        return design.style(role, *self._page_and_background, among_16=self.is_among_16)

    @property
    def is_among_16(self) -> bool:
        """Whether the terminal has only 16 colours."""
        return self.app.console.color_system == "standard"

    @property
    def _page_and_background(self) -> tuple[Style, Color]:
        # Textual computes these from all ancestors at every use, and forgets them at every refresh.
        if self._page is None:
            self._page = self.rich_style, self.background_colors[1]
        return self._page

    def render_lines(self, crop: Region) -> list[Strip]:
        """A range of lines, drawn only if they are not cached."""
        # The outer size equals the size, as there is no border, and is known without asking the screen.
        size = self.outer_size
        if self._kept_size != size:
            self._kept_size = size
            self._kept = {}
        kept = self._kept
        for y in crop.line_range:
            if y not in kept:
                line = self.render_line(y)
                kept[y] = self._finished(line if self._veil is None else self._veiled(line, self._veil))
        lines = [kept[y] for y in crop.line_range]
        return lines if crop.width == size.width else [line.crop(crop.x, crop.right) for line in lines]

    def veil(self, veil: Veil | None) -> None:
        """Cover the widget, mark it, or show it normally."""
        if veil is not self._veil:
            self._veil = veil
            self.refresh()

    def _veiled(self, line: Strip, veil: Veil) -> Strip:
        page, accent = self.page, Color.parse(self.app.theme_variables["accent"])
        # Reversed rather than coloured, so that it is visible without colours.
        marked = page + Style(color=accent.rich_color, reverse=True, bold=True)
        if accent.ansi is None:
            marked += Style(bgcolor=Color(*contrast(accent.rgb)).rich_color)
        if veil is Veil.COVERED:
            # Covered completely: the end of a sign or a bar would give some of it away.
            cover = page + Style(color=self._page_and_background[1].blend(accent, 0.45).rich_color)
            return Strip([Segment(COVER * line.cell_length, cover)], line.cell_length)
        segments = []
        for text, style, _ in line:
            is_ground = style is None or style.bgcolor == page.bgcolor
            for part in split_blanks(text):
                is_blank = part.isspace() and is_ground
                segments.append(Segment(part, style if is_blank else marked))
        return Strip(joined(segments), line.cell_length)

    def _finished(self, line: Strip) -> Strip:
        """A line in the colours that are sent to the terminal."""
        known, segments, is_other = self._filtered, [*line], False
        for _, style, _ in segments:
            if style not in known:
                known[style] = self._sent(style)
            is_other |= known[style] is not None
        if not is_other:
            return line
        in_place = [(segment, known[segment.style]) for segment in segments]
        return Strip(
            [segment if style is None else Segment(segment.text, style) for segment, style in in_place],
            line.cell_length,
        )

    def _sent(self, style: Style | None) -> Style | None:
        """The style that replaces one that the terminal cannot show; None if the terminal can show it."""
        segments = [Segment("x", style)]
        for line_filter in self.get_line_filters():
            segments = line_filter.apply(segments, self._page_and_background[1])
        return segments[0].style if segments[0].style != style else None

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Redraw some lines, or all of them."""
        for y in {y for region in regions for y in region.line_range}:
            self._kept.pop(y, None)
        if not regions or layout:
            self._kept = {}
        try:
            # This is what `region` does, which would look for the screen once more.
            screen = self.screen
            found = screen.find_widget(self)
            place, seen = found.region, found.visible_region
        except (NoScreen, NoWidget):
            place = seen = Region()
        if repaint and not (layout or recompose) and place:
            # In the screen's name: each widget that requests a repaint in its own name wakes a task and sends a
            # message, and such a request is lost if another is made in the screen's name at the same time.
            # Only what is seen, since whatever lies above the rest would be drawn again.
            asked = [region.translate(place.offset).intersection(seen) for region in regions] or [seen]
            asked = [region for region in asked if region]
            if isinstance(screen, BlankScreen):
                screen.repaint(asked)
            elif asked:
                screen.refresh(*asked)
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Drop the cached lines when colours change."""
        self._kept = {}
        self._filtered = {}
        self._styles = {}
        self._page = None
        super().notify_style_update()


class Blank(Kept):
    """A widget with only a background and its children."""

    def render_line(self, y: int) -> Strip:
        # A screen's own size is that of the terminal, which during a resize is already the new one.
        return Strip.blank(self.outer_size.width, self.page)


class BlankScreen(Blank, PacedScreen[None]):
    """A screen with only its widgets."""

    # Textual inherits these only from the first base, and requests them from every screen when text is selected.
    COMPONENT_CLASSES = Screen.COMPONENT_CLASSES

    _styled_in = ""
    """The theme in which the screen was made or last came to the front."""

    def _on_mount(self, event: events.Mount) -> None:
        self._styled_in = self.app.theme

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        # Runs before Textual's own handler, which applies all styles again: that takes 10 ms, and only a new theme
        # needs it.
        theme = self.app.theme
        event.refresh_styles = self._styled_in != theme
        self._styled_in = theme

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Repaint parts of the screen, or all of it."""
        return super(Kept, self).refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def repaint(self, regions: Iterable[Region]) -> None:
        """Repaint parts that widgets have changed: `refresh` without the steps that only a screen needs."""
        self._repaint_regions.update(regions)
        self._repaint_required = True
        self.check_idle()
