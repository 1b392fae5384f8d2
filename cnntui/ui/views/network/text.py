"""The words of Network about the selected layer and its output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnntui.cnn.arithmetic import counted, number, percent
from cnntui.cnn.layers import Layer, said, times
from cnntui.cnn.network import Activations
from cnntui.cnn.ops import Floats
from cnntui.explore.focus import Focus, map_of
from cnntui.explore.scene import Scene
from cnntui.palette import bar
from cnntui.printable import shortened, text_width
from cnntui.ui.views.network.outputs import lines_apart
from cnntui.ui.views.network.table import MARKER
from cnntui.ui.widgets.text.legend import scale_legend
from cnntui.ui.widgets.text.line import Line, in_lines, line_width

if TYPE_CHECKING:
    from cnntui.images.scale_evidence import ScaleEvidence


def scale_line(evidence: ScaleEvidence, width: int) -> Line:
    """The input scale and the evidence for it, as far as there is room; a doubtful scale stands out."""
    head, _, rest = evidence.fitting(width).partition(":")
    return ((head, "negative" if evidence.is_doubtful else "strong"), (f":{rest}" if rest else "", "dim"))


def maps_title(
    layer: Layer, focus: Focus, colours: str, reduced: int, width: int, shown: range = range(0), count: int = 0
) -> Line:
    """The title of the gallery.

    Args:
        layer: the layer that outputs the maps.
        focus: the selected map and cell.
        colours: the values that the colours are scaled to.
        reduced: how many rows and columns are drawn as one cell.
        width: the number of columns.
        shown: the maps in view.
        count: the number of all maps.
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
    """The range of the maps in view; empty if all of them are."""
    if not shown or len(shown) >= count:
        return ()
    word, which = ("map", f"{shown[0]}") if len(shown) == 1 else ("maps", f"{shown[0]}–{shown[-1]}")
    return ((f"  {word} ", "dim"), (which, ""), (f" of {count}", "dim"))


def neighbour_title(layer: Layer, maps: Floats, reads: bool, shown: range = range(0)) -> Line:
    """The title of the maps beside those of the selected layer.

    Args:
        layer: the layer that outputs the maps.
        maps: `(rows, columns, maps)`, the values of the maps.
        reads: whether that layer reads the selected one; if not, the selected layer reads it.
        shown: the maps in view.
    """
    return (("next: " if reads else "before: ", "dim"), (layer.name, "strong"), (f"  {times(maps.shape)}", ""),
            *part_of(shown, maps.shape[-1]))  # fmt: skip


def map_title(focus: Focus, values: Floats, limit: float) -> list[Line]:
    """The title of the large map."""
    return [
        (
            (f"map {focus.filter} ", "strong"),
            (times(values.shape), ""),
            ("   ", ""),
            *scale_legend(float(values.min()), f"{limit:.3g}", 2),
        ),
        ((f"({focus.row}, {focus.col}) ", "window"), (number(float(values[focus.row, focus.col])), "window")),
    ]


def slot(scene: Scene, layer: Layer, slot: int, width: int) -> list[Line | str]:
    """A slot of the flattened vector and the cell that fills it."""
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
        return [*head, "", *in_lines(said, width, "dim")]
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
    """The title of the picture that a unit's weights form."""
    line: Line = (("unit ", "dim"), (f"{unit}", "window"), (" looks for", "dim"))
    finite = weights[np.isfinite(weights)]
    if not finite.size:
        return [line]
    low, high = float(finite.min()), float(finite.max())
    return [line, (("weights ", "dim"), (number(low, 3), "negative"), (" … ", "dim"), (number(high, 3), "positive"))]


def unit_title(layer: Layer, unit: int, units: int, pre_activation: float, output: float, width: int) -> Line:
    """A unit of a dense layer: its weighted sum and, if there is room, its output."""
    sums = "weighted sum " if "kernel" in layer.weights else ""
    line: Line = (
        (f"{layer.name} ", "strong"), ("unit ", "dim"), (f"{unit}", "window"), (f" of {units}: ", "dim"),
        (f"{sums}{number(pre_activation)}", "negative" if pre_activation < 0 else "positive"),
    )  # fmt: skip
    given = percent(output, 4) if layer.activation == "softmax" else number(output)
    end = "" if layer.activation == "linear" else f", {said(layer.activation)} gives {given}"
    return (*line, (end, "window")) if line_width(line) + len(end) <= width else line


def passed(layer: Layer, outputs: Floats, unit: int, width: int) -> Line:
    """The title of a dense layer's output.

    Args:
        layer: the layer.
        outputs: the outputs of its units.
        unit: the selected unit.
        width: the number of columns, and of bars; of more units, those around the selected one are drawn.
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
    """A line for each class: its logit, and its probability as a bar and in digits.

    Args:
        activations: those of a network whose last layer has a unit for each class.
        names: the names of the classes.
        chosen: the selected class.
        width, height: columns and lines; if there are too few lines, only the most probable classes and how many
            others there are, without a heading.
    """
    values, logits = activations.probabilities, activations.logits
    label_width = max(4, min(max(map(text_width, names)), width // 4))
    room = max(4, width - 26 - label_width)
    places = list(range(len(values)))
    lines: list[Line] = [((f"{'class':<{label_width + 1}}     logit   probability", "dim"),)]
    apart = lines_apart(height, len(places))
    if not apart:
        places, lines = sorted(places, key=lambda place: -values[place])[: max(0, height - 1)], []
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
        lines += [()] * (apart - 1)
    if not apart:
        lines.append(((f" and {len(values) - len(places):,} less probable", "dim"),))
    return lines
