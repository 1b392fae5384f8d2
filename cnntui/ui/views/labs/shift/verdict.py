"""The conclusion of the shift lab, in sentences computed from its measurements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnntui.cnn.arithmetic import counted, in_a_list, percent
from cnntui.cnn.ops import Floats
from cnntui.labs.shift import FARTHEST, LOST, SOUND, Reader, better_at, kept_to, of_the_curve
from cnntui.ui.widgets.text.line import Line, in_lines

SAID = (2, 3, 4)
"""The shifts to the right, in pixels, at which the text gives accuracies."""


def found(
    readers: Sequence[Reader], shares: Floats, count: int, width: int, trouble: str = "", height: int = 100
) -> list[Line]:
    """What the measurement shows about the claim.

    Args:
        readers: the networks that were measured.
        shares: `(networks, 17, 17)` accuracies, measured on the same images.
        count: the number of these images.
        width: the number of columns.
        trouble: why there is no second network; empty if there is one.
        height: the number of lines that the conclusion should fit into.
    """
    curves = of_the_curve(shares)
    if np.isnan(curves).any():
        return [(("The curve comes first, the map after it.", "dim"),)]
    before = (trouble,) if trouble else ()
    verdict = _verdict(readers, curves, count)
    ways = ((*before, _values(readers, curves), _kept(curves), verdict), (*before, _values(readers, curves), verdict))
    forms = [in_lines(" ".join(sentences), width) for sentences in ways]
    return next((lines for lines in forms if len(lines) <= height), forms[-1])


def _values(readers: Sequence[Reader], curves: Floats) -> str:
    listed = ", ".join(
        f"{reader.name} {'on' if place else 'is right on'} {', '.join(f'{100 * float(curve[at]):.1f}' for at in SAID)}%"
        for place, (reader, curve) in enumerate(zip(readers, curves, strict=True))
    )
    return f"Moved right by {', '.join(map(str, SAID))} pixels, {listed}."


def _kept(curves: Floats) -> str:
    """How far an image can move before much accuracy is lost."""
    kept = [kept_to(curve) for curve in curves]
    is_same = len({*kept}) == 1
    they = "it loses" if len(kept) == 1 else "both lose" if is_same else "they lose"
    pixels = counted(kept[0], "pixel") if is_same else f"{' and '.join(map(str, dict.fromkeys(kept)))} pixels"
    return f"Up to {pixels} {they} no more than {100 * LOST:.0f} points."


def _verdict(readers: Sequence[Reader], curves: Floats, count: int) -> str:
    """Whether the first network is invariant, and whether it is better than the second."""
    for reader, curve in zip(readers, curves, strict=True):
        if not curve[0] >= SOUND:
            least = percent(float(curve[0]))
            return f"But {reader.name} is right on only {least} of the images that were not moved, so nothing follows."
    first = readers[0].name
    invariant = kept_to(curves[0]) == FARTHEST
    verdict = f"{first} hardly depends on where the image is" if invariant else f"So {first} is not invariant"
    if len(readers) == 1 or not readers[0].is_convolutional:
        return f"{verdict}."
    second, better = readers[1].name, better_at(curves[0], curves[1], SAID, count)
    but = "and" if invariant else "but"
    if better:
        where = in_a_list([*map(str, better)]) + ("" if better == SAID else " only")
        return f"{verdict}, {but} clearly better than {second} at {where}."
    return f"{verdict}, and on {count:,} images not clearly better than {second}."
