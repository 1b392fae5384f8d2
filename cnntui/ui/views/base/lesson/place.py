"""The place of a lesson's page on a view's screen; only here does a view learn what to cover."""

from __future__ import annotations

from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from cnntui.lessons.taking import Sheet
from cnntui.ui.views.base.lesson import text as lesson_text
from cnntui.ui.views.base.lesson.panel import LessonPanel
from cnntui.ui.views.base.page import Page
from cnntui.ui.views.base.sizes import LESSON_LINES, NORMAL
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.bars.mode_bar import ModeBar
from cnntui.ui.widgets.kept import Kept, Veil

WIDTH = 40
"""The number of columns of a panel beside a view, as in app.tcss."""

VIEW_WIDTH = 100
"""The fewest columns that a panel beside the view must leave for the view."""

ROOMY_LINES = 8
"""The number of lines of a panel below a view if the window is high enough for both, as in app.tcss."""


def lent_room(size: Size) -> tuple[str, Size]:
    """The class in app.tcss for the panel's place in a window, and the size left for the view and the bars."""
    if size.width >= VIEW_WIDTH + WIDTH:
        return "-beside", Size(size.width - WIDTH, size.height)
    if size.height >= NORMAL.height + ROOMY_LINES:
        return "-under", Size(size.width, size.height - ROOMY_LINES)
    return "-above", Size(size.width, size.height - LESSON_LINES)


def show(screen: Screen[None], sheet: Sheet | None, before: Sheet | None) -> bool:
    """Show a page: its words, and what it covers and points at; or remove all of that.

    Args:
        screen: the screen of the view.
        sheet: the page; None to remove it.
        before: the page shown so far; None if there is none.

    Returns:
        Whether other parts of the view are covered now; the view covers its focused cell, which is no widget, itself.
    """
    _show_panel(screen, sheet, "#stage")
    screen.query_one(ModeBar).lend(None if sheet is None else lambda size: [lesson_text.bar(sheet, size.width)])
    is_other = sheet is None or before is None or (sheet.covers, sheet.points) != (before.covers, before.points)
    if is_other:
        _veil(screen.query_one("#stage"), sheet)
    return is_other


def show_below(page: Page, sheet: Sheet | None) -> None:
    """Show a question below the images of a page, and the keys for it; or remove both."""
    _show_panel(page, sheet, "#matrix")
    page.query_one(KeyBar).lend(None if sheet is None else lambda size: [lesson_text.keys_and_score(sheet, size.width)])


def _show_panel(screen: Screen[None], sheet: Sheet | None, after: str) -> None:
    panels = screen.query(LessonPanel)
    if sheet is None:
        panels.remove()
    elif panels:
        panels.first().show(sheet)
    else:
        panel = LessonPanel(sheet)
        screen.mount(panel, after=after)
        screen.set_focus(panel)


def _veil(stage: Widget, sheet: Sheet | None) -> None:
    """Cover the widgets that the page covers, and mark those that it points at, found by their ids."""
    for widget in stage.query(Kept):
        if sheet is not None and widget.id in sheet.covers:
            widget.veil(Veil.COVERED)
        else:
            widget.veil(Veil.POINTED if sheet is not None and widget.id in sheet.points else None)
