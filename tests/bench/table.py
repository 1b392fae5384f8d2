"""The table of measurements: each figure beside its reference and its limit, and whether it falls short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Of(Enum):
    """The quantity that a limit applies to."""

    RATIO = "ratio"
    """Ours divided by the reference."""
    VALUE = "value"
    """Ours alone."""
    EXCESS = "excess"
    """Ours minus the reference."""


@dataclass(frozen=True)
class Limit:
    """The limit of a figure, and the quantity that it applies to."""

    of: Of
    most: float
    aim: float | None = None


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        what: what was measured.
        ours: the figure of cnntui.
        reference: the same of what it is measured against, in the same run; None where a limit stands alone.
        against: what that is.
        unit: of both.
        limits: all are to be kept; none where the figure is for information.
        note: how it was measured, and what else is worth knowing.
    """

    what: str
    ours: float
    reference: float | None
    against: str
    unit: str
    limits: tuple[Limit, ...] = ()
    note: str = ""

    def figure(self, of: Of) -> float:
        """The figure that a limit applies to."""
        if of is Of.VALUE:
            return self.ours
        assert self.reference is not None, f"{self.what} has no reference"
        return self.ours / self.reference if of is Of.RATIO else self.ours - self.reference

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured: nothing takes no time and no bytes. The key meant nothing there, say."""
        return not self.ours > 0 or (self.reference is not None and not self.reference > 0)

    @property
    def falls_short(self) -> bool:
        """Whether a limit is exceeded."""
        return not self.is_empty and any(self.figure(limit.of) > limit.most for limit in self.limits)

    @property
    def verdict(self) -> str:
        """Whether the figure is within its limits, in words."""
        if self.is_empty:
            return "NOT MEASURED"
        if not self.limits:
            return "for information"
        if self.falls_short:
            return "FALLS SHORT"
        missed = [limit for limit in self.limits if limit.aim is not None and self.figure(limit.of) > limit.aim]
        return "met, not the aim" if missed else "met"


def render(rows: Sequence[Row]) -> str:
    """The table as lines of text, its notes below it."""
    head = ("what", "ours", "reference", "ratio", "at most", "verdict")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    lines.insert(1, "  ".join("─" * width for width in widths))
    notes = [f"  {row.what}: {row.note}" for row in rows if row.note]
    short = [row.what for row in rows if row.falls_short]
    empty = [row.what for row in rows if row.is_empty]
    if short:
        verdict = f"Falls short: {'; '.join(short)}."
    else:
        verdict = "Nothing falls short." if len(empty) < len(rows) else "Nothing was measured."
    failures = ["", f"Not measured: {'; '.join(empty)}."] if empty else []
    return "\n".join([*lines, "", *notes, "", verdict, *failures])


def _cells(row: Row) -> tuple[str, ...]:
    reference, ratio = row.against, ""
    if row.reference is not None:
        reference = f"{quantity(row.reference, row.unit)} {row.against}"
        ratio = "" if row.is_empty else f"{_short(row.figure(Of.RATIO))}×"
    limits = ", ".join(_limit(limit, row.unit) for limit in row.limits)
    return row.what, quantity(row.ours, row.unit), reference, ratio, limits, row.verdict


def _limit(limit: Limit, unit: str) -> str:
    def shown(most: float) -> str:
        if limit.of is Of.RATIO:
            return f"{most:g}×"
        return ("+" if limit.of is Of.EXCESS else "") + quantity(most, unit)

    return shown(limit.most) + (f" (aim {shown(limit.aim)})" if limit.aim is not None else "")


def quantity(value: float, unit: str) -> str:
    """A value with its unit, such as `1,234 bytes` and `5.67 ms`."""
    return f"{_short(value)} {unit}"


def _short(value: float) -> str:
    """A number with three significant digits, and all digits before the point."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"
