"""The form before a training as lines: its fields, and the network that they describe."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted
from cnntui.cnn.layers import times
from cnntui.runs.config.architecture import LayerPlan
from cnntui.runs.config.settings import CHOICES, EACH, Place
from cnntui.runs.starting.draft import FIELDS, Draft, layer_of, setting_of
from cnntui.ui.widgets.text.editor import Editor
from cnntui.ui.widgets.text.line import Line
from cnntui.values import dataclass

START = "start"
"""The button, which can be selected like a field."""


def _at(*places: Place) -> tuple[str, ...]:
    return tuple(field for field in FIELDS if setting_of(field).place in places)


LEFT = _at("learning")
BELOW = _at("network")
SIZES = tuple(field for field in FIELDS if setting_of(field).name == EACH[-1])
COLUMNS = (LEFT, tuple(field for field in _at("model", "layers", "network") if field not in SIZES), SIZES)
"""The fields that lie below one another, column by column."""

ROOMY = 78
"""The least width at which layers show their full names and their parameters."""

LINES = 12


@dataclass(frozen=True)
class Columns:
    """The columns at which the parts of the form begin.

    Attributes:
        setting: the width of the boxes on the left.
        parameters: the width of the numbers on the right; 0 if there is no room for them.
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
"""The number of columns of a shape such as 28×28×4096."""

SHORT = {
    "Conv2D": "conv", "MaxPool2D": "max pool", "AveragePool2D": "mean pool", "Flatten": "flatten", "Dense": "dense",
}  # fmt: skip
"""The names of the kinds of layers, shown if there is no room for the layers' own names."""


MISSED = 2
"""By how many columns the mouse may miss a box."""


@dataclass(frozen=True)
class FieldPlace:
    """The place of a field's box."""

    field: str
    row: int
    column: int
    width: int


@dataclass(frozen=True)
class FormPage:
    """The form as it is drawn."""

    lines: tuple[Line, ...]
    places: tuple[FieldPlace, ...]

    def field_at(self, x: int, y: int) -> str | None:
        """The field whose box is at a place or not further from it than `MISSED` columns."""
        beside = {
            place.field: max(place.column - x, x - place.column - place.width + 1, 0)
            for place in self.places
            if place.row == y
        }
        nearest = min(beside, key=lambda field: beside[field], default=None)
        return nearest if nearest is not None and beside[nearest] <= MISSED else None


class _Row:
    """A line that is assembled from left to right."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.pieces: list[tuple[str, str]] = []
        self.places: list[FieldPlace] = []
        self.width = 0

    def text(self, text: str, role: str = "") -> _Row:
        self.pieces.append((text, role))
        self.width += len(text)
        return self

    def to(self, column: int) -> _Row:
        return self.text(" " * max(0, column - self.width))

    def box(self, draft: Draft, field: str, width: int, at: str, editor: Editor) -> _Row:
        self.places.append(FieldPlace(field, self.row, self.width, width))
        for text, role in _box(draft, field, width, at == field, editor):
            self.text(text, role)
        return self


def _box(draft: Draft, field: str, width: int, chosen: bool, editor: Editor) -> Line:
    text = draft.texts[field]
    if field in CHOICES:
        return ((f"‹{text.center(width - 2)}›", "cursor" if chosen else "box"),)
    inside = width - 1
    empty = setting_of(field).empty[:inside] if not text else ""
    if chosen and empty:
        return (" ", "cursor"), (empty.ljust(inside), "hint")
    if chosen:
        return (" ", "box"), *editor.drawn(inside)
    if empty:
        return ((f" {empty.ljust(inside)}", "hint"),)
    shown = text if len(text) <= inside else f"…{text[len(text) - inside + 1 :]}"
    return ((f" {shown.ljust(inside)}", "wrong" if draft.problem(field) else "box"),)


def page(draft: Draft, at: str, editor: Editor, width: int) -> FormPage:
    """The form as it is drawn."""
    columns = WIDE if width >= ROOMY else NARROW
    rows = [_Row(row) for row in range(LINES)]
    rows[0].text(" how it learns", "strong")
    for row, field in zip(rows[1:], LEFT, strict=False):
        _label(row, field, at).box(draft, field, columns.setting, at, editor)
    _network(rows, draft, at, editor, columns)
    return FormPage(tuple(tuple(row.pieces) for row in rows), tuple(place for row in rows for place in row.places))


def _label(row: _Row, field: str, at: str) -> _Row:
    label = setting_of(field).label
    return row.text("▸" if field == at else " ", "strong").text(f"{label:<14}", "strong" if field == at else "dim")


def _network(rows: list[_Row], draft: Draft, at: str, editor: Editor, columns: Columns) -> None:
    plan, error = draft.plan()
    known = {layer.name: layer for layer in plan}
    _heading(rows[0].to(columns.layer), draft, at, editor, columns)
    outline = draft.outline
    for place, (row, layer) in enumerate(zip(rows[1:], outline, strict=False)):
        role = "bad" if error is not None and place == len(plan) else ""
        row.to(columns.layer).text(_name(layer, columns), role)
        if (number := layer.convolution) is not None:
            row.to(columns.filters).box(draft, f"filters_{number}", 5, at, editor)
            row.to(columns.size).box(draft, f"kernel_size_{number}", 3, at, editor)
        elif layer.name == "dense":
            row.to(columns.filters).box(draft, "dense", 5, at, editor)
        _output(row.to(columns.output), known.get(layer.name), columns.parameters)
    if plan and error is None:
        text = counted(sum(layer.parameters for layer in plan), "parameter")
        end = columns.output + _OUTPUT + columns.parameters
        rows[len(outline) + 1].to(end - len(text)).text(text, "strong")
    below = [field for field in BELOW if field in draft.fields]
    for number, field in enumerate(below):
        # If the last line has no room, the free lines above it are used.
        row = rows[-1] if columns.parameters else rows[number - len(below)]
        _choice(row.to(row.width + 2 if number and columns.parameters else columns.layer), draft, field, at, editor)


def _heading(row: _Row, draft: Draft, at: str, editor: Editor, columns: Columns) -> None:
    if columns.parameters:
        _choice(row, draft, "model", at, editor)
    else:
        row.box(draft, "model", _width("model"), at, editor)
    count, size = ("units", "") if draft.is_dense else ("filters" if columns.parameters else "count", "size")
    row.to(columns.filters).text(count, "dim").to(columns.size)
    row.text(size.ljust(columns.output - columns.size), "dim").text("output".rjust(_OUTPUT), "dim")
    if columns.parameters:
        row.text("parameters".rjust(columns.parameters), "dim")


def _choice(row: _Row, draft: Draft, field: str, at: str, editor: Editor) -> None:
    row.text(f"{setting_of(field).label} ", "" if at == field else "dim").box(draft, field, _width(field), at, editor)


def _width(field: str) -> int:
    return 2 + max(map(len, CHOICES.get(field, ("0000",))))


def _name(layer: LayerPlan, columns: Columns) -> str:
    """A layer's name, which includes the stride of a convolution that has one."""
    moves = f", /{layer.stride}" if layer.convolution is not None and layer.stride > 1 else ""
    return layer.name + moves if columns.parameters else SHORT[layer.kind] + moves.replace(",", "")


def _output(row: _Row, layer: LayerPlan | None, width: int) -> None:
    if layer is None:
        row.text("–".rjust(_OUTPUT), "faint")
        return
    row.text(times(layer.output_shape).rjust(_OUTPUT))
    if width:
        row.text((f"{layer.parameters:,}" if layer.parameters else "").rjust(width), "dim")


def named(field: str) -> str:
    """A field's name in a sentence."""
    number = layer_of(field)
    if field == "dense":
        return "the units of dense"
    if number is None:
        return setting_of(field).label
    return f"the {'filters' if field.startswith('filters') else 'size'} of conv2d{f'_{number}' if number else ''}"


def button(draft: Draft, at: str) -> Line:
    """The text of the button."""
    mark: Line = (("▸" if at == START else " ", "strong"),)
    wrong = draft.wrong
    if wrong is not None:
        return *mark, (" Start ", "hint"), (f"  first correct {named(wrong)}", "bad")
    if draft.plan()[1] is not None:
        return *mark, (" Start ", "hint"), ("  no such network exists", "bad")
    role = "cursor" if at == START else "box"
    return *mark, (" Start ", role), ("  enter or ", "dim"), ("t", "accent"), (" trains it", "dim")


def beside(field: str, step: int, draft: Draft) -> str:
    """The field at about the same height in the next column; the same field if there is none."""
    columns = columns_of(draft)
    column = next((number for number, fields in enumerate(columns) if field in fields), None)
    if column is None or not 0 <= column + step < len(columns):
        return field
    heights = _heights(draft)
    return min(columns[column + step], key=lambda other: abs(heights[other] - heights[field]))


def columns_of(draft: Draft) -> tuple[tuple[str, ...], ...]:
    """The fields that apply to the chosen model, column by column."""
    columns = (tuple(field for field in column if field in draft.fields) for column in COLUMNS)
    return tuple(column for column in columns if column)


def _heights(draft: Draft) -> dict[str, int]:
    heights = {field: row for row, field in enumerate(LEFT, 1)} | {"model": 0} | dict.fromkeys(BELOW, LINES - 1)
    for row, layer in enumerate(draft.outline, 1):
        if (number := layer.convolution) is not None:
            heights |= {f"filters_{number}": row, f"kernel_size_{number}": row}
        elif layer.name == "dense":
            heights["dense"] = row
    return heights


def along(field: str, step: int, draft: Draft) -> str:
    """The field below or above in its column; after the last one, the button."""
    if field == START:
        return LEFT[-1] if step < 0 else LEFT[0]
    column = next(fields for fields in columns_of(draft) if field in fields)
    place = column.index(field) + step
    return column[place] if 0 <= place < len(column) else START
