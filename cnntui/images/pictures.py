"""Reads a picture of a digit from a file of a usual kind from anyone. Nothing in the file is trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnntui.cnn.input_scale import BRIGHTEST
from cnntui.cnn.layers import Shape
from cnntui.cnn.ops import Floats
from cnntui.files.errors import CnntuiError
from cnntui.images.drawing import CELLS, Canvas
from cnntui.images.ink import find_ink
from cnntui.images.levels import Pixels
from cnntui.images.mnist_form import Box, resampled
from cnntui.images.picture_file import HINT, check_picture, opened_picture
from cnntui.printable import printable
from cnntui.values import dataclass

if TYPE_CHECKING:
    from PIL.Image import Image

WORKED_ON = 512
"""The longer side, in pixels, when ink is looked for: a larger picture is reduced first."""

STRIP = 16
"""How many rows of the reduced picture are computed at once."""

ORIENTATION, SIDEWAYS = 0x0112, (5, 6, 7, 8)
"""The EXIF tag for the camera's orientation, and its values that swap width and height."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What a picture file shows, and how it was read.

    Attributes:
        name: the name of the file.
        width, height: the size of the upright picture in pixels.
        light_on_dark: whether the ink is lighter than its page.
        threshold: where ink begins on the way from the page around it to black (or white), as a share.
        box: the box around the ink, in pixels of the picture.
        canvas: the ink of the whole picture, centred on a canvas and as large as fits.
        doubts: why the ink may not be the digit, a sentence each.
    """

    name: str
    width: int
    height: int
    light_on_dark: bool
    threshold: float
    box: Box
    canvas: Canvas
    doubts: tuple[str, ...] = ()


def load_picture(path: Path) -> Picture:
    """The ink of a picture.

    Raises:
        CnntuiError: there is no such file, or it is of another kind, damaged or too large, or it shows nothing.
    """
    name = printable(path.name)
    check_picture(path, name)
    light, width, height = _decoded(path, name)
    found = find_ink(light)
    if found is None:
        raise CnntuiError(f"{name} is one flat colour: there is no ink on it.", HINT)
    down, right = height / light.shape[0], width / light.shape[1]
    box = Box(
        round(found.box.top * down), round(found.box.left * right),
        max(1, round(found.box.height * down)), max(1, round(found.box.width * right)),
    )  # fmt: skip
    canvas = Canvas(_square(found.ink), name)
    doubts = tuple(doubt.value for doubt in found.doubts)
    return Picture(name, width, height, found.light_on_dark, found.threshold, box, canvas, doubts)


def load_as_is(path: Path, shape: Shape) -> Pixels:
    """A picture of the network's own size `(height, width, 1)`, as the network reads it, without looking for ink.

    Raises:
        CnntuiError: the picture cannot be read or has another size, or the network reads more than one channel.
    """
    name = printable(path.name)
    height, width, channels = shape
    if channels != 1:
        raise CnntuiError(
            f"{name} cannot be given to this network, which reads {channels} channels.", "Name test images instead."
        )
    check_picture(path, name)
    light, columns, rows = _decoded(path, name)
    if (rows, columns) != (height, width):
        raise CnntuiError(
            f"{name} has {columns}×{rows} pixels; this network takes {width}×{height} as they are.",
            "Leave --as-is out to have the digit found and scaled.",
        )
    return np.rint(light * BRIGHTEST).astype(np.uint8)[..., np.newaxis]


def _decoded(path: Path, name: str) -> tuple[Floats, int, int]:
    """The lightness of the reduced picture, `(rows, columns)` float32 from 0 to 1, and the full width and height."""
    # Imported here, because most users never open a picture.
    from PIL import ImageOps

    with opened_picture(path, name) as image:
        width, height = image.size
        # A JPEG can be decoded at a half, a quarter or an eighth of its size in a fraction of the time.
        image.draft(None, (WORKED_ON, WORKED_ON))
        reduced = _reduced(image)
        # In a PNG, the EXIF data may follow the pixels.
        turned = image.getexif().get(ORIENTATION, 1) in SIDEWAYS
        light = _luminance(ImageOps.exif_transpose(reduced))
    return (light, height, width) if turned else (light, width, height)


def _reduced(image: Image) -> Image:
    """The picture at about the size at which ink is looked for, in one of the modes that `_luminance` knows."""
    from PIL import Image as Images

    mode = "I" if image.mode.startswith("I") else "RGBA" if image.has_transparency_data else "RGB"
    factor = -(-max(image.size) // WORKED_ON)
    width, height = (-(-length // factor) for length in image.size)
    reduced = Images.new(mode, (width, height))
    # In strips: a large picture takes 200 MB, and converting all of it at once would take as much again several times.
    for top in range(0, height, STRIP):
        strip = image.crop((0, top * factor, image.width, min((top + STRIP) * factor, image.height)))
        reduced.paste(strip.convert(mode).reduce(factor), (0, top))
    reduced.info = image.info
    return reduced


def _luminance(image: Image) -> Floats:
    """The lightness of each pixel, `(rows, columns)` float32 from 0 to 1.

    Transparent areas become black or white, whichever the drawing stands out from.
    """
    if image.mode == "I":
        return np.asarray(image, np.float32) / np.float32(65535)
    if image.mode == "RGB":
        return np.asarray(image.convert("L"), np.float32) / np.float32(BRIGHTEST)
    light = np.asarray(image.convert("RGB").convert("L"), np.float32) / np.float32(BRIGHTEST)
    cover = np.asarray(image.getchannel("A"), np.float32) / np.float32(BRIGHTEST)
    drawn = float((light * cover).sum()) / max(float(cover.sum()), 1.0)
    shown: Floats = light * cover + np.float32(drawn < 0.5) * (1 - cover)
    return shown


def _square(ink: Floats) -> Floats:
    """The ink in the middle of a square of 224×224 cells."""
    longer = max(ink.shape)
    times = CELLS // longer
    if times > 1:
        # Each pixel of a small picture becomes a square, so a picture of 28×28 pixels is exactly that digit.
        ink = np.kron(ink, np.ones((times, times), np.float32))
    else:
        height, width = (max(1, round(length * CELLS / longer)) for length in ink.shape)
        ink = resampled(ink, height, width)
    square = np.zeros((CELLS, CELLS), np.float32)
    top, left = (CELLS - ink.shape[0]) // 2, (CELLS - ink.shape[1]) // 2
    square[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return square
