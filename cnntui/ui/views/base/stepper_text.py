"""Words that several views use about a map and about a step."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from cnntui.cnn.arithmetic import MINUS
from cnntui.cnn.layers import times
from cnntui.cnn.ops import Floats
from cnntui.printable import text_width
from cnntui.ui.views.base.layer_name import layer_name
from cnntui.ui.widgets.text.legend import scale_legend
from cnntui.ui.widgets.text.line import Line, line_width


def place(layer: str, parts: Sequence[tuple[str, str, str]], width: int) -> Line:
    """A layer, and what of it is shown.

    Args:
        layer: the name of the layer, which is shortened if there is no room for it.
        parts: for each choice a name, the value, and what follows it, such as " of 64".
        width: the number of columns.
    """
    form: Line = ()
    for gap in ("   ", "  ", " "):
        pieces = (((f"{gap}{name} ", "dim"), (value, "strong"), (rest, "dim")) for name, value, rest in parts)
        form = tuple(chain.from_iterable(pieces))
        if text_width(layer) + line_width(form) <= width:
            break
    return ((layer_name(layer, max(1, width - line_width(form))), "strong"), *form)


def map_title(name: str, values: Floats, with_limits: bool, width: int) -> Line:
    """The name and size of a map, and the values of its strongest colours; if there is no room, without the size."""
    size: Line = ((f"{name} ", "strong"), (times(values.shape), ""))
    if not with_limits:
        return size
    if not values.any():
        return (*size, ("   all 0", "dim"))
    limit = f"{float(abs(values).max()):.3g}"
    limits = f"{MINUS}{limit} … {limit}" if float(values.min()) < 0 else f"0 … {limit}"
    legends = [scale_legend(float(values.min()), limit, squares) for squares in (4, 2)]
    forms: tuple[Line, ...] = (
        *((*size, (gap, ""), *legend) for gap, legend in zip(("   ", " "), legends, strict=True)),
        (*size, (f"   {limits}", "dim")), (*size, (f" {limits}", "dim")), ((name, "strong"), (f"   {limits}", "dim")),
        ((name, "strong"), (f" {limits}", "dim")),
    )  # fmt: skip
    return next((form for form in forms if line_width(form) <= width), size)


def relu_verdict(pre_activation: float) -> str:
    """What ReLU does to a sum, in a sentence."""
    if pre_activation > 0:
        return "Positive: ReLU keeps it."
    return "Negative: ReLU turns it into 0." if pre_activation < 0 else "Exactly 0, and ReLU keeps it."
