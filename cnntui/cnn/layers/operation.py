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
        sign: '+', '−', '×' or '÷', between the number so far and the operand; empty if a number is read or replaced.
        name: the name of the operand, such as 'mean' or 'γ'; empty if the operand is one of the layer's inputs.
        operand: the number that is added, multiplied and so on; None if there is none, as in ReLU.
        result: the result of the step.
        input: which of the layer's inputs the operand is; None if it is not one of them.
    """

    sign: str
    name: str
    operand: float | None
    result: float
    input: int | None = None


def on_the_way(
    start: float, steps: Iterable[tuple[str, str, float]], output: float, names: str = ""
) -> tuple[Operation, ...]:
    """A number from the first input, and the operations on it, one after another.

    Args:
        start: the number.
        steps: the sign, the name and the operand of each operation.
        output: the exact output of the layer, which becomes the last result.
        names: the name of the number; empty for the name of its layer.
    """
    done, result = [Operation("", names, start, start, None if names else 0)], start
    for sign, name, operand in steps:
        result = _APPLIED[sign](result, operand)
        done.append(Operation(sign, name, operand, result))
    return (*done[:-1], replace(done[-1], result=output)) if len(done) > 1 else tuple(done)


_APPLIED: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add, MINUS: operator.sub, "×": operator.mul, "÷": lambda one, other: one / other if other else one,
}  # fmt: skip
