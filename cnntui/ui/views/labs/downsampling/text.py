"""The words of the downsampling lab, computed from the current maps, from measurements, and from real runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan, prod

import numpy as np

from cnntui.cnn.arithmetic import MINUS, counted, difference, number, percent, relation, sum_of_products
from cnntui.cnn.layers import Conv2D, times
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.explore.focus import Focus
from cnntui.labs.downsampling import PLACES, WIDE_HEAD, Downsampling, Moved, Trained, smaller, winners
from cnntui.labs.learned_stride import LearnedStride
from cnntui.ui.widgets.text.line import FILL, Line, in_lines

NAMES = {
    Downsampling.NONE: "none", Downsampling.MAX: "max", Downsampling.AVERAGE: "average",
    Downsampling.STRIDE: "stride", Downsampling.LEARNED: "learned",
}  # fmt: skip

ROOMY = 78
"""The least width at which everything fits."""

TABLE = 27
"""The least width at which the summary can be a table."""

SHOWN = 4
"""The most numbers of a window that are written out."""

LEVEL = 0.01
"""The difference below which shares count as equal: other images would change them by as much."""


def head(layer: Conv2D, filter: int, size: int, title: str, width: int) -> Line:
    """Which map is downsampled, and by how much."""
    what: Line = (("One map made smaller", "strong"), ("   ", "")) if width >= ROOMY else ()
    return (
        *what,
        ("+ −", "accent"),
        (" window ", "dim"),
        (times((size, size)), "strong"),
        FILL,
        (layer.name, "strong"),
        (" filter ", "dim"),
        (f"{filter}", "strong"),
        (f", {title}", "dim"),
    )


def no_map(network: Network, place: Focus | None) -> Line:
    """Why no map can be downsampled.

    Args:
        network: the current network.
        place: the nearest convolution of the network; None if it has none.
    """
    if place is None:
        why = "The current network has no convolution"
    else:
        why = f"The maps of {place.layer} are {times(network.output_shape_of(place.layer)[:2])}: no window fits there"
    return ((f"{why}. v shows networks that have.", "bad"),)


def networks_head(runs: Sequence[Trained]) -> Line:
    """The settings that the networks have in common."""
    if not runs:
        return ()
    config = runs[0].config
    images = "all images" if config.limit is None else counted(config.limit, "image")
    return (
        ("Networks with each way", "strong"), FILL,
        (f"trained on {images}, {counted(config.learning.epochs, 'epoch')}, seed {config.seed}", "dim"),
    )  # fmt: skip


def title(method: Downsampling, map: Floats, of: str = "") -> Line:
    """A method and the size of its result, with the name of the map if it is not shown elsewhere."""
    return ((f"{NAMES[method]} ", "strong"), (times(map.shape), ""), (f"   {of}" if of else "", "dim"))


def direction(shift: tuple[int, int]) -> str:
    """A shift by a pixel in words."""
    return " and ".join(word for word, pixels in zip(("down", "right"), shift, strict=True) if pixels)


def numbers(map: Floats, whole: Floats, here: float, moved: Moved, method: Downsampling) -> list[Line]:
    """How many numbers a method leaves, and how much of them stays in place when the image moves."""
    everywhere = moved.shares()[method]
    count: Line = ((counted(map.size, "number"), "strong"),)
    if method is Downsampling.NONE:
        return [(*count, ("   stays ", "dim"), (_percent(here), ""),
                 ("   all maps ", "dim"), (_percent(everywhere), "strong"))]  # fmt: skip
    return [
        count,
        ((percent(map.size / whole.size), ""), (" are left", "dim")),
        (("stays ", "dim"), (_percent(here), "")),
        (("all maps ", "dim"), (_percent(everywhere), "strong")),
    ]


def summary(made: Mapping[Downsampling, tuple[Floats, float]], moved: Moved, width: int) -> list[Line]:
    """How much each method leaves, and how much of it stays in place, as a table; in little room only for all maps.

    Args:
        made: for each method, the downsampled map and how much of it stays in place.
        moved: the measurement of how much of all maps stays in place.
        width: the number of columns.
    """
    shares = moved.shares()
    if width < TABLE:
        return [(("all maps stay", "dim"),), *_rows({method: (_percent(shares[method]),) for method in made})]
    cells = {
        method: (f"{map.size:,}", _percent(here), _percent(shares[method])) for method, (map, here) in made.items()
    }
    heading: Line = (("left".rjust(13) + "stays".rjust(7) + "all".rjust(7), "dim"),)
    return [heading, *_rows(cells)]


def _rows(cells: Mapping[Downsampling, Sequence[str]]) -> list[Line]:
    return [
        ((NAMES[method].ljust(7), "dim"), (row[0].rjust(6), "strong"), *[(cell.rjust(7), "") for cell in row[1:]])
        for method, row in cells.items()
    ]


def _percent(share: float) -> str:
    return "…" if isnan(share) else percent(share)


def moved_line(shift: tuple[int, int], is_moved: bool, moved: Moved) -> Line:
    """The meaning of “stays”, and how far the measurement has come."""
    there = f"one pixel {direction(shift)}"
    stays = "stays: what is where it was"
    said = f"The image is moved {there}. {stays}" if is_moved else f"{stays} if the image moves {there} (.)"
    done = "" if moved.is_finished else f"{moved.done} of {counted(moved.count, 'image')}"
    return ((said, "strong" if is_moved else "dim"), FILL, (done, "dim"))


def window(whole: Floats, row: int, col: int, size: int, learned: LearnedStride | None = None) -> Line:
    """The result of each method for one window.

    Args:
        whole: the map.
        row, col: the cell of the downsampled map.
        size: the size of the window.
        learned: the weights of a learned stride on this map; None if every second cell is in view instead.
    """
    patch = whole[row * size : (row + 1) * size, col * size : (col + 1) * size]
    shown = [number(value, 3) for value in patch.ravel().tolist()]
    last = Downsampling.STRIDE if learned is None else Downsampling.LEARNED
    made = [(method, _one(patch, method, size, learned)) for method in (Downsampling.MAX, Downsampling.AVERAGE, last)]
    average = made[1][1]
    listed = " ".join(shown) if len(shown) <= SHOWN else f"{len(shown)} numbers"
    line: Line = ((f"({row}, {col})  ", "window"), (listed, ""), ("  → ", "dim"))
    for method, value in made:
        if value is None:
            piece: Line = ((f"{NAMES[method]} ", "dim"), ("–  ", "faint"))
        else:
            sign = "≈ " if method is Downsampling.AVERAGE and not _is_exact(shown, average) else ""
            piece = ((f"{NAMES[method]} ", "dim"), (sign, "dim"), (f"{number(value, 3)}  ", "strong"))
        line = (*line, *piece)
    return line


def _one(patch: Floats, method: Downsampling, size: int, learned: LearnedStride | None = None) -> float | None:
    """The result of a method for a window; None if the border cuts off the window, which a pool then does not read."""
    if method is not Downsampling.STRIDE and patch.shape != (size, size):
        return None
    return float(smaller(patch[..., np.newaxis], method, size, learned)[0, 0, 0])


def learned(whole: Floats, row: int, col: int, weights: LearnedStride, width: int) -> list[Line]:
    """The result of a learned stride for one window, and how the method differs from max, on this map and on all maps.

    Args:
        whole: the map.
        row, col: the cell of the downsampled map.
        weights: the weights for this map alone.
        width: the number of columns.
    """
    lines: list[Line] = []
    patch, kernel = whole[row * 2 : row * 2 + 2, col * 2 : col * 2 + 2], weights.weights[..., 0]
    if patch.shape == kernel.shape:
        total = float((patch * kernel).sum())
        sum_ = str(sum_of_products(patch.ravel().tolist(), kernel.ravel().tolist(), total, 3, 3)).replace(" × ", "×")
        lines.append((("learned: ", "dim"), (sum_, "")))
    counts = zip(PLACES, winners(whole).tolist(), strict=True)
    listed = ", ".join(f"{place} {count}" for place, count in counts)
    text = (
        f"Max keeps the largest cell wherever it lies (times: {listed}). Learned weights count each place alike in "
        f"every window. Right on test images: max {percent(weights.accuracy_of_max, 2)}, learned "
        f"{percent(weights.accuracy, 2)}."
    )
    return [*lines, *in_lines(text, width)]


def no_weights(size: int, missing: str) -> Line:
    """Why no learned stride can be shown."""
    if missing:
        return ((missing, "bad"),)
    if size != 2:
        return (("A learned stride can be seen with windows of 2×2 (−).", "dim"),)
    return (("Learned strides ship for the maps of the bundled network, as trained, alone.", "dim"),)


def _is_exact(shown: Sequence[str], average: float | None) -> bool:
    """Whether a calculator gets the printed average from the printed numbers."""
    if average is None:
        return False
    return relation([*((value,) for value in shown), (f"{MINUS}{len(shown)}", number(average, 3))], "0") == "="


def found(layer: Conv2D, shift: tuple[int, int], moved: Moved, width: int) -> list[Line]:
    """What the measurement shows about the purpose of pooling."""
    shares = moved.shares()
    if not moved.is_finished:
        return [(("What stays of all maps is measured on more images now.", "dim"),)]
    if any(isnan(share) for share in shares.values()):
        return [((f"The maps of {layer.name} hold nothing that could stay: they are 0 for every image.", "bad"),)]
    order = sorted(shares, key=lambda method: -shares[method])
    best, worst = order[0], order[-1]
    listed = ", ".join(f"{NAMES[method]} {percent(shares[method])}" for method in order)
    text = (
        f"Of all {counted(layer.filters, 'map')} of {layer.name}, {counted(moved.count, 'image')}: "
        f"moved one pixel {direction(shift)}, this much stays in its place: {listed}. "
    )
    pooled = min(shares[Downsampling.MAX], shares[Downsampling.AVERAGE])
    plain = max(shares[Downsampling.NONE], shares[Downsampling.STRIDE])
    if pooled > plain + LEVEL:
        text += f"Pools forgive a small shift only in part: the best still loses {percent(1 - shares[best], 0)}. "
    elif shares[best] - shares[worst] < LEVEL:
        text += "None of them forgives a small shift more than the others here. "
    else:
        text += f"Here “{NAMES[best]}” keeps most: pools do not clearly keep more than the others. "
    if abs(shares[Downsampling.STRIDE] - shares[Downsampling.NONE]) < 2 * LEVEL and pooled > plain:
        text += "A stride leaves numbers out: it keeps no more in its place, but it computes less."
    return in_lines(text, width)


# The networks


LABEL = 14
"""The number of columns of the names of the table's rows."""


def table(runs: Sequence[Trained], width: int, height: int) -> list[Line]:
    """The networks side by side: shapes, receptive field, parameters, and results."""
    if not runs:
        return []
    column = (width - LABEL) // len(runs)

    def row(label: str, cells: Sequence[str], role: str = "") -> Line:
        return ((label.ljust(LABEL), "dim"), ("".join(cell.rjust(column) for cell in cells), role))

    shapes = [
        row(runs[0].stages[place][0], [_shape(run, place) for run in runs]) for place in range(len(runs[0].stages))
    ]
    parameters = [
        row("field", [times(run.field) for run in runs]),
        row("flattened", [f"{prod(run.flattened):,}" for run in runs]),
        row(f"{runs[0].head.units} dense units", [f"{run.head.parameters:,}" for run in runs]),
        row("parameters", [f"{run.parameters:,}" for run in runs], "strong"),
        row(f"with {WIDE_HEAD} units", [f"{run.wide_head:,}" for run in runs]),
    ]
    results = [
        row("test accuracy", [percent(run.last.test_accuracy, 2) for run in runs], "strong"),
        row("while learning", [percent(run.last.accuracy, 2) for run in runs]),
        row("train − test", [_points(run.gap) for run in runs]),
        row("an epoch", [f"{run.seconds:.1f} s" for run in runs]),
    ]
    heading = row("", [NAMES[run.method] for run in runs], "strong")
    gap: list[Line] = [()] if height > len(shapes) + len(parameters) + len(results) + 2 else []
    room = max(0, height - len(parameters) - len(results) - 1)
    return [heading, *shapes[max(0, len(shapes) - room) :], *gap, *parameters, *gap, *results]


def _shape(run: Trained, place: int) -> str:
    shape = run.stages[place][1]
    return times(shape) if shape is not None else "–"


def _points(share: float) -> str:
    return f"{number(100 * share, 2)} pts"


def networks(by_method: Mapping[Downsampling, Trained], width: int) -> list[Line]:
    """What the real runs show about the claim that without pooling parameters explode and small models overfit."""
    without, pooled = by_method.get(Downsampling.NONE), by_method.get(Downsampling.MAX)
    if without is None or pooled is None:
        return []
    height, wide, depth = without.flattened
    larger = without.parameters / pooled.parameters
    slower = without.seconds / pooled.seconds
    lost = difference(without.last.test_accuracy, pooled.last.test_accuracy, 4)
    gained = f"{_points(lost)} are gained" if lost > 0 else "nothing is gained"
    text = (
        f"Without pooling, {WIDE_HEAD} units behind the last maps would have {WIDE_HEAD}·{height}·{wide}·{depth} + "
        f"{WIDE_HEAD} = {without.wide_head:,} parameters, with max {pooled.wide_head:,}. Trained with "
        f"{without.head.units} units: {larger:.1f} times the parameters and {slower:.1f} times the time, and {gained}: "
        f"it gets {percent(without.last.test_accuracy, 2)} of the test images right, "
        f"max {percent(pooled.last.test_accuracy, 2)}. "
    )
    if without.gap > 2 * max(pooled.gap, 0):
        text += f"Between training and test its gap is wider: {_points(without.gap)} against {_points(pooled.gap)}."
    else:
        text += (
            f"Between training and test its gap is hardly wider: {_points(without.gap)} against {_points(pooled.gap)}."
        )
    return in_lines(text, width)
