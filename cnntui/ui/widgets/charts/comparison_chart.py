"""A chart of one value of several runs: a line each, told apart by colour and by the number that it is marked with."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from textual.geometry import Size

from cnntui.ui.widgets.charts.chart import GUTTER, Tick, foot, tick_rows
from cnntui.ui.widgets.charts.plot import NOTE, Axis, Plot, Series, draw_lines
from cnntui.ui.widgets.text.lines import Line
from cnntui.ui.widgets.text.responsive import ResponsiveText

SERIES_ROLES = ("window", "positive", "negative", "winner", "bad", "sixth")
"""The role of each line, by its place: colours that stay apart among 256 and among 16."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What the chart shows.

    Attributes:
        axis: the vertical axis.
        names: of its ticks, in their order.
        last: the place at the right edge; the left edge is 0.
        lines: a series for each run.
        unit: what the marks count.
        marks: named places on the horizontal axis.
    """

    axis: Axis
    names: tuple[str, ...]
    last: int
    lines: tuple[Series, ...]
    unit: str
    marks: tuple[Tick, ...]


class ComparisonChart(ResponsiveText):
    """Draws a `Comparison` as large as its room."""

    def show(self, title: Line, comparison: Comparison) -> None:
        """Show other curves below a title."""

        def write(size: Size) -> list[Line]:
            rows, columns = size.height - 2, size.width - GUTTER
            if rows < 1 or columns < 1:
                return []
            plot = draw_lines(comparison.lines, comparison.axis, comparison.last, rows, columns)
            axis = foot(comparison.last, comparison.unit, comparison.marks, columns)
            return [title, *_body(plot, comparison, rows), axis]

        self.write(write)


def _role(place: int) -> str:
    return "dim" if place == NOTE else SERIES_ROLES[place - 1] if place else ""


def _body(plot: Plot, comparison: Comparison, rows: int) -> list[Line]:
    ticks = tick_rows(comparison.axis, comparison.names, rows)
    lines = []
    for row, (glyphs, roles) in enumerate(zip(plot.glyphs.tolist(), plot.roles.tolist(), strict=True)):
        name = ticks.get(row, "")
        line = [(f"{name:>{GUTTER - 1}}" + ("┤" if name else "│"), "dim")]
        for place, cells in groupby(zip(glyphs, roles, strict=True), key=lambda cell: cell[1]):
            line.append(("".join(chr(glyph) for glyph, _ in cells), _role(place)))
        lines.append(tuple(line))
    return lines
