"""A canvas to draw a digit on: soft strokes, an eraser, and an undo for every step."""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum

import numpy as np

from cnntui.cnn.input_scale import BRIGHTEST
from cnntui.cnn.layers import Shape, times
from cnntui.cnn.ops import Floats
from cnntui.images.data import Image, grey_of
from cnntui.images.levels import Pixels
from cnntui.images.mnist import SHAPE, SIDE
from cnntui.images.mnist_form import mnist_form
from cnntui.values import dataclass

FINENESS = 8
"""Cells of ink per pixel in each direction: a small drawing keeps its shape when it is enlarged."""
CELLS = SIDE * FINENESS
"""Cells of the canvas in each direction."""

SOFTNESS = 1.0
"""Pixels over which the edge of a stroke fades, like the edges of MNIST's digits."""

MOST_STEPS_BACK = 50
"""How many strokes can be undone; each keeps a canvas of 200 KB."""

YOURS = "your drawing"
"""The name of a drawing."""

Point = tuple[float, float]
"""The row and column in pixels: the centre of the first pixel is (0.5, 0.5)."""


def cannot_draw_for(shape: Shape) -> str:
    """Why a user cannot draw for a network that reads images of a given shape; empty if it is possible."""
    if shape == SHAPE:
        return ""
    colour = "A drawing has one channel and no colours, and is" if shape[-1] > 1 else "A drawing is"
    return f"{colour} {times(SHAPE)}; this network reads {times(shape)}. Open a picture instead: --image FILE."


class Brush(Enum):
    """A round brush and the radius of its mark, in pixels."""

    FINE = 1.1
    BROAD = 1.9


@dataclass(frozen=True, eq=False)
class Canvas:
    """A sheet of 28×28 pixels.

    Attributes:
        ink: `(224, 224)` float32 from 0 for paper to 1 for ink: 8×8 cells per pixel.
        title: what is on the canvas, in a word or two.
    """

    ink: Floats = field(default_factory=lambda: np.zeros((CELLS, CELLS), np.float32))
    title: str = YOURS

    @classmethod
    def of_digit(cls, pixels: Pixels, title: str) -> Canvas:
        """A canvas with a digit `(28, 28, 1)` uint8 on it."""
        ink = np.kron(grey_of(pixels), np.ones((FINENESS, FINENESS), np.float32))
        return cls(ink, title)

    @property
    def is_empty(self) -> bool:
        """Whether there is too little ink to be seen."""
        return not _pixels(self.image).any()

    @property
    def image(self) -> Floats:
        """The ink on each pixel, `(28, 28)` float32 from 0 to 1."""
        means: Floats = self.ink.reshape(SIDE, FINENESS, SIDE, FINENESS).mean(axis=(1, 3))
        return means

    def own(self, as_mnist: bool) -> Image:
        """The drawing as an image to show.

        Args:
            as_mnist: whether to scale and centre it like the digits of MNIST; otherwise it stays as it lies on the
                canvas.
        """
        formed = mnist_form(self.ink) if as_mnist else None
        return Image(self.title, _pixels(formed.image if formed is not None else self.image))

    def stroked(self, start: Point, end: Point, brush: Brush, erase: bool = False) -> Canvas:
        """The canvas after a straight stroke of a brush from one point to another; a dot if they are the same."""
        # An eraser on the same path as the brush removes its soft edge as well.
        radius = brush.value + SOFTNESS if erase else brush.value
        reach = radius + SOFTNESS / 2
        rows, cols = (
            slice(max(0, int((min(pair) - reach) * FINENESS)), max(0, int((max(pair) + reach) * FINENESS) + 1))
            for pair in zip(start, end, strict=True)
        )
        ink = self.ink.copy()
        there = ink[rows, cols]
        down = (np.arange(there.shape[0], dtype=np.float32) + (rows.start + 0.5))[:, np.newaxis] / FINENESS - start[0]
        right = (np.arange(there.shape[1], dtype=np.float32) + (cols.start + 0.5)) / FINENESS - start[1]
        to_end = end[0] - start[0], end[1] - start[1]
        length = to_end[0] ** 2 + to_end[1] ** 2
        # The nearest point of the line, as a share of its length; beyond either end, that end.
        along = np.clip((down * to_end[0] + right * to_end[1]) / length, 0, 1) if length else 0.0
        distance = np.hypot(down - along * to_end[0], right - along * to_end[1])
        cover = np.clip((radius - distance) / SOFTNESS + 0.5, 0, 1)
        ink[rows, cols] = np.minimum(there, 1 - cover) if erase else np.maximum(there, cover)
        return replace(self, ink=ink)


def _pixels(image: Floats) -> Pixels:
    return np.rint(image * BRIGHTEST).astype(np.uint8)[..., np.newaxis]


@dataclass(frozen=True, eq=False)
class Drawing:
    """A canvas and its earlier states.

    Attributes:
        canvas: the current canvas.
        past: the earlier canvases, the latest last.
        future: the canvases that were undone, the latest last.
    """

    canvas: Canvas = field(default_factory=Canvas)
    past: tuple[Canvas, ...] = ()
    future: tuple[Canvas, ...] = ()

    def step(self, canvas: Canvas) -> Drawing:
        """The drawing after another canvas as a new step; what was undone before can no longer be redone."""
        return Drawing(canvas, (*self.past, self.canvas)[-MOST_STEPS_BACK:])

    def continued_on(self, canvas: Canvas) -> Drawing:
        """The drawing after another canvas within the same step: a stroke that continues."""
        return replace(self, canvas=canvas, future=())

    def undone(self) -> Drawing:
        """The drawing one step back, if there is one."""
        if not self.past:
            return self
        return Drawing(self.past[-1], self.past[:-1], (*self.future, self.canvas))

    def redone(self) -> Drawing:
        """The drawing one step forward again, if one was undone."""
        if not self.future:
            return self
        return Drawing(self.future[-1], (*self.past, self.canvas), self.future[:-1])
