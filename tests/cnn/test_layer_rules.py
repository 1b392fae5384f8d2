"""A layer owns its rules: one of a kind that cnntui has never heard of is run, followed, traced and taken apart."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

import cnntui
from cnntui.cnn import layers
from cnntui.cnn.cells import Cells, Shape
from cnntui.cnn.contributions import Node, NumberKind, NumberPlace, logit
from cnntui.cnn.layers import Conv2D, Dense, Factors, Flatten, Index, Layer, LayerActivation
from cnntui.cnn.network import IMAGE, Network, weights_of, with_weights
from cnntui.cnn.ops import Floats
from cnntui.cnn.reach import dependencies, dependents
from cnntui.cnn.receptive_field import receptive_field
from cnntui.explore.focus import Aim, Focus, aim_at, followed, map_of, readers_of, retraced
from cnntui.explore.scene import compose
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.network import table as network_table
from cnntui.ui.views.network.branches import edges
from cnntui.values import dataclass
from tests.networks import random_digit
from tests.screens.apps import shown

ASKED = "cnntui/cnn/layers", "cnntui/training/recipe.py"
"""Where `isinstance` may ask for kinds of layers: among the layers themselves, and in the readers of Keras."""


@dataclass(frozen=True, eq=False)
class Gain(Layer):
    """Every map times a number of its own."""

    KIND: ClassVar[str] = "gain"

    gain: Floats

    @property
    def weights(self) -> dict[str, Floats]:
        return {"gain": self.gain}

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = x * self.gain
        return LayerActivation((x,), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        return Factors(np.array([index]), x[index][np.newaxis], self.gain[[index[-1]]])


@dataclass(frozen=True, eq=False)
class Plus(Layer):
    """The sum of two layers' outputs."""

    KIND: ClassVar[str] = "plus"

    def output_shape(self, input_shape: Shape, *others: Shape) -> Shape:
        if others != (input_shape,):
            raise CnntuiError(f"Layer '{self.name}' adds up what has other shapes.")
        return input_shape

    def forward(self, x: Floats, *others: Floats) -> LayerActivation:
        output = x + others[0]
        return LayerActivation((x, *others), output, output)

    def factors(self, index: Index, x: Floats, *others: Floats) -> Factors:
        values = np.array([x[index], others[0][index]])
        return Factors(np.array([index, index]), values, np.ones(2, np.float32), inputs=np.array([0, 1]))


def numbers(*shape: int) -> Floats:
    return np.random.default_rng(7).standard_normal(shape).astype(np.float32) / 4


def network_with_gain() -> Network:
    return Network(
        (
            Conv2D("conv", numbers(3, 2, 1, 4), numbers(4), stride=(2, 3)),
            Gain("gain", np.array([1, -2, 0.5, 3], np.float32)),
            Flatten("flat"),
            Dense("out", numbers(13 * 9 * 4, 10), numbers(10), "softmax"),
        ),
        mnist.SHAPE,
    )


def test_it_runs_and_has_its_place_in_shapes_and_weights() -> None:
    network = network_with_gain()
    assert network.shapes == ((13, 9, 4), (13, 9, 4), (468,), (10,))
    assert network.parameters == 3 * 2 * 4 + 4 + 4 + 468 * 10 + 10
    activations = network.forward(random_digit())
    np.testing.assert_array_equal(activations["gain"].output, activations["conv"].output * [1, -2, 0.5, 3])
    others = {name: {role: array + 1 for role, array in own.items()} for name, own in weights_of(network).items()}
    np.testing.assert_array_equal(with_weights(network, others).get("gain", Gain).gain, [2, -1, 1.5, 4])
    with pytest.raises(CnntuiError, match="no gain for layer 'gain'"):
        with_weights(network, {**others, "gain": {}})


def test_its_cells_are_traced_back_and_followed() -> None:
    network = network_with_gain()
    assert receptive_field(network, "gain") == receptive_field(network, "conv")
    cell = Cells.one(5, 4, 2)
    assert dependencies(network, "gain", cell)[:2] == dependencies(network, "conv", cell)
    assert dependents(network, "conv", cell)[1] == cell
    here = Focus(layer="conv", filter=2, row=5, col=4)
    there = followed(here, network)
    assert there == Focus(layer="gain", filter=2, row=5, col=4)
    assert retraced(there, network) == here
    assert aim_at(network, "gain") is Aim.CELL
    assert map_of(network, "out") is network["gain"]


def test_its_numbers_are_taken_apart() -> None:
    activations = network_with_gain().forward(random_digit())
    node = logit(activations, 3)
    while node.place.layer != "gain":
        node = node.terms[0].child
    (term,) = node.terms
    assert (node.kind, term.child.place.layer, term.child.place.index) == (NumberKind.CELL, "conv", node.place.index)
    assert term.contribution == pytest.approx(node.value, rel=1e-6)


@pytest.mark.slow
async def test_it_is_drawn_opened_and_taken_apart_on_the_screen(digits: DataSet) -> None:
    network = network_with_gain()
    app = CnntuiApp(compose("toy", None, network, digits, Focus(layer="gain", row=5, col=4, filter=2)), "network")
    async with app.run_test(size=(80, 24)) as pilot:
        assert "gain" in shown(app, "#layers")
        await pilot.press("enter")
        await pilot.pause()
        assert shown(app, "#head").startswith("gain (5, 4) map 2")
        assert "conv (5, 4) map 2" in shown(app, "#tree")
        await pilot.press("e")
        await pilot.pause()
        assert app.screen.MODE == "field"
        assert app.scene.focus.layer == "gain"
        await pilot.press("backspace", "backspace")
        assert app.screen.MODE == "network"


def test_it_is_called_by_its_name_in_the_table_of_layers() -> None:
    network = network_with_gain()
    row = network_table.row(network, network["gain"])
    assert (row.kind, row.output, row.arithmetic, row.field) == ("gain", "13×9×4", "4 = 4", "3×2")


def branching() -> Network:
    kernel, bias = numbers(1, 1, 2, 2), numbers(2)
    return Network(
        (
            Conv2D("first", numbers(1, 1, 1, 2), numbers(2)),
            Conv2D("left", kernel, bias, activation="linear"),
            Gain("right", np.array([3, -1], np.float32), inputs=("first",)),
            Plus("both", inputs=("left", "right")),
        ),
        (4, 6, 1),
    )


def test_branches_come_together() -> None:
    network = branching()
    assert network.reads("right") == ("first",)
    assert network.reads("first") == (IMAGE,)
    assert [layer.name for layer in network.readers("first")] == ["left", "right"]
    activations = network.forward(np.random.default_rng(2).random((4, 6, 1), np.float32))
    first, left, right, both = (activations[name].output for name in ("first", "left", "right", "both"))
    np.testing.assert_array_equal(right, first * np.array([3, -1], np.float32))
    np.testing.assert_array_equal(both, left + right)
    assert receptive_field(network, "both").size == (1, 1)
    assert [layer.name for layer in network.path_to("both")] == ["first", "left", "both"]
    here = Focus(layer="right", filter=1, row=2, col=3)
    there = followed(here, network)
    assert there == replace(here, layer="both")
    cell = Cells.one(1, 2, 1)
    assert dependencies(network, "both", cell) == (Cells.one(1, 2, 0), Cells((1,), (2,), (0, 1)), cell, cell, cell)
    assert dependents(network, "right", cell) == (cell, cell)
    terms = Node(activations, NumberPlace("both", (1, 2, 1))).terms
    assert {term.child.place for term in terms} == {NumberPlace("left", (1, 2, 1)), NumberPlace("right", (1, 2, 1))}
    assert terms.total == pytest.approx(float(both[1, 2, 1]), rel=1e-6)


def test_where_several_layers_read_a_number_it_is_followed_into_each() -> None:
    network = branching()
    here = Focus(layer="first", filter=1, row=2, col=3)
    assert readers_of(here, network) == ("left", "right")
    for way in ("left", "right"):
        there = followed(here, network, way)
        assert there is not None
        assert (there.layer, there.row, there.col) == (way, 2, 3)
    assert retraced(Focus(layer="both", filter=1, row=2, col=3), network, "right") == replace(here, layer="right")


def test_the_table_of_layers_shows_the_edges_beside_the_names() -> None:
    lines = ["".join(text for text, _ in line)[:13] for line in network_table.table(branching(), "first", 76, 6)]
    assert lines[1:5] == ["▸  ╭ first   ", "  ╭┼ left    ", "  │╰ right   ", "  ╰─ both    "]
    assert set(edges(network_with_gain())) == {""}


@pytest.mark.slow
async def test_one_chooses_among_edges(digits: DataSet) -> None:
    kernel, bias = numbers(1, 1, 2, 2), numbers(2)
    layers = (
        Conv2D("first", numbers(1, 1, 1, 2), numbers(2)),
        Conv2D("left", kernel, bias),
        Conv2D("right", kernel, bias, inputs=("first",)),
        Plus("both", inputs=("left", "right")),
        Flatten("flat"),
        Dense("out", numbers(28 * 28 * 2, 10), numbers(10), "softmax"),
    )
    scene = compose("branching", None, Network(layers, mnist.SHAPE), digits, Focus(layer="first", row=5, col=4))
    app = CnntuiApp(scene, "convolve")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "escape")
        assert app.scene.focus.layer == "first"
        await pilot.press("enter", "down", "enter")
        assert (app.mode, app.scene.focus.layer) == ("convolve", "right")
        await pilot.press("enter")
        assert (app.mode, app.scene.focus.layer) == ("calculation", "both")
        app.navigator.trail.clear()
        await pilot.press("backspace", "enter")
        assert (app.mode, app.scene.focus.layer) == ("convolve", "left")


def test_a_layer_reads_only_what_comes_before_it() -> None:
    first = Conv2D("first", numbers(1, 1, 1, 2), numbers(2), inputs=("second",))
    with pytest.raises(CnntuiError, match="reads 'second', which does not come before it"):
        Network((first, Conv2D("second", numbers(1, 1, 2, 2), numbers(2), inputs=("first",))), (4, 4, 1))


def _asked(node: ast.AST) -> ast.AST:
    """The classes named in a call of isinstance or in a case of a match."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
        return node.args[1]
    return node.cls if isinstance(node, ast.MatchClass) else ast.Pass()


@pytest.mark.slow
def test_nobody_else_asks_what_class_a_layer_has() -> None:
    root = Path(cnntui.__file__).parent
    kinds = {name for name in layers.__all__ if name[0].isupper()} - {"Shape", "Index", "ACTIVATIONS", "Activation"}
    asking = [
        f"{path.relative_to(root.parent)}:{node.lineno}"
        for path in root.rglob("*.py")
        if not str(path.relative_to(root.parent)).startswith(ASKED)
        if any(asking in (text := path.read_text()) for asking in ("isinstance(", "case "))
        for node in ast.walk(ast.parse(text))
        if kinds & {name.id for name in ast.walk(_asked(node)) if isinstance(name, ast.Name)}
    ]
    assert asking == []
