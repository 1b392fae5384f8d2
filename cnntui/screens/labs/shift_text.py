"""What the shift lab says, made from what was measured until now."""

from __future__ import annotations

from math import isnan
from textwrap import wrap

import numpy as np

from cnntui.cnn.network import Activations
from cnntui.cnn.ops import Floats
from cnntui.labs.shift import FARTHEST, Tolerance
from cnntui.palette import bar
from cnntui.widgets.lines import FILL, Line

LOST = 0.05
"""A fall of accuracy from which on a network can no longer be said not to care."""


def head(tolerance: Tolerance) -> Line:
    """How many digits are moved, and how far that has come."""
    done = "" if tolerance.is_finished else f"{tolerance.done:,} of {tolerance.total:,} read"
    return (("The digit is moved, and read again", "strong"), FILL,
            (f"{done}   " if done else "", "window"), (f"{len(tolerance.digits):,} digits", ""))  # fmt: skip


def way(down: int, right: int) -> str:
    """A shift in words: "2 right, 1 up"."""
    parts = [f"{abs(right)} {'right' if right > 0 else 'left'}"] if right else []
    parts += [f"{abs(down)} {'down' if down > 0 else 'up'}"] if down else []
    return ", ".join(parts) or "not moved"


def classes(activations: Activations, label: int | None, width: int) -> list[Line]:
    """The probability of each class for the digit as it stands."""
    lines: list[Line] = []
    for place, share in enumerate(activations.probabilities.tolist()):
        says = place == activations.predicted
        role = ("good" if place == label or label is None else "bad") if says else "dim"
        filled = bar(0.0 if isnan(share) else share, max(1, width - 9))
        lines.append(((f"{place} ", "strong" if says else "dim"), (filled, role), (f"{share:>7.1%}", role)))
    return lines


def curve(shares: Floats) -> list[Line]:
    """Accuracy against the shift to the right."""
    right = shares[FARTHEST, FARTHEST:]
    return [
        (("right by", "dim"), ("".join(f"{pixels:>4}" for pixels in range(len(right))), "dim")),
        (("read, % ", "dim"), ("".join("   …" if isnan(share) else _percent(share) for share in right), "")),
    ]


def _percent(share: float) -> str:
    return f"{100 * share:>4.0f}"


def at(shares: Floats, down: int, right: int) -> Line:
    """The accuracy of one shift."""
    share = float(shares[down + FARTHEST, right + FARTHEST])
    said = "not measured yet" if isnan(share) else f"{share:.1%} read rightly"
    return ((way(down, right), "window"), (f": {said}", ""))


def found(shares: Floats, width: int) -> list[Line]:
    """What the measurement says to the claim."""
    right = shares[FARTHEST, FARTHEST:]
    if np.isnan(right).any():
        return [(("The curve comes first, the map after it.", "dim"),)]
    still = float(right[0])
    lost = next((pixels for pixels, share in enumerate(right.tolist()) if share < still - LOST), None)
    moved = ", ".join(f"{float(right[pixels]):.1%}" for pixels in (2, 3, 4))
    text = f"Not moved {still:.1%} are read rightly, moved right by 2, 3, 4 pixels {moved}. "
    if lost is None:
        text += f"Up to {FARTHEST} pixels that falls by less than {LOST:.0%}: where a digit stands hardly matters."
    else:
        text += (
            f"From {lost} on, more than {LOST:.0%} are lost: kernels find a stroke anywhere, but the layers behind "
            "them have learned where it has to be."
        )
    return [((line, ""),) for line in wrap(text, max(20, width))]
