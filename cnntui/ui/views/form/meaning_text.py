"""The form's words about a field: what is wrong with it, or what it means for the network."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted
from cnntui.images import mnist
from cnntui.runs.config.architecture import LayerPlan
from cnntui.runs.starting.draft import Draft, layer_of, setting_of
from cnntui.ui.views.form.text import START
from cnntui.ui.widgets.text.line import Line, in_lines


def about(draft: Draft, at: str, width: int, height: int) -> list[Line]:
    """What is wrong, or what the selected field means for this network, in a limited number of lines."""
    text, role = _about(draft, at)
    return in_lines(text, width, role)[:height]


def _about(draft: Draft, at: str) -> tuple[str, str]:
    if at != START and (problem := draft.problem(at)):
        return problem, "bad"
    if at == START and (wrong := draft.wrong) is not None:
        return draft.problem(wrong), "bad"
    plan, error = draft.plan()
    if error is not None and (at == START or setting_of(at).place != "learning"):
        return error.message, "bad"
    return _meaning(draft, at, {layer.name: layer for layer in plan}), "dim"


def _meaning(draft: Draft, at: str, layers: dict[str, LayerPlan]) -> str:
    if at in (START, "epochs"):
        return _work(draft)
    if (number := layer_of(at)) is not None:
        return _of_convolution(draft, at, number, layers)
    if at == "batch_size":
        return _of_batch(draft)
    if at == "dense":
        return _of_dense(draft, layers)
    meaning = setting_of(at).meaning
    return meaning if isinstance(meaning, str) else meaning.get(draft.texts[at], "")


def _steps(draft: Draft) -> tuple[int, int, int] | None:
    digits, epochs, size = draft.digits, draft.whole("epochs"), draft.whole("batch_size")
    return None if digits is None or epochs is None or size is None else (digits, epochs, size)


def _work(draft: Draft) -> str:
    steps = _steps(draft)
    if steps is None:
        return "How many passes over all training images."
    digits, epochs, size = steps
    often = "once" if epochs == 1 else f"{epochs:,} times"
    batches = counted(epochs * -(-digits // size), "batch")
    return f"{counted(digits, 'image')}, each {often}, {size:,} at a time: {batches}."


def _of_batch(draft: Draft) -> str:
    steps = _steps(draft)
    if steps is None:
        return "The weights move once after this many images."
    digits, _, size = steps
    return f"The weights move once after {counted(size, 'image')}: {counted(-(-digits // size), 'time')} an epoch."


def _of_convolution(draft: Draft, at: str, number: int, layers: dict[str, LayerPlan]) -> str:
    name = f"conv2d_{number}" if number else "conv2d"
    layer = layers.get(name)
    if layer is None:
        return ""
    size, (rows, _, filters) = int(draft.texts[f"kernel_size_{number}"]), layer.output_shape
    before = [mnist.SHAPE, *(other.output_shape for other in layers.values())][[*layers].index(name)]
    channels = before[-1]
    if at.startswith("kernel"):
        return _of_size(name, size, before[0], rows, layer.stride, draft.texts["padding"] == "same")
    return (
        f"{name}: {counted(filters, 'kernel')} of {size}×{size}×{channels:,} weights and a bias: "
        f"{filters:,} × ({size * size * channels:,} + 1) = {layer.parameters:,}."
    )


def _of_size(name: str, size: int, before: int, rows: int, stride: int, padded: bool) -> str:
    """How many positions a kernel has on its input, written as a sum."""
    kernel, places = f"{name}: a {size}×{size} kernel", counted(rows, "place")
    if padded and stride == 1:
        return f"{kernel}; padded with zeros, the map stays {rows}×{rows}."
    if padded:
        return f"{kernel}, {stride} cells at a time, has ⌈{before} / {stride}⌉ = {places} on a row with its zeros."
    if stride == 1:
        return f"{kernel} has {before} − {size} + 1 = {places} in a row."
    return f"{kernel}, {stride} cells at a time, has ⌊({before} − {size}) / {stride}⌋ + 1 = {places} in a row."


def _of_dense(draft: Draft, layers: dict[str, LayerPlan]) -> str:
    dense, flat = layers.get("dense"), layers.get("flatten")
    if dense is None or flat is None:
        return ""
    units, inputs = dense.output_shape[0], flat.output_shape[0]
    each = f"{counted(inputs, 'input')} × {counted(units, 'unit')} + {counted(units, 'bias')}"
    return f"dense: {each} = {dense.parameters:,} parameters."
