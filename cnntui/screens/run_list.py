"""The list of runs: it looks at their folder, keeps them sorted and filtered, and points at one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import get_current_worker

from cnntui.errors import CnntuiError
from cnntui.runs.directory import default_runs_dir
from cnntui.runs.summary import RunSummary, Summaries, complete, every_run
from cnntui.scene import Scene
from cnntui.screens import runs_text
from cnntui.screens.explorer import ExplorerScreen
from cnntui.screens.runs_text import Arrangement
from cnntui.widgets.fitted import FittedLines
from cnntui.widgets.geometry import GridStyle
from cnntui.widgets.lines import Line
from cnntui.widgets.pointed_lines import PointedLines
from cnntui.widgets.typed_line import TypedLine

LOOK_SECONDS = 0.5
"""How often it is looked what the runs that are being trained have come to."""


class RunList(ExplorerScreen):
    """All runs of a folder and the bundled ones. Looks again when it comes to the front, and while any is trained."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sort", "Sort", tooltip="Sort by the next column"),
        Binding("S", "turn", "Turn the order round", show=False),
        Binding("down,j", "move(1)", "One down", show=False),
        Binding("up,k", "move(-1)", "One up", show=False),
        Binding("pagedown", "page(1)", "Next page", show=False),
        Binding("pageup", "page(-1)", "Previous page", show=False),
        Binding("home", "end(0)", "First run", show=False),
        Binding("end", "end(1)", "Last run", show=False),
    ]

    def __init__(self, scene: Scene, style: GridStyle) -> None:
        super().__init__(scene, style)
        self._runs_dir = default_runs_dir()
        self._opened: Path | None = None
        self._summaries = Summaries()
        self._all: tuple[RunSummary, ...] = ()
        self._listed: tuple[RunSummary, ...] = ()
        self._arrangement = Arrangement()
        self._cursor = 0
        self._chosen: list[Path] = []
        self._said: Line = ()
        self._looking: Timer | None = None

    def look_in(self, runs_dir: Path, opened: Path | None) -> None:
        """Show the runs of a folder.

        Args:
            runs_dir: the folder.
            opened: the folder of the run that the app looks at.
        """
        is_known = (runs_dir, opened) == (self._runs_dir, self._opened)
        self._runs_dir, self._opened = runs_dir, opened
        if self.is_mounted and not is_known:
            self._look()
            self._show_runs()

    def compose_stage(self) -> Iterable[Widget]:
        yield FittedLines(id="title")
        yield PointedLines(id="table")
        yield FittedLines(id="details")
        yield TypedLine(id="typed")

    def about(self) -> tuple[str, ...]:
        """The run that is looked at, which the bar has room for at any width."""
        return (self.scene.run,)

    def show_scene(self, before: Scene | None) -> None:
        if before is None:
            self._show_runs()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._said = ()
        self._look()
        self.call_after_refresh(self._complete)

    def on_screen_suspend(self) -> None:
        self._stop_looking()

    # Looking

    def _look(self) -> None:
        """See what has become of the runs, and go on looking while any is being trained."""
        try:
            self._take(self._summaries.of(every_run(self._runs_dir)))
        except CnntuiError as error:
            self._tell((f"{error}", "bad"))
        active = any(run.is_active for run in self._all)
        if active and self._looking is None and self.is_current:
            self._looking = self.set_interval(LOOK_SECONDS, self._look)
        elif not active:
            self._stop_looking()

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.stop()
            self._looking = None

    def _complete(self) -> None:
        """Find out in the background what a glance does not tell."""
        if not all(run.is_whole for run in self._all):
            self.run_worker(self._read, group="summaries", exclusive=True, thread=True)

    def _read(self) -> None:
        worker = get_current_worker()
        found = {}
        for summary in self._all:
            if worker.is_cancelled:
                return
            found[summary.run.path] = complete(summary)
        self.app.call_from_thread(self._completed, found)

    def _completed(self, found: dict[Path, RunSummary]) -> None:
        self._summaries.learn(found.values())
        self._look()

    def _take(self, summaries: tuple[RunSummary, ...]) -> None:
        if summaries != self._all:
            # What is in view is completed at once where that is quick, so that nothing has to be painted twice.
            in_view = self._arrangement.of(summaries)[: self.app.size.height]
            found = {run.run.path: complete(run) for run in in_view if run.test_accuracy is not None}
            self._summaries.learn(found.values())
            self._all = tuple(found.get(run.run.path, run) for run in summaries)
            self._arrange(self._arrangement)

    # Showing

    @property
    def _pointed(self) -> RunSummary | None:
        return self._listed[self._cursor] if self._cursor < len(self._listed) else None

    def _arrange(self, arrangement: Arrangement) -> None:
        """List the runs in another order, or others, still pointing at the same one if it is among them."""
        pointed = self._pointed
        self._arrangement = arrangement
        self._listed = arrangement.of(self._all)
        paths = [run.run.path for run in self._listed]
        if pointed is not None and pointed.run.path in paths:
            self._cursor = paths.index(pointed.run.path)
        else:
            self._cursor = min(self._cursor, max(0, len(paths) - 1))
        known = {run.run.path for run in self._all}
        self._chosen = [path for path in self._chosen if path in known]
        self._show_runs()

    def _show_runs(self) -> None:
        runs, cursor, chosen, arrangement = self._listed, self._cursor, tuple(self._chosen), self._arrangement
        opened, pointed, total = self._opened, self._pointed, len(self._all)

        def table(size: Size) -> list[Line]:
            return runs_text.table(runs, cursor, chosen, opened, arrangement, size.width, size.height)

        self.query_one("#table", FittedLines).write(table)

        def title(size: Size) -> list[Line]:
            # Asked for here, as the table has no size yet when the screen is gone to.
            rows = self._rows
            return [runs_text.title(len(runs), total, cursor, len(chosen), arrangement, size.width, rows)]

        self.query_one("#title", FittedLines).write(title)
        said = self._said or None
        self.query_one("#details", FittedLines).write(
            lambda size: runs_text.details(pointed, arrangement.wanted, size.width) if said is None else [said]
        )

    @property
    def _rows(self) -> int:
        """Runs on a page of the table, below its heading."""
        return max(1, self.query_one("#table").size.height - 1)

    def _tell(self, *line: tuple[str, str]) -> None:
        """Say something in place of the details, until the next key."""
        self._said = line
        self._show_runs()

    # Moving

    def _point(self, place: int) -> None:
        self._cursor = max(0, min(place, len(self._listed) - 1))
        self._said = ()
        self._show_runs()

    def _point_at(self, path: Path) -> None:
        paths = [run.run.path for run in self._listed]
        if path in paths:
            self._point(paths.index(path))

    def action_move(self, rows: int) -> None:
        """Point at another run."""
        self._point(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Point at a run of another page."""
        self._point(self._cursor + pages * self._rows)

    def action_end(self, last: int) -> None:
        """Point at the first or the last run."""
        self._point(last * len(self._listed))

    def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """A press points at a run, a second one opens it; one on the heading sorts by the next column."""
        event.stop()
        if event.line == 0:
            self.action_sort()
            return
        place = runs_text.page(self._cursor, self._rows) + event.line - 1
        if place == self._cursor:
            self.action_open()
        elif place < len(self._listed):
            self._point(place)

    def on_mouse_scroll_down(self) -> None:
        self.action_move(1)

    def on_mouse_scroll_up(self) -> None:
        self.action_move(-1)

    def action_open(self) -> None:
        """Look at the run that is pointed at on all screens."""
        raise NotImplementedError

    # Arranging

    def action_sort(self) -> None:
        """Sort by the next column that is shown."""
        places = runs_text.shown_columns(self.query_one("#table").size.width)
        column = next((place for place in places if place > self._arrangement.column), places[0])
        self._said = ()
        self._arrange(replace(self._arrangement, column=column, turned=False))

    def action_turn(self) -> None:
        """Turn the order round."""
        self._said = ()
        self._arrange(replace(self._arrangement, turned=not self._arrangement.turned))
