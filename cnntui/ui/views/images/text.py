"""The words of the image browser, computed from a network's predictions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import percent
from cnntui.images.data import DataSet
from cnntui.images.evaluation import Predictions, Selection, accuracies
from cnntui.printable import set_width
from cnntui.ui.views.base.predictions_text import as_share
from cnntui.ui.widgets.text.line import FILL, Line


def caption(predictions: Predictions, index: int, width: int, covered: bool = False) -> tuple[str, bool]:
    """The index, the class and the certainty of an image, without what is covered, and whether it is a mistake.

    A mistake has a cross before it, and an arrow from its true class to the predicted one.
    """
    label = int(predictions.labels[index])
    if predictions.data.class_width > 1:
        return _named_caption(predictions, index, width, covered)
    if covered or index >= predictions.done:
        return f" {index:<4} {label}", False
    predicted, sure = int(predictions.predicted[index]), percent(float(predictions.certainties[index]), 0)
    if predicted == label:
        return f" {index:<4} {label}   {sure:>4}", False
    return f"×{index:<4} {label}→{predicted} {sure:>4}", True


def _named_caption(predictions: Predictions, index: int, width: int, covered: bool) -> tuple[str, bool]:
    """The same with class names, shortened to fit; the certainty of a mistake only if there is room left."""
    data, label = predictions.data, int(predictions.labels[index])
    free = width - len(f"×{index} ")
    if covered or index >= predictions.done:
        return f" {index} {data.class_name(label, free)}", False
    predicted, sure = int(predictions.predicted[index]), percent(float(predictions.certainties[index]), 0)
    if predicted == label:
        room = free - len(sure) - 1
        return f" {index} {set_width(data.class_name(label, room), room)} {sure}", False
    names = " " + sure if free >= 2 * data.class_width + 2 + len(sure) else ""
    room = (free - 1 - len(names)) // 2
    return f"×{index} {data.class_name(label, room)}→{data.class_name(predicted, room)}{names}", True


def choice_line(
    choice: Selection, predictions: Predictions, count: int, index: int | None, covered: bool = False
) -> Line:
    """Which images are shown, and the selected one, without its prediction if that is covered."""
    so_far = " so far" if choice.needs_predictions and not predictions.is_complete else ""
    left: Line = ((f" {choice.words(predictions.data)}", "strong"), (f"   {count:,}{so_far}", "dim"))
    if index is None:
        return left
    data, label = predictions.data, int(predictions.labels[index])
    if covered or index >= predictions.done:
        return (*left, FILL, (f"#{index}  true {data.class_name(label)} ", ""))
    predicted, sure = int(predictions.predicted[index]), float(predictions.certainties[index])
    read = f"#{index}  {data.answer(label, predicted)} ({percent(sure)}) "
    return (*left, FILL, (read, "winner" if predicted == label else "bad"))


def nothing(choice: Selection, predictions: Predictions) -> Line:
    """The line shown if there is no image of the selected kind."""
    so_far = "" if predictions.is_complete else " so far"
    return (
        (f" No image{so_far}: {choice.words(predictions.data)}.", "bad"),
        ("  a shows all again", "dim"),
    )


def cell_line(data: DataSet, counts: NDArray[np.int64], row: int, col: int) -> Line:
    """One cell of the confusion matrix in words."""
    count, total = int(counts[row, col]), int(counts[row].sum())
    of_all = f" of {total:,}" if total else ""
    words = f" true {data.class_name(row)} · predicted {data.class_name(col)}: {count:,}{of_all}"
    share = f"   {as_share(count, total)}" if total else ""
    kind = "" if row == col else "bad" if count else "dim"
    return ((words, "strong"), (share, kind), FILL, *((("enter", "accent"), (" shows them ", "dim")) if count else ()))


def findings(data: DataSet, counts: NDArray[np.int64]) -> list[Line]:
    """Which classes are most often mistaken for each other, and which have the highest and the lowest accuracy."""
    mistakes = counts * ~np.eye(*counts.shape, dtype=np.bool_)
    worst = [divmod(int(place), counts.shape[1]) for place in np.argsort(-mistakes, axis=None, kind="stable")[:4]]
    pairs = ", ".join(
        f"{data.class_name(row)}→{data.class_name(col)} ({counts[row, col]})"
        for row, col in worst
        if mistakes[row, col]
    )
    shares = accuracies(counts)
    lines: list[Line] = [((" most frequent mistakes: ", "dim"), (pairs or "none", ""))]
    if np.isfinite(shares).any():
        best, least = int(np.nanargmax(shares)), int(np.nanargmin(shares))
        best_share, least_share = _share_of(counts, best), _share_of(counts, least)
        classes: Line = ((" highest accuracy: ", "dim"), (f"{data.class_name(best)} ({best_share})", ""))
        classes = (*classes, ("   lowest: ", "dim"), (f"{data.class_name(least)} ({least_share})", ""))
        lines.append((*classes, FILL, ("stronger: more often ", "dim")))
    return lines


def _share_of(counts: NDArray[np.int64], row: int) -> str:
    return as_share(int(counts[row, row]), int(counts[row].sum()))
