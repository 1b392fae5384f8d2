"""The table of layers: a row for each layer, computed from the network's shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from textwrap import wrap

from cnntui.cnn.arithmetic import counted
from cnntui.cnn.layers import Layer, times
from cnntui.cnn.network import Network
from cnntui.cnn.receptive_field import receptive_field
from cnntui.printable import set_width, text_width
from cnntui.ui.views.base.layer_name import layer_name
from cnntui.ui.views.network.branches import edges
from cnntui.ui.widgets.text.line import Line
from cnntui.values import dataclass

MARKER = "▸"

ROOMY, SPACIOUS = 76, 86
"""The widths from which the table has all its columns, and from which it describes each layer in more detail."""

NO_PARAMETERS = "no parameters"

LEAST_NAME = 6
"""The columns that a layer's name keeps if other parts need the room."""

ENOUGH_NAME = 18
"""The columns of a name for which other parts are shortened: names in large networks differ at their ends."""


@dataclass(frozen=True)
class LayerRow:
    """A layer in the table.

    Attributes:
        kind: the kind of layer in one word.
        details: the kind with the layer's window and activation.
        field: the height and width in pixels of a cell's receptive field; empty if cells have no place in the image.
        arithmetic: the number of parameters, and how it is computed.
        flow: the number of values that the layer outputs.
        edges: the edges of the network beside the layer; empty in a chain.
    """

    name: str
    kind: str
    details: str
    output: str
    field: str
    arithmetic: str
    flow: int
    edges: str = ""

    @property
    def total(self) -> str:
        """The number of parameters without its arithmetic; a dash if there are none. For a heading, its first word."""
        if self.arithmetic == NO_PARAMETERS:
            return "–"
        return self.arithmetic.partition(":")[0].rpartition("= ")[2].removeprefix("in all ")


def row(network: Network, layer: Layer, beside: str = "") -> LayerRow:
    """The row of a layer, with the edges beside it."""
    output = network.output_shape_of(layer.name)
    field = times(receptive_field(network, layer.name).size) if network.has_maps(layer.name) else ""
    numbers = prod(output)
    return LayerRow(
        layer.name, layer.KIND, layer.description, times(output), field, arithmetic(layer), numbers, beside
    )  # fmt: skip


def arithmetic(layer: Layer) -> str:
    """The layer's parameters as a sum: `2·2·32·64 + 64 = 8,256`; for a layer without parameters, words that say so."""
    return layer.parameter_sum or NO_PARAMETERS


def flow(network: Network) -> int:
    """How many numbers all layers together output for one image."""
    return sum(prod(shape) for shape in network.shapes)


def table(network: Network, selected: str, width: int, height: int, moment: str = "layer") -> list[Line]:
    """The heading, the layers and the totals, as many lines as there is room for.

    If one line is missing, the totals stand in the heading; if more are, only layers near the selected one are shown.

    Args:
        network: the network with the layers.
        selected: the name of the selected layer.
        width, height: the columns and lines available.
        moment: the heading of the layers' names: "layer", or the batch of the training that the table shows.
    """
    rows = [row(network, layer, beside) for layer, beside in zip(network, edges(network), strict=True)]
    ends = _end(network, width)
    height -= len(ends)
    with_totals = height >= len(rows) + 2
    room = height - (2 if with_totals else 1)
    first = _first_row(network, selected, height)
    total, flows = f"{network.parameters:,}", f"{flow(network):,}"
    heading = LayerRow(
        moment, "kind", "kind", "output", "field", "parameters" if with_totals else f"parameters: {total}", 0
    )
    columns = _columns(rows, heading, flows, width)
    lines = [_line(columns, heading, "out", "dim", False)]
    for shown in rows[first : first + room]:
        lines.append(_line(columns, shown, f"{shown.flow:,}", "", shown.name == selected))
    if with_totals:
        count = counted(len(rows), "layer")
        lines.append(_line(columns, LayerRow(count, "", "", "", "", f"in all {total}", 0), flows, "strong", False))
    return lines + ends


def _end(network: Network, width: int) -> list[Line]:
    """Why the network gives no answer, in up to two lines; empty if it gives one."""
    if not network.unanswered:
        return []
    said = f"No answer. {network.unanswered}"
    return [((line, "negative"),) for line in wrap(said, max(20, width), max_lines=2, placeholder="…")]


def first_row(network: Network, selected: str, width: int, height: int) -> int:
    """The place of the layer in the first line of the table below its heading."""
    return _first_row(network, selected, height - len(_end(network, width)))


def _first_row(network: Network, selected: str, height: int) -> int:
    count = len(network)
    room = max(1, height - 1)
    return 0 if count <= room else max(0, min(network.index(selected) - room // 2, count - room))


@dataclass(frozen=True)
class _Columns:
    """The width of each part of a row; 0 if the part is left out."""

    name: int
    kind: int
    details: bool
    sums: bool
    output: int
    field: int
    arithmetic: int
    flow: int
    gap: str


def _columns(rows: Sequence[LayerRow], heading: LayerRow, flows: str, width: int) -> _Columns:
    everything = [heading, *rows]
    names = [counted(len(rows), "layer"), *(row.edges + row.name for row in everything)]
    longest, beside = max(map(text_width, names)), len(rows[0].edges)
    # Details give way to names that would otherwise look alike.
    forms = [(True, True), (False, True), (False, False)] if width >= SPACIOUS else [(False, True), (False, False)]
    for details, sums in forms:
        columns, left = _columns_as(everything, flows, width, details, sums)
        if left >= min(longest, ENOUGH_NAME + beside):
            break
    return replace(columns, name=max(LEAST_NAME + beside, min(left, longest)))


def _columns_as(rows: Sequence[LayerRow], flows: str, width: int, details: bool, sums: bool) -> tuple[_Columns, int]:
    """The widths of all columns except the names', and how many columns are left for the names."""
    roomy = width >= ROOMY
    kind = max(len(row.details if details else row.kind) for row in rows) if roomy else 0
    output = max(len(row.output) for row in rows)
    field = max(len(row.field) for row in rows) if roomy and any(row.field for row in rows[1:]) else 0
    parameters = max(len(row.arithmetic if sums else row.total) for row in rows)
    gap = "  " if roomy else " "
    taken = [part for part in (kind, output, field, parameters, len(flows)) if part]
    left = width - len(MARKER) - 1 - sum(taken) - len(gap) * len(taken)
    return _Columns(0, kind, details, sums, output, field, parameters, len(flows), gap), left


def _line(columns: _Columns, row: LayerRow, flow: str, role: str, selected: bool) -> Line:
    room = columns.name - len(row.edges)
    parts = [row.edges + set_width(layer_name(row.name, room), room)]
    if columns.kind:
        parts.append((row.details if columns.details else row.kind).ljust(columns.kind))
    parts.append(row.output.rjust(columns.output))
    if columns.field:
        parts.append(row.field.rjust(columns.field))
    learns = "=" in row.arithmetic
    before = columns.gap.join(parts) + columns.gap
    sum_and_count = row.arithmetic.ljust(columns.arithmetic) if columns.sums else row.total.rjust(columns.arithmetic)
    after = columns.gap + flow.rjust(columns.flow)
    if selected:
        return ((f"{MARKER} {before}{sum_and_count}{after}", "selected"),)
    quiet = "faint" if not role and not learns else role
    return (("  " + before, role), (sum_and_count, quiet), (after, role))
