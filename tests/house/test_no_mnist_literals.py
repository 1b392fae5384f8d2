"""Only what is about MNIST itself may know its numbers: 28 pixels, 10 classes, one channel, levels up to 255."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "cnntui"

ABOUT_MNIST = {"images/mnist.py", "images/mnist_form.py"}

SIDES, LEVELS, CLASSES = {28, 784}, {255}, {10}

LEVEL = "a level of red, green or blue"
COLUMNS = "columns of a table"

SOMETHING_ELSE: dict[str, dict[int | str, str]] = {
    "cnn/readers/onnx/graph.py": {10: "a type of floats"},
    "cnn/input_scale.py": {255: "where the brightest level is defined"},
    "files/bug_report.py": {10: "reports that are kept"},
    "images/ruling.py": {10: "pixels between ruled lines"},
    "lessons/words.py": {"[..., 0]": "the one channel that the patch of a first convolution has"},
    "runs/directory/parameters.py": {10: "bytes before the head of an array"},
    "palette.py": {10: "steps of a scale", 28: LEVEL, 255: LEVEL},
    "ui/views/base/lesson/panel.py": {10: "the keys 0 to 9"},
    "ui/keys/pages.py": {10: "the keys 0 to 9"},
    "ui/views/base/stepper.py": {10: "steps a second"},
    "ui/views/base/dialogs/question_dialog.py": {10: "lines that there is room for"},
    "ui/views/dense/plain.py": {10: "terms that are listed"},
    "ui/views/form/text.py": {10: COLUMNS},
    "ui/views/labs/downsampling/plain.py": {"[..., 0]": "one map of a layer, which was given an axis for channels"},
    "ui/views/labs/downsampling/screen.py": {"[..., 0]": "one map of a layer, which was given an axis for channels"},
    "ui/views/labs/downsampling/text.py": {"[..., 0]": "the weights for one map"},
    "ui/views/labs/kernel/plain.py": {"[..., 0]": "the experiment has one input map"},
    "ui/views/labs/kernel/view.py": {"[..., 0]": "the experiment has one input map"},
    "ui/views/labs/pictures.py": {"[..., 0]": "one map was given an axis for channels"},
    "ui/views/labs/overfitting/charts.py": {10: "ends of axes"},
    "ui/views/network/outputs.py": {10: "lines that there is room for"},
    "ui/views/runs/comparison_text.py": {10: "seconds, and tenths"},
    "ui/views/runs/run_list.py": {10: "looks until all runs have been looked at"},
    "ui/views/start/text.py": {10: COLUMNS},
    "ui/views/base/tree/text.py": {10: COLUMNS, 28: COLUMNS},
    "ui/widgets/design.py": {255: LEVEL},
    "ui/widgets/charts/value_axis.py": {10: "ticks of an axis"},
    "ui/widgets/charts/plot.py": {255: "a role that no series has"},
}
"""What a number, or `[..., 0]`, means in a file where it has nothing to do with images of a data set."""


LIKELY = re.compile(r"\b(28|784|255|10)\b|\d_\d|\de\d|0x|\.\.\.")
"""Text without this has no such number, and need not be parsed."""


def found(tree: ast.AST) -> Iterator[tuple[int | str, int]]:
    """What looks like a number of MNIST's, and its line."""
    inner = [(node, tree) for node in ast.iter_child_nodes(tree)]
    for node, parent in inner:
        inner += [(child, node) for child in ast.iter_child_nodes(node)]
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                if value in SIDES | LEVELS or (value in CLASSES and counts(node, parent)):
                    yield int(value), node.lineno
            case ast.Subscript(slice=ast.Tuple(elts=[ast.Constant(value=value), ast.Constant(value=0)])):
                if value is ...:
                    yield "[..., 0]", node.lineno


def counts(node: ast.Constant, parent: ast.AST) -> bool:
    """Whether a number stands where a count of classes or a shape would: not a factor, a column or a parameter."""
    match parent:
        case ast.Call(func=ast.Name(id="range" | "min" | "max") | ast.Attribute()):
            return node in parent.args
        case ast.keyword(arg="minlength"):
            return True
        case ast.Tuple() | ast.List() | ast.Compare() | ast.Assign() | ast.AnnAssign():
            return True
    return False


@pytest.mark.slow
def test_no_module_knows_what_mnist_is() -> None:
    wrong, needless = [], []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).as_posix()
        if module in ABOUT_MNIST:
            continue
        text = path.read_text()
        seen = [*found(ast.parse(text))] if LIKELY.search(text) else []
        if module.endswith("layout.py"):
            # What is laid out is counted in columns and lines.
            seen = [(what, line) for what, line in seen if isinstance(what, str)]
        allowed = SOMETHING_ELSE.get(module, {})
        wrong += [f"{module}:{line}: {what}" for what, line in seen if what not in allowed]
        needless += [f"{module}: {what}" for what in allowed.keys() - {what for what, _ in seen}]
    assert not wrong
    assert not needless, "what is no longer there need not be allowed"
