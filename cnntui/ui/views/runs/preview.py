"""The curves and the settings of the selected run, beside and below the list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import ceil

from textual.geometry import Size
from textual.timer import Timer

from cnntui.runs.config.differences import differences
from cnntui.runs.config.run_config import NOTHING, RunConfig
from cnntui.runs.config.settings import SETTINGS
from cnntui.runs.directory.run_directory import LONG_BYTES, events_size
from cnntui.runs.history.history import EMPTY, History
from cnntui.runs.listing.summary import RunSummary
from cnntui.runs.reading.follow import RunFollower
from cnntui.ui.views.base.curves.charts import show_curves
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.runs.layout import columns_of_settings
from cnntui.ui.widgets.charts.chart import Chart
from cnntui.ui.widgets.text.line import Line, cut, line_width

MOST_KEPT = 50
"""The most histories that are kept, so that moving up and down the list reads none of them twice."""

REST_SECONDS = 0.12
"""How long a run must be selected before its curves are drawn: moving down the list should not wait for each run."""

NAME_WIDTH = 13
"""The number of columns of a setting's name."""


class Preview:
    """Shows one run in some widgets of a screen."""

    def __init__(self, screen: ExplorerScreen) -> None:
        self._screen = screen
        self._shown: tuple[RunSummary | None, RunConfig | None, bool] | None = None
        self._resting: Timer | None = None
        self._histories: dict[tuple[str, int], History] = {}

    def show(self, run: RunSummary | None, recipe: RunConfig | None) -> None:
        """Show another run, if there is room, once it has stayed selected for a moment.

        Until then the previous run remains in view, complete and under its own name.

        Args:
            run: the selected run; None if there is none.
            recipe: the settings of the recipe, to compare the run's with; None if they are unknown.
        """
        if not self._screen.has_room_for("settings"):
            return
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        has_curves = self._screen.has_room_for("loss")
        before = self._shown[0] if self._shown is not None else None
        # Settings without curves are shown at once.
        if before is None or not has_curves or (run is not None and run.run.folder == before.run.folder):
            self._draw(run, recipe, has_curves)
        else:
            self._resting = self._screen.set_timer(REST_SECONDS, partial(self._draw, run, recipe, has_curves))

    def _draw(self, run: RunSummary | None, recipe: RunConfig | None, has_curves: bool) -> None:
        if (run, recipe, has_curves) == self._shown:
            return
        self._shown = run, recipe, has_curves
        config = run.config if run is not None else None
        name = run.name if run is not None else ""
        heading, entries = settings(name, config, recipe) if config is not None else ((), ())
        self._screen.write("settings", lambda room: in_columns(heading, entries, room))
        if not has_curves:
            return
        size = events_size(run.run) if run is not None and config is not None else 0
        history = EMPTY
        if run is not None and config is not None and size <= LONG_BYTES:
            history = self._history(run, size)
        is_long = size > LONG_BYTES
        self._screen.write(
            "of-run", lambda room: [((name, "strong"), ("   a long run: v draws its curves" * is_long, "dim"))]
        )
        loss, accuracy = (self._screen.query_one(chart, Chart) for chart in ("#loss", "#accuracy"))
        show_curves(history, config, loss, accuracy, 0)

    def _history(self, run: RunSummary, size: int) -> History:
        key = run.run.folder, size
        if key not in self._histories:
            if len(self._histories) == MOST_KEPT:
                del self._histories[next(iter(self._histories))]
            self._histories[key] = RunFollower(run.run).poll().history
        return self._histories[key]


def settings(name: str, config: RunConfig, recipe: RunConfig | None) -> tuple[Line, tuple[Line, ...]]:
    """The settings of a run: a heading and an entry for each setting; differences from the recipe come first."""
    others = differences((recipe, config)) if recipe is not None else ()
    different = {each.name: each.values[0] for each in others if each.values[1] != NOTHING}
    changed: list[Line] = []
    same: list[Line] = []
    for key, setting in SETTINGS.items():
        if key == "name" or not config.has(key):
            continue
        label = f"{setting.brief:<{NAME_WIDTH}}"
        if setting.brief in different and key != "data":
            changed.append(
                ((label, ""), (config.words(key), "strong"), (f"  recipe: {different[setting.brief]}", "dim"))
            )
        else:
            same.append(((label, "dim"), (config.words(key), "dim")))
    words = " differs from the recipe" if changed else " was trained by the recipe"
    return ((name, "strong"), (words, "dim")), (*changed, *same)


def in_columns(heading: Line, entries: Sequence[Line], room: Size) -> list[Line]:
    """The heading, and below it the entries in as many columns as fit, each column to be read downwards."""
    columns = columns_of_settings(room.width)
    rows = min(room.height - 1, ceil(len(entries) / columns))
    if rows < 1:
        return [heading]
    if len(entries) > columns * rows:
        entries = (*entries[: columns * rows - 1], (("…", "dim"),))
    width = room.width // columns
    return [heading, *(_row(entries[row::rows], width) for row in range(rows))]


def _row(entries: Sequence[Line], width: int) -> Line:
    """Entries side by side, each cut to its column, with two blanks between columns."""
    pieces: list[tuple[str, str]] = []
    for entry in entries:
        shown = cut(entry, width - 2)
        pieces += [*shown, (" " * (width - line_width(shown)), "")]
    return tuple(pieces)
