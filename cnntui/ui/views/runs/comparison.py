"""Compare: up to six runs in one chart of the loss and one of the accuracy, and the differences in their settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from cnntui.cnn.arithmetic import counted
from cnntui.runs.directory.run_directory import LONG_BYTES, RunDirectory, events_size
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.background import Looking, in_background, tell
from cnntui.ui.views.base.page import Page
from cnntui.ui.views.runs import comparison_text
from cnntui.ui.views.runs.comparison_text import By
from cnntui.ui.widgets.charts.comparison_chart import ComparisonChart
from cnntui.ui.widgets.text.responsive import ResponsiveText

LOOK_SECONDS = 0.5


class ComparisonScreen(Page):
    """A page over Runs, updated while any of its runs trains."""

    TOPIC = "Compare"
    TEXT = """
Each line is one run: the smoothed loss or accuracy of its batches. Comparing runs shows what a setting does.

Lines have their own colour and number. Below the chart each run is listed with its result and the settings that
differ; settings that all runs share are left out.

v chooses the horizontal axis: batches show which run learns more from the same images, time shows which gets there
sooner. Time is the trainer's, without pauses.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.COMPARISON)

    def __init__(self, runs: Sequence[RunDirectory]) -> None:
        super().__init__()
        self._followers = [RunFollower(run) for run in runs]
        self._views: tuple[RunView, ...] = ()
        self._by = By.STEP
        self._looking = Looking(self, self._look, LOOK_SECONDS)

    def compose_page(self) -> Iterable[Widget]:
        yield ResponsiveText(id="title")
        yield ComparisonChart(id="loss")
        yield ComparisonChart(id="accuracy")
        yield ResponsiveText(id="legend")

    def on_mount(self) -> None:
        if sum(events_size(follower.run) for follower in self._followers) <= LONG_BYTES:
            self._look()
        else:
            count = len(self._followers)
            self.write("title", lambda size: [((f" reading {counted(count, 'run')} …", "strong"),)])
            in_background(self, self._read, "runs")

    # Reading

    def _read(self, is_wanted: Callable[[], bool]) -> None:
        """Read the runs in a thread: long ones take seconds."""
        views = []
        for follower in self._followers:
            if not is_wanted():
                return
            views.append(follower.poll())
        tell(self, self._take, tuple(views))

    def _look(self) -> None:
        self._take(tuple(follower.poll() for follower in self._followers))

    def _take(self, views: tuple[RunView, ...]) -> None:
        if views != self._views:
            self._views = views
            self._show()
        self._looking.keep(any(view.status.is_active for view in views))

    def _show(self) -> None:
        views, by = self._views, self._by
        self.write("title", lambda size: [comparison_text.title(len(views), by, size.width)])
        loss, accuracy = comparison_text.loss_comparison(views, by), comparison_text.accuracy_comparison(views, by)
        self.query_one("#loss", ComparisonChart).show(comparison_text.chart_title("loss"), loss)
        self.query_one("#accuracy", ComparisonChart).show(comparison_text.chart_title("accuracy"), accuracy)
        self.write("legend", lambda size: comparison_text.legend(views, size))

    # Keys

    def action_by(self) -> None:
        """Draw the curves against batches, or against time."""
        self._by = By.TIME if self._by is By.STEP else By.STEP
        if self._views:
            self._show()
