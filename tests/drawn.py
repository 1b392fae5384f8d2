"""Digits as a person draws them: polylines on a unit square."""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, sin

from cnntui.images.drawing import Brush, Canvas, Point

Lines = list[list[Point]]


def _arc(middle: Point, radii: Point, start: float, end: float) -> list[Point]:
    angles = [(start + (end - start) * step / 15) * pi for step in range(16)]
    return [(middle[0] - radii[0] * sin(angle), middle[1] + radii[1] * cos(angle)) for angle in angles]


DIGITS: dict[int, Lines] = {
    0: [_arc((0.5, 0.5), (0.5, 0.33), 0, 2)],
    1: [[(0, 0.5), (1, 0.5)]],
    2: [[*_arc((0.28, 0.5), (0.28, 0.33), 0.9, -0.25), (1, 0.15), (1, 0.88)]],
    3: [[*_arc((0.26, 0.45), (0.26, 0.33), 0.8, -0.5), *_arc((0.75, 0.45), (0.25, 0.38), 0.5, -0.8)]],
    4: [[(0, 0.25), (0.6, 0.12), (0.6, 0.9)], [(0, 0.72), (1, 0.68)]],
    5: [[(0, 0.8), (0, 0.25), (0.42, 0.22), *_arc((0.68, 0.45), (0.32, 0.38), 0.6, -0.8)]],
    6: [[(0, 0.65), (0.3, 0.3), (0.65, 0.18), *_arc((0.73, 0.48), (0.27, 0.3), 1, -1)]],
    7: [[(0, 0.12), (0, 0.85), (1, 0.4)]],
    8: [_arc((0.24, 0.5), (0.24, 0.27), 0.5, 2.5), _arc((0.75, 0.5), (0.25, 0.33), 0.5, -1.5)],
    9: [[*_arc((0.27, 0.48), (0.27, 0.3), 0, 2), (0.3, 0.78), (1, 0.68)]],
}


def drawn(digit: int, top: float, left: float, size: float, brush: Brush = Brush.FINE) -> Canvas:
    """A canvas with a digit of a given size in pixels."""
    canvas = Canvas()
    for line in DIGITS[digit]:
        points = [(top + row * size, left + col * size) for row, col in line]
        for start, end in pairwise(points):
            canvas = canvas.stroked(start, end, brush)
    return canvas
