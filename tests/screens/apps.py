"""The app on the bundled network, ready for a pilot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot
from textual.timer import Timer
from textual.widget import Widget

from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.lessons.taking import Sheet
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import list_runs
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.text.lines import Lines
from tests.fake_trainer import MODULE, FakeScript, scripted
from tests.waiting import wait_until


def app_on(screen: str | None, runs_dir: Path, target: str = "bundled", **wanted: object) -> CnntuiApp:
    """The app as `cnntui open bundled --screen …` opens it, with only the runs of a folder and the bundled ones."""
    return build_app(Wanted(target=target, runs_dir=runs_dir, screen=screen, **wanted))  # type: ignore[arg-type]


def on_few(app: CnntuiApp, count: int) -> CnntuiApp:
    """The same app on the first few digits, which are soon read; call it before the app runs."""
    digits = app.scene.data
    few = digits.first(count)
    app.navigator.look(replace(app.scene, data=few))
    return app


def shown(app: CnntuiApp, selector: str) -> str:
    """The text of a widget with lines."""
    return app.screen.query_one(selector, Lines).text


def explorer(app: CnntuiApp) -> ExplorerScreen:
    """The screen in front."""
    assert isinstance(app.screen, ExplorerScreen)
    return app.screen


def ticking(app: CnntuiApp) -> list[Timer]:
    """The repeating timers, unlike the one that imports other screens."""
    return [timer for timer in app._timers if timer._repeat is None]


def lines_of(widget: Widget) -> list[str]:
    """The text that a widget paints, line by line."""
    return [widget.render_line(y).text for y in range(widget.size.height)]


def said(app: CnntuiApp) -> str:
    """The bottom line of the topmost screen that has one."""
    return next(bar for screen in reversed(app.screen_stack) for bar in screen.query(KeyBar)).text.strip()


async def until(pilot: Pilot[None], condition: Callable[[], bool], looks: int = 2400) -> None:
    """Let the app go on until a condition holds."""
    for _ in range(looks):
        if condition():
            return
        await pilot.pause(0.025)
    raise AssertionError("it did not happen")


async def settled(pilot: Pilot[None]) -> None:
    """Wait until everything that was typed has been handled."""
    app = pilot.app
    assert isinstance(app, CnntuiApp)
    await pilot.pause()
    await until(pilot, lambda: not app._is_busy)
    await pilot.pause()


async def laid_out(pilot: Pilot[None]) -> None:
    """Let texts fit their room, which they do once the layout is known."""
    await pilot.pause()
    await pilot.pause()


async def strike(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one right after the other, in a tenth of the time that the pilot takes."""
    for key in keys:
        pilot.app.simulate_key(key)
    await pilot.pause()


def sheet(app: CnntuiApp) -> Sheet:
    """The page or the question that is open."""
    assert app.showing.state.sheet is not None
    return app.showing.state.sheet


@contextmanager
def pretending_to_train(screen: str, runs_dir: Path, hold_at: int) -> Iterator[CnntuiApp]:
    """An app whose trainings are the fake trainer's, which waits after some batches; they are stopped in the end."""
    app = app_on(screen, runs_dir)
    app.session.options = TrainOptions(runs_dir=runs_dir, module=MODULE)
    with scripted(FakeScript(hold_at=hold_at)):
        yield app
    for run in list_runs(runs_dir):
        ask(run, TrainerCommand.STOP)
        wait_until(lambda run=run: not is_held(run.lock_path))  # type: ignore[misc]
