"""The numbers on screen for 100 real digits: they agree with Keras, and the equations are right."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.explore.focus import Focus
from cnntui.explore.scene import refocus
from cnntui.images.data import DataSet
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.why.screen import WhyScreen
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.text.lines import Lines
from tests.calculator import Value, claims, read
from tests.screens.apps import app_on, lines_of, shown

pytestmark = pytest.mark.slow

COUNT = 100
TOLERANCE = Decimal("1e-5")

Outputs = dict[str, np.ndarray[Any, np.dtype[np.float32]]]
"""The results of Keras for one digit, by layer."""


@pytest.fixture(scope="module")
def expected(digits: DataSet) -> dict[int, Outputs]:
    """The outputs of every layer of the bundled network for 100 digits, computed by Keras."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    keras = pytest.importorskip("keras")
    model = keras.models.load_model(bundled_run().path / "model.keras", compile=False)
    logits = keras.ops.matmul(model.layers[-2].output, model.layers[-1].kernel) + model.layers[-1].bias
    chosen = Random(3).sample(range(len(digits)), COUNT)
    probe = keras.Model(model.inputs, [*(layer.output for layer in model.layers), logits])
    outputs = probe.predict(ZERO_TO_ONE.applied(digits.images[chosen]), verbose=0)
    names = [*(layer.name for layer in model.layers), "logits"]
    return {
        digit: {name: np.asarray(each[place]) for name, each in zip(names, outputs, strict=True)}
        for place, digit in enumerate(chosen)
    }


def says(shown_number: str | Value, value: float) -> bool:
    """Whether a number on the screen is one that Keras computed, rounded."""
    number = read(shown_number) if isinstance(shown_number, str) else shown_number
    return number.low - TOLERANCE <= Decimal(float(value)) <= number.high + TOLERANCE


def numbers(text: str) -> list[str]:
    """All numbers with decimals in a text."""
    return re.findall(r"−?\d[\d,]*\.\d+(?:e−?\d+)?", text)


def texts(app: CnntuiApp) -> Iterator[str]:
    """Every line of text on the screen in front."""
    for widget in app.screen.query(Lines):
        # In the tree, numbers of several columns stand in a row; its equations are written out below it.
        if widget.display and widget.id != "tree":
            # The sum of the powers goes over several lines.
            yield from [" ".join(widget.text.split())] if widget.id == "sum" else widget.text.splitlines()


def check_equations(app: CnntuiApp) -> int:
    """Let the calculator check every equation on the screen; returns how many there were."""
    found = [claim for line in texts(app) for claim in claims(line)]
    wrong = [claim.text for claim in found if not claim.holds]
    assert not wrong, f"{app.mode}, {app.scene.focus}: {wrong}"
    return len(found)


def check_column(terms: list[Value], relation: str, result: Value) -> None:
    """Check numbers that stand below each other: the relation before the last says what it claims."""
    total = sum(terms[1:], terms[0])
    if relation == "=":
        assert total.exact == result.exact
    else:
        assert total.low <= result.high
        assert result.low <= total.high


def check_convolve(app: CnntuiApp, outputs: Outputs) -> None:
    focus = app.scene.focus
    (own, *labels), sums = shown(app, "#sum-labels").splitlines(), shown(app, "#sums").splitlines()
    values = [read(each) for each in sums]
    grids = {name: numbers("\n".join(lines_of(app.screen.query_one(f"#{name}", MapGrid)))) for name in GRIDS}
    patch, kernel, products = ([read(each) for each in grids[name]] for name in GRIDS)
    assert len(patch) == len(kernel) == len(products) == 4
    for value, weight, product in zip(patch, kernel, products, strict=True):
        exact = value * weight
        assert exact.low <= product.high
        assert product.low <= exact.high
    check_column(products, own[0], values[0])
    total, bias, pre_activation, output = values[-4:]
    check_column([total, bias], labels[-2][0], pre_activation)
    assert says(output, outputs[focus.layer][focus.row, focus.col, focus.filter])
    assert output.exact == max(pre_activation.exact, Decimal(0))


GRIDS = ("patch", "kernel", "products")


def check_pool(app: CnntuiApp, outputs: Outputs) -> None:
    focus = app.scene.focus
    before = list(outputs)[list(outputs).index(focus.layer) - 1]
    window = outputs[before][2 * focus.row : 2 * focus.row + 2, 2 * focus.col : 2 * focus.col + 2, focus.filter]
    shown_window = numbers("\n".join(lines_of(app.screen.query_one("#patch", MapGrid))))
    assert all(says(each, value) for each, value in zip(shown_window, window.ravel(), strict=True))
    assert says(numbers(shown(app, "#goes-on"))[0], outputs[focus.layer][focus.row, focus.col, focus.filter])


def check_network(app: CnntuiApp, outputs: Outputs) -> None:
    focus = app.scene.focus
    if focus.layer == "dense_1":
        _, *rows = shown(app, "#classes").splitlines()
        assert len(rows) == len(outputs["logits"])
        for place, row in enumerate(rows):
            logit, probability = numbers(row)
            assert says(logit, outputs["logits"][place])
            assert says(percent(probability), outputs["dense_1"][place])
    elif focus.layer == "dense":
        weighted = read(numbers(shown(app, "#title"))[0])
        assert says(weighted if weighted.exact > 0 else read("0.000"), outputs["dense"][focus.unit])
    elif focus.layer == "flatten":
        slot = int(shown(app, "#slot").split()[1])
        assert says(numbers(shown(app, "#slot"))[0], outputs["flatten"][slot])


def check_flatten(app: CnntuiApp, outputs: Outputs) -> None:
    focus = app.scene.focus
    value = numbers(shown(app, "#cell"))[0]
    assert says(value, outputs["conv2d_2"][focus.row, focus.col, focus.filter])
    slot = int(re.findall(r"slot (\d+)", shown(app, "#where"))[0])
    assert says(value, outputs["flatten"][slot])


def check_dense(app: CnntuiApp, outputs: Outputs) -> None:
    focus = app.scene.focus
    _, *terms, others, total, bias, pre_activation, output = shown(app, "#terms").splitlines()
    inputs = outputs["dense" if focus.layer == "dense_1" else "conv2d_2"]
    products = []
    for term in terms:
        place, factor, _, product = re.findall(PLACE, term)[0], *numbers(term)
        at = tuple(int(each) for each in re.findall(r"\d+", place))
        assert says(factor, inputs[at[0]] if len(at) == 1 else inputs[at[1], at[2], at[0]])
        products.append(read(product))
    rest = read(numbers(others)[0])
    check_column([*products, rest], relation(total), read(numbers(total)[0]))
    after = read(numbers(pre_activation)[0])
    check_column([read(numbers(total)[0]), read(numbers(bias)[0])], relation(pre_activation), after)
    if focus.layer == "dense_1":
        assert says(after, outputs["logits"][focus.unit])
    assert says(numbers(output)[0], outputs[focus.layer][focus.unit])


PLACE = r"unit \d+|\d+ \(\d+, \d+\)"
"""A unit, or a map and its cell."""


def relation(line: str) -> str:
    """The sign between a name and its number."""
    return re.findall(r"[=≈]", line)[0]


def check_softmax(app: CnntuiApp, outputs: Outputs) -> None:
    _, *rows, ends = shown(app, "#classes").splitlines()
    powers = []
    for place, row in enumerate(rows):
        logit, shifted, power, quotient = (read(each) for each in FLOAT.findall(row)[:4])
        powers.append(power)
        assert says(logit, outputs["logits"][place])
        assert says(quotient, outputs["dense_1"][place])
        check_column([logit, -read(FLOAT.findall(ends)[0])], "≈", shifted)
    check_column(powers, "≈", read(FLOAT.findall(ends)[1]))


FLOAT = re.compile(r"−?\d[\d,]*\.\d+(?:e−?\d+)?")


def check_field(app: CnntuiApp, outputs: Outputs) -> None:
    focus = app.scene.focus
    assert says(numbers(shown(app, "#where"))[0], outputs[focus.layer][focus.row, focus.col, focus.filter])


def check_why(app: CnntuiApp, outputs: Outputs) -> None:
    screen = app.screen
    assert isinstance(screen, WhyScreen)
    head = shown(app, "#head")
    (label,), (logit, probability) = re.findall(r"Why (?:not )?(\d)\?", head), numbers(head)
    assert says(logit, outputs["logits"][int(label)])
    assert says(percent(probability), outputs["dense_1"][int(label)])
    random = Random(app.scene.focus.index)
    for _ in range(5):
        # Down from level to level, each sum in the words of the last line.
        line = re.sub(r"\([\d,]+ others\)|bias", "", " ".join(shown(app, "#equation").split()))
        for claim in claims(line):
            assert claim.holds, line
        check_equations(app)
        screen.action_move(random.randint(1, 3))
        screen.action_open()


def percent(text: str) -> Value:
    """A percentage as a share."""
    value = read(text)
    return Value(value.exact / 100, value.low / 100, value.high / 100)


CHECKS = {
    "convolve": (check_convolve, ("conv2d", "conv2d_1", "conv2d_2"), 25),
    "pool": (check_pool, ("max_pooling2d", "max_pooling2d_1"), 250),
    "network": (check_network, ("conv2d", "max_pooling2d_1", "flatten", "dense", "dense_1"), 500),
    "field": (check_field, ("conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "conv2d_2"), 100),
    "flatten": (check_flatten, ("flatten",), 200),
    "dense": (check_dense, ("dense", "dense_1"), 750),
    "softmax": (check_softmax, ("dense_1",), 100),
    "why": (check_why, ("dense_1",), 100),
}
"""The checks on a view, the layers that it shows, and the least number of equations in total."""


@pytest.mark.parametrize("mode", CHECKS)
async def test_what_is_displayed_is_what_keras_computes_and_adds_up(
    mode: str, expected: dict[int, Outputs], runs_dir: Path
) -> None:
    check, layers, least = CHECKS[mode]
    random, equations = Random(mode), 0
    app = app_on(mode, runs_dir, layer=layers[0])
    async with app.run_test(size=(80, 24)) as pilot:
        for digit, outputs in expected.items():
            layer = random.choice(layers)
            focus = Focus(index=digit, layer=layer, **{name: random.randrange(1600) for name in ("unit", "source")})
            shape = app.scene.network.output_shape_of(layer)
            if len(shape) == 3:
                row, col, filter = (random.randrange(length) for length in shape)
                channel = random.randrange(app.scene.network.input_shape_of(layer)[-1])
                focus = replace(focus, row=row, col=col, filter=filter, channel=channel)
            elif layer == "flatten":
                focus = replace(focus, row=random.randrange(5), col=random.randrange(5), filter=random.randrange(64))
            # The texts change with the scene, before anything is painted, but those of another kind of output have no
            # room before they are laid out.
            app.showing.look_at(refocus(app.scene, focus))
            if mode == "network":
                await pilot.pause()
            check(app, outputs)
            equations += check_equations(app)
    assert equations >= least
