"""The words of Convolve and Pool are true, add up on a calculator, and fit their line."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from cnntui.cnn.arithmetic import number
from cnntui.cnn.layers import Activation, AveragePool2D, Conv2D, MaxPool2D
from cnntui.cnn.network import Network
from cnntui.cnn.steps import ConvSteps, PoolSteps
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.images.data import DataSet
from cnntui.ui.views.convolve import text as conv_text
from cnntui.ui.views.pool import text as pool_text
from cnntui.ui.widgets.text.line import plain

PLACES = [("conv2d", 0), ("conv2d", 3), ("conv2d", 17), ("conv2d_1", 0), ("conv2d_1", 40), ("conv2d_2", 12)]


def walk_of(network: Network, digits: DataSet, layer: str, filter: int, index: int = 0) -> ConvSteps:
    steps = compose("", 0, network, digits, Focus(index=index, layer=layer, filter=filter)).steps
    assert isinstance(steps, ConvSteps)
    return steps


def calculated(text: str) -> Fraction:
    """The result of a pocket calculator for a typed sum of products."""
    text = text.replace("−", "-").replace("×", "*").replace("- ", "-").replace("+ ", "+")
    assert re.fullmatch(r"[-+*() .\d]+", text), text
    return Fraction(eval(re.sub(r"\d+\.\d+", lambda number: f"Fraction('{number[0]}')", text), {"Fraction": Fraction}))


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "filter"), PLACES)
def test_equations_stand_up_to_a_calculator(network: Network, digits: DataSet, layer: str, filter: int) -> None:
    steps = walk_of(network, digits, layer, filter)
    relations = set()
    for step in steps:
        channel = step.index % step.subtotals.size
        line = plain(conv_text.equation(step, channel, 78))
        left, relation, right = re.split(" ([=≈]) ", line)
        answer, shown = calculated(left), Fraction(Decimal(right.replace("−", "-")))
        assert (answer == shown) == (relation == "="), line
        assert abs(answer - shown) <= Fraction(1, 200), line
        relations.add(relation)
    assert "=" in relations


@pytest.mark.parametrize(("layer", "filter"), PLACES)
def test_every_sentence_fits_and_tells_what_relu_does(
    network: Network, digits: DataSet, layer: str, filter: int
) -> None:
    steps = walk_of(network, digits, layer, filter, index=8)
    for step in steps:
        text = plain(conv_text.sentence(step, steps.layer))
        assert len(text) <= 78, text
        assert len(plain(conv_text.equation(step, 0, 78))) <= 78
        assert len(plain(conv_text.summary(step, steps.layer))) <= 58
        silenced = "turns it into 0" in text or "gives 0" in text or "Exactly 0" in text
        assert silenced == (step.output == 0), text


@pytest.mark.parametrize(("layer", "filter"), PLACES)
def test_the_sums_are_the_steps_own_numbers(network: Network, digits: DataSet, layer: str, filter: int) -> None:
    steps = walk_of(network, digits, layer, filter)
    step = steps.at(steps.rows // 2, steps.cols // 2)
    channel = step.subtotals.size - 1
    shown = [float(plain(line).replace("−", "-")) for line in conv_text.sums(step, channel)]
    expected = [step.total, step.bias, step.pre_activation, step.output]
    if step.subtotals.size > 1:
        expected.insert(0, float(step.subtotals[channel]))
    assert shown == pytest.approx(expected, abs=5.1e-5)
    labels = [plain(line) for line in conv_text.sum_labels(step, steps.layer, channel)]
    assert len(labels) == len(shown)
    assert all(len(label) <= conv_text.NAMES for label in labels)


def test_a_blank_patch_is_called_blank(network: Network, digits: DataSet) -> None:
    steps = walk_of(network, digits, "conv2d", 0)
    assert not steps.at(0, 0).patch.any()
    text = plain(conv_text.sentence(steps.at(0, 0), steps.layer))
    assert (
        text == f"Blank patch: every product is 0. The bias, {number(float(steps.bias), 3)}, is negative: ReLU gives 0."
    )


@pytest.mark.parametrize(
    ("bias", "activation", "said"),
    [
        (0.0, "relu", "The bias is 0 too: ReLU gives 0."),
        (-0.0, "relu", "The bias is 0 too: ReLU gives 0."),
        (-0.000046, "relu", "The bias, −4.6e−5, is negative: ReLU gives 0."),
        (0.0004, "relu", "The bias, 4.0e−4, is positive: ReLU keeps it."),
        (-0.25, "linear", "Only the bias, −0.250, is left."),
        (0.0, "linear", "The bias is 0 too."),
    ],
)
def test_no_bias_that_is_shown_as_0_is_said_to_be_below_it(bias: float, activation: Activation, said: str) -> None:
    layer = Conv2D("conv", np.ones((1, 1, 1, 1), np.float32), np.full(1, bias, np.float32), activation=activation)
    step = ConvSteps(layer, layer.forward(np.zeros((2, 2, 1), np.float32)), 0).at(0, 0)
    assert plain(conv_text.sentence(step, layer)) == f"Blank patch: every product is 0. {said}"


def test_a_sum_keeps_its_sign_on_the_screen_however_small_it_is() -> None:
    layer = Conv2D("conv", np.ones((1, 1, 1, 1), np.float32), np.full(1, -2e-6, np.float32))
    step = ConvSteps(layer, layer.forward(np.full((2, 2, 1), 1e-6, np.float32)), 0).at(0, 0)
    assert [plain(line).strip() for line in conv_text.sums(step, 0)] == ["1.0e−6", "−2.0e−6", "−1.0e−6", "0.0000"]
    assert plain(conv_text.sentence(step, layer)).startswith("Negative: ReLU turns it into 0.")


def test_a_network_that_diverged_is_not_said_to_be_below_0() -> None:
    layer = Conv2D("conv", np.full((1, 1, 1, 1), np.nan, np.float32), np.zeros(1, np.float32))
    step = ConvSteps(layer, layer.forward(np.ones((2, 2, 1), np.float32)), 0).at(0, 0)
    assert plain(conv_text.sentence(step, layer)).startswith("Not a number")


def test_a_layer_without_relu_claims_none() -> None:
    layer = Conv2D("plain", np.ones((1, 1, 1, 1), np.float32), np.zeros(1, np.float32), activation="linear")
    step = ConvSteps(layer, layer.forward(np.full((2, 2, 1), -1, np.float32)), 0).at(0, 0)
    assert "ReLU" not in plain(conv_text.sentence(step, layer))
    assert "ReLU" not in " ".join(plain(line) for line in conv_text.sum_labels(step, layer, 0))
    assert "ReLU" not in plain(conv_text.summary(step, layer))


def pool_of(values: list[list[float]]) -> PoolSteps:
    layer = MaxPool2D("pool")
    return PoolSteps(layer, layer.forward(np.array(values, np.float32)[..., np.newaxis]), 0)


def test_the_maximum_is_typed_with_its_winner_marked() -> None:
    step = pool_of([[0.25, 0.5], [0.0, 0.125]])[0]
    line = pool_text.equation(step)
    assert plain(line) == "max(0.250, 0.500, 0.000, 0.125) = 0.500"
    assert [text for text, role in line if role == "winner"] == ["0.500", "0.500"]
    assert plain(pool_text.sentence(step)) == "0.500 at (0, 1) wins over 0.250; its position within the window is lost."


@pytest.mark.parametrize(
    ("values", "equation"),
    [
        ([[0.25, 0.5], [0.0, 0.25]], "mean(0.250, 0.500, 0.000, 0.250) = 0.250"),
        ([[0.25, 0.5], [0.0, 0.001]], "mean(0.250, 0.500, 0.000, 0.001) ≈ 0.188"),
        ([[-1.0, 0.5], [0.5, -1.0]], "mean(−1.000, 0.500, 0.500, −1.000) = −0.250"),
    ],
)
def test_an_average_has_no_winner_and_is_equal_only_where_it_is(values: list[list[float]], equation: str) -> None:
    layer = AveragePool2D("pool")
    step = PoolSteps(layer, layer.forward(np.array(values, np.float32)[..., np.newaxis]), 0)[0]
    line = pool_text.equation(step)
    assert plain(line) == equation
    assert not [text for text, role in line if role == "winner"]
    average = equation.split()[-1]
    said = f"The average is {average}; the largest value alone is 0.500. Positions are lost."
    assert plain(pool_text.sentence(step)) == said


def test_a_winner_by_little_is_seen_to_win() -> None:
    said = plain(pool_text.sentence(pool_of([[0.12341, 0.12339], [0, 0]])[0]))
    assert said == "0.12341 at (0, 0) wins over 0.12339; its position within the window is lost."


def test_ties_and_nothing_are_told() -> None:
    assert plain(pool_text.sentence(pool_of([[1, 1], [0, 1]])[0])).startswith("3 values tie at 1.000")
    assert plain(pool_text.sentence(pool_of([[0, 0], [0, 0]])[0])).startswith("All 4 values are 0")


def test_what_is_never_read_is_named_and_counted() -> None:
    assert plain(pool_text.unread(pool_of([[0.0] * 3] * 3))) == "× never read: row 2 and column 2, 5 cells"
    assert plain(pool_text.unread(pool_of([[0.0] * 2] * 2))) == "Every cell is read exactly once."


def test_numbers_before_and_after_are_counted(network: Network, digits: DataSet) -> None:
    steps = compose("", 0, network, digits, Focus(layer="max_pooling2d")).steps
    assert isinstance(steps, PoolSteps)
    text = [plain(line) for line in pool_text.counts(steps, 32)]
    assert text[0].endswith("27×27 = 729")
    assert text[1].endswith("13×13 = 169")
    assert text[-1] == "23,328 → 5,408"
    sees = plain(pool_text.field_growth(network, steps.layer))
    assert sees == "receptive field 2×2 pixels before, 3×3 after; the next layer's 5×5"


def test_every_sentence_of_a_pool_fits(network: Network, digits: DataSet) -> None:
    steps = compose("", 0, network, digits, Focus(index=3, layer="max_pooling2d", filter=5)).steps
    assert isinstance(steps, PoolSteps)
    assert all(len(plain(pool_text.sentence(step))) <= 78 for step in steps)
