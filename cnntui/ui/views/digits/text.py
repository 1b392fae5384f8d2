"""What the digit browser says, made from the predictions of a network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.arithmetic import percent
from cnntui.images.evaluation import Choice, Predictions, accuracies
from cnntui.ui.widgets.text.lines import FILL, Line, line_width


def caption(predictions: Predictions, index: int) -> tuple[str, bool]:
    """Index, class and how sure the network is, in 14 columns, and whether the digit was mistaken.

    A mistake has a cross before it, and an arrow from its true class to the one that was read.
    """
    label = int(predictions.labels[index])
    if index >= predictions.done:
        return f" {index:<4} {label}", False
    predicted, sure = int(predictions.predicted[index]), percent(float(predictions.certainties[index]), 0)
    if predicted == label:
        return f" {index:<4} {label}   {sure:>4}", False
    return f"×{index:<4} {label}→{predicted} {sure:>4}", True


def title(predictions: Predictions, name: str, step: int | None, width: int, page: str = "Test digits") -> Line:
    """Whose answers these are, where there is room for that, and how far it has come or how well it did."""
    learned = "" if step is None else f", step {step:,}"
    done, total = predictions.done, len(predictions.labels)
    mistakes = int(predictions.mistaken.sum())
    if predictions.is_complete:
        share = _share(done - mistakes, done)
        right: Line = ((f"  {total:,} read: ", "dim"), (f"{share} right, {mistakes:,} wrong ", ""))
    else:
        right = (("reading: ", "dim"), (f"{done:,} of {total:,}, {mistakes:,} wrong ", "window"))
    left: Line = ((" cnntui ", "accent"), (f" {page} ", "strong"))
    whose: Line = ((f" {name}{learned}", "dim"),)
    brief: Line = ((f" step {step:,}", "dim"),) if step is not None else ()
    fitting = (words for words in (whose, brief) if line_width((*left, *words, *right)) < width)
    return (*left, *next(fitting, ()), FILL, *right)


def choice_line(choice: Choice, predictions: Predictions, count: int, index: int | None) -> Line:
    """Which digits are shown, and the one that is pointed at."""
    so_far = " so far" if choice.needs_predictions and not predictions.is_complete else ""
    left: Line = ((f" {choice.words}", "strong"), (f"   {count:,}{so_far}", "dim"))
    if index is None:
        return left
    label = int(predictions.labels[index])
    about = f"digit {index} is a {label}"
    if index >= predictions.done:
        return (*left, FILL, (f"{about} ", "window"))
    predicted, sure = int(predictions.predicted[index]), float(predictions.certainties[index])
    return (
        *left,
        FILL,
        (f"{about}, read as {predicted} ({percent(sure)}) ", "window" if predicted == label else "bad"),
    )


def nothing(choice: Choice, predictions: Predictions) -> Line:
    """That no digit is of the kind that was asked for."""
    so_far = "" if predictions.is_complete else " so far"
    return ((f" No digit{so_far}: {choice.words}.", "bad"), ("  a shows all again", "dim"))


def cell_line(counts: NDArray[np.int64], row: int, col: int) -> Line:
    """One cell of the confusion matrix in words."""
    count, total = int(counts[row, col]), int(counts[row].sum())
    of_all = f" of the {total:,} that are a {row}" if total else ""
    words = f" {count:,}{of_all}: read as {col}"
    share = f"   {_share(count, total)}" if total else ""
    kind = "" if row == col else "bad" if count else "dim"
    return ((words, "strong"), (share, kind), FILL, ("enter shows them " if count else "", "window"))


def findings(counts: NDArray[np.int64]) -> list[Line]:
    """Which classes are taken for each other most often, and which are read best and worst."""
    mistakes = counts * ~np.eye(*counts.shape, dtype=np.bool_)
    worst = [divmod(int(place), counts.shape[1]) for place in np.argsort(-mistakes, axis=None, kind="stable")[:4]]
    pairs = ", ".join(f"{row} as {col} ({counts[row, col]})" for row, col in worst if counts[row, col])
    shares = accuracies(counts)
    lines: list[Line] = [((" most often: ", "dim"), (pairs or "no mistake", ""))]
    if np.isfinite(shares).any():
        best, least = int(np.nanargmax(shares)), int(np.nanargmin(shares))
        best_share, least_share = _share_of(counts, best), _share_of(counts, least)
        classes: Line = ((" best read: ", "dim"), (f"{best} ({best_share})", ""))
        classes = (*classes, ("   worst: ", "dim"), (f"{least} ({least_share})", ""))
        lines.append((*classes, FILL, ("lighter: more often ", "dim")))
    return lines


def _share_of(counts: NDArray[np.int64], row: int) -> str:
    return _share(int(counts[row, row]), int(counts[row].sum()))


def _share(part: int, whole: int) -> str:
    """A percentage, without decimals where it is all or nothing."""
    return percent(part / whole, 0 if part in (0, whole) else 2)
