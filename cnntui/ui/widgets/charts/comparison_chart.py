"""A chart of one quantity for several runs: one line per run, told apart by colour and number."""

from __future__ import annotations

from textual.geometry import Size

from cnntui.ui.widgets.charts.chart import GUTTER, Tick, body, foot
from cnntui.ui.widgets.charts.plot import NOTE, Axis, Series, draw_lines
from cnntui.ui.widgets.design import CURVES
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.responsive import ResponsiveText
from cnntui.values import dataclass

_ROLES = {0: "", NOTE: "dim", **dict(enumerate(CURVES, 1))}


@dataclass(frozen=True, eq=False)
class Comparison:
    """The content of the chart.

    Attributes:
        axis: the vertical axis.
        names: the labels of the axis's ticks, in their order.
        last: the place at the right edge; the left edge is 0.
        lines: a series for each run.
        unit: the unit of the marks.
        marks: labelled places on the horizontal axis.
        called: the names of the lines; empty if their numbers suffice.
    """

    axis: Axis
    names: tuple[str, ...]
    last: int
    lines: tuple[Series, ...]
    unit: str
    marks: tuple[Tick, ...]
    called: tuple[str, ...] = ()


class ComparisonChart(ResponsiveText):
    """A chart that draws a `Comparison` to fill its room."""

    def show(self, title: Line, comparison: Comparison) -> None:
        """Show other curves under a title."""

        def write(size: Size) -> list[Line]:
            rows, columns = size.height - 2, size.width - GUTTER
            if rows < 1 or columns < 1:
                return []
            plot = draw_lines(comparison.lines, comparison.axis, comparison.last, rows, columns, comparison.called)
            axis = foot(comparison.last, comparison.unit, comparison.marks, columns)
            return [title, *body(plot, comparison.axis, comparison.names, _ROLES), axis]

        self.write(write)
