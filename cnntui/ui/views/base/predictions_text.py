"""The line above pages of test images: which network predicts, and how many predictions are right."""

from __future__ import annotations

from cnntui.cnn.arithmetic import percent
from cnntui.images.evaluation import Predictions
from cnntui.printable import shortened
from cnntui.ui.widgets.text.line import FILL, Line, line_width

LONGEST_NAME = 24
"""The most columns for the name of a data set."""


def title(predictions: Predictions, name: str, step: int | None, width: int, page: str = "") -> Line:
    """Which network predicts what, if there is room, and how many images are predicted or how many are right."""
    page = page or "Test images"
    learned = "" if step is None else f", batch {step:,}"
    done, total = predictions.done, len(predictions.labels)
    mistakes = int(predictions.mistaken.sum())
    data = predictions.data.name
    on = f" on {shortened(data, LONGEST_NAME)}: " if data else ""
    if predictions.is_complete:
        share = as_share(done - mistakes, done)
        right: Line = (("accuracy ", "dim"), (f"{share}, {mistakes:,} of {total:,} wrong ", ""))
    else:
        right = (("predicted: ", "dim"), (f"{done:,} of {total:,}, {mistakes:,} wrong ", ""))
    left: Line = ((" cnntui ", "dim"), (f" {page} ", "strong"))
    whose: Line = ((f" {name}{learned}", "dim"),)
    brief: Line = ((f" batch {step:,}", "dim"),) if step is not None else ()
    # An accuracy means little without the images that it is for.
    forms = [(*words, FILL, (seen, "dim")) for seen in (on, "") for words in (whose, brief, ())]
    fitting = (form for form in forms if line_width((*left, *form, *right)) < width)
    return (*left, *next(fitting, forms[-1]), *right)


def as_share(part: int, whole: int) -> str:
    """A percentage, without decimals at 0 and 100."""
    return percent(part / whole, 0 if part in (0, whole) else 2)
