"""The words of the page about one batch: its images, and for each weight of a kernel the sum that changed it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from textual.geometry import Size

from cnntui.cnn.arithmetic import MINUS, bracketed, counted, number, percent, relation, sum_of_terms
from cnntui.runs.history.one_step import OneStep, TensorStep
from cnntui.runs.starting.draft import rate_text
from cnntui.ui.widgets.text.line import FILL, Line, in_lines, line_width
from cnntui.values import dataclass

DIGITS, MOST_DIGITS = 6, 9
"""The least and the most decimals of weights: an update is a thousandth of a weight or less."""

ROOMY = 78
"""The least width at which there is room for the optimizer's divisor."""


@dataclass(frozen=True)
class At:
    """The place of the weights to show.

    Attributes:
        layer: the name of the layer.
        filter: the filter of a convolution, or the unit of a dense layer.
        channel: the input channel of the kernel; 0 for a dense layer.
        row: the weight, in reading order; the last weight is the bias.
    """

    layer: str
    filter: int = 0
    channel: int = 0
    row: int = 0


@dataclass(frozen=True)
class WeightStep:
    """The effect of a batch on one weight; `direction` is the gradient, or the value that Adam uses in its place."""

    name: str
    before: float
    gradient: float
    direction: float
    divisor: float
    rate: float
    after: float

    @property
    def moved(self) -> float:
        """The amount that was subtracted."""
        return self.before - self.after


def layers_of(step: OneStep) -> list[str]:
    """The layers that have weights, in order."""
    return list(dict.fromkeys(name.rpartition("/")[0] for name in step.tensors))


def clamped(at: At, step: OneStep) -> At:
    """The same place, or the nearest place in the layers of a step."""
    layers = layers_of(step)
    layer = at.layer if at.layer in layers else layers[0]
    channels, filters = _counts(step, layer)
    here = At(layer, at.filter % filters, at.channel % channels)
    return replace(here, row=max(0, min(at.row, len(_places(step, here)) - 1)))


def weights_of(step: OneStep, at: At, rows: slice = slice(None)) -> list[WeightStep]:
    """The weights of one channel of a kernel, in reading order, and other weights of its filter, such as the bias."""
    return [_weight(step, *place) for place in _places(step, at)[rows]]


def _chosen(step: OneStep, at: At) -> WeightStep:
    return weights_of(step, at, slice(at.row, at.row + 1))[0]


def _tensors(step: OneStep, layer: str) -> dict[str, TensorStep]:
    """The arrays that a layer learns, by role."""
    return {name[len(layer) + 1 :]: step.tensors[name] for name in step.tensors if name.rpartition("/")[0] == layer}


def _counts(step: OneStep, layer: str) -> tuple[int, int]:
    """The number of input channels of a layer's kernel (1 if it has none) and of its filters, units or maps."""
    shape = max((tensor.before.shape for tensor in _tensors(step, layer).values()), key=len)
    return shape[2] if len(shape) == 4 else 1, shape[-1]


def _places(step: OneStep, at: At) -> list[tuple[str, tuple[int, ...], str]]:
    """Each listed weight: the name of its array, its index there, and its name."""
    found: list[tuple[str, tuple[int, ...], str]] = []
    for role, tensor in _tensors(step, at.layer).items():
        name, shape = f"{at.layer}/{role}", tensor.before.shape
        if len(shape) == 1:
            found.append((name, (at.filter,), role))
        elif len(shape) == 2:
            found += [(name, (place, at.filter), f"input {place}") for place in range(shape[0])]
        else:
            between = (at.channel,) if len(shape) == 4 else ()
            found += [
                (name, (row, col, *between, at.filter % shape[-1]), f"row {row} col {col}")
                for row in range(shape[0])
                for col in range(shape[1])
            ]
    return found


def _weight(step: OneStep, name: str, place: tuple[int, ...], called: str) -> WeightStep:
    tensor = step.tensors[name]
    divisor = 1.0
    if tensor.velocity is not None:
        velocity, epsilon = float(tensor.velocity[place]), step.epsilon
        divisor = math.sqrt(velocity) + epsilon if step.optimizer == "adam" else math.sqrt(velocity + epsilon)
    return WeightStep(
        name=called,
        before=float(tensor.before[place]),
        gradient=float(tensor.gradient[place]),
        direction=float(tensor.direction[place]),
        divisor=divisor,
        rate=step.rate,
        after=float(tensor.after[place]),
    )


# Images


def title(step: OneStep | None, width: int) -> Line:
    """The title with the number of the batch."""
    left: Line = ((" cnntui ", "dim"), (" One batch ", "strong"))
    if step is None:
        return left
    which: Line = ((f" batch {step.step:,}", ""),)
    how = f"{step.optimizer}, learning rate {_rate(step.learning_rate)} "
    long: Line = (*left, *which, FILL, (how, "dim"))
    return long if line_width(long) <= width else (*left, *which)


def _rate(rate: float) -> str:
    """A learning rate, without the digits that it has only because optimizers keep it as float32."""
    return rate_text(float(str(np.float32(rate))))


def heading(step: OneStep) -> Line:
    """The number of images in the batch, and their mean loss."""
    mean = float(np.mean(step.losses))
    return (
        (counted(len(step.losses), "image"), "strong"), (", mean loss ", "dim"), (_loss(mean), "strong"),
        (": the worst first", "dim"),
    )  # fmt: skip


def worst(step: OneStep) -> list[int]:
    """The indices of the images in the batch, the largest loss first; NaN counts as the largest."""
    losses = np.where(np.isfinite(step.losses), step.losses, np.inf)
    return [int(place) for place in np.argsort(-losses, kind="stable")]


def caption(step: OneStep, place: int, label: int | None) -> str:
    """`7 loss 2.303`: the true class and the loss."""
    return f" {'?' if label is None else label}  {_loss(float(step.losses[place]))}"


def pointed(step: OneStep, place: int, label: int | None) -> Line:
    """One image of the batch in words."""
    loss = float(step.losses[place])
    which = f"training image {int(step.indices[place]):,}"
    image: Line = ((which, "dim"), *(((" is a ", "dim"), (f"{label}", "winner")) if label is not None else ()))
    if not math.isfinite(loss):
        return *image, (": its loss is not a number", "bad")
    return (*image, (": loss ", "dim"), (_loss(loss), ""), (f" ≈ −ln({_probability(loss)})", "dim"))


def _probability(loss: float) -> str:
    """The probability behind a loss, with enough digits for a calculator to give the printed loss."""
    value, shown = math.exp(-loss), _loss(loss)
    for digits in range(3, 12):
        text = significant(value, digits) if 0 < value < 0.9995 else number(value, digits + 1)
        typed = float(text.replace(MINUS, "-"))
        if typed > 0 and _loss(abs(math.log(typed))) == shown:
            break
    return text


def _loss(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "–"


# Weights


def whose(step: OneStep, at: At, width: int) -> Line:
    """The layer, filter and channel of the weights."""
    kernel = _tensors(step, at.layer).get("kernel")
    channels, filters = _counts(step, at.layer)
    unit = "map" if kernel is None else "filter" if kernel.before.ndim == 4 else "unit"
    line: Line = ((at.layer, "strong"), (f"  {unit} ", "dim"), (f"{at.filter}", ""), (f" of {filters}", "dim"))
    if kernel is not None and kernel.before.ndim == 4:
        line = (*line, ("  channel ", "dim"), (f"{at.channel}", ""), (f" of {channels}", "dim"))
    keys: Line = (FILL, ("[ ] layer  f filter  c channel" if width >= ROOMY else "", "faint"))
    return (*line, *keys) if width >= ROOMY else line


def table(step: OneStep, at: At, room: Size) -> tuple[list[Line], int]:
    """A heading and a line for each weight, as many as there is room for around the selected one.

    Returns:
        The lines, and the number of the first weight among them.
    """
    roomy = room.width >= ROOMY
    name, number_width = (18, 12) if roomy else (14, 11)
    count = len(_places(step, at))
    direction = "momentum" if step.optimizer == "adam" else "gradient"
    heads = ["weight", direction, *(["÷ by"] if roomy else []), "change", "new weight"]
    lines: list[Line] = [((" " * name + "".join(head.rjust(number_width) for head in heads), "dim"),)]
    shown = max(1, room.height - 1)
    first = max(0, min(at.row - shown // 2, count - shown))
    for place, weight in enumerate(weights_of(step, at, slice(first, first + shown)), first):
        chosen = place == at.row
        texts = [number(weight.before, DIGITS), significant(weight.direction)]
        texts += [significant(weight.divisor)] if roomy else []
        texts += [number(-weight.moved, DIGITS), number(weight.after, DIGITS)]
        mark = "▸" if chosen else " "
        lines.append(
            ((f"{mark}{weight.name:<{name - 1}}", "selected" if chosen else "dim"),
             ("".join(text.rjust(number_width) for text in texts), "strong" if chosen else ""))
        )  # fmt: skip
    return lines, first


def significant(value: float, digits: int = 4) -> str:
    """A number with some significant digits, as a power of ten if it would be long."""
    if not math.isfinite(value) or value == 0:
        return number(value, 0)
    power = math.floor(math.log10(abs(value)))
    if -4 <= power < digits + 1:
        return number(value, max(0, digits - 1 - power))
    return f"{value:.{digits - 1}e}".replace("-", MINUS).replace("e+0", "e").replace("e+", "e").replace("−0", MINUS)


def equations(step: OneStep, at: At) -> tuple[str, str]:
    """The selected weight's update and its result: `0.001 × 0.02 ÷ 0.06 ≈ 0.000333`, `0.1 − 0.000333 = 0.099667`."""
    weight = _chosen(step, at)
    change = sum_of_terms((weight.before, -weight.moved), weight.after, DIGITS, MOST_DIGITS)
    moved = _negated(change.terms[1][0])
    rate, direction, divisor = _rate(weight.rate), significant(weight.direction), significant(weight.divisor)
    factors = f"{rate} × {bracketed(direction)}"
    if step.optimizer == "sgd":
        return f"{factors} {relation(((rate, direction),), moved)} {moved}", str(change)
    # Compared by multiplication, since a quotient may have endless decimals: it is exact if nothing remains.
    exact = relation(((rate, direction), (_negated(moved), divisor)), "0")
    return f"{factors} ÷ {divisor} {exact} {moved}", str(change)


def _negated(text: str) -> str:
    """A printed number with the opposite sign; zero has no sign."""
    if text.startswith(MINUS):
        return text[1:]
    return f"{MINUS}{text}" if text.strip("0.") else text


def sentence(step: OneStep, at: At, width: int) -> list[Line]:
    """What happened to the selected weight, and the reason."""
    weight = _chosen(step, at)
    return in_lines(f"{_why(step, weight)} {_scale(step, weight)}".strip(), width, "dim")


def _why(step: OneStep, weight: WeightStep) -> str:
    what = "mean gradient" if step.optimizer == "adam" else "gradient"
    if not math.isfinite(weight.after):
        return "The weight is not a number: the updates have grown without bound."
    if weight.direction == 0:
        return f"Its {what} is 0: a small change of it would not change the loss, and it stays as it is."
    side, effect, way = ("above", "more", "down") if weight.direction > 0 else ("below", "less", "up")
    share = f" by {percent(abs(weight.moved / weight.before), 2)} of its value" if weight.before else ""
    return f"Its {what} is {side} 0: a little more of it, {effect} loss. So it goes {way}{share}."


def _scale(step: OneStep, weight: WeightStep) -> str:
    if step.optimizer == "sgd" or weight.direction == 0 or not math.isfinite(weight.after):
        return ""
    return f"{step.optimizer} divides by how large its gradients were lately."
