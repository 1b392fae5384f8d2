"""What Network says: the table of layers, and what there is to know of one layer, all from the live shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from cnntui.cnn.arithmetic import counted, number, percent
from cnntui.cnn.layers import Layer, said, times
from cnntui.cnn.network import Activations, Network
from cnntui.cnn.ops import Floats
from cnntui.cnn.receptive_field import receptive_field
from cnntui.explore.focus import Focus, map_of
from cnntui.explore.scene import Scene
from cnntui.palette import bar
from cnntui.printable import set_width, shortened, text_width
from cnntui.ui.views.network.branches import edges
from cnntui.ui.widgets.design import scale_legend
from cnntui.ui.widgets.text.lines import Line, line_width

if TYPE_CHECKING:
    from cnntui.images.scale_evidence import ScaleEvidence

MARKER = "▸"

ROOMY, SPACIOUS = 76, 86
"""Columns from which the table has all its columns, and from which it tells more of each layer."""

LEAST_NAME = 6
"""Columns that are left to a layer's name where others need the room."""


@dataclass(frozen=True)
class LayerRow:
    """One layer in the table.

    Attributes:
        kind: what it is, in a word.
        details: the same with its window and its activation.
        sees: height and width in pixels of what one cell sees of the digit; empty where a cell has no place on it.
        arithmetic: how many parameters it has and why.
        flow: how many numbers it hands on.
        edges: the edges of the network beside it; empty in a chain.
    """

    name: str
    kind: str
    details: str
    output: str
    sees: str
    arithmetic: str
    flow: int
    edges: str = ""


def row(network: Network, layer: Layer, beside: str = "") -> LayerRow:
    """The row of a layer, with the edges of the network beside it."""
    output = network.output_shape_of(layer.name)
    sees = times(receptive_field(network, layer.name).size) if network.has_maps(layer.name) else ""
    numbers = prod(output)
    return LayerRow(
        layer.name, layer.KIND, layer.description, times(output), sees, arithmetic(layer), numbers, beside
    )  # fmt: skip


def arithmetic(layer: Layer) -> str:
    """The layer's parameters as a sum: `2·2·32·64 + 64 = 8,256`; for a layer without any, that it has none."""
    return layer.parameter_sum or "no parameters"


def flow(network: Network) -> int:
    """How many numbers all layers together hand on for one digit."""
    return sum(prod(shape) for shape in network.shapes)


def table(network: Network, selected: str, width: int, height: int, moment: str = "layer") -> list[Line]:
    """Heading, layers and totals, as many lines as there is room for.

    Where a line is short, the totals stand in the heading; where more are, the layers near the selected one are shown.

    Args:
        network: the layers.
        selected: name of the layer that is pointed at.
        width, height: columns and lines.
        moment: what stands above the names: where they are of a moment of the training, which.
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
    """Why the network gives no answer, in up to two lines, where it does not."""
    if not network.unanswered:
        return []
    said = f"No answer: {network.unanswered[0].lower()}{network.unanswered[1:]}"
    return [((line, "negative"),) for line in wrap(said, max(20, width), max_lines=2, placeholder="…")]


def scale_line(evidence: ScaleEvidence, width: int) -> Line:
    """The input scale and where it is from, as far as there is room; a doubtful one stands out."""
    head, _, rest = evidence.fitting(width).partition(":")
    return ((head, "negative" if evidence.is_doubtful else "strong"), (f":{rest}" if rest else "", "dim"))


def first_row(network: Network, selected: str, width: int, height: int) -> int:
    """The place of the layer in the first line of the table below its heading."""
    return _first_row(network, selected, height - len(_end(network, width)))


def _first_row(network: Network, selected: str, height: int) -> int:
    count = len(network)
    room = max(1, height - 1)
    return 0 if count <= room else max(0, min(network.index(selected) - room // 2, count - room))


@dataclass(frozen=True)
class _Columns:
    """Columns that each part of a row takes; 0 where it is left out."""

    name: int
    kind: int
    details: bool
    output: int
    sees: int
    arithmetic: int
    flow: int
    gap: str


def _columns(rows: Sequence[LayerRow], heading: LayerRow, flows: str, width: int) -> _Columns:
    everything = [heading, *rows]
    roomy, details = width >= ROOMY, width >= SPACIOUS
    kind = max(len(row.details if details else row.kind) for row in everything) if roomy else 0
    output = max(len(row.output) for row in everything)
    sees = max(len(row.sees) for row in everything) if roomy and any(row.sees for row in rows) else 0
    parameters = max(len(row.arithmetic) for row in everything)
    flow_width = len(flows)
    gap = "  " if roomy else " "
    taken = [part for part in (kind, output, sees, parameters, flow_width) if part]
    left = width - len(MARKER) - 1 - sum(taken) - len(gap) * len(taken)
    names = [counted(len(rows), "layer"), *(row.edges + row.name for row in everything)]
    name = max(LEAST_NAME + len(rows[0].edges), min(left, max(map(text_width, names))))
    return _Columns(name, kind, details, output, sees, parameters, flow_width, gap)


def _line(columns: _Columns, row: LayerRow, flow: str, role: str, selected: bool) -> Line:
    room = columns.name - len(row.edges)
    parts = [row.edges + set_width(short_name(row.name, room), room)]
    if columns.kind:
        parts.append((row.details if columns.details else row.kind).ljust(columns.kind))
    parts.append(row.output.rjust(columns.output))
    if columns.sees:
        parts.append(row.sees.rjust(columns.sees))
    learns = "=" in row.arithmetic
    before = columns.gap.join(parts) + columns.gap
    sum_and_count = row.arithmetic.ljust(columns.arithmetic)
    after = columns.gap + flow.rjust(columns.flow)
    if selected:
        return ((f"{MARKER} {before}{sum_and_count}{after}", "selected"),)
    quiet = "faint" if not role and not learns else role
    return (("  " + before, role), (sum_and_count, quiet), (after, role))


def short_name(name: str, width: int) -> str:
    """The name of a layer in so many columns, with the number at its end, which tells it from others of its kind."""
    if text_width(name) <= width:
        return name
    stem, mark, number = name.rpartition("_")
    end = mark + number if number.isdigit() and len(number) < width - 3 else ""
    return set_width(stem if end else name, width - 1 - len(end)).rstrip() + "…" + end


# What is said of one layer


def peaks(maps: Floats) -> Floats:
    """The largest absolute value of each map of `(rows, columns, maps)`; 0 where it is blank."""
    largest: Floats = np.abs(np.nan_to_num(maps, posinf=0.0, neginf=0.0)).max(axis=(0, 1))
    return largest


def maps_title(
    layer: Layer, focus: Focus, colours: str, reduced: int, width: int, shown: range = range(0), count: int = 0
) -> Line:
    """The title of the gallery.

    Args:
        layer: whose maps they are.
        focus: the selected map and cell.
        colours: what the colours are scaled to.
        reduced: how many rows and columns of cells became one.
        width: columns.
        shown: the maps that are in view.
        count: how many there are.
    """
    word = "filter" if layer.MIXES_MAPS else "map"
    line: Line = (
        (f"{word} {focus.filter}", "strong"), (" at ", "dim"), (f"({focus.row}, {focus.col})", "window"),
        *part_of(shown, count),
    )  # fmt: skip
    scaled: Line = (*line, ("  colours: ", "dim"), (colours, ""))
    long: Line = ((f"  each cell shows the maximum of {reduced}×{reduced}", "dim"),) if reduced > 1 else ()
    brief: Line = ((f"  max of {reduced}×{reduced}", "dim"),) if reduced > 1 else ()
    forms = ((*scaled, *long), (*scaled, *brief), (*line, *brief))
    return next((form for form in forms if line_width(form) <= width), line)


def part_of(shown: range, count: int) -> Line:
    """Which maps are in view, where not all of them are."""
    if not shown or len(shown) >= count:
        return ()
    return (("  maps ", "dim"), (f"{shown[0]}–{shown[-1]}", ""), (f" of {count}", "dim"))


def neighbour_title(layer: Layer, maps: Floats, reads: bool, shown: range = range(0)) -> Line:
    """The title of the maps beside those of the selected layer.

    Args:
        layer: whose maps they are.
        maps: `(rows, columns, maps)`.
        reads: whether that layer reads the selected one; otherwise it is read by it.
        shown: the maps that are in view.
    """
    return (("next: " if reads else "before: ", "dim"), (layer.name, "strong"), (f"  {times(maps.shape)}", ""),
            *part_of(shown, maps.shape[-1]))  # fmt: skip


def map_title(focus: Focus, values: Floats, limit: float) -> list[Line]:
    """The title of the large map.

    Args:
        focus: its number, and the cell that is pointed at.
        values: `(rows, columns)`.
        limit: the value of the strongest colour.
    """
    return [
        (
            (f"map {focus.filter} ", "strong"),
            (times(values.shape), ""),
            ("   ", ""),
            *scale_legend(float(values.min()), f"{limit:.3g}", 2),
        ),
        ((f"({focus.row}, {focus.col}) ", "window"), (number(float(values[focus.row, focus.col])), "window")),
    ]


def digit_title(scene: Scene, sees: str) -> Line:
    """The title of the digit, on which it is marked what one cell depends on.

    Args:
        scene: what is looked at.
        sees: rows and columns of what is marked; empty where nothing is.
    """
    line: Line = ((f"{scene.title} ", "strong"), (scene.truth, ""))
    return (*line, ("  field ", "dim"), (sees, "window")) if sees else line


def slot(scene: Scene, layer: Layer, slot: int, width: int) -> list[Line | str]:
    """A slot of the flattened vector and the cell that it is filled from."""
    activation = scene.activations[layer.name]
    row, col, channel = (int(place) for place in np.unravel_index(slot, activation.input.shape))
    rows, cols, maps = activation.input.shape
    value = number(float(activation.output[slot]))
    if map_of(scene.network, layer.name) is None:
        said = f"{rows}×{cols} pixels, line by line: they are the vector, and each unit of the layer after it weighs "
        said += f"all {rows * cols:,} of them. Nothing says any more which of them lie beside each other."
        place: Line = (("slot ", "dim"), (f"{slot}", "window"), (" pixel ", "dim"), (f"({row}, {col})", "window"))
        holds: Line = ((f"{MARKER} ", "dim"), (value, "window"))
        both: Line = (*place, (" ", ""), *holds)
        head = [both] if line_width(both) <= width else [place, holds]
        return [*head, "", *[((line, "dim"),) for line in wrap(said, max(20, width))]]
    return [
        (("slot ", "dim"), (f"{slot}", "window")),
        (("cell ", "dim"), (f"({row}, {col})", "window")),
        (("of map ", "dim"), (f"{channel}", "window")),
        ((f"{MARKER} ", "dim"), (value, "window")),
        "",
        ((f"{rows}×{cols} cells", ""),),
        (("down, ", "dim"),),
        ((counted(maps, "map"), ""),),
        (("across:", "dim"),),
        (("line by line", "dim"),),
        (("it is the", "dim"),),
        (("vector.", "dim"),),
    ]


def weights_title(unit: int, weights: Floats) -> list[Line]:
    """The title of the picture that a unit's weights make.

    Args:
        unit: which unit.
        weights: `(rows, columns)`, as the pixels lie.
    """
    line: Line = (("unit ", "dim"), (f"{unit}", "window"), (" looks for", "dim"))
    finite = weights[np.isfinite(weights)]
    if not finite.size:
        return [line]
    low, high = float(finite.min()), float(finite.max())
    return [line, (("weights ", "dim"), (number(low, 3), "negative"), (" … ", "dim"), (number(high, 3), "positive"))]


def unit_title(layer: Layer, unit: int, units: int, pre_activation: float, output: float, width: int) -> Line:
    """A unit of a dense layer: its weighted sum and, where there is room for it, what becomes of that."""
    sums = "weighted sum " if "kernel" in layer.weights else ""
    line: Line = (
        (f"{layer.name} ", "strong"), ("unit ", "dim"), (f"{unit}", "window"), (f" of {units}: ", "dim"),
        (f"{sums}{number(pre_activation)}", "negative" if pre_activation < 0 else "positive"),
    )  # fmt: skip
    given = percent(output, 4) if layer.activation == "softmax" else number(output)
    end = "" if layer.activation == "linear" else f", {said(layer.activation)} gives {given}"
    return (*line, (end, "window")) if line_width(line) + len(end) <= width else line


def passed(layer: Layer, outputs: Floats, unit: int, width: int) -> Line:
    """The title of what a dense layer hands on.

    Args:
        layer: the layer.
        outputs: of its units.
        unit: the one that is pointed at.
        width: columns, and so many bars; of more units those around that one are drawn.
    """
    count, passing = outputs.size, int((outputs > 0).sum())
    first = unit // max(1, width) * max(1, width)
    drawn = f"; drawn: {first}–{min(first + width, count) - 1}" if count > width else ""
    after = f"after ReLU: {passing} of {count}"
    forms: tuple[str, ...] = (f"{after} units are positive and are passed on", f"{after} are positive")
    if layer.activation != "relu":
        named = said(layer.activation)
        forms = (f"after {named}",) if named != "linear" else ("no ReLU: the sums are passed on unchanged", "no ReLU")
        forms = forms if "kernel" in layer.weights or named != "linear" else ("they are passed on unchanged", "")
    return ((next((form + drawn for form in forms if len(form + drawn) <= width), forms[-1]), "dim"),)


def probabilities(activations: Activations, names: Sequence[str], chosen: int, width: int, height: int) -> list[Line]:
    """One line for each class: its logit, its probability as a bar and in digits.

    Args:
        activations: of a network whose last layer has a unit for each class.
        names: what the classes are called.
        chosen: the class that is pointed at.
        width, height: columns and lines; with too few lines the likeliest classes are shown, without a heading.
    """
    values, logits = activations.probabilities, activations.logits
    label_width = max(4, min(max(map(text_width, names)), width // 4))
    room = max(4, width - 26 - label_width)
    places = list(range(len(values)))
    lines: list[Line] = [((f"{'class':<{label_width + 1}}     logit   probability", "dim"),)]
    if height <= len(places):
        places, lines = sorted(places, key=lambda place: -values[place])[:height], []
    for place in places:
        value, logit = float(values[place]), float(logits[place])
        share = value if np.isfinite(value) else 0.0
        role = "selected" if place == chosen else "strong" if place == activations.predicted else ""
        name = shortened(names[place], label_width)
        name = " " * (label_width - text_width(name)) + name
        lines.append(
            (
                (f"{MARKER if place == chosen else ' '}{name}{number(logit, 3, width=10)}   ", role),
                (bar(share, room), "selected positive" if place == chosen else "positive"),
                (f" {percent(value, 4):>9}", role),
            )
        )
    return lines
