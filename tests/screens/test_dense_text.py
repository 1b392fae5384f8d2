"""What the dense, flatten and softmax views say is true, adds up on a calculator, and fits."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from cnntui.cnn.dense_steps import DenseStep, DenseSteps
from cnntui.cnn.description import zeros
from cnntui.cnn.layers import Average, Dense
from cnntui.cnn.network import Activations, Network
from cnntui.cnn.softmax_steps import SoftmaxStep
from cnntui.cnn.window import Window
from cnntui.images.data import DataSet
from cnntui.images.mnist import CLASSES
from cnntui.ui.views.dense import text as dense_text
from cnntui.ui.views.dense.text import DenseInput
from cnntui.ui.views.flatten import text as flatten_text
from cnntui.ui.views.softmax import text as softmax_text
from cnntui.ui.widgets.text.line import Line, plain
from tests.networks import EXACT_LOGITS

FLATTENED, UNITS = DenseInput("flatten", (5, 5, 64)), DenseInput("dense", None)


def activations_of(network: Network, digits: DataSet, digit: int) -> Activations:
    return network.forward(network.input_of(digits.images[digit]))


def dense(network: Network, activations: Activations, name: str) -> tuple[DenseSteps, Dense]:
    layer = network[name]
    assert isinstance(layer, Dense)
    return DenseSteps(layer, activations[name]), layer


def read(shown: str) -> Fraction:
    return Fraction(Decimal(shown.replace("−", "-")))


def texts(lines: list[Line | str]) -> list[str]:
    return [line if isinstance(line, str) else plain(line) for line in lines]


# Dense

TERM = re.compile(r"^[▸ ] (.+?) +(−?[\d.]+) × +(−?[\d.]+) ([=≈]) +(−?[\d.]+(?:e−\d+)?)")
SUM = re.compile(r"^  (.+?) +([=≈+]?) +(−?[\d.]+(?:e−\d+)?)$")


@pytest.mark.parametrize(("name", "source"), [("dense", FLATTENED), ("dense_1", UNITS)])
@pytest.mark.parametrize(
    ("width", "height", "first", "count"),
    [(49, 16, 0, 4), (58, 11, 4, 4), (84, 29, 8, 4), pytest.param(49, 16, 0, 60, marks=pytest.mark.slow)],
)
def test_every_line_of_the_table_stands_up_to_a_calculator(
    network: Network, digits: DataSet, name: str, source: DenseInput, width: int, height: int, first: int, count: int
) -> None:
    relations = set()
    for digit in range(first, first + count):
        steps, layer = dense(network, activations_of(network, digits, digit), name)
        for unit in range(digit % 3, len(steps), 3):
            step = steps.at(unit)
            chosen = (step.unit * 37) % step.products.size
            lines = texts([*dense_text.table(step, layer, source, chosen, width, height)])
            assert len(lines) <= height
            assert max(map(len, lines)) <= width
            terms = dense_text.listed(step, height, chosen)
            products = []
            for place, line in zip(terms.places, lines[1:-5], strict=True):
                assert (line[0] == "▸") == (place == chosen)
                found = TERM.match(line)
                assert found, line
                assert found[1].strip() == source.name(place).strip()
                value, weight, product = read(found[2]), read(found[3]), read(found[5])
                assert (value * weight == product) == (found[4] == "=")
                assert abs(value * weight - product) < Fraction(7, 10_000)
                assert abs(float(product) - step.products[place]) < 0.00051
                products.append(product)
                relations.add(found[4])
            rest, total, bias, weighted, output = (SUM.match(line) for line in lines[-5:])
            assert rest and total and bias and weighted and output  # noqa: PT018
            assert rest[1] == f"{step.products.size - len(products):,} others, together"
            assert (sum(products) + read(rest[3]) == read(total[3])) == (total[2] == "=")
            assert abs(sum(products) + read(rest[3]) - read(total[3])) <= Fraction(len(products) + 2, 2000)
            assert (read(total[3]) + read(bias[3]) == read(weighted[3])) == (weighted[2] == "=")
            assert abs(float(read(weighted[3])) - step.pre_activation) < 0.00051
            assert abs(float(read(output[3])) - step.output) < 0.00051
            relations |= {total[2], weighted[2]}
    assert relations >= {"=", "≈"}


def test_the_chosen_term_is_always_listed(network: Network, digits: DataSet) -> None:
    steps, _ = dense(network, activations_of(network, digits, 0), "dense")
    for chosen in range(0, 1600, 7):
        places = dense_text.listed(steps.at(5), 16, chosen).places
        assert chosen in places
        assert len(places) == 10


def test_where_few_terms_are_above_0_more_of_those_below_are_listed() -> None:
    layer = Dense("dense", np.array([[1], [-1], [-2], [-3], [-4], [0]], np.float32), np.zeros(1, np.float32))
    step = DenseSteps(layer, layer.forward(np.ones(6, np.float32))).at(0)
    assert dense_text.listed(step, 10, chosen=0).places == (0, 4, 3, 2)
    assert dense_text.listed(step, 10, chosen=5).places == (0, 4, 3, 5)
    assert dense_text.listed(step, 30, chosen=0).others == 1


def test_a_slot_and_its_cell_lead_to_each_other() -> None:
    assert FLATTENED.cell(1036) == (3, 1, 12)
    assert FLATTENED.place(3, 1, 12) == 1036
    assert FLATTENED.name(1036).split() == ["12", "(3,", "1)"]
    assert plain(dense_text.where(FLATTENED, 1036)) == "slot 1036 = (3·5 + 1)·64 + 12"
    assert plain(dense_text.where(UNITS, 7)) == "term 7: dense unit 7"


def made_up(pre_activation: float, *values: float) -> DenseStep:
    input = np.array(values, np.float32)
    return DenseStep(0, input, input, input * input, pre_activation, 0.0, pre_activation, max(pre_activation, 0.0))


def test_the_sentence_tells_what_becomes_of_the_sum() -> None:
    layer = Dense("dense", np.zeros((3, 2), np.float32), np.zeros(2, np.float32))
    assert dense_text.sentence(made_up(2, 1, 0, 0), layer, False, 78) == "Positive: ReLU keeps it. 2 of 3 inputs are 0."
    assert dense_text.sentence(made_up(-2, 1, 1, 1), layer, False, 78) == "Negative: ReLU turns it into 0."
    assert "diverged" in dense_text.sentence(made_up(float("nan"), 1, 1, 1), layer, False, 78)
    last = Dense("last", layer.kernel, layer.bias, "softmax")
    for width in (78, 58):
        text = dense_text.sentence(made_up(-2, 1, 1, 1), last, True, width)
        assert text.startswith("A logit")
        assert len(text) <= width
    linear = Dense("linear", layer.kernel, layer.bias, "linear")
    assert "no ReLU" in dense_text.sentence(made_up(-2, 1, 1, 1), linear, False, 78)


def test_a_diverged_unit_is_written_without_complaint() -> None:
    kernel = np.array([[np.nan], [np.inf], [1], [-2]], np.float32)
    layer = Dense("dense", kernel, np.array([np.inf], np.float32))
    step = DenseSteps(layer, layer.forward(np.array([1, 0, 3, np.inf], np.float32))).at(0)
    lines = texts([*dense_text.table(step, layer, UNITS, 0, 49, 16)])
    assert any("nan" in line for line in lines)
    assert max(map(len, lines)) <= 49


# Flatten


def test_the_slots_arithmetic_is_right_for_every_cell() -> None:
    shape = (3, 4, 5)
    for slot in range(60):
        row, col, channel = (int(place) for place in np.unravel_index(slot, shape))
        _, live, back = texts([*flatten_text.arithmetic(row, col, channel, shape, 3)])
        left, right = live.replace("·", "*").split(" = ")
        assert eval(left) == int(right) == slot
        for equation in re.findall(r"\d+ = \d+·\d+ \+ \d+", back):
            left, right = equation.replace("·", "*").split(" = ")
            assert eval(right) == int(left)


@pytest.mark.parametrize("width", [78, 30])
def test_why_names_the_slots_of_a_cell_and_what_it_sees(width: int) -> None:
    lines = texts(flatten_text.why(3, 1, (5, 5, 64), Window(12, 4, 11, 11), width, 3 if width == 78 else 1))
    assert lines[-1].startswith("Slots 1024–1087: cell (3, 1)")
    assert ("rows 12–22, columns 4–14" in lines[-1]) == (width == 78)
    assert max(map(len, lines)) <= width


def test_the_pointers_are_at_their_line_and_column() -> None:
    for x in (0, 6, 7, 40, 60, 63):
        line = plain(flatten_text.column_pointer("map 12", x, 64))
        assert line.index("▾") == x
        assert len(line) <= 64
    assert texts([*flatten_text.row_pointer(2, 4)]) == [" ", " ", "▸", " "]


@pytest.mark.parametrize(("maps", "across"), [((28, 28, 1), 49), ((5, 5, 64), 64), ((5, 5, 1), 25), ((13, 1, 1), 13)])
def test_the_vector_is_drawn_in_whole_lines(maps: tuple[int, int, int], across: int) -> None:
    assert flatten_text.across(maps) == across
    assert maps[0] * maps[1] * maps[2] % across == 0


@pytest.mark.parametrize("height", [1, 3])
def test_a_pixel_is_a_slot_and_the_arithmetic_is_right(height: int) -> None:
    for row, col in ((0, 0), (3, 27), (27, 27)):
        lines = texts(flatten_text.arithmetic(row, col, 0, (28, 28, 1), height))
        live = next(line for line in lines if re.match(r"\d", line))
        left, right = live.replace("·", "*").split(" = ")
        assert eval(left) == int(right) == 28 * row + col
        assert [line for line in lines if line.startswith("and back")] == [
            f"and back  {28 * row + col} = {row}·28 + {col}"
        ][: height // 3]
        said = texts(flatten_text.why(row, col, (28, 28, 1), None, 78, height))
        assert said[-1].startswith(f"Slot {28 * row + col} is pixel ({row}, {col})")
        assert len(said) == height
    assert "f" not in [line.split()[0] for line in texts(flatten_text.cell(3, 4, 0.5, (28, 28, 1))) if line]


# Softmax


def typed(shown: str) -> float:
    return math.inf if shown == "∞" else float(shown.replace("−", "-"))


@pytest.mark.parametrize("shifted", [True, False])
@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_the_quotients_are_the_networks_probabilities_and_a_calculator_agrees(
    network: Network, digits: DataSet, shifted: bool, count: int
) -> None:
    for digit in range(count):
        activations = activations_of(network, digits, digit)
        step = SoftmaxStep.of(activations.logits)
        for chosen in range(10):
            (line,) = softmax_text.equation(step, chosen, shifted, 78)
            text = plain(line)
            assert len(text) <= 78
            found = re.match(r"class \d  exp\((.+)\) ÷ Σ ≈ (\S+) ÷ (\S+) [=≈] (\S+)$", text)
            assert found, text
            z, largest = [*re.fullmatch(r"(−?[\d.]+)(?: − \(?(−?[\d.]+)\)?)?", found[1]).groups()]  # type: ignore[union-attr]
            power = math.exp(typed(z) - (typed(largest) if largest else 0))
            assert power == pytest.approx(typed(found[2]), rel=1e-3, abs=6e-6)
            assert typed(found[2]) / typed(found[3]) == pytest.approx(typed(found[4]), rel=1e-3, abs=6e-6)
            probability = float(activations.probabilities[chosen])
            assert typed(found[4]) == pytest.approx(probability, rel=6e-4, abs=5.1e-6)


@pytest.mark.parametrize(("width", "height"), [(78, 2), (58, 2), (30, 1)])
def test_the_sum_adds_up_with_the_chosen_term_lit(network: Network, digits: DataSet, width: int, height: int) -> None:
    step = SoftmaxStep.of(activations_of(network, digits, 18).logits)
    for chosen in range(10):
        lines = softmax_text.sum_line(step, chosen, True, width, height)
        assert len(lines) <= height
        assert all(len(plain(line).rstrip()) <= width for line in lines)
        if not lines:
            assert width == 30
            continue
        lit = [text for line in lines for text, role in line if role == "selected"]
        assert lit == [softmax_text.power(float(step.powers[chosen]))]
        text = "".join(plain(line) for line in lines).replace("Σ", "")
        terms, relation, total = re.split(r" ([=≈]) ", re.sub(r" \(the other \d\)", "", text))
        added = sum(read(term.strip()) for term in terms.split(" + "))
        assert (added == read(total)) == (relation == "=")
        assert float(added) == pytest.approx(float(read(total)), abs=6e-5)


def test_the_long_name_of_the_layer_before_leaves_room_for_the_numbers(network: Network, digits: DataSet) -> None:
    steps, layer = dense(network, activations_of(network, digits, 0), "dense_1")
    for width, whole in ((46, False), (84, True)):
        long = DenseInput("global_max_pooling2d", None)
        heading, *terms = texts([*dense_text.table(steps.at(7), layer, long, 0, width, 16)])
        assert ("unit of global_max_pooling2d " in heading) is whole
        assert heading.split()[-3:] == ["input", "weight", "product"]
        assert max(map(len, terms)) <= width


def test_the_table_names_the_step_from_column_to_column() -> None:
    step = SoftmaxStep.of(EXACT_LOGITS)
    lines = texts([*softmax_text.table(step, CLASSES, 3, True, 78, 12)])
    assert len(lines) == 12
    for place, line in enumerate(lines[1:-1]):
        numbers = [typed(each) for each in re.sub(r"[█▏▎▍▌▋▊▉]", "", line.removeprefix("▸")).split()]
        own = [place, *(float(array[place]) for array in (step.logits, step.shifted, step.powers, step.quotients))]
        assert numbers == pytest.approx(own, rel=6e-4, abs=6e-6)
    assert "max 0.37500" in lines[-1]
    assert "Σ 1.488479" in lines[-1]
    assert "z−max" not in plain(softmax_text.table(step, CLASSES, 3, False, 78, 12)[0])


def test_headings_of_softmax_stay_apart_beside_long_names_of_classes() -> None:
    heading = plain(softmax_text.table(SoftmaxStep.of(EXACT_LOGITS), ["a long name"] * 10, 3, True, 58, 12)[0])
    assert heading.split() == ["class", "logit", "z", "z−max", "exp(z−max)", "exp", "÷", "Σ"]


def test_many_classes_are_leafed_through() -> None:
    step = SoftmaxStep.of(np.linspace(-3, 3, 26).astype(np.float32))
    for chosen in range(26):
        lines = texts([*softmax_text.table(step, [str(number) for number in range(26)], chosen, True, 58, 12)])
        assert len(lines) == 12
        (marked,) = [number for number, line in enumerate(lines) if line.startswith("▸")]
        assert lines[marked].split()[1] == str(chosen)
        assert softmax_text.first_class(26, chosen, 12) + marked - 1 == chosen


def test_why_the_shift_is_there_is_told_from_the_numbers() -> None:
    fine, large, low = (SoftmaxStep.of(np.array([top, top - 9], np.float32)) for top in (11.5, 100.0, -200.0))
    assert "e^11.50000" in softmax_text.shift(fine, True, 78)[-1]
    said = re.search(r"exp\(11\.50000\) ≈ ([0-9.]+)\.", softmax_text.shift(fine, False, 78)[0])
    assert said is not None
    assert float(said[1]) == pytest.approx(98715.771, rel=1e-6)
    assert "∞ ÷ ∞" in softmax_text.shift(large, False, 78)[0]
    assert "0 ÷ 0" in softmax_text.shift(low, False, 78)[0]
    lost = SoftmaxStep.of(np.array([np.nan, 1], np.float32))
    assert "diverged" in softmax_text.shift(lost, True, 78)[0]
    for step in (fine, large, low, lost):
        for shifted in (True, False):
            for width in (78, 116):
                lines = texts(
                    [
                        softmax_text.head(step, width),
                        *softmax_text.table(step, CLASSES, 1, shifted, width, 12),
                        *softmax_text.sum_line(step, 1, shifted, width, 2),
                        *softmax_text.equation(step, 1, shifted, width),
                        *softmax_text.shift(step, shifted, width),
                    ]
                )
                assert max(map(len, lines)) <= width, lines


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (1.0, "1.00000"), (0.0, "0.00000"), (0.0123, "0.01230"),
        (0.00125, "1.250e−3"), (1.234e-7, "1.234e−7"), (6.7e10, "6.700e10"),
        (float("inf"), "∞"), (float("-inf"), "−∞"), (float("nan"), "nan"), (99_999.0, "99999.00000"),
    ],
)  # fmt: skip
def test_power(x: float, shown: str) -> None:
    assert softmax_text.power(x) == shown


def test_a_layer_without_softmax_is_called_so() -> None:
    dense = Dense("logits", zeros(4, 3), zeros(3))
    softmax = replace(dense, activation="softmax")
    assert "no softmax" in softmax_text.source(Network((dense,), (4,)), 78)
    assert "its activation" in softmax_text.source(Network((softmax,), (4,)), 78)
    single = Dense("single", zeros(4, 1), zeros(1), "sigmoid")
    assert "the logit of class 1" in softmax_text.source(Network((single,), (4,)), 78)
    mean = Average("mean", inputs=("a", "b"))
    ensemble = Network((replace(softmax, name="a", inputs=("",)), replace(softmax, name="b", inputs=("",)), mean), (4,))
    assert "gives probabilities" in softmax_text.source(ensemble, 78)
