"""The words of the shift lab, computed from the measurements so far."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np

from cnntui.cnn.arithmetic import counted, percent
from cnntui.cnn.ops import Floats
from cnntui.labs.shift import CURVE, FARTHEST, Race, Reader, of_the_curve
from cnntui.palette import bar
from cnntui.ui.widgets.charts.comparison_chart import Comparison
from cnntui.ui.widgets.charts.plot import Axis
from cnntui.ui.widgets.design import CURVES
from cnntui.ui.widgets.text.line import FILL, Line

NAMES = 11
"""The longest name of a network, in columns."""


def head(race: Race, width: int) -> Line:
    """The networks that are compared, the number of images, and how far the measurement has come."""
    names = [reader.name for reader in race.readers]
    runs = [f"{reader.name} (run {reader.run})" for reader in race.readers]
    what = (
        f"{' and '.join(runs)} on a moved image",
        f"{' and '.join(names)} on a moved image",
        ", ".join(names),
    )
    done, images = f"{percent(race.done / race.total, 0)} of {race.total:,} read   ", counted(len(race.data), "image")
    # The left part stays the same once the measurement is complete.
    room = width - len(done) - len(images) - 3
    fits = next((text for text in what if len(text) <= room), what[-1])
    return ((fits, "strong"), FILL, ("" if race.is_finished else done, "dim"), (images, ""))


def way(down: int, right: int) -> str:
    """A shift in words: "2 right, 1 up"."""
    parts = [f"{abs(right)} {'right' if right > 0 else 'left'}"] if right else []
    parts += [f"{abs(down)} {'down' if down > 0 else 'up'}"] if down else []
    return ", ".join(parts) or "not moved"


def title(down: int, right: int, truth: str) -> Line:
    """The true class, and how far the image is shifted."""
    shift = (f"{'moved ' if down or right else ''}{way(down, right)}", "strong")
    return ((f"{truth}, ", "dim"), shift) if truth else (shift,)


def says(readers: Sequence[Reader], answers: Sequence[Floats], label: int | None, names: Sequence[str]) -> list[Line]:
    """Each network's prediction for the shifted image, and whether it is right."""
    lines: list[Line] = []
    for reader, probabilities in zip(readers, answers, strict=True):
        read = int(probabilities.argmax())
        name = names[read] if read < len(names) else str(read)
        verdict, role = ("", "good") if label is None else (" ✓", "good") if read == label else (" ✗", "bad")
        lines.append(
            (
                (f"{reader.name:<{NAMES}} ", ""),
                ("predicts ", "dim"),
                (f"{name}{verdict}", role),
            )
        )
    return lines


def classes(readers: Sequence[Reader], answers: Sequence[Floats], label: int | None, width: int) -> list[Line]:
    """The probabilities that the networks give each class for the shifted image, side by side."""
    column = (width - 2) // max(1, len(readers))
    heads = [(_numbered(place, readers).ljust(column), CURVES[place]) for place in range(len(readers))]
    lines: list[Line] = [(("  ", ""), *heads)]
    for place in range(max(len(probabilities) for probabilities in answers)):
        line = [(f"{place} ", "strong" if place == label else "dim")]
        for probabilities in answers:
            share = float(probabilities[place]) if place < len(probabilities) else 0.0
            role = "dim"
            if place == int(probabilities.argmax()):
                role = "good" if label in (None, place) else "bad"
            filled = bar(0.0 if isnan(share) else share, max(1, column - 8))
            line += [(filled, role), (f"{percent(share):>7} ", role)]
        lines.append(tuple(line))
    return lines


def _numbered(place: int, readers: Sequence[Reader]) -> str:
    """A network's name with the number of its line in the chart."""
    return f"{place + 1} {readers[place].name}"


# Many images


def map_title(readers: Sequence[Reader], shares: Floats, place: int, down: int, right: int) -> Line:
    """The name of the map's network, and the map's value at the present shift."""
    share = float(shares[place, down + FARTHEST, right + FARTHEST])
    return ((f"{readers[place].name} ", CURVES[place]), ("…" if isnan(share) else percent(share), "strong"))


def difference_title(readers: Sequence[Reader], shares: Floats, down: int, right: int, width: int) -> Line:
    """The title of the map of differences, and its value at the present shift, in percentage points."""
    first, second = (float(share[down + FARTHEST, right + FARTHEST]) for share in shares[:2])
    value = "…" if isnan(first - second) else f"{100 * (first - second):+.1f}".replace("-", "−")
    names = f"{readers[0].name} − {readers[1].name}"
    name = names if len(names) + len(value) + 1 <= width else "difference"
    return ((f"{name} ", "dim"), (value, "strong"))


def at(readers: Sequence[Reader], shares: Floats, count: int, down: int, right: int) -> list[Line]:
    """The accuracies for one shift."""
    here = shares[:, down + FARTHEST, right + FARTHEST].tolist()
    if any(isnan(share) for share in here):
        return [(("not measured here yet", "dim"),)]
    each = ", ".join(f"{reader.name} {percent(share)}" for reader, share in zip(readers, here, strict=True))
    return [((f"accuracy on {count:,} moved", "dim"),), ((each, ""),)]


def chart_title() -> Line:
    """The title of the chart."""
    return (("Accuracy, moved right", "strong"),)


def comparison(readers: Sequence[Reader], shares: Floats) -> Comparison:
    """Accuracy against the shift to the right, with a line for each network."""
    names = tuple(reader.name for reader in readers)
    pixels = np.arange(len(CURVE))
    lines = tuple((pixels, curve) for curve in of_the_curve(shares))
    marks = tuple((pixel, f"{pixel}") for pixel in range(0, len(CURVE), 2))
    return Comparison(
        Axis(0.0, 1.0, False, (1.0, 0.5, 0.0)), ("100%", "50%", "0%"), FARTHEST, lines, "px", marks, names
    )
