"""What a layer does to one number on its way to the output, step by step."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from cnntui.cnn.arithmetic import MINUS
from cnntui.values import dataclass


@dataclass(frozen=True)
class Operation:
    """One step of a computation: an operation on a number.

    Attributes:
        sign: '+', '−', '×' or '÷', between what there was and the operand; empty where that is taken or made anew.
        name: of the operand, 'mean' or 'γ'; empty where that is one of the layer's inputs.
        operand: the number that it is done with; None where there is none, as in ReLU.
        result: what comes of it.
        input: which of the inputs the operand is.
    """

    sign: str
    name: str
    operand: float | None
    result: float
    input: int | None = None


def on_the_way(
    start: float, steps: Iterable[tuple[str, str, float]], output: float, names: str = ""
) -> tuple[Operation, ...]:
    """A number of the first input, and what is done to it one after another.

    Args:
        start: the number.
        steps: the sign, the name and the operand of each.
        output: what the layer gives, which is the last result, to the last digit.
        names: what the number is called; empty for the name of its layer.
    """
    done, result = [Operation("", names, start, start, None if names else 0)], start
    for sign, name, operand in steps:
        result = _APPLIED[sign](result, operand)
        done.append(Operation(sign, name, operand, result))
    return (*done[:-1], replace(done[-1], result=output)) if len(done) > 1 else tuple(done)


_APPLIED: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add, MINUS: operator.sub, "×": operator.mul, "÷": lambda one, other: one / other if other else one,
}  # fmt: skip
