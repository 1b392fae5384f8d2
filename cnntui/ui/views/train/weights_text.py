"""The words of Train about the weights that it draws: kernels, or the weights of units that read pixels."""

from __future__ import annotations

from textwrap import wrap

import numpy as np
from textual.geometry import Size

from cnntui.cnn.arithmetic import counted, number
from cnntui.cnn.layers import Conv2D, Dense
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.explore.focus import reads_pixels
from cnntui.ui.widgets.text.line import Line, line_width

MOST_UNITS = 32
"""The most units of a dense layer that are shown: as many as the recipe's first convolution has filters."""


def first_convolution(network: Network) -> Conv2D | None:
    """The first convolution of a network; None if there is none."""
    return next(iter(network.of_kind(Conv2D)), None)


def units_that_look(network: Network) -> Dense | None:
    """The dense layer that reads the image's pixels, in a network without convolutions; None if there is none.

    Each of its units has a weight for every pixel, so the weights of a unit form a picture.
    """
    return next((layer for layer in network.of_kind(Dense) if reads_pixels(network, layer.name)), None)


def pictures(network: Network, layer: Dense) -> Floats:
    """The weights of the layer's first units, arranged like the pixels: `(rows, columns, units)`."""
    rows, cols, _ = network.input_shape
    return layer.kernel[:, :MOST_UNITS].reshape(rows, cols, -1)


def units_title(layer: Dense, shown: int, step: int | None, active: bool, width: int) -> Line:
    """The title of the small grids if each shows a unit's weights.

    Args:
        layer: the layer.
        shown: how many of the layer's units are in view.
        step: how many batches the layer has learned from; None if that is unknown.
        active: whether the layer is still learning, or comes from an earlier step of the training.
        width: the number of columns.
    """
    first = f"the first {counted(shown, 'unit')}" if shown < layer.units else f"the {counted(shown, 'unit')}"
    of_all = f"the first {shown} of {layer.units} units"
    lines: list[Line] = []
    for name in (of_all, first) if shown < layer.units else (first,):
        if active and step is not None:
            lines.append(((name, "strong"), (f" after {counted(step, 'batch')}", "dim")))
        else:
            lines.append((("what ", "dim"), (name, "strong"), (" look for", "dim")))
    return next((line for line in lines if line_width(line) <= width), lines[-1])


def units_range(drawn: Floats, reduced: int, width: int) -> Line:
    """The smallest and the largest value that is drawn, and how many weights each value is the mean of.

    Args:
        drawn: the values of all cells.
        reduced: how many rows and columns of weights are drawn as one cell.
        width: the number of columns.
    """
    line = _range(drawn, "weights from " if reduced == 1 else f"means of {reduced}×{reduced} weights from ")
    return line if line_width(line) <= width else _range(drawn, "")


def _range(weights: Floats, what: str) -> Line:
    weights = weights[np.isfinite(weights)]
    if not weights.size:
        return (("no weight is a number: the training diverged", "bad"),)
    low, high = float(weights.min()), float(weights.max())
    return (
        (what, "dim"), (number(low, 2), "negative" if low < 0 else "positive"),
        (" to ", "dim"), (number(high, 2), "positive" if high >= 0 else "negative"),
    )  # fmt: skip


TO_COME: Line = (("its kernels will be drawn here", "dim"),)
"""The text in place of kernels that do not exist yet."""

UNOPENED: Line = (("its network is not opened", "strong"),)
"""The text in place of kernels that will never be shown."""


def unopened(problem: str, room: Size) -> list[Line]:
    """Why there are no kernels to show, in as many lines as are available."""
    lines = wrap(problem, max(room.width, 1), break_on_hyphens=False)
    if len(lines) > room.height > 0:
        lines = [*lines[: room.height - 1], f"{lines[room.height - 1][: room.width - 1]}…"]
    return [((line, "dim"),) for line in lines]


def kernels_title(layer: Conv2D | None, shown: int, step: int | None, active: bool, width: int) -> Line:
    """The title of the small grids; arguments as for `units_title`."""
    if layer is None:
        return (("this network has no kernels", "dim"),)
    name = _kernels(layer, shown)
    line: Line = (("what ", "dim"), (name, "strong"), (" have become", "dim"))
    if active and step is not None:
        line = ((name, "strong"), (f" after {counted(step, 'batch')}", "dim"))
    return line if line_width(line) <= width else ((name, "strong"),)


def given_title(layer: Conv2D, shown: int, width: int) -> Line:
    """The title of the small grids if nothing is known about the network's training."""
    line: Line = ((_kernels(layer, shown), "strong"), (f" of {layer.name}", "dim"))
    return line if line_width(line) <= width else line[:1]


def _kernels(layer: Conv2D, shown: int) -> str:
    if shown == layer.filters:
        return f"the {counted(layer.filters, 'kernel')}"
    return f"kernels 0–{shown - 1} of {layer.filters}" if shown > 1 else f"kernel 0 of {layer.filters}"


def kernels_range(layer: Conv2D | None) -> Line:
    """The smallest and the largest weight, in the colours of their signs."""
    if layer is None:
        return ()
    channels = layer.kernel.shape[2]
    return _range(layer.kernel, ("channel 0, " if channels > 1 else "") + "weights from ")
