"""A live chart of one quantity during training: a title, and a curve with its axes. Only changes are repainted."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import numpy as np
from textual.geometry import Size

from cnntui.ui.widgets.charts.plot import NOTE, Axis, CellRole, Curve, Plot, dot_columns, dot_rows, draw
from cnntui.ui.widgets.text.line import FILL, Line, line_width
from cnntui.ui.widgets.text.responsive import ResponsiveText

GUTTER = 6
"""Columns left of the curve, for the tick labels and the axis."""

_ROLES: dict[int, str] = {
    CellRole.BLANK: "",
    CellRole.POINTS: "points",
    CellRole.LINE: "positive",
    CellRole.TEST: "winner",
    CellRole.LOST: "bad",
    NOTE: "dim",
}

LEGEND: Line = (("⠶ ", "points"), ("batch", "dim"))
PLAIN_LEGEND: Line = (("· ", "points"), ("batch", "dim"))

Tick = tuple[float, str]
"""A value and its label; on the horizontal axis the value is a step."""


class Chart(ResponsiveText):
    """Draws a `Curve` to fill its room. Showing the same curve again repaints nothing."""

    def show(
        self,
        name: str,
        newest: str,
        test: str,
        curve: Curve,
        names: tuple[str, ...],
        unit: str,
        marks: tuple[Tick, ...],
        tests: str = "test",
    ) -> None:
        """Show another curve.

        Args:
            name: the name of the quantity.
            newest: the newest value of the line.
            test: the newest value on the test images; empty before the first.
            curve: what to draw.
            names: the labels of the vertical axis's ticks, in their order.
            unit: the unit of the horizontal axis's marks, in at most five columns.
            marks: labelled steps on the horizontal axis.
            tests: the name of the images that the network does not learn from.
        """
        colourless = self.app.no_color
        legend = PLAIN_LEGEND if colourless else LEGEND

        def write(size: Size) -> list[Line]:
            rows, columns = size.height - 2, size.width - GUTTER
            if rows < 1 or columns < 1:
                return []
            title = _title(name, newest, test, size.width, legend, tests)
            plot = draw(curve, rows, columns, plain=colourless)
            return [title, *body(plot, curve.axis, names, _ROLES), foot(curve.last, unit, marks, columns)]

        self.write(write)


def _title(name: str, newest: str, test: str, width: int, legend: Line, tests: str) -> Line:
    """The name and the newest values, each after the sign that it is drawn with, and a legend if there is room."""
    line: Line = ((f"{name} ", "strong"), ("━ ", "positive"), (newest, ""))
    if test:
        brief: Line = (*line, (" ◆ ", "winner"), (test, ""))
        line = (*line, (" ◆ ", "winner"), (f"{tests} ", "dim"), (test, ""))
        line = line if line_width(line) <= width else brief
    return (*line, FILL, *legend) if line_width(line) + line_width(legend) < width else line


def body(plot: Plot, axis: Axis, names: tuple[str, ...], roles: Mapping[int, str]) -> list[Line]:
    """The lines of a plot behind its vertical axis."""
    ticks = tick_rows(axis, names, len(plot.glyphs))
    lines = []
    for row, (glyphs, drawn) in enumerate(zip(plot.glyphs.tolist(), plot.roles.tolist(), strict=True)):
        name = ticks.get(row, "")
        line = [(f"{name:>{GUTTER - 1}}" + ("┤" if name else "│"), "dim")]
        for role, cells in groupby(zip(glyphs, drawn, strict=True), key=lambda cell: cell[1]):
            line.append(("".join(chr(glyph) for glyph, _ in cells), roles[role]))
        lines.append(tuple(line))
    return lines


def tick_rows(axis: Axis, names: tuple[str, ...], rows: int) -> dict[int, str]:
    """The labels of the ticks by row. If they would be less than a row apart, only every second has one, or third …

    The difference between any two neighbouring labels is therefore the same, or on a logarithmic axis the ratio.
    """
    placed = (dot_rows(np.array(axis.ticks), axis, rows) // 4).tolist()
    for every in range(1, len(placed) + 1):
        chosen = {placed[place]: names[place] for place in range(len(placed) - 1, -1, -every)}
        if len(chosen) == -(-len(placed) // every):
            break
    return chosen


def foot(last: int, unit: str, marks: tuple[Tick, ...], columns: int) -> Line:
    """The horizontal axis: each mark's label below its step; from the right, as many as fit."""
    width = GUTTER + columns
    text = [" "] * width
    free = width
    for step, name in reversed(marks):
        centre = GUTTER + int(dot_columns(np.array([int(step)]), last, columns)[0]) // 2
        begin = min(max(centre - len(name) // 2, GUTTER), width - len(name))
        if begin + len(name) <= free:
            text[begin : begin + len(name)] = name
            free = begin - 1
    text[: len(unit)] = unit
    return (("".join(text), "dim"),)
