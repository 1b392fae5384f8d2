"""Equations on the screen, checked as a sceptic with a calculator would check them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.cnn.arithmetic import (
    MINUS,
    Equation,
    apart,
    counted,
    difference,
    fraction,
    number,
    percent,
    signed_number,
    sum_of_products,
    sum_of_terms,
)

FLOAT32 = st.floats(-1000, 1000, width=32)
PAIRS = st.lists(st.tuples(FLOAT32, FLOAT32), min_size=1, max_size=9)


def read(shown: str) -> Fraction:
    return Fraction(shown.replace(MINUS, "-"))


def calculated(equation: Equation) -> Fraction:
    """The left-hand side, typed into a calculator that never rounds."""
    total = Fraction(0)
    for term in equation.terms:
        product = Fraction(1)
        for factor in term:
            product *= read(factor)
        total += product
    return total


@pytest.mark.parametrize(
    ("x", "digits", "width", "shown"),
    [
        (0.5, 3, 0, "0.500"),
        (-0.5, 3, 0, "−0.500"),
        (-0.0004, 3, 0, "0.000"),
        (-0.0, 2, 0, "0.00"),
        (-0.0006, 3, 0, "−0.001"),
        (0.5, 2, 7, "   0.50"),
        (12.346, 3, 5, "12.35"),
        (-12.345, 3, 5, "−12.3"),
        (-0.04, 2, 4, " 0.0"),
        (123456.0, 3, 5, "1.2e5"),
        (-1.5e30, 3, 7, "−1.5e30"),
        (1.0, 3, 1, "1"),
        (-100.0, 3, 2, "##"),
        (float("nan"), 3, 6, "   nan"),
        (float("-inf"), 3, 0, "−inf"),
        (np.float32(0.1), 3, 0, "0.100"),
    ],
)
def test_number(x: float, digits: int, width: int, shown: str) -> None:
    assert number(x, digits, width) == shown


@given(st.floats(), st.integers(0, 6), st.integers(1, 12))
def test_a_number_with_a_width_takes_exactly_that_width(x: float, digits: int, width: int) -> None:
    assert len(number(x, digits, width)) == width


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 6))
def test_zero_never_has_a_sign_and_no_hyphen_is_shown(x: float, digits: int) -> None:
    shown = number(x, digits)
    assert "-" not in shown
    assert read(shown) != 0 or MINUS not in shown
    assert abs(read(shown) - Fraction(x)) <= Fraction(1, 2 * 10**digits)


def test_an_exact_sum_of_products() -> None:
    equation = sum_of_products([0.5, -1], [-0.25, 2], -2.125)
    assert equation.terms == (("0.500", "−0.250"), ("−1.000", "2.000"))
    assert str(equation) == "0.500 × (−0.250) + (−1.000) × 2.000 = −2.125"


def test_two_decimals_that_do_not_re_add_are_not_called_equal() -> None:
    equation = sum_of_terms([0.114, 0.224], 0.338, digits=2, most_digits=2)
    assert str(equation) == "0.11 + 0.22 ≈ 0.34"


def test_more_digits_are_shown_where_they_make_the_sum_exact() -> None:
    equation = sum_of_terms([0.114, -0.224], -0.11, digits=2)
    assert str(equation) == "0.11 − 0.22 = −0.11"
    equation = sum_of_terms([0.114, 0.224], 0.338, digits=2)
    assert str(equation) == "0.114 + 0.224 = 0.338"


def test_more_digits_are_shown_where_they_make_the_calculator_agree() -> None:
    # A pixel of 126 / 255 is 0.494117…; 0.494 × 3.300 is 1.6302, which would round to another result than is shown.
    equation = sum_of_products([126 / 255], [3.3], 126 / 255 * 3.3)
    assert str(equation) == "0.4941 × 3.3000 ≈ 1.631"


def test_a_result_that_is_wrong_is_never_called_equal() -> None:
    assert sum_of_products([0.5], [0.5], 0.3).relation == "≈"
    assert sum_of_terms([0.5, 0.5], 1.1).relation == "≈"


@pytest.mark.parametrize(
    "equation",
    [
        sum_of_terms([float("nan"), 1], float("nan")),
        sum_of_terms([float("inf"), float("-inf")], float("nan")),
        sum_of_products([float("inf"), 1], [0, 1], 1),
    ],
)
def test_diverged_numbers_are_shown_and_not_called_equal(equation: Equation) -> None:
    assert equation.relation == "≈"


@pytest.mark.slow
@given(PAIRS, st.integers(1, 4), st.integers(0, 3))
def test_a_sum_of_products_says_equal_if_and_only_if_the_calculator_does(
    pairs: list[tuple[float, float]], digits: int, more: int
) -> None:
    values, weights = np.array(pairs, np.float32).T
    result = float(values @ weights)
    equation = sum_of_products(values, weights, result, digits, digits + more)
    assert (equation.relation == "=") == (calculated(equation) == read(equation.result))
    assert equation.result == number(result, digits)
    assert len(equation.terms) == len(pairs)


@pytest.mark.slow
@given(st.lists(FLOAT32, min_size=1, max_size=5), st.integers(1, 4), st.integers(0, 3))
def test_a_sum_says_equal_if_and_only_if_the_calculator_does(terms: list[float], digits: int, more: int) -> None:
    result = float(np.sum(np.array(terms, np.float32)))
    equation = sum_of_terms(terms, result, digits, digits + more)
    assert (equation.relation == "=") == (calculated(equation) == read(equation.result))


@pytest.mark.slow
@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.floats(-2, 2, width=32)), min_size=4, max_size=4))
def test_with_six_digits_the_calculator_rounds_to_the_shown_result_or_nearly(pairs: list[tuple[float, float]]) -> None:
    values, weights = np.array(pairs, np.float32).T
    equation = sum_of_products(values, weights, float(values @ weights))
    assert abs(calculated(equation) - read(equation.result)) < Fraction(51, 100_000)


@pytest.mark.parametrize(
    ("share", "digits", "shown"),
    [
        (1.0, 1, "100.0%"), (1.0, 0, "100%"), (0.9999, 1, ">99.9%"), (0.9999, 2, "99.99%"), (0.99996, 2, ">99.99%"),
        (0.996, 0, ">99%"), (0.0, 1, "0.0%"), (0.0001, 1, "<0.1%"), (0.004, 0, "<1%"), (0.5, 0, "50%"),
        (1.6, 1, "160.0%"), (-0.25, 1, "−25.0%"), (float("nan"), 1, "–"),
    ],
)  # fmt: skip
def test_a_percentage_is_all_or_nothing_only_where_it_is(share: float, digits: int, shown: str) -> None:
    assert percent(share, digits) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (1.0, "1.0000"), (0.99999, ">0.9999"), (0.9999, "0.9999"), (0.5, "0.5000"), (0.00001, "<0.0001"),
        (0.0001, "0.0001"), (0.0, "0.0000"),
    ],
)  # fmt: skip
def test_a_fraction_is_one_or_zero_only_where_it_is(share: float, shown: str) -> None:
    assert fraction(share) == shown


@given(st.floats(0, 1), st.integers(0, 4))
def test_a_percentage_is_as_near_as_its_digits(share: float, digits: int) -> None:
    shown = percent(share, digits)
    value = float(shown.strip("<>%"))
    if shown[0] in "<>":
        assert (100 * share < value) == (shown[0] == "<")
        assert 0 < share < 1
    else:
        assert abs(value - 100 * share) <= 0.5000001 * 10**-digits


@pytest.mark.parametrize(
    ("x", "width", "shown"),
    [
        (0.0, 0, "0.000"), (-0.0, 0, "0.000"), (-0.025, 0, "−0.025"), (-0.00046, 0, "−4.6e−4"), (3e-12, 0, "3.0e−12"),
        (-0.00046, 8, " −4.6e−4"), (float("inf"), 0, "inf"),
    ],
)  # fmt: skip
def test_only_a_zero_is_shown_as_one_where_its_sign_matters(x: float, width: int, shown: str) -> None:
    assert signed_number(x, 3, width) == shown


def test_two_numbers_are_seen_to_differ_if_they_do() -> None:
    assert apart(0.25, 0.5) == ("0.250", "0.500")
    assert apart(0.12341, 0.12339) == ("0.12341", "0.12339")
    assert apart(0.5, 0.5) == ("0.500", "0.500")


def test_a_difference_is_that_of_the_numbers_on_the_screen() -> None:
    assert number(100 * difference(0.990867, 0.98759, 4), 2) == "0.33"  # 99.09 − 98.76, not 0.3277


@pytest.mark.parametrize(
    ("count", "word", "shown"),
    [(1, "batch", "1 batch"), (0, "batch", "0 batches"), (4690, "batch", "4,690 batches"), (2, "epoch", "2 epochs"),
     (2, "bias", "2 biases"), (1, "class", "1 class")],
)  # fmt: skip
def test_one_is_no_plural(count: int, word: str, shown: str) -> None:
    assert counted(count, word) == shown
