"""The form before a training, as lines: its fields, the network that they ask for, and what each of them means."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from cnntui.cnn.layers import times
from cnntui.errors import CnntuiError
from cnntui.runs.architecture import LayerPlan
from cnntui.runs.draft import CHOICES, Draft, layer_of
from cnntui.widgets.form_lines import Editor
from cnntui.widgets.lines import Line

START = "start"
"""The button, which is gone to like a field."""

LEFT = ("epochs", "batch_size", "optimizer", "learning_rate", "seed", "limit", "data", "name")
FILTERS = ("filters_0", "filters_1", "filters_2", "dense", "padding", "pooling")
SIZES = ("kernel_size_0", "kernel_size_1", "kernel_size_2")
COLUMNS = (LEFT, FILTERS, SIZES)
"""Fields that lie below each other."""

NAMES = {"batch_size": "batch size", "learning_rate": "learning rate", "limit": "digits"}
EMPTY = {"seed": "drawn", "limit": "all", "data": "MNIST", "name": "the date"}
"""What is taken where nothing is written."""

ROOMY = 78
"""Columns from which layers have their whole names, and their parameters."""

LINES = 12


@dataclass(frozen=True)
class Columns:
    """Where things begin, in columns.

    Attributes:
        setting: the width of the boxes at the left.
        parameters: the width of the numbers at the right; 0 where there is no room for them.
    """

    setting: int
    layer: int
    filters: int
    size: int
    output: int
    parameters: int


WIDE = Columns(setting=12, layer=29, filters=45, size=53, output=57, parameters=11)
NARROW = Columns(setting=10, layer=27, filters=35, size=41, output=45, parameters=0)
_OUTPUT = 10
"""Columns of a shape such as 28×28×4096."""

SHORT = {"Conv2D": "conv", "MaxPool2D": "pool", "Flatten": "flatten", "Dense": "dense"}


MISSED = 2
"""Columns by which the mouse may miss a box."""


@dataclass(frozen=True)
class Place:
    """Where the box of a field lies."""

    field: str
    row: int
    column: int
    width: int


@dataclass(frozen=True)
class Page:
    """The form as it is drawn."""

    lines: tuple[Line, ...]
    places: tuple[Place, ...]

    def field_at(self, x: int, y: int) -> str | None:
        """The field whose box is at a place, or next to it: a box is easily missed by a column."""
        beside = {
            place.field: max(place.column - x, x - place.column - place.width + 1, 0)
            for place in self.places
            if place.row == y
        }
        nearest = min(beside, key=lambda field: beside[field], default=None)
        return nearest if nearest is not None and beside[nearest] <= MISSED else None


class _Row:
    """A line that is put together from left to right."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.pieces: list[tuple[str, str]] = []
        self.places: list[Place] = []
        self.width = 0

    def text(self, text: str, role: str = "") -> _Row:
        self.pieces.append((text, role))
        self.width += len(text)
        return self

    def to(self, column: int) -> _Row:
        return self.text(" " * max(0, column - self.width))

    def box(self, draft: Draft, field: str, width: int, at: str, editor: Editor) -> _Row:
        self.places.append(Place(field, self.row, self.width, width))
        for text, role in _box(draft, field, width, at == field, editor):
            self.text(text, role)
        return self


def _box(draft: Draft, field: str, width: int, chosen: bool, editor: Editor) -> Line:
    text = draft.texts[field]
    if field in CHOICES:
        return ((f"‹{text.center(width - 2)}›", "cursor" if chosen else "box"),)
    inside = width - 1
    empty = EMPTY.get(field, "")[:inside] if not text else ""
    if chosen and empty:
        return (" ", "cursor"), (empty.ljust(inside), "hint")
    if chosen:
        return (" ", "box"), *editor.drawn(inside)
    if empty:
        return ((f" {empty.ljust(inside)}", "hint"),)
    shown = text if len(text) <= inside else f"…{text[len(text) - inside + 1 :]}"
    return ((f" {shown.ljust(inside)}", "wrong" if draft.problem(field) else "box"),)


def page(draft: Draft, at: str, editor: Editor, width: int) -> Page:
    """The form.

    Args:
        draft: what is written.
        at: the field that is written in, or `START`.
        editor: its text while it is.
        width: columns.
    """
    columns = WIDE if width >= ROOMY else NARROW
    rows = [_Row(row) for row in range(LINES)]
    rows[0].text(" how it learns", "strong")
    for row, field in zip(rows[1:], LEFT, strict=False):
        _label(row, field, at).box(draft, field, columns.setting, at, editor)
    _network(rows, draft, at, editor, columns)
    return Page(tuple(tuple(row.pieces) for row in rows), tuple(place for row in rows for place in row.places))


def _label(row: _Row, field: str, at: str) -> _Row:
    name = NAMES.get(field, field)
    return row.text("▸" if field == at else " ", "window").text(f"{name:<14}", "" if field == at else "dim")


def _network(rows: list[_Row], draft: Draft, at: str, editor: Editor, columns: Columns) -> None:
    head = rows[0].to(columns.layer).text("the network" if columns.parameters else "network", "strong")
    head.to(columns.filters).text("filters" if columns.parameters else "count", "dim").to(columns.size)
    head.text("size".ljust(columns.output - columns.size), "dim").text("output".rjust(_OUTPUT), "dim")
    if columns.parameters:
        head.text("parameters".rjust(columns.parameters), "dim")
    plan, error = draft.plan()
    known = {layer.name: layer for layer in plan}
    layers = _layers(draft)
    for row, (name, kind) in zip(rows[1:], layers, strict=False):
        role = "bad" if _fails(name, plan, layers, error) else ""
        row.to(columns.layer).text(name if columns.parameters else SHORT[kind], role)
        number = _number(name)
        if number is not None:
            row.to(columns.filters).box(draft, f"filters_{number}", 5, at, editor)
            row.to(columns.size).box(draft, f"kernel_size_{number}", 3, at, editor)
        elif name == "dense":
            row.to(columns.filters).box(draft, "dense", 5, at, editor)
        _output(row.to(columns.output), known.get(name), columns.parameters)
    if plan and error is None:
        text = f"{sum(layer.parameters for layer in plan):,} parameters"
        end = columns.output + _OUTPUT + columns.parameters
        rows[len(layers) + 1].to(end - len(text)).text(text, "accent")
    choices = rows[-1].to(columns.layer)
    choices.text("padding ", "" if at == "padding" else "dim").box(draft, "padding", 7, at, editor)
    choices.text("  pooling ", "" if at == "pooling" else "dim").box(draft, "pooling", 6, at, editor)


def _number(name: str) -> int | None:
    return {"conv2d": 0, "conv2d_1": 1, "conv2d_2": 2}.get(name)


def _fails(name: str, plan: tuple[LayerPlan, ...], layers: list[tuple[str, str]], error: CnntuiError | None) -> bool:
    """Whether it is the first layer that does not fit."""
    return error is not None and layers[len(plan)][0] == name


def _layers(draft: Draft) -> list[tuple[str, str]]:
    """Name and kind of each layer, also where they do not fit together."""
    layers = []
    for number in range(3):
        suffix = f"_{number}" if number else ""
        layers.append((f"conv2d{suffix}", "Conv2D"))
        if number < 2 and draft.texts["pooling"] == "max":
            layers.append((f"max_pooling2d{suffix}", "MaxPool2D"))
    return [*layers, ("flatten", "Flatten"), ("dense", "Dense"), ("dense_1", "Dense")]


def _output(row: _Row, layer: LayerPlan | None, width: int) -> None:
    if layer is None:
        row.text("–".rjust(_OUTPUT), "faint")
        return
    row.text(times(layer.output_shape).rjust(_OUTPUT))
    if width:
        row.text((f"{layer.parameters:,}" if layer.parameters else "").rjust(width), "dim")


# What is said about a field


def about(draft: Draft, at: str, width: int, height: int) -> list[Line]:
    """What is wrong, or what the chosen field means for this network, in at most so many lines."""
    text, role = _about(draft, at)
    lines = wrap(text, max(width, 20), break_on_hyphens=False)[:height]
    return [((line, role),) for line in lines]


def _about(draft: Draft, at: str) -> tuple[str, str]:
    if at != START and (problem := draft.problem(at)):
        return problem, "bad"
    if at == START and (wrong := draft.wrong) is not None:
        return draft.problem(wrong), "bad"
    plan, error = draft.plan()
    if error is not None and (at == START or at in (*FILTERS, *SIZES)):
        return error.message, "bad"
    return _meaning(draft, at, {layer.name: layer for layer in plan}), "dim"


def _meaning(draft: Draft, at: str, layers: dict[str, LayerPlan]) -> str:
    number = layer_of(at)
    if number is not None:
        return _of_convolution(draft, at, number, layers)
    said = {
        START: _work(draft),
        "epochs": _work(draft),
        "batch_size": _of_batch(draft),
        "optimizer": _OPTIMIZERS.get(draft.texts["optimizer"], ""),
        "learning_rate": "How far a batch moves the weights. Too high and the loss jumps, too low and it hardly falls.",
        "seed": "Decides the first weights and the order of the digits. Empty: another one is drawn for each training.",
        "limit": "How many digits it learns from, the first ones of the data. Few are soon known by heart. Empty: all.",
        "data": "A Keras-layout .npz or a folder of IDX files. Empty: the MNIST digits that ship with cnntui.",
        "name": "What the run is called. Empty: the date and the time.",
        "dense": _of_dense(draft, layers),
        "padding": _PADDINGS.get(draft.texts["padding"], ""),
        "pooling": _POOLINGS.get(draft.texts["pooling"], ""),
    }
    return said[at]


_OPTIMIZERS = {
    "rmsprop": "rmsprop divides each weight's gradient by how large it was lately: all weights move about as fast.",
    "adam": "adam does as rmsprop does, and moves along the mean of the last gradients: it keeps some of its speed.",
    "sgd": "sgd moves each weight by learning rate × gradient and nothing else; it wants a larger rate, such as 0.05.",
}
_PADDINGS = {
    "valid": "valid: the kernel stays inside the map, which comes out smaller by the kernel's size − 1.",
    "same": "same: the map is surrounded by zeros, so that it comes out as large as it was.",
}
_POOLINGS = {
    "max": "max: of each 2×2 cells only the largest goes on; maps are half as high and wide after it.",
    "none": "none: maps stay as large as they are, and the dense layer gets many more weights.",
}


def named(field: str) -> str:
    """What a field is called in a sentence."""
    number = layer_of(field)
    if number is None:
        return NAMES.get(field, field)
    return f"the {'filters' if field.startswith('filters') else 'size'} of conv2d{f'_{number}' if number else ''}"


def _steps(draft: Draft) -> tuple[int, int, int] | None:
    digits, epochs, size = draft.digits, draft.whole("epochs"), draft.whole("batch_size")
    return None if digits is None or epochs is None or size is None else (digits, epochs, size)


def _work(draft: Draft) -> str:
    counted = _steps(draft)
    if counted is None:
        return "How often every digit is learned from."
    digits, epochs, size = counted
    often = "once" if epochs == 1 else f"{epochs:,} times"
    return f"{digits:,} digits, each {often}, {size:,} at a time: {epochs * -(-digits // size):,} batches."


def _of_batch(draft: Draft) -> str:
    counted = _steps(draft)
    if counted is None:
        return "The weights move once after so many digits."
    digits, _, size = counted
    return f"The weights move once after {size:,} digits: {-(-digits // size):,} times an epoch."


def _of_convolution(draft: Draft, at: str, number: int, layers: dict[str, LayerPlan]) -> str:
    name = f"conv2d_{number}" if number else "conv2d"
    layer = layers.get(name)
    if layer is None:
        return ""
    size, (rows, _, filters) = int(draft.texts[f"kernel_size_{number}"]), layer.output_shape
    channels = (layer.parameters - filters) // (filters * size * size)
    if at.startswith("kernel"):
        if draft.texts["padding"] == "same":
            return f"{name}: a {size}×{size} kernel; padded with zeros, the map stays {rows}×{rows}."
        return f"{name}: a {size}×{size} kernel has {rows + size - 1} − {size} + 1 = {rows} places in a row."
    return (
        f"{name}: {filters:,} kernels of {size}×{size}×{channels:,} weights and a bias: "
        f"{filters:,} × ({size * size * channels:,} + 1) = {layer.parameters:,}."
    )


def _of_dense(draft: Draft, layers: dict[str, LayerPlan]) -> str:
    dense, flat = layers.get("dense"), layers.get("flatten")
    if dense is None or flat is None:
        return ""
    units, inputs = dense.output_shape[0], flat.output_shape[0]
    return f"dense: {inputs:,} inputs × {units:,} units + {units:,} biases = {dense.parameters:,} weights."


def button(draft: Draft, at: str) -> Line:
    """What starts it."""
    mark: Line = (("▸" if at == START else " ", "window"),)
    wrong = draft.wrong
    if wrong is not None:
        return *mark, (" Start ", "hint"), (f"  first {named(wrong)} has to make sense", "bad")
    if draft.plan()[1] is not None:
        return *mark, (" Start ", "hint"), ("  there can be no such network", "bad")
    role = "cursor" if at == START else "box"
    return *mark, (" Start ", role), ("  enter or ", "dim"), ("t", "accent"), (" trains it", "dim")


def beside(field: str, step: int, pooled: bool) -> str:
    """The field at about the same height in the next column; the same where there is none."""
    column = next((number for number, fields in enumerate(COLUMNS) if field in fields), None)
    if column is None or not 0 <= column + step < len(COLUMNS):
        return field
    heights = _heights(pooled)
    return min(COLUMNS[column + step], key=lambda other: abs(heights[other] - heights[field]))


def _heights(pooled: bool) -> dict[str, int]:
    gap = 2 if pooled else 1
    heights = {field: row for row, field in enumerate(LEFT, 1)}
    heights |= {
        f"{setting}_{number}": 1 + gap * number for setting in ("filters", "kernel_size") for number in range(3)
    }
    return heights | {"dense": 3 + 2 * gap, "padding": 11, "pooling": 11}


def along(field: str, step: int) -> str:
    """The field below or above in its column; from the last one to the button."""
    if field == START:
        return LEFT[-1] if step < 0 else LEFT[0]
    column = next(fields for fields in COLUMNS if field in fields)
    place = column.index(field) + step
    return column[place] if 0 <= place < len(column) else START
