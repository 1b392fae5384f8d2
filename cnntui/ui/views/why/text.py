"""The words of Why this answer: the question, and how far a class leads or trails."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnntui.cnn.arithmetic import number, percent, sum_of_terms
from cnntui.cnn.contributions import margin
from cnntui.cnn.network import Activations
from cnntui.cnn.unfolding import DIGITS
from cnntui.ui.views.base.tree.text import name, sign, signed
from cnntui.ui.widgets.text.line import Line, line_width


def head(activations: Activations, names: Sequence[str], label: int, width: int) -> Line:
    """The question, and the number that is taken apart to answer it."""
    probability, value = float(activations.probabilities[label]), float(activations.logits[label])
    question = f"Why {names[label]}?" if label == activations.predicted else f"Why not {names[label]}?"
    line: Line = (
        (question, "strong"), ("  logit ", "dim"), (number(value, DIGITS), "strong"),
        ("  probability ", "dim"), (percent(probability, 4), "strong"),
    )  # fmt: skip
    hint = "  f another class"
    return (*line, (hint, "dim")) if line_width(line) + len(hint) <= width else line


def comparison(activations: Activations, names: Sequence[str], label: int, true: int | None, width: int) -> Line:
    """How a class compares with another, and which number contributes most to the difference.

    A wrong answer is compared with the true class, a right answer with the runner-up, and any other class with the
    answer.

    Args:
        activations: the numbers that the network computes.
        names: the names of the classes.
        label: the class in question.
        true: the true class; None if it is unknown.
        width: the number of columns.
    """
    logits = activations.logits
    if not np.isfinite(logits).all():
        return (("The logits are not numbers: training diverged, so there is no answer to explain.", "bad"),)
    order = np.argsort(-logits, kind="stable").tolist()
    is_answer = label == order[0]
    other = true if is_answer and true is not None and true != label else order[1] if is_answer else order[0]
    own, others = float(logits[label]), float(logits[other])
    difference = own - others
    relation = sum_of_terms([own, -others], difference, DIGITS, DIGITS).relation
    shown = number(others, DIGITS)
    subtracted = f"({shown})" if others < 0 else shown
    by = f"{number(own, DIGITS)} − {subtracted} {relation} {number(difference, DIGITS)}"
    if not is_answer:
        text = f"{names[label]} is behind {names[other]} by {by}"
    elif other == true:
        text = f"{names[label]} leads {names[other]}, the true class, by {by}"
    else:
        text = f"{names[label]} leads {names[other]}, the runner-up, by {by}"
    line: Line = ((text, ""),)
    terms = margin(activations, label, other)
    deciding = [term for term in terms[:20] if term.contribution * difference > 0] if terms is not None else []
    if deciding:
        called, gives = name(deciding[0].child, full=False), signed(deciding[0].contribution)
        for link in (" alone gives ", ": "):
            if len(text) + len(called) + len(link) + len(gives) + 2 <= width:
                return (*line, ("; ", ""), (called, "strong"), (link, ""), (gives, sign(deciding[0].contribution)))
    return line
