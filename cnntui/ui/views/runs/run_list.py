"""The list of runs: it watches their folder, sorts and filters the runs, and has one of them selected."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from itertools import islice, takewhile
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.explore.scene import Scene
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.run_directory import RECIPE, default_runs_dir
from cnntui.runs.listing.summaries import FEW, Summaries, is_small
from cnntui.runs.listing.summary import RunSummary, complete
from cnntui.ui.keys import general, views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.background import Looking, exempt_from_gc, in_background, tell, wait_until_painted
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.runs import text as runs_text
from cnntui.ui.views.runs.preview import Preview
from cnntui.ui.views.runs.text import Arrangement
from cnntui.ui.widgets.charts.chart import Chart
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText
from cnntui.ui.widgets.text.typed_line import TypedLine

LOOK_SECONDS = 0.5
"""Seconds between two checks of the runs that are training."""

_LOOKS_AT_ALL = 10
"""The number of checks after which one looks at all runs: another program may have resumed one of them."""

_KEPT_TOGETHER = 1000
"""How many runs have their parameters counted before the summaries are saved again."""

READING: Line = (("reading the runs …", "strong"),)


def _is_uncounted(run: RunSummary) -> bool:
    return run.parameters is None and not run.is_whole


class RunList(ExplorerScreen):
    """All runs of a folder, and the bundled ones; checked when the list comes to the front and while any run trains."""

    NEEDS_WEIGHTS = False

    WORDS: ClassVar[tuple[str, ...]] = ("#details",)
    BINDINGS: ClassVar[list[BindingType]] = bindings((*general.IMAGELESS, *views.RUNS))

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._runs_dir = state.options.runs_dir or default_runs_dir()
        self._summaries = Summaries(self._runs_dir)
        self._is_reading = False
        self._is_asked_again = False
        self._looks = 0
        self._all: tuple[RunSummary, ...] = ()
        self._accuracy = runs_text.TEST
        self._refused: tuple[str, ...] = ()
        self._listed: tuple[RunSummary, ...] = ()
        self._arrangement = Arrangement()
        self._cursor = 0
        self._chosen: list[Path] = []
        self._said: Line = ()
        self._preview = Preview(self)
        self._looking = Looking(self, self._look_again, LOOK_SECONDS)

    @property
    def _opened(self) -> Path | None:
        """The folder of the run that the app has open."""
        return self.run.run.path if self.run is not None else None

    def state_changed(self, before: AppState) -> None:
        """Update what has changed, including the mark of the run that the app has open."""
        super().state_changed(before)
        if self._opened != (before.run.run.path if before.run is not None else None):
            self._look()
            self._show_runs()

    def compose_stage(self) -> Iterable[Widget]:
        yield ResponsiveText(id="title")
        yield PointedLines(id="table")
        yield ResponsiveText(id="details")
        yield TypedLine(id="typed")
        yield ResponsiveText(id="of-run")
        yield Chart(id="loss")
        yield Chart(id="accuracy")
        yield ResponsiveText(id="settings")

    def about(self) -> tuple[str, ...]:
        """The open run's name, for which the bar has room at any width."""
        return (self.scene.run,)

    def show_scene(self, before: Scene | None) -> None:
        if before is None:
            self._show_runs()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._said = ()
        self._look()

    def on_screen_suspend(self) -> None:
        self._looking.keep(False)

    # Checking

    def _look(self, everything: bool = True) -> None:
        """Check the runs, and keep checking while any of them is training.

        A few runs are checked at once, so that they appear together with the screen; many are checked in a thread.

        Args:
            everything: whether to check all files again rather than only those known to be changing.
        """
        if self._is_reading:
            self._is_asked_again = True
        elif len(self._all) <= FEW and is_small(self._runs_dir):
            found = self._found(everything)
            if not isinstance(found, CnntuiError):
                found = self._summaries.learn(complete(run) for run in found if _is_uncounted(run))
            self._follow(found)
        else:
            self._is_reading, self._is_asked_again = True, False
            if not self._all:
                self._tell(*READING)
            arrangement, rows = self._arrangement, self.app.size.height
            in_background(self, partial(self._read, everything, arrangement, rows), "runs")

    def _look_again(self) -> None:
        self._looks += 1
        self._look(everything=self._looks % _LOOKS_AT_ALL == 0)

    def _found(self, everything: bool) -> tuple[RunSummary, ...] | CnntuiError:
        try:
            return self._summaries.every() if everything else self._summaries.news()
        except CnntuiError as error:
            return error

    def _read(self, everything: bool, arrangement: Arrangement, rows: int, is_wanted: Callable[[], bool]) -> None:
        """Check the runs in a thread, beginning with those in view."""
        summaries = self._summaries
        with nullcontext() if self._all else exempt_from_gc():
            found = self._found(everything)
        if isinstance(found, CnntuiError):
            tell(self, self._follow, found)
        else:
            in_view = arrangement.of(found)[:rows]
            found = summaries.learn(complete(run) for run in in_view if _is_uncounted(run))
            tell(self, self._take, found, arrangement, arrangement.of(found))
            wait_until_painted(self)
            for run in found:
                runs_text.settings(run)
            uncounted = [run for run in found if _is_uncounted(run)]
            # Thousands take a while; leaving the app does not wait for them, and what has been counted by then is kept.
            wanted = takewhile(lambda run: is_wanted(), uncounted)
            while some := [complete(run) for run in islice(wanted, _KEPT_TOGETHER)]:
                found = summaries.learn(some)
                summaries.keep()
            summaries.keep()
            tell(self, self._take, found, arrangement, arrangement.of(found))
            tell(self, self._follow, found)
        tell(self, self._end_reading)

    def _end_reading(self) -> None:
        self._is_reading = False
        if self._is_asked_again:
            self._look()

    def _follow(self, found: tuple[RunSummary, ...] | CnntuiError) -> None:
        """Show the runs that were found, and check again soon if one of them is training."""
        if isinstance(found, CnntuiError):
            self._tell((f"{found}", "bad"))
        else:
            self._take(found)
        self._looking.keep(any(run.is_active for run in self._all) and (self._looking.is_on or self.is_current))

    def _take(
        self,
        summaries: tuple[RunSummary, ...],
        arrangement: Arrangement | None = None,
        listed: tuple[RunSummary, ...] = (),
    ) -> None:
        """Show the runs that were found; `listed` spares sorting them if the arrangement is still the same."""
        if summaries != self._all:
            self._all = summaries
            self._accuracy = runs_text.accuracy_heading(summaries)
            self.arrange_anew()
            if self._said == READING:
                self._said = ()
            self._arrange(self._arrangement, listed if arrangement == self._arrangement else None)

    # Showing

    @property
    def _pointed(self) -> RunSummary | None:
        return self._listed[self._cursor] if self._cursor < len(self._listed) else None

    def _arrange(self, arrangement: Arrangement, listed: tuple[RunSummary, ...] | None = None) -> None:
        """List the runs in another arrangement, keeping the selected run if it is among them."""
        pointed = self._pointed
        self._arrangement = arrangement
        self._listed = arrangement.of(self._all) if listed is None else listed
        place = self._place_of(pointed.run.path) if pointed is not None else None
        self._cursor = min(self._cursor, max(0, len(self._listed) - 1)) if place is None else place
        if self._chosen:
            known = {run.run.folder for run in self._all}
            self._chosen = [path for path in self._chosen if str(path) in known]
        self._show_runs()

    def _place_of(self, path: Path) -> int | None:
        """The place of a folder's run in the list; None if the list does not contain it."""
        wanted = str(path)  # Comparing paths is slow.
        return next((place for place, run in enumerate(self._listed) if run.run.folder == wanted), None)

    def _show_runs(self) -> None:
        runs, cursor, chosen, arrangement = self._listed, self._cursor, tuple(self._chosen), self._arrangement
        opened, pointed, total = self._opened, self._pointed, len(self._all)
        is_first_reading, accuracy = self._is_reading and not total, self._accuracy
        refused = () if pointed is None else tuple(why_not(pointed) for why_not in runs_text.WHY_NOT.values())
        if refused != self._refused:
            self._refused = refused
            self.refresh_bindings()

        def table(size: Size) -> list[Line]:
            return runs_text.table(runs, cursor, chosen, opened, arrangement, size.width, size.height, accuracy)

        self.write("table", table)

        def title(size: Size) -> list[Line]:
            if is_first_reading:
                return []
            where = cursor, len(chosen), arrangement, size.width, self._rows
            return [runs_text.title(len(runs), total, *where, accuracy)]

        self.write("title", title)
        self._preview.show(
            pointed, next((run.config for run in self._all if run.run.read_only and run.name == RECIPE), None)
        )
        said = self._said or None
        self.write(
            "details", lambda size: runs_text.details(pointed, arrangement.wanted, *size) if said is None else [said]
        )

    @property
    def _rows(self) -> int:
        """The number of runs on a page of the table, below the heading."""
        return max(1, self.places(self.room)["table"].height - 1)

    def _tell(self, *line: tuple[str, str]) -> None:
        """Say something in place of the details until the next key."""
        self._said = line
        self._show_runs()

    # Moving

    def _point(self, place: int) -> None:
        self._cursor = max(0, min(place, len(self._listed) - 1))
        self._said = ()
        self._show_runs()

    def _point_at(self, path: Path) -> None:
        if (place := self._place_of(path)) is not None:
            self._point(place)

    def action_move(self, rows: int) -> None:
        """Select another run."""
        self._point(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Select a run on another page."""
        self._point(self._cursor + pages * self._rows)

    def action_end(self, last: int) -> None:
        """Select the first or the last run."""
        self._point(last * len(self._listed))

    def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """Select a run, or open it if it is already selected; on the heading, sort by the next column."""
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

    @abstractmethod
    def action_open(self) -> None:
        """Open the selected run on all screens."""

    # Arranging

    def action_sort(self) -> None:
        """Sort by the next visible column."""
        places = runs_text.shown_columns(self.query_one("#table").size.width)
        column = next((place for place in places if place > self._arrangement.column), places[0])
        self._said = ()
        self._arrange(replace(self._arrangement, column=column, turned=False))

    def action_turn(self) -> None:
        """Reverse the order."""
        self._said = ()
        self._arrange(replace(self._arrangement, turned=not self._arrangement.turned))
