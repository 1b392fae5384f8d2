"""The words of the calculation page: the steps of the computation, and the layer's effect."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose

from cnntui.cnn.arithmetic import MINUS, number, relation, signed_number
from cnntui.cnn.layers import Layer
from cnntui.cnn.layers.operation import Operation
from cnntui.cnn.network import IMAGE, Network
from cnntui.printable import set_width, shortened, text_width
from cnntui.ui.views.base.image_text import COLOURS
from cnntui.ui.widgets.text.line import Line

DIGITS = 4

OPERAND, RESULT = 8, 9
"""The number of columns of an operand and of a result."""


def way(operations: Sequence[Operation], names: Sequence[str], width: int) -> list[Line]:
    """The way of a number through a layer, one operation per line, each with its result."""
    lines: list[Line] = []
    before = ""
    for place, done in enumerate(operations):
        called = names[done.input] if done.input is not None else done.name
        result = signed_number(done.result, DIGITS, RESULT - 1).strip()
        operand = "" if done.operand is None or place == 0 else _operand(done)
        room = width - OPERAND - RESULT - 3
        room += OPERAND if not operand else 0
        label = set_width(f"{done.sign or ' '} {shortened(called, room - 2)}", room)
        is_last = place == len(operations) - 1 and place > 0
        sign = _relation(before, done.sign, operand, result) if operand else "→" if place else " "
        lines.append(
            (
                (label, "dim" if place else ""),
                (operand.rjust(OPERAND) if operand else "", "dim"),
                (f" {sign} ", "dim"),
                (result.rjust(RESULT), "window" if is_last else ""),
            )
        )
        before = result
    return lines


def _operand(done: Operation) -> str:
    assert done.operand is not None
    short = number(done.operand, DIGITS).rstrip("0").rstrip(".")
    # A chosen constant, such as 127.5 or 196, has no further decimals.
    if isclose(float(short.replace(MINUS, "-") or 0), done.operand, rel_tol=1e-6):
        return short
    return signed_number(done.operand, DIGITS, OPERAND).strip()


def _relation(before: str, sign: str, operand: str, result: str) -> str:
    """= if the printed numbers give the printed result, ≈ if they do not."""
    match sign:
        case "+":
            return relation([(before,), (operand,)], result)
        case "−":
            minus = operand[1:] if operand.startswith(MINUS) else MINUS + operand
            return relation([(before,), (minus,)], result)
        case "×":
            return relation([(before, operand)], result)
        case "÷":
            return relation([(result, operand)], before)
    return "→"


def map_title(name: str, map: int, is_picture: bool, width: int) -> Line:
    """The name of a layer's map or of a picture's channel, shortened if there is little room."""
    tail = f" {COLOURS[map]}" if is_picture else f" map {map}"
    return ((shortened(name, max(4, width - text_width(tail))), "strong"), (tail, "dim"))


def kernel_title(name: str, channel: int, width: int) -> Line:
    """The title above a kernel before folding."""
    return ((shortened(f"{name}, channel {channel}", width), "dim"),)


def folded_title(factor: float) -> Line:
    """The title above the folded kernel: the factor that was folded in."""
    return (("× ", "dim"), (number(factor, DIGITS), "window"), (" = folded", "dim"))


def folded_bias(bias: float) -> Line:
    """The bias of the folded filter."""
    return (("bias ", "dim"), (signed_number(bias, DIGITS), "window"))


def shortcut(network: Network, layer: Layer) -> str:
    """What an addition skips, if one of its inputs comes from an earlier layer than the other; otherwise empty."""
    reads = network.reads(layer.name)
    if layer.SIGN != "+" or len(reads) != 2 or IMAGE in reads:
        return ""
    for early, late in (reads, reads[::-1]):
        path = [each.name for each in network.path_to(late)]
        if early in path:
            past = path[path.index(early) + 1 :]
            if len(past) == 1:
                return f"{early} takes a shortcut past {past[0]}, which only has to learn what to add to it."
            return (
                f"{early} takes a shortcut past the layers from {past[0]} to {past[-1]}, "
                "which only have to learn what to add to it."
            )
    return ""


def folding(name: str, map: int) -> str:
    """What folding into the convolution means, in a sentence."""
    return (
        f"Folded into {name}: with these weights filter {map} gives the same numbers at once, "
        "so after training the normalization costs nothing."
    )
