"""The app on the bundled network, ready for a pilot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot
from textual.timer import Timer
from textual.widget import Widget

from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.widgets.text.lines import Lines


def app_on(screen: str | None, runs_dir: Path, target: str = "bundled", **wanted: object) -> CnntuiApp:
    """The app as `cnntui open bundled --screen …` opens it, with no runs but those of that folder and the bundled."""
    return build_app(Wanted(target=target, runs_dir=runs_dir, screen=screen, **wanted))  # type: ignore[arg-type]


def on_few(app: CnntuiApp, count: int) -> CnntuiApp:
    """The same app on the first few digits, which are soon read; ask before it runs."""
    digits = app.scene.data
    few = digits.first(count)
    app.navigator.look(replace(app.scene, data=few))
    return app


def shown(app: CnntuiApp, selector: str) -> str:
    """What a widget with lines says."""
    return app.screen.query_one(selector, Lines).text


def explorer(app: CnntuiApp) -> ExplorerScreen:
    """The screen in front."""
    assert isinstance(app.screen, ExplorerScreen)
    return app.screen


def ticking(app: CnntuiApp) -> list[Timer]:
    """Timers that go off again and again, unlike the one that goes off once to get ready for other screens."""
    return [timer for timer in app._timers if timer._repeat is None]


def lines_of(widget: Widget) -> list[str]:
    """What a widget paints, line by line."""
    return [widget.render_line(y).text for y in range(widget.size.height)]


async def until(pilot: Pilot[None], condition: Callable[[], bool], looks: int = 2400) -> None:
    """Let the app go on until a condition holds."""
    for _ in range(looks):
        if condition():
            return
        await pilot.pause(0.025)
    raise AssertionError("it did not happen")
