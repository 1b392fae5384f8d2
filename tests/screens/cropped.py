"""Pictures of a part of the terminal: of a view its stage, of a dialog the dialog, of a page all of it.

The bars around a stage and the keys of a help page are pictured once, for all views, by `test_bars_pictures`.
"""

from __future__ import annotations

import io

from rich.console import Console
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.geometry import Region
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widgets import Static

from cnntui.ui.views.base.help import HelpScreen
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.bars.mode_bar import ModeBar


def subject(app: App[None]) -> list[Strip]:
    """The lines of the front screen's subject."""
    return cropped(app, _subject(app.screen))


def _subject(screen: Screen[object]) -> Region:
    if isinstance(screen, HelpScreen):
        # What it says of its view: the keys below, and so the bar that scrolls, are of all modes as well.
        said = Region.from_union([text.region for text in screen.query(Static).exclude(".commands")])
        return said.intersection(screen.query_one("#page").content_region)
    if isinstance(screen, ModalScreen):
        return Region.from_union([child.region for child in screen.displayed_children if child.region])
    bars = [bar for bar in screen.query(ModeBar) if bar.display]
    if not bars:
        return screen.region
    keys = screen.query_one(KeyBar)
    # The time line stands in place of the keys.
    bottom = keys.region.bottom if keys._instead is not None else keys.region.y
    return Region.from_corners(0, bars[0].region.bottom, screen.region.right, bottom)


def cropped(app: App[None], region: Region) -> list[Strip]:
    """The lines of a region of the terminal as they are painted."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens, simplify=True)
    assert isinstance(update, LayoutUpdate)
    lines = update.strips[region.y : region.bottom]
    return [Strip.join(line).crop(region.x, region.right) for line in lines]


def picture(lines: list[Strip]) -> str:
    """Lines as an SVG."""
    width, height = max(line.cell_length for line in lines), len(lines)
    console = Console(
        width=width, height=height, file=io.StringIO(), force_terminal=True, color_system="truecolor", record=True,
        legacy_windows=False, safe_box=False,
    )  # fmt: skip
    console.print(LayoutUpdate([[line] for line in lines], Region(0, 0, width, height)))
    return console.export_svg(title="cnntui")
