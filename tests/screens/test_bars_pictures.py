"""What names all modes, in one picture: the bars around the stages, and the keys of a help page. Other pictures, of the
views themselves, leave that out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.pilot import Pilot
from textual.strip import Strip

from cnntui.explore.views import VIEWS
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.bars.mode_bar import ModeBar
from tests.screens.apps import app_on, explorer, on_few
from tests.screens.cropped import cropped
from tests.screens.test_pictures import COMPACT, LARGE, SMALL


@pytest.mark.slow
def test_the_bars(snap_compare: Callable[..., bool], runs_dir: Path) -> None:
    """A view's name, its bar of modes and its keys, view by view, in each size; then a help page to its end."""
    lines: list[Strip] = []

    async def visit_all(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, CnntuiApp)
        for size in (LARGE, SMALL, COMPACT):
            await pilot.resize_terminal(*size)
            for name in VIEWS:
                app.action_mode(name)
                await pilot.pause()
                screen = explorer(app)
                assert isinstance(screen, VIEWS[name].load())
                lines.append(Strip([Segment(name)]))
                lines.extend(cropped(app, screen.query_one(ModeBar).region))
                lines.extend(cropped(app, screen.query_one(KeyBar).region))
        await pilot.resize_terminal(80, 90)
        await pilot.press("4", "question_mark")
        await pilot.pause()
        lines.extend(cropped(app, app.screen.query_one("#page").region))

    app = on_few(app_on("train", runs_dir), 20)
    assert snap_compare(app, run_before=visit_all, terminal_size=LARGE, lines=lines)
