"""Pictures as a phone takes them of a digit on a desk: paper with lines, shadows, cards on tables, boards, two digits.

Everything is laid out on the sheet, in heights of the digit from its middle, and seen by a camera that is held a little
askew. Then come light, blur, grain and JPEG. The same seed gives the same picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Array = NDArray[np.float64]
Colour = tuple[float, float, float]

PENS: tuple[Colour, ...] = ((0.07, 0.07, 0.08), (0.08, 0.12, 0.42), (0.3, 0.3, 0.32), (0.45, 0.08, 0.1), (0, 0.25, 0.1))
"""Black, blue, pencil, red, green."""

PAPERS: tuple[Colour, ...] = ((0.97, 0.97, 0.97), (0.93, 0.91, 0.84), (0.88, 0.9, 0.93), (0.95, 0.93, 0.7))

LINES: tuple[Colour, ...] = ((0.62, 0.62, 0.62), (0.55, 0.68, 0.88), (0.35, 0.5, 0.8), (0.25, 0.25, 0.25),
                             (0.5, 0.72, 0.6), (0.75, 0.5, 0.65))  # fmt: skip


@dataclass
class Sheet:
    """What lies before the camera.

    Attributes:
        u, v: for each pixel, where it is on the sheet: right and down, in heights of the digit from its middle.
        colour: `(height, width, 3)` from 0 to 1.
        random: what decides everything.
    """

    u: Array
    v: Array
    colour: Array
    random: np.random.Generator
    marks: list[Array] = field(default_factory=list)

    @property
    def pixel(self) -> float:
        """How large a pixel is on the sheet, about."""
        return float(np.median(np.abs(np.diff(self.u, axis=1)))) + 1e-9

    def cover(self, amount: Array, colour: Colour) -> None:
        """Lay a colour on the sheet, as much of it as `amount` says for each pixel."""
        self.colour += amount[..., np.newaxis] * (np.asarray(colour) - self.colour)

    def soft(self, inside: Array) -> Array:
        """0 to 1 across a pixel, from a distance on the sheet that is above 0 inside."""
        return np.clip(inside / self.pixel + 0.5, 0, 1)


def sheet(random: np.random.Generator, size: tuple[int, int], reach: float, tilt: float, askew: float) -> Sheet:
    """An empty sheet seen by a camera.

    Args:
        size: width and height of the picture.
        reach: heights of the digit that the shorter side of the picture shows.
        tilt: degrees by which the camera is turned at most.
        askew: how much nearer one side is than the other at most, as a share.
    """
    width, height = size
    scale = reach / min(size)
    x, y = np.meshgrid((np.arange(width) + 0.5 - width / 2) * scale, (np.arange(height) + 0.5 - height / 2) * scale)
    far = reach * max(size) / min(size) / 2
    away = 1 + random.uniform(-askew, askew) * x / far + random.uniform(-askew, askew) * y / far
    angle = np.deg2rad(random.uniform(-tilt, tilt))
    u, v = (np.cos(angle) * x - np.sin(angle) * y) / away, (np.sin(angle) * x + np.cos(angle) * y) / away
    # The digit stands upright for whoever holds the camera nearly so, and not always in the middle.
    room = max(0.0, reach / 2 - 0.75)
    u += random.uniform(-0.6, 0.6) * room
    v += random.uniform(-0.6, 0.6) * room
    return Sheet(u, v, np.ones((height, width, 3)), random)


def stroke(seen: Sheet, digit: NDArray[np.uint8], where: tuple[float, float] = (0, 0), height: float = 1.0,
           threshold: float | None = None) -> Array:  # fmt: skip
    """How much of each pixel a digit of MNIST covers, its strokes as sharp as those of a pen."""
    rows, cols = np.flatnonzero(digit.max(axis=1) > 60), np.flatnonzero(digit.max(axis=0) > 60)
    ink = np.pad(digit[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1], 2)
    fine = 16
    large = Image.fromarray(ink).resize((ink.shape[1] * fine, ink.shape[0] * fine), Image.Resampling.BICUBIC)
    smooth = np.asarray(large.filter(ImageFilter.GaussianBlur(fine * 0.35)), np.float64) / 255
    cut = seen.random.uniform(0.35, 0.62) if threshold is None else threshold
    cover = np.clip((smooth - cut) * 5 + 0.5, 0, 1)
    per_height = (ink.shape[0] - 4) * fine / height
    row = (seen.v - where[1]) * per_height + ink.shape[0] * fine / 2
    col = (seen.u - where[0]) * per_height + ink.shape[1] * fine / 2
    return sampled(cover, row, col)


def sampled(image: Array, row: Array, col: Array) -> Array:
    """An image at places between its pixels; 0 beyond it."""
    image = np.pad(image, 1)
    row, col = np.clip(row + 0.5, 0, image.shape[0] - 2), np.clip(col + 0.5, 0, image.shape[1] - 2)
    top, left = row.astype(int), col.astype(int)
    down, right = row - top, col - left
    above = image[top, left] * (1 - right) + image[top, left + 1] * right
    below = image[top + 1, left] * (1 - right) + image[top + 1, left + 1] * right
    return np.asarray(above * (1 - down) + below * down)


def ruling(seen: Sheet, along: Array, spacing: float, width: float) -> Array:
    """How much of each pixel lines cover that follow one another at a distance."""
    offset = seen.random.uniform(0, spacing)
    from_line = np.abs((along + offset) % spacing - spacing / 2)
    return seen.soft(width / 2 - from_line) * min(1.0, max(width / seen.pixel, 0.5))


def pick(random: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(random.integers(len(colours)))]


def write(seen: Sheet, digit: NDArray[np.uint8], colour: Colour | None = None) -> None:
    """Write the digit, with any pen."""
    pressed = seen.random.uniform(0.82, 1)
    seen.cover(stroke(seen, digit) * pressed, colour or pick(seen.random, PENS))


def noisy_table(seen: Sheet) -> Array:
    """A table: black, dark, of wood or with stripes, sometimes nearly as light as paper."""
    random = seen.random
    base = np.asarray(pick(random, ((0.02, 0.02, 0.02), (0.25, 0.16, 0.1), (0.45, 0.3, 0.18), (0.2, 0.25, 0.3),
                                    (0.6, 0.45, 0.3))))  # fmt: skip
    table = np.broadcast_to(base, seen.colour.shape).copy()
    kind = random.integers(3)
    if kind == 1:
        grain = np.sin(seen.v * random.uniform(8, 25) + 2 * np.sin(seen.u * random.uniform(0.5, 2)))
        table *= 1 + 0.15 * grain[..., np.newaxis]
    elif kind == 2:
        stripes = (seen.u * random.uniform(0.6, 1) + seen.v * random.uniform(-1, 1)) % random.uniform(0.5, 1.5) > 0.4
        table *= np.where(stripes, 1.0, random.uniform(0.5, 0.8))[..., np.newaxis]
    return table


def plain(seen: Sheet, digit: NDArray[np.uint8]) -> None:
    """A digit on white paper."""
    seen.cover(np.ones_like(seen.u), pick(seen.random, PAPERS))
    write(seen, digit)


def ruled(seen: Sheet, digit: NDArray[np.uint8]) -> None:
    """A digit on ruled paper, perhaps with a margin line."""
    random = seen.random
    seen.cover(np.ones_like(seen.u), pick(random, PAPERS))
    seen.cover(ruling(seen, seen.v, random.uniform(0.25, 1.3), random.uniform(0.008, 0.035)), pick(random, LINES))
    if random.random() < 0.3:
        far = seen.u + random.uniform(0.8, 1.2)
        seen.cover(seen.soft(0.012 - np.abs(far)), (0.85, 0.35, 0.4))
    write(seen, digit)


def squared(seen: Sheet, digit: NDArray[np.uint8]) -> None:
    """A digit on squared paper."""
    random = seen.random
    seen.cover(np.ones_like(seen.u), pick(random, PAPERS))
    spacing, width, colour = random.uniform(0.12, 0.7), random.uniform(0.006, 0.025), pick(random, LINES)
    for along in (seen.u, seen.v):
        seen.cover(ruling(seen, along, spacing, min(width, spacing / 8)), colour)
    write(seen, digit)


def shadow(seen: Sheet, edge: float) -> None:
    """Half of the picture, or a band or a corner of it, in a shadow whose edge is so wide."""
    random = seen.random
    angle = random.uniform(0, 2 * np.pi)
    across = np.cos(angle) * seen.u + np.sin(angle) * seen.v - random.uniform(-0.4, 0.4)
    dark = np.clip(across / max(edge, seen.pixel) + 0.5, 0, 1)
    kind = random.random()
    if kind < 0.2:
        dark *= np.clip((random.uniform(0.7, 1.5) - across) / max(edge, seen.pixel) + 0.5, 0, 1)
    elif kind < 0.4:
        other = -np.sin(angle) * seen.u + np.cos(angle) * seen.v - random.uniform(-0.4, 0.4)
        dark *= np.clip(other / max(edge, seen.pixel) + 0.5, 0, 1)
    seen.colour *= 1 - random.uniform(0.3, 0.65) * dark[..., np.newaxis]


def hard_shadow(seen: Sheet, digit: NDArray[np.uint8]) -> None:
    """A digit with the hard edge of a shadow on it."""
    plain(seen, digit)
    shadow(seen, 0)


def soft_shadow(seen: Sheet, digit: NDArray[np.uint8]) -> None:
    """A digit with the soft edge of a shadow on it, on any paper."""
    (plain, ruled, squared)[int(seen.random.integers(3))](seen, digit)
    shadow(seen, seen.random.uniform(0.1, 0.6))


def card(seen: Sheet, digit: NDArray[np.uint8]) -> None:
    """A digit on a card, or a note, that lies on a table."""
    random = seen.random
    table = noisy_table(seen)
    left, right, above, below = random.uniform(0.6, 1.4, 4)
    inside = np.minimum(np.minimum(seen.u + left, right - seen.u), np.minimum(seen.v + above, below - seen.v))
    if random.random() < 0.4:
        # What lies flat throws a little shadow of its own.
        fall = np.clip(1 + (inside + random.uniform(0, 0.03)) / 0.06, 0, 1) * 0.6
        table *= 1 - fall[..., np.newaxis]
    seen.colour[...] = table
    seen.cover(seen.soft(inside), pick(random, PAPERS))
    if random.random() < 0.15:
        seen.cover(seen.soft(inside) * ruling(seen, seen.v, random.uniform(0.3, 0.7), 0.015), pick(random, LINES))
    write(seen, digit)


def chalk(seen: Sheet, digit: NDArray[np.uint8]) -> None:
    """A digit in chalk on a blackboard that was wiped not so well."""
    random = seen.random
    board = pick(random, ((0.08, 0.16, 0.12), (0.1, 0.1, 0.11), (0.12, 0.2, 0.17)))
    seen.cover(np.ones_like(seen.u), board)
    wiped = np.sin(seen.u * 3 + 2 * np.sin(seen.v * 2)) * 0.5 + 0.5
    seen.cover(wiped * 0.06, (1, 1, 1))
    cover = stroke(seen, digit) * np.clip(random.normal(0.85, 0.15, seen.u.shape), 0, 1)
    seen.cover(cover * random.uniform(0.75, 1), (0.93, 0.93, 0.88))


Kind = Callable[[Sheet, NDArray[np.uint8]], None]

KINDS: dict[str, Kind] = {
    kind.__name__: kind for kind in (plain, ruled, squared, hard_shadow, soft_shadow, card, chalk)
}


def photo(kind: str, digit: NDArray[np.uint8], seed: int, longer: int | None = None) -> Image.Image:
    """A picture of a digit of MNIST on a desk, upright.

    Args:
        kind: one of KINDS.
        digit: `(28, 28)` uint8.
        seed: what all else is drawn from.
        longer: pixels of the longer side; by chance where it is None.
    """
    random = np.random.default_rng([seed, *kind.encode()])
    longer = longer or int(random.choice([320, 480, 640, 900]))
    size = (longer, longer * 3 // 4) if random.random() < 0.3 else (longer * 3 // 4, longer)
    size = (longer, longer) if random.random() < 0.3 else size
    seen = sheet(random, size, reach=random.uniform(1.5, 3.2), tilt=8, askew=0.12)
    KINDS[kind](seen, digit)
    return developed(seen)


def developed(seen: Sheet, quality: int | None = None) -> Image.Image:
    """The picture of a sheet: uneven light, a lens, grain and JPEG."""
    random, light = seen.random, seen.colour
    ramp = random.uniform(-0.1, 0.1) * seen.u + random.uniform(-0.1, 0.1) * seen.v
    light = light * np.clip(random.uniform(0.75, 1) * (1 + ramp), 0, 1.2)[..., np.newaxis]
    light = light * (1 + random.uniform(-0.06, 0.06, 3))
    exposed = Image.fromarray((np.clip(light, 0, 1) * 255).astype(np.uint8))
    blurred = exposed.filter(ImageFilter.GaussianBlur(random.uniform(0.0, 1.2) * max(seen.u.shape) / 640))
    grain = random.normal(0, random.uniform(0, 4), (*seen.u.shape, 1)) + random.normal(0, 1, (*seen.u.shape, 3))
    noisy = Image.fromarray(np.clip(np.asarray(blurred) + grain, 0, 255).astype(np.uint8))
    file = BytesIO()
    noisy.save(file, "JPEG", quality=quality or int(random.integers(60, 95)))
    return Image.open(file).convert("RGB")
