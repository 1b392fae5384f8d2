"""The words of the kernel lab, computed from the experiment's own numbers."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import counted, number, sum_of_products
from cnntui.cnn.layers import times
from cnntui.cnn.ops import Floats
from cnntui.cnn.steps import ConvStep
from cnntui.labs.kernel import Experiment
from cnntui.printable import shortened, text_width
from cnntui.ui.widgets.text.line import FILL, Line, line_width


def settings(experiment: Experiment, compact: bool) -> Line:
    """All settings of the experiment, with their keys."""
    pieces: list[tuple[str, str]] = []
    for keys, name, value in (
        ("{ } [ ]", "size" if not compact else "", times(experiment.size)),
        ("( )", "filters", f"{len(experiment.filters)}"), ("S", "stride", f"{experiment.stride}"),
        ("D", "dilation", f"{experiment.dilation}"), ("P", "padding" if not compact else "", experiment.padding),
    ):  # fmt: skip
        pieces += [
            (keys, "accent"),
            (f" {name} " if name else " ", "dim"),
            (value, "strong"),
            (" " if compact else "  ", ""),
        ]
    return tuple(pieces)


def name(experiment: Experiment, row: int, col: int, width: int, compact: bool) -> Line:
    """The selected kernel, its effect if there is room, and the place of the window.

    If compact and there are several filters, their vector, which has no other place.
    """
    called, steps, filters = experiment.filter.name, experiment.steps, len(experiment.filters)
    if compact and filters > 1:
        which, where = f"{experiment.chosen} of {filters}  ", f"({row}, {col})"
        # At least one number of the vector fits.
        room = width - len(which) - len(where) - VALUE - 5
        called = shortened(called, room)
        head: Line = ((which, "window"), (called, "strong"), ("  ", ""))
        left = width - line_width(head)
        return (*head, FILL, *vector(steps.vector(row, col), experiment.chosen, left, label=where)[0])
    where = f"cell ({row}, {col})  position {steps.index(row, col) + 1}/{len(steps)}"
    does = f"   {experiment.filter.does}"
    if compact or text_width(called + does + where) + 1 > width:
        does = ""
    return ((called, "strong"), (does, "dim"), FILL, (where, "window"))


def kernel_title(experiment: Experiment) -> Line:
    """The kernel's size or, with several filters, the number of this one and the key for the next."""
    filters = len(experiment.filters)
    if filters == 1:
        return ((f"kernel {times(experiment.size)}", "strong"),)
    return (("tab", "accent"), (" filter ", "dim"), (f"{experiment.chosen}", "strong"), (f" of {filters}", "dim"))


def length(experiment: Experiment, axis: int, label: str) -> Line:
    """The number of rows (axis 0) or columns (axis 1) of the output, as a sum with its floor written out."""
    cells, extent, stride = experiment.input.shape[axis], experiment.extent[axis], experiment.stride
    zeros = sum(experiment.zeros(axis))
    inner = f"{cells} − {extent}" if experiment.padding == "valid" else f"{cells} + {zeros} − {extent}"
    rest = cells + zeros - extent
    # A stride of 1 leaves nothing to round.
    quotient = f"⌊{rest / stride:.4g}⌋" if stride > 1 else f"{rest}"
    whole = f"⌊({inner}) / {stride}⌋ + 1 = {quotient} + 1 = "
    return ((f"{label} ", "dim"), (whole, ""), (f"{experiment.positions(axis)}", "strong"))


def ends(experiment: Experiment, axis: int, before: str, after: str) -> Line:
    """The zeros added at the ends of an axis, or the cells left over at its end; empty if there are neither."""
    if experiment.padding == "same":
        zeros = experiment.zeros(axis)
        return ((f"zeros: {zeros[0]} {before}, {zeros[1]} {after}", "dim"),)
    left_over = (experiment.input.shape[axis] - experiment.extent[axis]) % experiment.stride
    return ((f"{left_over} left over", "dim"),) if left_over else ()


def lengths(experiment: Experiment, width: int) -> list[Line]:
    """The number of rows and columns of the output, in one sum if both are equal; notes follow if there is room."""
    if experiment.input.shape[0] == experiment.input.shape[1] and experiment.extent[0] == experiment.extent[1]:
        notes = ends(experiment, 0, "before", "after"), window(experiment)
        return _noted(length(experiment, 0, "rows, columns"), width, *notes)
    rows = _noted(length(experiment, 0, "rows   "), width, ends(experiment, 0, "above", "below"))
    cols = _noted(length(experiment, 1, "columns"), width, ends(experiment, 1, "left", "right"), window(experiment))
    return [*rows, *cols]


def _noted(line: Line, width: int, *notes: Line) -> list[Line]:
    """A line and notes about it, on lines of their own if they would get too long."""
    lines = [line]
    for note in filter(None, notes):
        longer = (*lines[-1], ("   ", ""), *note)
        if line_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append((("  ", ""), *note))
    return lines


def volume(experiment: Experiment, width: int) -> list[Line]:
    """The numbers of output values and of parameters, each as a product that ends in the number of filters.

    They share one line if the width allows.
    """
    rows, cols, filters = experiment.steps.output_maps.shape
    height, breadth = experiment.size
    output: Line = (
        ("output ", "dim"), (f"{rows} × {cols} × ", ""), (f"{filters}", "strong"),
        (f" = {counted(experiment.steps.output_maps.size, 'number')}", ""),
    )  # fmt: skip
    parameters: Line = (
        ("parameters ", "dim"), (f"{height} × {breadth} × 1 × ", ""), (f"{filters}", "strong"),
        (f" = {experiment.layer.kernel.size:,}", ""), (", no bias", "dim"),
    )  # fmt: skip
    together: Line = (*output, ("  ", ""), *parameters)
    return [together] if line_width(together) <= width else [output, parameters]


VALUE = 7
"""The columns of a number of the vector: a sign, a digit, two decimals, and a blank or a bracket on each side."""


def vector(values: Floats, chosen: int, width: int, lines: int = 1, label: str = "") -> list[Line]:
    """The numbers that the window becomes, one per filter, with the selected one in brackets.

    If there is no room for all of them, those around the selected one are shown.

    Args:
        values: `(filters,)`.
        chosen: the selected filter.
        width, lines: the columns and lines available.
        label: the beginning of the first line; by default it says what the numbers are.
    """
    label = label or f"vector of {len(values)}"
    # Two columns before and one after show whether there are more.
    across = max(1, (width - len(label) - 3) // VALUE)
    if across * lines >= len(values):
        # As few lines as possible, of equal length.
        across = -(-len(values) // -(-len(values) // across))
    first = max(0, min(chosen - across * lines // 2, len(values) - across * lines))
    last = min(first + across * lines, len(values))
    pieces = [
        (f"[{number(value, 2, VALUE - 2)}]", "selected")
        if place == chosen
        else (f" {number(value, 2, VALUE - 2)} ", "")
        for place, value in enumerate(values.tolist())
    ]
    written: list[Line] = []
    for start in range(first, last, across):
        head = label if start == first else " " * len(label)
        before, after = " …" if start == first > 0 else "  ", "…" if start + across >= last < len(values) else ""
        written.append(((head + before, "dim"), *pieces[start : min(start + across, last)], (after, "dim")))
    return written


def window(experiment: Experiment) -> Line:
    """Why a dilated window is larger than its kernel; empty if there is no dilation."""
    if experiment.dilation == 1:
        return ()
    (height, width), (down, along), apart = experiment.size, experiment.extent, experiment.dilation
    if height == width:
        return ((f"window {along} = ({width} − 1) × {apart} + 1", "dim"),)
    sums = f"({height} − 1) × {apart} + 1, {along} = ({width} − 1) × {apart} + 1"
    return ((f"window {down} = {sums}", "dim"),)


def reads(experiment: Experiment, width: int) -> list[Line]:
    """How often the input's cells are read: in a corner, in the middle, and how many never are."""
    counts = experiment.reads
    middle = int(counts[counts.shape[0] // 2, counts.shape[1] // 2])
    never = int((counts == 0).sum())
    corner: Line = (
        ("read by ", "dim"), (counted(int(counts[0, 0]), "window"), "strong"),
        (" at the first corner,", "dim"),
    )  # fmt: skip
    others: Line = (
        ("by ", "dim"), (f"{middle}", "strong"), (" in the middle, at most ", "dim"),
        (f"{int(counts.max())}", "strong"),
    )  # fmt: skip
    if never:
        others = (*others, ("; × never: ", "negative"), (f"{never}", "strong"))
    together: Line = (*corner, (" ", ""), *others)
    return [together] if line_width(together) <= width else [corner, others]


def reads_table(experiment: Experiment, width: int) -> list[Line]:
    """How often each cell of a small input is read, as a table."""
    counts = experiment.reads
    most = int(counts.max())
    return [
        tuple(
            (f"{count:>{width}}", "strong" if count == most else "negative" if count == 0 else "")
            for count in row.tolist()
        )
        for row in counts
    ]


def equation(step: ConvStep, width: int) -> Line:
    """The step as a sum of products, as far as the width allows."""
    values, weights = step.patch.ravel().tolist(), step.kernel.ravel().tolist()
    # Products with 0 change nothing, and need not be typed into a calculator.
    pairs = [(value, weight) for value, weight in zip(values, weights, strict=True) if value and weight]
    left_out = len(values) - len(pairs)
    zeros = f"   and {left_out} × 0" if left_out else ""
    if not pairs:
        return (("all products are 0: the output is 0", ""),)
    for digits in (3, 2):
        used, weighing = zip(*pairs, strict=True)
        text = str(sum_of_products(used, weighing, step.total, digits, digits)).replace(" × ", "×")
        if len(text) <= width:
            return ((text, ""), (zeros if len(text + zeros) <= width else "", "dim"))
    return ((f"{counted(len(pairs), 'product')} ≈ {number(step.total, 3)}", ""), (zeros, "dim"))


def output(experiment: Experiment, width: int) -> list[Line]:
    """The output's range and what the sum of the weights does to flat areas, in one line if the width allows."""
    values, total = experiment.steps.output_map, float(experiment.kernel.sum())
    nothing = int((values == 0).sum())
    says = (
        "flat areas become 0" if abs(total) < 1e-6
        else "flat areas stay as they are" if abs(total - 1) < 1e-6
        else f"flat areas become × {number(total, 2)}"
    )  # fmt: skip
    name = f"Map {experiment.chosen}:" if len(experiment.filters) > 1 else "Output"
    low, high = number(float(np.min(values)), 2), number(float(np.max(values)), 2)
    range_of, weights = f"{name} {low} to {high}", f"Weights sum to {number(total, 2)}: {says}."
    counted = f", {nothing} of {values.size} are 0"
    if len(range_of + weights) + 2 > width:
        return [((f"{range_of}{counted}.", ""),), ((weights, "dim"),)]
    if len(range_of + counted + weights) + 2 > width:
        counted = ""
    return [((f"{range_of}{counted}. ", ""), (weights, "dim"))]


def step(experiment: Experiment, row: int, col: int, width: int, height: int) -> list[Line]:
    """The step at an output cell: the selected filter's sum and, with several filters, their vector."""
    lines = [equation(experiment.steps.at(row, col), width)]
    if len(experiment.filters) > 1:
        lines += vector(experiment.steps.vector(row, col), experiment.chosen, width, max(1, height - 1))
    return lines


def story(experiment: Experiment, about_reads: bool, refused: str, width: int, height: int) -> list[Line]:
    """The facts about all positions, as far as there is room.

    Args:
        experiment: the current experiment.
        about_reads: whether the number of reads of each cell matters most.
        refused: why the last request was refused, which is shown in any case; empty if it was not.
        width, height: the columns and lines available.
    """
    lines = [*lengths(experiment, width), *volume(experiment, width)]
    read, made = reads(experiment, width), output(experiment, width)
    if len(lines) + len(read) + len(made) > height:
        read, made = (read, []) if about_reads else ([], made)
    lines = [*lines, *read, *made][:height]
    return [*lines[: height - 1], ((refused, "bad"),)] if refused else lines
