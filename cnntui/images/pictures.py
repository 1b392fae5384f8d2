"""Reads a picture of a digit from a file of a usual kind that anybody may have made. Nothing in the file is trusted."""

from __future__ import annotations

import stat
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnntui.cnn.input_scale import BRIGHTEST
from cnntui.cnn.layers import Shape
from cnntui.cnn.ops import Floats
from cnntui.files.errors import CnntuiError
from cnntui.images.data import Pixels
from cnntui.images.drawing import CELLS, Canvas
from cnntui.images.ink import find_ink
from cnntui.images.mnist_form import Box, resampled
from cnntui.printable import printable

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
"""How the names of files end that can be read."""

MOST_PIXELS = 50_000_000
MOST_BYTES = 50_000_000
"""What a file may have at most; a file that claims more is not decoded."""

WORKED_ON = 512
"""Pixels of the longer side when ink is looked for: what is larger is reduced first."""

STRIP = 16
"""Rows of the reduced picture that are made at once."""

ORIENTATION, SIDEWAYS = 0x0112, (5, 6, 7, 8)
"""The EXIF tag that says how a camera was held, and its values that exchange width and height."""

KINDS = "PNG, JPEG, WebP, GIF or BMP"
"""What can be read; of an animated file the first picture."""

HINT = f"Use a {KINDS} file that shows one digit."

PNG = b"\x89PNG\r\n\x1a\n"
BEGINNINGS = {
    "PNG": (PNG,), "JPEG": (b"\xff\xd8\xff",), "WEBP": (b"RIFF",), "GIF": (b"GIF87a", b"GIF89a"), "BMP": (b"BM",),
}  # fmt: skip
"""How the files begin that are read, by what Pillow calls their kind."""

FORMATS = {
    b"II*\0": "TIFF", b"MM\0*": "TIFF", b"%PDF": "PDF", b"8BPS": "Photoshop",
    b"<svg": "SVG", b"<?xml": "SVG or other XML", b"\0\0\1\0": "icon", b"qoif": "QOI", b"\xff\x0a": "JPEG XL",
    b"P5": "PGM", b"P6": "PPM",
}  # fmt: skip
"""Kinds of pictures that are not read, by how their files begin."""

BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIF", b"avif": "AVIF"}
"""Kinds whose files say them after `ftyp`."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What a picture file shows, and what was made of it.

    Attributes:
        name: the file's.
        width, height: pixels of the picture when it stands upright.
        light_on_dark: the ink is lighter than its page.
        threshold: where ink begins on the way from the page around it to black (or white), as a share.
        box: where the ink is, in pixels of the picture.
        canvas: the whole picture's ink, in the middle of a canvas and as large as fits.
        doubts: why the ink may not be the digit's, a sentence each.
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
        CnntuiError: there is no such file, it is of another kind, it is damaged, too large, or shows nothing.
    """
    name = printable(path.name)
    _check(path, name)
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
    """A picture of a network's own size `(height, width, 1)` as the network is given it, without looking for ink.

    Raises:
        CnntuiError: the picture cannot be read, it has another size, or the network reads more than one channel.
    """
    name = printable(path.name)
    height, width, channels = shape
    if channels != 1:
        raise CnntuiError(
            f"{name} cannot be given to this network, which reads {channels} channels.", "Name test images instead."
        )
    _check(path, name)
    light, columns, rows = _decoded(path, name)
    if (rows, columns) != (height, width):
        raise CnntuiError(
            f"{name} has {columns}×{rows} pixels; this network takes {width}×{height} as they are.",
            "Leave --as-is out to have the digit found and scaled.",
        )
    return np.rint(light * BRIGHTEST).astype(np.uint8)[..., np.newaxis]


def _check(path: Path, name: str) -> None:
    """Refuse a file that cannot be a picture to read, by what is known without decoding it."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise CnntuiError(f"{name or path} is a folder.", f"Choose a {KINDS} file in it.")
        # Reading from a pipe or a device may never end.
        if not stat.S_ISREG(status.st_mode):
            raise CnntuiError(f"{name} is no ordinary file.", HINT)
        if status.st_size > MOST_BYTES:
            raise CnntuiError(
                f"{name} is {status.st_size / 1e6:,.0f} MB large; {MOST_BYTES // 1_000_000} MB are the limit.",
                "Make it smaller first.",
            )
        with path.open("rb") as file:
            start = file.read(64)
    except FileNotFoundError:
        raise CnntuiError(f"There is no file {path}.", "Check the path.") from None
    except ValueError:
        raise CnntuiError(f"{path} is no path.", "Check the path.") from None
    except OSError as error:
        raise CnntuiError(f"{name} cannot be read: {error.strerror}.", "Check the path and its permissions.") from None
    if start.startswith(PNG):
        # The first chunk says the size.
        if len(start) >= 24 and 0 in struct.unpack(">II", start[16:24]):
            width, height = struct.unpack(">II", start[16:24])
            raise CnntuiError(f"{name} has {width}×{height} pixels, which is none at all.", HINT)
    elif not any(start.startswith(beginnings) for beginnings in BEGINNINGS.values()) or _is_other_riff(start):
        kind = next((kind for begin, kind in FORMATS.items() if start.startswith(begin)), "")
        kind = kind or (BRANDS.get(start[8:12], "") if start[4:8] == b"ftyp" else "")
        if kind:
            raise CnntuiError(f"{name} is a {kind} file; only {KINDS} can be read.", "Save it as PNG first.")
        raise CnntuiError(f"{name} is {'no picture' if start else 'empty'}.", HINT)


def _is_other_riff(start: bytes) -> bool:
    """Whether a file is of the family of WebP, and something else, such as sound."""
    return start[:4] == b"RIFF" and start[8:12] != b"WEBP"


def _decoded(path: Path, name: str) -> tuple[Floats, int, int]:
    """How light each place is, `(rows, columns)` float32 from 0 to 1, reduced; the picture's full width and height."""
    # Imported here: most people never open a picture.
    from PIL import Image, ImageOps

    # Pillow warns on the terminal, where the app paints, of what is refused here anyway.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path, formats=tuple(BEGINNINGS)) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise _too_large(name, f"{width:,}×{height:,} pixels")
                # A JPEG can be decoded at a half, a quarter or an eighth of its size, in a fraction of the time.
                image.draft(None, (WORKED_ON, WORKED_ON))
                reduced = _reduced(image)
                # In a PNG it may stand behind the pixels.
                turned = image.getexif().get(ORIENTATION, 1) in SIDEWAYS
                light = _luminance(ImageOps.exif_transpose(reduced))
        except Image.DecompressionBombError:
            raise _too_large(name, "far more pixels") from None
        except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error):
            # Each of these is what Pillow raises for some kind of damage.
            raise CnntuiError(f"{name} is damaged or cut off: it cannot be read to its end.", HINT) from None
    return (light, height, width) if turned else (light, width, height)


def _too_large(name: str, size: str) -> CnntuiError:
    return CnntuiError(
        f"{name} has {size}; {MOST_PIXELS // 1_000_000} million are the limit.", "Make it smaller first."
    )


def _reduced(image: Image) -> Image:
    """The picture at about the size that ink is looked for on, in one of the modes that `_luminance` knows."""
    from PIL import Image as Images

    mode = "I" if image.mode.startswith("I") else "RGBA" if image.has_transparency_data else "RGB"
    factor = -(-max(image.size) // WORKED_ON)
    width, height = (-(-length // factor) for length in image.size)
    reduced = Images.new(mode, (width, height))
    # In strips: a large picture takes 200 MB as it is, and converting all of it at once as much again and again.
    for top in range(0, height, STRIP):
        strip = image.crop((0, top * factor, image.width, min((top + STRIP) * factor, image.height)))
        reduced.paste(strip.convert(mode).reduce(factor), (0, top))
    reduced.info = image.info
    return reduced


def _luminance(image: Image) -> Floats:
    """How light each pixel is, `(rows, columns)` float32 from 0 to 1.

    What is transparent becomes black or white, whichever what is drawn on it stands out from.
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
        # Each pixel of a small picture becomes a square, so that a picture of 28×28 pixels is that digit.
        ink = np.kron(ink, np.ones((times, times), np.float32))
    else:
        height, width = (max(1, round(length * CELLS / longer)) for length in ink.shape)
        ink = resampled(ink, height, width)
    square = np.zeros((CELLS, CELLS), np.float32)
    top, left = (CELLS - ink.shape[0]) // 2, (CELLS - ink.shape[1]) // 2
    square[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return square
