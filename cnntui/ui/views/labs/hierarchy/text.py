"""The words of the hierarchy lab, computed from the results so far."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cnntui.cnn.arithmetic import counted, number
from cnntui.cnn.layers import times
from cnntui.cnn.receptive_field import receptive_field
from cnntui.labs.hierarchy import STRONGEST, Patch, Search
from cnntui.ui.widgets.text.line import FILL, Line, in_lines

MOST_NAMED = 2
"""The most equally common classes that are named: there is no room for more."""


def head(search: Search, width: int) -> Line:
    """The goal of the search, and how far the search has come."""
    total = len(search.data)
    done = (
        f"{counted(total, 'image')} read"
        if search.is_complete
        else f"{search.done:,} of {counted(total, 'image')} read"
    )
    what = "What excites a filter most" if width >= 60 else "What excites most"
    return ((what, "strong"), FILL, (done, "dim" if search.is_complete else ""))


def title(search: Search, name: str, filter: int, chosen: bool, compact: bool) -> list[Line]:
    """A filter, and the size of its receptive field."""
    size = receptive_field(search.network, name).size
    role = "selected" if chosen else "strong"
    return [
        ((f"{'▸ ' if chosen else ''}{name}", role), (" " if compact else " filter ", "dim"), (f"{filter}", role)),
        ((f"field {times(size)} pixels", "dim"),),
    ]


def classes(search: Search, name: str, filter: int, width: int) -> Line:
    """The most common class among the images that activate a filter most, or the few that are equally common."""
    counts = search.classes(name, filter)
    if not counts.any():
        return (("silent on all images", "bad"),)
    most, total = int(counts.max()), int(counts.sum())
    commonest = np.flatnonzero(counts == most).tolist()
    if len(commonest) == 1:
        return ((f"{most:,} of best {total:,} are {_plural(search, commonest[0])}", ""),)
    if len(commonest) <= MOST_NAMED:
        named = ", ".join(f"{most:,} {_plural(search, label)}" for label in commonest)
        for text in (f"of best {total:,}: {named}", named):
            if len(text) < width:
                return ((text, ""),)
    return ((f"best {total:,}: no class leads", ""),)


def _plural(search: Search, label: int) -> str:
    """The name for several images of a class: "7s", "frog"."""
    name = search.data.class_name(label)
    return f"{name}s" if search.data.is_digits else name


def patch(search: Search, chosen: Patch | None, rank: int, compact: bool) -> Line:
    """The source of the selected patch."""
    if chosen is None:
        return (("No image gives this filter an output above 0.", "bad"),)
    window, label = chosen.window, int(search.data.labels[chosen.index])
    return (
        (f"{rank + 1}. ", "strong"), (f"image #{chosen.index}", "strong"),
        (f" · true {search.data.class_name(label)}: output ", "dim"),
        (number(chosen.value, 3), "strong"), (f" at cell ({chosen.row}, {chosen.col})", "dim"),
        (f", pixels {window.top}–{window.bottom - 1} × {window.left}–{window.right - 1}" if not compact else "", "dim"),
    )  # fmt: skip


def found(averages: Sequence[tuple[str, float]], classes: int, width: int) -> list[Line]:
    """The result over all filters of the layers, once all images have been searched."""
    if not averages:
        return [(("The averages over all filters appear when all images have been read.", "dim"),)]
    counts = [average for _, average in averages]
    listed = ", ".join(f"{average:.0%} on {name}" for name, average in averages)
    ties = f"Of the {STRONGEST} images that excite a filter most (ties count), "
    text = f"{ties}{listed} are of its commonest class, on average. "
    if len(counts) == 1:
        text += f"{1 / classes:.0%} would be chance."
    elif all(before < after for before, after in pairwise(counts)):
        text += "From layer to layer, a filter's patches come more and more from one class."
    else:
        text += "That share does not grow from layer to layer here."
    return in_lines(text, width)
