"""The benchmark's verdicts: whether a figure is within its limits."""

from __future__ import annotations

import pytest

from tests.bench.table import Limit, Of, Row, render


def row(ours: float, reference: float | None, *limits: Limit) -> Row:
    return Row("a step", ours, reference, "all of it", "bytes", limits)


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        (row(100, 1000, Limit(Of.RATIO, 0.1)), "met"),
        (row(101, 1000, Limit(Of.RATIO, 0.1)), "FALLS SHORT"),
        (row(1500, 90_000, Limit(Of.RATIO, 0.1), Limit(Of.VALUE, 1500)), "met"),
        (row(1501, 90_000, Limit(Of.RATIO, 0.1), Limit(Of.VALUE, 1500)), "FALLS SHORT"),
        (row(220, 100, Limit(Of.EXCESS, 120)), "met"),
        (row(221, 100, Limit(Of.EXCESS, 120)), "FALLS SHORT"),
        (row(18, 10, Limit(Of.RATIO, 2.0, aim=1.5)), "met, not the aim"),
        (row(15, 10, Limit(Of.RATIO, 2.0, aim=1.5)), "met"),
        (row(18, 10), "for information"),
        (row(25, None, Limit(Of.VALUE, 25)), "met"),
    ],
)
def test_a_row_says_whether_it_keeps_all_its_limits(measured: Row, verdict: str) -> None:
    assert measured.verdict == verdict


def test_the_table_names_what_falls_short() -> None:
    text = render([row(300, 1000, Limit(Of.RATIO, 0.1)), row(50, 1000, Limit(Of.RATIO, 0.1))])
    assert "300 bytes" in text
    assert "1,000 bytes all of it" in text
    assert "0.30×" in text
    assert text.endswith("Falls short: a step.")


@pytest.mark.parametrize("empty", [row(0, None, Limit(Of.VALUE, 25)), row(0, 10), row(5, 0, Limit(Of.RATIO, 3.0))])
def test_a_figure_of_nothing_is_no_measurement(empty: Row) -> None:
    assert empty.verdict == "NOT MEASURED"
    assert not empty.falls_short
    assert render([row(5, 10), empty]).endswith("Not measured: a step.")
    assert "Nothing was measured." in render([empty])
    assert "Nothing was measured." in render([])


def test_a_limit_that_needs_a_reference_does_not_pass_without_one() -> None:
    with pytest.raises(AssertionError, match="no reference"):
        _ = row(1, None, Limit(Of.RATIO, 0.1)).verdict
