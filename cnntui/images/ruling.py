"""Finds the straight lines that run across a page, and removes them without cutting into what is written over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.ops import Floats
from cnntui.images.extremes import opened_along
from cnntui.values import dataclass

FINE = 256
"""The largest size, in pixels, in which lines are looked for: a power of 2."""

FAINTEST_LINE = 0.12
"""The least contrast of a line, as a share of the strongest contrast."""

LEAST = 0.02
"""The least contrast of a line."""

GRAIN = 4.0
"""How far a line exceeds the median contrast of paper, in multiples of its distance from the lowest tenth."""

DENSE = 0.5
"""The largest share of a picture that lines may cover; anything that covers more is not lines."""

COVERED = 0.85
"""The least share of its length on which a line is visible: the ink of a digit may hide some of it."""

SHORTEST = 0.5
"""The least length of a line across the page, as a share of the longer side."""

THICKEST = 0.035
"""The largest thickness of a line, as a share of the longer side; anything thicker is an edge or a stroke."""

FADED = 0.2
"""The share of a line's contrast at its edge."""

MOST_LINES = 80
"""The most lines in each of four ranges of direction; more than that are a texture."""

APART = 10
"""The least distance of two lines in pixels, summed over both ends; of lines that are closer, only the best is kept."""


MISSED = 2
"""How far off the ends of a line may be when it is found, in the reduced pixels in which lines are looked for."""


@dataclass(frozen=True)
class Line:
    """A straight line across a picture, from left to right or from top to bottom.

    Attributes:
        down: whether the line runs from top to bottom.
        start, end: where the line crosses the first and the last column (or row), in pixels.
    """

    down: bool
    start: float
    end: float


def without_lines(contrast: Floats) -> Floats:
    """A contrast map without the lines of ruled or squared paper.

    Args:
        contrast: `(rows, columns)` float32, how far each pixel sticks out from its page.
    """
    lines = straight_lines(contrast)
    result = contrast
    for down in (False, True):
        # Turned so that the lines run from left to right. Where lines cross, the first pass leaves a dot for the
        # second.
        upright = result.T if down else result
        removed = upright.copy()
        opened: dict[int, Floats] = {}
        for line in lines:
            if line.down is not down:
                continue
            thickness, middle = _thickness(upright, line)
            if thickness is None:
                # On a path that strays from the line, nothing stands out.
                line = _fitted(upright, line)
                thickness, middle = _thickness(upright, line)
            if thickness is None:
                continue
            # Only what is thicker than the line, measured across it, was written over it.
            length = thickness + 2
            if length not in opened:
                opened[length] = opened_along(upright, length, 0)
            rows, cols = _band(upright.shape, line, middle, length // 2 + 2)
            removed[rows, cols] = np.minimum(removed[rows, cols], opened[length][rows, cols])
        result = removed.T if down else removed
    return result


def straight_lines(contrast: Floats) -> list[Line]:
    """The straight lines that run all the way across a picture, if they stand out from it."""
    factor = -(-max(contrast.shape) // FINE)
    height, width = contrast.shape
    coarse = contrast[: height // factor * factor, : width // factor * factor]
    coarse = coarse.reshape(height // factor, factor, width // factor, factor).mean(axis=(1, 3))
    strong = float(np.quantile(coarse, 0.995))
    faint, usual = (float(value) for value in np.quantile(coarse, (0.1, 0.5)))
    grain = usual + GRAIN * (usual - faint)
    seen = coarse > max(LEAST, FAINTEST_LINE * strong, min(grain, 0.5 * strong))
    if seen.mean() > DENSE:
        return []
    found = []
    for down in (False, True):
        for flipped in (False, True):
            picture = seen.T if down else seen
            picture = picture[::-1] if flipped else picture
            for start, end in _across(picture):
                rows = len(picture)
                start, end = (rows - 1 - start, rows - 1 - end) if flipped else (start, end)
                found.append(Line(down, start * factor + (factor - 1) / 2, end * factor + (factor - 1) / 2))
    return found


def _across(seen: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """The rows of the first and the last column between which lines run that fall by up to 45 degrees."""
    height, width = seen.shape
    side = 1 << (max(seen.shape) - 1).bit_length()
    there = np.zeros((side, side), np.float32)
    there[:height, :width] = seen
    # A line that wavers by a pixel is still found.
    there[1:] = np.maximum(there[1:], there[:-1])
    falls = np.arange(side)[:, np.newaxis] / max(side - 1, 1)
    starts = np.arange(-side, side) - 0.5
    # The columns between which a line is inside the picture.
    first = np.clip(-starts / np.maximum(falls, 1e-9), 0, width)
    last = np.clip((height - 0.5 - starts) / np.maximum(falls, 1e-9), 0, width)
    way = last - first
    share = _sums_along(there) / np.maximum(way, SHORTEST * max(seen.shape))
    candidates = np.argwhere(share >= COVERED)
    order = np.argsort(-share[share >= COVERED], kind="stable")
    ends = np.stack([starts[candidates[:, 1]], starts[candidates[:, 1]] + falls[candidates[:, 0], 0] * width], 1)[order]
    lines: list[tuple[float, float]] = []
    while len(ends):
        if len(lines) == MOST_LINES:
            return []
        lines.append((float(ends[0, 0]), float(ends[0, 1])))
        ends = ends[np.abs(ends - ends[0]).sum(axis=1) > APART]
    return lines


def _sums_along(image: Floats) -> Floats:
    """Sums along all lines that fall from left to right by 0 to `side - 1` rows: `(fall, first row + side)`.

    The discrete Radon transform of Brady and others: lines across two columns are joined from lines across one, lines
    across four columns from these, and so on.
    """
    side = len(image)
    # One row for each column; first rows above the picture belong to lines that enter it further to the right.
    sums = np.zeros((side, 1, 3 * side), np.float32)
    sums[:, 0, side : 2 * side] = image.T
    width = 1
    while width < side:
        left, right = sums[0::2], sums[1::2]
        joined = np.empty((len(left), 2 * width, 3 * side), np.float32)
        for fall in range(2 * width):
            # The right half begins where the left half ends, and ends below the picture.
            half, moved = fall // 2, (fall + 1) // 2
            both = 3 * side - moved
            np.add(left[:, half, :both], right[:, half, moved:], out=joined[:, fall, :both])
            joined[:, fall, both:] = left[:, half, both:]
        sums = joined
        width *= 2
    return sums[0, :, : 2 * side]


def _rows(line: Line, columns: int) -> NDArray[np.float64]:
    return np.linspace(line.start, line.end, columns)


def _fitted(contrast: Floats, line: Line) -> Line:
    """The strongest of the lines nearby: a line that was found in fewer pixels may be slightly off at its ends."""
    height, width = contrast.shape
    missed = MISSED * -(-max(contrast.shape) // FINE)
    shifts = range(-missed, missed + 1)
    near = [Line(line.down, line.start + start, line.end + end) for start in shifts for end in shifts]

    def strength(one: Line) -> float:
        rows = np.rint(_rows(one, width)).astype(int)
        inside = (rows >= 0) & (rows < height)
        return float(np.median(contrast[rows[inside], np.flatnonzero(inside)])) if inside.any() else 0.0

    return max(near, key=strength)


def _thickness(contrast: Floats, line: Line) -> tuple[int | None, int]:
    """How many pixels thick a line is across its way, None if it is no thin line; and how far off its middle is."""
    reach = max(3, round(THICKEST * max(contrast.shape)))
    height, width = contrast.shape
    rows = np.rint(_rows(line, width)).astype(int)
    inside = (rows >= 0) & (rows < height)
    if not inside.any():  # Found at a coarser scale, it runs along the edge.
        return None, 0
    offsets = np.arange(-2 * reach, 2 * reach + 1)
    places = rows[inside] + offsets[:, np.newaxis]
    profile = np.median(contrast[np.clip(places, 0, height - 1), np.flatnonzero(inside)], axis=1)
    near = slice(reach, 3 * reach + 1)
    peak = reach + int(np.argmax(profile[near]))
    faded = profile < FADED * profile[peak]
    if not faded[:peak].any() or not faded[peak:].any():
        return None, 0
    first, last = int(np.flatnonzero(faded[:peak])[-1]) + 1, peak + int(np.flatnonzero(faded[peak:])[0]) - 1
    thickness = last - first + 1
    return (thickness if thickness <= reach else None), (first + last) // 2 - 2 * reach


def _band(shape: tuple[int, ...], line: Line, middle: int, reach: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pixels within a given reach above and below a line."""
    height, width = shape
    rows = np.rint(_rows(line, width)).astype(np.int64) + middle + np.arange(-reach, reach + 1)[:, np.newaxis]
    cols = np.broadcast_to(np.arange(width), rows.shape)
    inside = (rows >= 0) & (rows < height)
    return rows[inside], cols[inside]
