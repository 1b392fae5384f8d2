"""A chart of one quantity for several runs: a line each, told apart by colour and by number."""

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
    """What the chart shows.

    Attributes:
        axis: the vertical axis.
        names: of its ticks, in their order.
        last: the place at the right edge; the left edge is 0.
        lines: a series for each run.
        unit: what the marks count.
        marks: named places on the horizontal axis.
        called: what the lines are called; nothing where their numbers must do.
    """

    axis: Axis
    names: tuple[str, ...]
    last: int
    lines: tuple[Series, ...]
    unit: str
    marks: tuple[Tick, ...]
    called: tuple[str, ...] = ()


class ComparisonChart(ResponsiveText):
    """Draws a `Comparison` to fill its room."""

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
