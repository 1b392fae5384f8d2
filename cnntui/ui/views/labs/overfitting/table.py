"""The overfitting lab's numbers: the square of gaps, the selected pair side by side, and the table of all runs."""

from __future__ import annotations

from cnntui.cnn.arithmetic import percent
from cnntui.labs.overfitting import DIGITS, HEADS, NETWORKS, POOLINGS, Cell, Histories, Outcome
from cnntui.runs.config.settings import Pooling
from cnntui.ui.views.base.curves.text import loss
from cnntui.ui.views.labs.overfitting.verdict import BRIEF, NAMES, points
from cnntui.ui.widgets.text.line import Line

LABEL = 7
"""The number of columns for the numbers of images, left of the square."""
BOX = 6
"""The number of columns of a cell of the square."""

SQUARE_TOP = 2
"""The number of lines above the first row of the square."""

TABLE_TOP = 2
"""The number of lines above the first heading of the table."""
TABLE_LABEL = 8

_MISSING = "–"


def square(histories: Histories, chosen: Cell) -> list[Line]:
    """The gap of every cell, with the selected one in brackets."""
    units = "".join(f"{f'{dense} units':^{2 * BOX}}" for dense in HEADS)
    columns = "".join(f"{pooling:>{BOX - 1}} " for _, pooling in NETWORKS)
    lines: list[Line] = [
        (("gap    ", "strong"), (units, "dim")),
        ((f"{'images':>{LABEL - 1}} ", "dim"), (columns, "dim")),
    ]
    for digits in DIGITS:
        line: list[tuple[str, str]] = [(f"{digits:>{LABEL - 1},} ", "" if digits == chosen.digits else "dim")]
        for dense, pooling in NETWORKS:
            cell = Cell(digits, dense, pooling)
            text = f"{_points(histories.outcome(cell)) or _MISSING:>{BOX - 2}}"
            line.append(
                (f"[{text}]", "selected") if cell == chosen else (f" {text} ", "" if cell in chosen.pair else "dim")
            )
        lines.append(tuple(line))
    return lines


def cell_in_square(x: int, y: int) -> Cell | None:
    """The cell at a place of the square."""
    row, column = y - SQUARE_TOP, (x - LABEL) // BOX
    if 0 <= row < len(DIGITS) and 0 <= column < len(NETWORKS):
        return Cell(DIGITS[row], *NETWORKS[column])
    return None


def numbers(histories: Histories, chosen: Cell) -> list[Line]:
    """The outcomes of the selected pair, side by side."""
    with_, without = ([_brief(cell), *_values(histories, cell)] for cell in chosen.pair)
    roles = ["" if cell == chosen else "dim" for cell in chosen.pair]
    return [
        ((f"{name:<10}", "dim"), (f"{left:>9}", roles[0]), (f"{right:>12}", roles[1]))
        for name, left, right in zip(_NAMES, with_, without, strict=True)
    ]


_NAMES = ("at the end", "parameters", "train acc.", "test acc.", "test loss", " lowest", " at epoch")


def _values(histories: Histories, cell: Cell) -> list[str]:
    outcome = histories.outcome(cell)
    if outcome is None:
        return [_MISSING] * (len(_NAMES) - 1)
    last, lowest = outcome.last, outcome.lowest
    return [
        f"{outcome.parameters:,}", percent(last.accuracy), percent(last.test_accuracy), loss(last.test_loss),
        loss(lowest.test_loss), f"{lowest.epoch + 1}",
    ]  # fmt: skip


def _brief(cell: Cell) -> str:
    return BRIEF[cell.pooling]


def table(histories: Histories, chosen: Cell, yours: Cell | None, width: int) -> list[Line]:
    """All numbers of all cells: a line for each number of images, with pooling on the left, without on the right."""
    half = _half(width)
    headings: list[tuple[str, str]] = [(" " * TABLE_LABEL, "")]
    columns: list[tuple[str, str]] = [(f"{'images':>{TABLE_LABEL - 1}} ", "dim")]
    for pooling in POOLINGS:
        headings.append((f"{NAMES[pooling]:^{half}}", "strong"))
        columns.append((_begun(" ", pooling, _columns(half)), "dim"))
    lines: list[Line] = [tuple(headings), tuple(columns)]
    for dense in HEADS:
        parameters = [_begun(" ", pooling, _parameters(histories, dense, pooling).center(half)) for pooling in POOLINGS]
        lines.append(((f"{f'{dense} units':<{TABLE_LABEL + 1}}", "strong"), ("".join(parameters)[1:], "dim")))
        for digits in DIGITS:
            line: list[tuple[str, str]] = [(f"{digits:>{TABLE_LABEL - 1},} ", "" if digits == chosen.digits else "dim")]
            for pooling in POOLINGS:
                cell = Cell(digits, dense, pooling)
                mark = "▸" if cell == chosen else "•" if cell == yours else " "
                role = "selected" if cell == chosen else "" if cell in chosen.pair else "dim"
                line.append((_begun(mark, pooling, _row(histories, cell, half)), role))
            lines.append(tuple(line))
    return lines


def _begun(mark: str, pooling: Pooling, text: str) -> str:
    """Half of a line, whose first column has a mark, or the line between the halves."""
    return (mark if mark != " " or pooling == POOLINGS[0] else "│") + text[1:]


def cell_in_table(x: int, y: int, width: int) -> Cell | None:
    """The cell at a place of the table."""
    group, row = divmod(y - TABLE_TOP, len(DIGITS) + 1)
    side = (x - TABLE_LABEL) // _half(width)
    if 0 <= group < len(HEADS) and row > 0 and 0 <= side < len(POOLINGS):
        return Cell(DIGITS[row - 1], HEADS[group], POOLINGS[side])
    return None


def _half(width: int) -> int:
    """The width of half the table: at least the width of its columns, even while the table is hidden."""
    return max(_LEAST, (width - TABLE_LABEL) // 2)


_ROOMY, _NORMAL, _LEAST = 51, 35, 25
"""The widths from which half the table has wide columns, and from which it has all columns; and its least width."""


def _columns(half: int) -> str:
    if half >= _ROOMY:
        text = f"{'train':>8}{'test':>8}{'gap':>8}{'lowest loss':>14}{'loss at end':>13}"
    elif half >= _NORMAL:
        text = f"{'train':>6}{'test':>6}{'gap':>5}{'min. loss':>10}{'end':>7}"
    else:
        text = f"{'test':>5}{'gap':>5}{'lowest':>7}{'end':>6}"
    return f"{text:<{half}}"


def _row(histories: Histories, cell: Cell, half: int) -> str:
    outcome = histories.outcome(cell)
    if outcome is None:
        return f"{_MISSING:^{half}}"
    last, lowest = outcome.last, outcome.lowest
    train, test = f"{100 * last.accuracy:.1f}", f"{100 * last.test_accuracy:.1f}"
    gap, least, end = _points(outcome), loss(lowest.test_loss), loss(last.test_loss)
    if half >= _ROOMY:
        text = f"{train:>8}{test:>8}{gap:>8}{f'{least} @{lowest.epoch + 1:<2}':>14}{end:>13}"
    elif half >= _NORMAL:
        text = f"{train:>6}{test:>6}{gap:>5}{least:>7}{f' @{lowest.epoch + 1}':<4}{end:>6}"
    else:
        text = f"{test:>5}{gap:>5}{least:>7}{end:>6}"
    return f"{text:<{half}}"


def _parameters(histories: Histories, dense: int, pooling: Pooling) -> str:
    """The parameters of a network, which do not depend on the number of images."""
    found = (histories.outcome(Cell(digits, dense, pooling)) for digits in DIGITS)
    outcome = next((outcome for outcome in found if outcome), None)
    return f"{outcome.parameters:,} parameters" if outcome else ""


def _points(outcome: Outcome | None) -> str:
    return "" if outcome is None else points(outcome.gap)
