"""The calculator that checks the screens tells right from wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.calculator import claims, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5 × (−0.2) + 0.1×0.3", "-0.07"),
        ("2·2·32·64 + 64", "8256"),
        ("max(0.1, −0.4, 0.3)", "0.3"),
        ("−1.5 − 2", "-3.5"),
        ("6 ÷ 4", "1.5"),
        ("1.5e−3 × 2", "0.003"),
        ("(2·5 + 4)·64 + 7", "903"),
        ("20,480,512", "20480512"),
    ],
)
def test_expressions_are_read(text: str, value: str) -> None:
    assert read(text).exact == Decimal(value)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("parameters 2·2·32·64 + 64 = 8,256 of them", [("2·2·32·64 + 64 = 8,256", True)]),
        ("0.898×0.037 + 0.996×0.314 ≈ 0.346", [("0.898×0.037 + 0.996×0.314 ≈ 0.346", True)]),
        ("0.898×0.037 + 0.996×0.314 ≈ 0.349", [("0.898×0.037 + 0.996×0.314 ≈ 0.349", False)]),
        ("0.500 + 0.250 = 0.751", [("0.500 + 0.250 = 0.751", False)]),
        ("0.500 + 0.250 ≈ 0.751", [("0.500 + 0.250 ≈ 0.751", True)]),
        ("max(0.1, 0.2) = 0.2; exp(1.000) ≈ 2.718", [("max(0.1, 0.2) = 0.2", True), ("exp(1.000) ≈ 2.718", True)]),
        ("slot 903 = (2·5 + 4)·64 + 7", [("903 = (2·5 + 4)·64 + 7", True)]),
        ("loss 2.707 ≈ −ln(0.06674)", [("2.707 ≈ −ln(0.06674)", True)]),
        ("loss 2.707 = −ln(0.06674)", [("2.707 = −ln(0.06674)", False)]),
        ("loss 2.707 ≈ −ln(0.0661)", [("2.707 ≈ −ln(0.0661)", False)]),
        ("= products", []),
        ("dense unit 5 = 12.179", []),
        ("class 7   exp(2.00) ÷ 7.50 ≈ 0.985", [("exp(2.00) ÷ 7.50 ≈ 0.985", True)]),
    ],
)
def test_equations_are_found_and_judged(line: str, found: list[tuple[str, bool]]) -> None:
    assert [(claim.text, claim.holds) for claim in claims(line)] == found
