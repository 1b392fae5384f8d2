"""What the kernel lab says, made from the experiment's own numbers."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import number, sum_of_products
from cnntui.cnn.steps import ConvStep
from cnntui.labs.kernel import Experiment
from cnntui.widgets.lines import Line

AXES = (("rows", "above", "below"), ("columns", "left", "right"))


def settings(experiment: Experiment, compact: bool) -> Line:
    """All that can be set, with the keys that set it."""
    height, width = experiment.size
    pieces: list[tuple[str, str]] = []
    for keys, name, value in (
        ("{ }", "height", f"{height}"), ("[ ]", "width", f"{width}"), ("s", "stride", f"{experiment.stride}"),
        ("a", "dilation", f"{experiment.dilation}"), ("o", "padding" if not compact else "", experiment.padding),
    ):  # fmt: skip
        pieces += [
            (keys, "accent"),
            (f" {name} " if name else " ", "dim"),
            (value, "strong"),
            (" " if compact else "  ", ""),
        ]
    return tuple(pieces)


def length(experiment: Experiment, axis: int) -> Line:
    """How many rows (0) or columns (1) the output has, as a sum with its floor spelt out."""
    word, before, after = AXES[axis]
    cells, extent, stride = experiment.input.shape[axis], experiment.extent[axis], experiment.stride
    zeros = experiment.zeros(axis)
    inner = f"{cells} − {extent}" if experiment.padding == "valid" else f"{cells} + {sum(zeros)} − {extent}"
    rest = cells + sum(zeros) - extent
    # A stride of 1 leaves nothing to be rounded.
    quotient = f"⌊{rest / stride:.4g}⌋" if stride > 1 else f"{rest}"
    whole = f"⌊({inner}) / {stride}⌋ + 1 = {quotient} + 1 = "
    line: Line = ((f"{word:<8}", "dim"), (whole, ""), (f"{experiment.positions(axis)}", "strong"))
    if experiment.padding == "same":
        return (*line, (f"   zeros: {zeros[0]} {before}, {zeros[1]} {after}", "dim"))
    unread = rest - rest // stride * stride
    return (*line, (f"   {unread} left over", "dim")) if unread else line


def window(experiment: Experiment) -> Line:
    """Why a dilated window is larger than its kernel; nothing otherwise."""
    if experiment.dilation == 1:
        return ()
    (height, width), (down, along), apart = experiment.size, experiment.extent, experiment.dilation
    if height == width:
        return ((f"window {along} = ({width} − 1) × {apart} + 1", "dim"),)
    sums = f"({height} − 1) × {apart} + 1, {along} = ({width} − 1) × {apart} + 1"
    return ((f"window {down} = {sums}", "dim"),)


def reads(experiment: Experiment) -> Line:
    """How often the cells of the input are read: at a corner, in the middle, and which never."""
    counts = experiment.reads
    middle = int(counts[counts.shape[0] // 2, counts.shape[1] // 2])
    never = int((counts == 0).sum())
    line: Line = (
        ("read by ", "dim"), (f"{int(counts[0, 0])}", "strong"), (" windows" if counts[0, 0] != 1 else " window", ""),
        (" at the first corner, by ", "dim"), (f"{middle}", "strong"), (" in the middle, at most ", "dim"),
        (f"{int(counts.max())}", "strong"),
    )  # fmt: skip
    return (*line, ("; × never: ", "negative"), (f"{never}", "strong")) if never else line


def reads_table(experiment: Experiment, width: int) -> list[Line]:
    """How often each cell of a small input is read, as a table."""
    counts = experiment.reads
    most = int(counts.max())
    return [
        tuple(
            (f"{count:>{width}}", "window" if count == most else "negative" if count == 0 else "")
            for count in row.tolist()
        )
        for row in counts
    ]


def equation(step: ConvStep, width: int) -> Line:
    """The step as a sum of products, as far as the width allows."""
    values, weights = step.patch.ravel().tolist(), step.kernel.ravel().tolist()
    # Products with 0 change nothing, and a calculator need not be bothered with them.
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
    return ((f"{len(pairs)} products ≈ {number(step.total, 3)}", ""), (zeros, "dim"))


def output(experiment: Experiment, width: int) -> Line:
    """What became of the input, and as far as the width allows what the sum of the weights has to do with it."""
    values, total = experiment.steps.output_map, float(experiment.kernel.sum())
    nothing = int((values == 0).sum())
    says = (
        "flat areas become 0" if abs(total) < 1e-6
        else "flat areas stay as they are" if abs(total - 1) < 1e-6
        else f"flat areas become × {number(total, 2)}"
    )  # fmt: skip
    low, high = number(float(np.min(values)), 2), number(float(np.max(values)), 2)
    range_of, weights = f"Output {low} to {high}", f"Weights sum to {number(total, 2)}: {says}."
    counted = f", {nothing} of {values.size} are 0"
    if len(range_of + counted + weights) + 2 > width:
        counted = ""
    return ((f"{range_of}{counted}. ", ""), (weights, "dim"))
