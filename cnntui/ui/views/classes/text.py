"""The words of the classes page: the accuracy on each class, and the most certain mistakes."""

from __future__ import annotations

import numpy as np
from textual.geometry import Size

from cnntui.cnn import arithmetic
from cnntui.images.evaluation import Predictions, accuracies
from cnntui.printable import set_width
from cnntui.ui.widgets.text.line import Line, line_width

FLOORS = (0.98, 0.95, 0.9, 0.8, 0.5)
"""The values at which the axis may begin: if all shares are near 1, an axis from 0 makes them look alike."""

_ROOMY = 60
"""The least width at which there is room for counts and for the most frequent mistake."""


DOT, LEADER = "◆", "┈"
"""The dot at a class's accuracy, as on Train, and the line that leads to it."""


def floor(shares: np.ndarray) -> float:
    """The beginning of the axis: as high as possible while every class is still distinct from the edge."""
    known = shares[np.isfinite(shares)]
    least = float(known.min()) if known.size else 0.0
    return next((at for at in FLOORS if least > at), 0.0)


def bars(predictions: Predictions, room: Size) -> list[Line]:
    """A line for each class, and one that labels the ends of the axis."""
    counts = predictions.confusion
    shares = accuracies(counts)
    begin, roomy = floor(shares), room.width >= _ROOMY
    data = predictions.data
    label_width = min(data.class_width, max(1, room.width // 5))
    names = [set_width(data.class_name(label, label_width), label_width) for label in range(len(shares))]
    width = max(1, room.width - 2 - label_width - (42 + label_width if roomy else 8))
    lines = [_class(counts, shares, label, names, begin, width, roomy) for label in range(len(shares))]
    left, right = f"{begin:.0%}", "100%"
    between = width - len(left) - len(right)
    axis = f"{left}{('right' if between > len(' right ') else '').center(between)}{right}"
    return [*lines, ((f"{'':{label_width + 2}}{axis}", "dim"),)]


def _class(
    counts: np.ndarray, shares: np.ndarray, digit: int, names: list[str], begin: float, width: int, roomy: bool
) -> Line:
    share, total = float(shares[digit]), int(counts[digit].sum())
    if not total:
        return (f" {names[digit]} ", "strong"), ("not read yet", "dim")
    worst = share == np.nanmin(shares) and share < 1
    place = round((share - begin) / (1 - begin) * (width - 1))
    # A dot rather than a bar: the axis rarely begins at 0, so the length of a bar would mislead.
    line: Line = (
        (f" {names[digit]} ", "strong"),
        (LEADER * place, "points"),
        (DOT.ljust(width - place), "bad" if worst else "winner"),
        (f" {percent(share):>6}", "strong"),
    )
    return (*line, *_mistakes(counts[digit], digit, names)) if roomy else line


def _mistakes(row: np.ndarray, digit: int, names: list[str]) -> Line:
    wrong = int(row.sum() - row[digit])
    others = row.copy()
    others[digit] = 0
    counted = ((f"  {int(row[digit]):>5,} of {int(row.sum()):>5,}", "dim"),)
    if not wrong:
        return counted
    often = int(others.argmax())
    read = names[often].rstrip() if often < len(names) else str(often)
    return (*counted, ("   as ", "dim"), (read, "bad"), (f": {int(others[often])} of {wrong}", "dim"))


def percent(share: float) -> str:
    """A share, without decimals if nothing is missing."""
    return arithmetic.percent(share, 0 if share == 1 else 1)


def heading(predictions: Predictions, width: int) -> Line:
    """The title of the pictures below the classes."""
    mistakes = int(predictions.mistaken.sum())
    if not mistakes:
        return (("no mistake" + ("" if predictions.is_complete else " so far"), "winner"),)
    line: Line = (("worst mistakes", "strong"), (f": the most certain of {mistakes:,}", "dim"))
    return line if line_width(line) <= width else line[:1]


def caption(predictions: Predictions, index: int, width: int) -> str:
    """`4 → 9 99.97%`: the true class, the predicted one, and its probability."""
    label, read = int(predictions.labels[index]), int(predictions.predicted[index])
    data, sure = predictions.data, _sure(float(predictions.certainties[index]))
    if width < 2 * data.class_width + len(sure) + 3:
        sure = ""
    room = max(1, (width - len(sure) - 3) // 2)
    return f" {data.class_name(label, room)}→{data.class_name(read, room)} {sure}".rstrip()


def pointed(predictions: Predictions, index: int | None, room: Size) -> Line:
    """The selected picture, in words."""
    if index is None:
        return ()
    label, read = int(predictions.labels[index]), int(predictions.predicted[index])
    data = predictions.data
    answer: Line = (
        (f"image #{index} · true ", "dim"), (data.class_name(label), "winner"), (" · predicted ", "dim"),
        (f"{data.class_name(read)} ✗", "bad"),
    )  # fmt: skip
    probability = f" ({_sure(float(predictions.certainties[index]))})"
    return (*answer, (probability, "dim")) if line_width(answer) + len(probability) <= room.width else answer


def _sure(value: float) -> str:
    return arithmetic.percent(value, 0 if value == 1 else 2)
