"""The curves and the settings of the run that is pointed at, beside the list."""

from __future__ import annotations

from functools import partial

from textual.geometry import Size
from textual.timer import Timer

from cnntui.runs.config.differences import differences
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.config.settings import SETTINGS
from cnntui.runs.directory.run_directory import LONG_BYTES, events_size
from cnntui.runs.history.history import EMPTY, History
from cnntui.runs.listing.summary import RunSummary
from cnntui.runs.reading.follow import RunFollower
from cnntui.ui.views.base.curves.charts import show_curves
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.widgets.charts.chart import Chart
from cnntui.ui.widgets.text.lines import Line
from cnntui.ui.widgets.text.responsive import ResponsiveText

MOST_KEPT = 50
"""Histories that are kept, so that going up and down the list reads none twice."""

NOTHING = "–"
"""What a setting is that means nothing for a network."""

REST_SECONDS = 0.12
"""How long a run is pointed at before its curves are drawn: whoever goes down the list does not wait for each."""

NAME_WIDTH = 18
"""Columns of a setting's name."""


class Preview:
    """Shows one run in the widgets that a screen has for it."""

    def __init__(self, screen: ExplorerScreen) -> None:
        self._screen = screen
        self._shown: tuple[RunSummary | None, RunConfig | None] | None = None
        self._resting: Timer | None = None
        self._histories: dict[tuple[str, int], History] = {}

    def show(self, run: RunSummary | None, recipe: RunConfig | None) -> None:
        """Show another run, where there is room for one: as soon as no other one is pointed at for a moment.

        Until then the one before is seen, whole and under its name.

        Args:
            run: the run that is pointed at.
            recipe: the settings of the recipe, to tell what differs from it.
        """
        if not self._screen.sees("settings"):
            return
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        before = self._shown[0] if self._shown is not None else None
        if before is None or (run is not None and run.run.folder == before.run.folder):
            self._draw(run, recipe)
        else:
            self._resting = self._screen.set_timer(REST_SECONDS, partial(self._draw, run, recipe))

    def _draw(self, run: RunSummary | None, recipe: RunConfig | None) -> None:
        if (run, recipe) == self._shown:
            return
        self._shown = run, recipe
        config = run.config if run is not None else None
        name = run.name if run is not None else ""
        size = events_size(run.run) if run is not None and config is not None else 0
        history = EMPTY
        if run is not None and config is not None and size <= LONG_BYTES:
            history = self._history(run, size)
        self._write("of-run", [((name, "strong"),)])
        loss, accuracy = (self._screen.query_one(chart, Chart) for chart in ("#loss", "#accuracy"))
        show_curves(history, config, loss, accuracy, 0)
        lines = settings(config, recipe) if config is not None else []
        if size > LONG_BYTES:
            lines = [(("A long run: o draws its curves.", "dim"),), (), *lines]
        self._write("settings", lines)

    def _write(self, part: str, lines: list[Line]) -> None:
        self._screen.query_one(f"#{part}", ResponsiveText).write(lambda room: _in_columns(lines, room))

    def _history(self, run: RunSummary, size: int) -> History:
        key = run.run.folder, size
        if key not in self._histories:
            if len(self._histories) == MOST_KEPT:
                del self._histories[next(iter(self._histories))]
            self._histories[key] = RunFollower(run.run).poll().history
        return self._histories[key]


def settings(config: RunConfig, recipe: RunConfig | None) -> list[Line]:
    """What a run was trained with, a setting a line; what differs from the recipe first."""
    others = differences((recipe, config)) if recipe is not None else ()
    different = {each.name: each.values[0] for each in others if each.values[1] != NOTHING}
    changed: list[Line] = []
    same: list[Line] = []
    for name, setting in SETTINGS.items():
        if name == "name":
            continue
        label = f"{setting.brief:<{NAME_WIDTH}}"
        if setting.brief in different and name != "data":
            changed.append(
                ((label, ""), (config.words(name), "window"), (f"  recipe: {different[setting.brief]}", "dim"))
            )
        else:
            same.append(((label, "dim"), (config.words(name), "")))
    head: Line = (("differs from the recipe", "strong"),) if changed else (("trained by the recipe", "strong"),)
    return [head, *changed, *([()] if changed else []), *same]


def _in_columns(lines: list[Line], room: Size) -> list[Line]:
    """As many lines as there is room for."""
    return lines[: room.height]
