"""Opens picture files of the usual kinds from anyone, without altering them. Nothing in a file is trusted."""

from __future__ import annotations

import stat
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnntui.cnn.layers import Shape
from cnntui.files.errors import CnntuiError
from cnntui.images.levels import Pixels
from cnntui.printable import printable

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
"""The suffixes of the files that can be read."""

MOST_PIXELS = 50_000_000
MOST_BYTES = 50_000_000
"""The most pixels; a file that declares more is not decoded."""

KINDS = "PNG, JPEG, WebP, GIF or BMP"
"""The kinds that can be read; of an animated file, the first frame."""

HINT = f"Use a {KINDS} file that shows one digit."

PNG = b"\x89PNG\r\n\x1a\n"
BEGINNINGS = {
    "PNG": (PNG,), "JPEG": (b"\xff\xd8\xff",), "WEBP": (b"RIFF",), "GIF": (b"GIF87a", b"GIF89a"), "BMP": (b"BM",),
}  # fmt: skip
"""How readable files begin, by Pillow's name for their format."""

FORMATS = {
    b"II*\0": "TIFF", b"MM\0*": "TIFF", b"%PDF": "PDF", b"8BPS": "Photoshop",
    b"<svg": "SVG", b"<?xml": "SVG or other XML", b"\0\0\1\0": "icon", b"qoif": "QOI", b"\xff\x0a": "JPEG XL",
    b"P5": "PGM", b"P6": "PPM",
}  # fmt: skip
"""Formats that are not read, by how their files begin."""

BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIF", b"avif": "AVIF"}
"""Formats that files name after `ftyp`."""


_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
"""Pillow's modes for pictures by their number of channels."""

_SIXTEEN_BITS, _LOW_BITS = "I;16", 8


def load_img(path: Path, shape: Shape | None = None) -> Pixels:
    """A picture in levels `(height, width, channels)`, as Keras's `load_img` passes it to a network.

    Args:
        path: the file.
        shape: the height, width and channels that the network reads. A picture of another size is resized by taking the
            nearest pixel, whatever its proportions. None for the picture's own.

    Raises:
        CnntuiError: the picture cannot be read, or no picture has that many channels.
    """
    # Imported here, because most users never open a picture.
    from PIL import Image

    name = printable(path.name)
    if shape is not None and shape[-1] not in _MODES:
        raise CnntuiError(
            f"{name} cannot be given to this network, which reads {shape[-1]} channels.", "Name test images instead."
        )
    check_picture(path, name)
    with opened_picture(path, name) as image:
        is_grey = image.mode in ("1", "L", "LA") or image.mode.startswith("I")
        mode = _MODES[(1 if is_grey else 3) if shape is None else shape[-1]]
        if image.mode.startswith(_SIXTEEN_BITS):
            image = Image.fromarray((np.asarray(image) >> _LOW_BITS).astype(np.uint8))
        if image.mode != mode:
            image = image.convert(mode)
        if shape is not None and image.size != (shape[1], shape[0]):
            image = image.resize((shape[1], shape[0]), Image.Resampling.NEAREST)
        pixels = np.asarray(image)
    return pixels if pixels.ndim == 3 else pixels[..., np.newaxis]


def count_pixels(path: Path) -> int:
    """How many pixels a picture declares, without decoding it; 0 if it cannot be read."""
    name = printable(path.name)
    try:
        check_picture(path, name)
        with opened_picture(path, name) as image:
            return image.width * image.height
    except CnntuiError:
        return 0


@contextmanager
def opened_picture(path: Path, name: str) -> Iterator[Image]:
    """A picture that has been checked; anything that goes wrong while it is decoded becomes one sentence.

    Raises:
        CnntuiError: the picture is damaged, or has too many pixels.
    """
    from PIL import Image

    # Pillow warns on the terminal, where the app paints, about pictures that are refused here anyway.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path, formats=tuple(BEGINNINGS)) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise _too_large(name, f"{width:,}×{height:,} pixels")
                yield image
        except Image.DecompressionBombError:
            raise _too_large(name, "far more pixels") from None
        except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error):
            # Pillow raises each of these for some kind of damage.
            raise CnntuiError(f"{name} is damaged or cut off: it cannot be read to its end.", HINT) from None


def check_picture(path: Path, name: str) -> None:
    """Refuse a file that cannot be a readable picture, as far as can be seen without decoding it."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise CnntuiError(f"{name or path} is a folder.", f"Choose a {KINDS} file in it.")
        # Reading from a pipe or a device may never end.
        if not stat.S_ISREG(status.st_mode):
            raise CnntuiError(f"{name} is not an ordinary file.", HINT)
        if status.st_size > MOST_BYTES:
            raise CnntuiError(
                f"{name} is {status.st_size / 1e6:,.0f} MB large; the limit is {MOST_BYTES // 1_000_000} MB.",
                "Make it smaller first.",
            )
        with path.open("rb") as file:
            start = file.read(64)
    except FileNotFoundError:
        raise CnntuiError(f"There is no file {path}.", "Check the path.") from None
    except ValueError:
        raise CnntuiError(f"{path} is not a path.", "Check the path.") from None
    except OSError as error:
        raise CnntuiError(f"{name} cannot be read: {error.strerror}.", "Check the path and its permissions.") from None
    if start.startswith(PNG):
        # The first chunk holds the size.
        if len(start) >= 24 and 0 in struct.unpack(">II", start[16:24]):
            width, height = struct.unpack(">II", start[16:24])
            raise CnntuiError(f"{name} has {width}×{height} pixels: there is nothing to see.", HINT)
    elif not any(start.startswith(beginnings) for beginnings in BEGINNINGS.values()) or _is_other_riff(start):
        kind = next((kind for begin, kind in FORMATS.items() if start.startswith(begin)), "")
        kind = kind or (BRANDS.get(start[8:12], "") if start[4:8] == b"ftyp" else "")
        if kind:
            raise CnntuiError(f"{name} is a {kind} file; only {KINDS} can be read.", "Save it as PNG first.")
        raise CnntuiError(f"{name} is {'no picture' if start else 'empty'}.", HINT)


def _is_other_riff(start: bytes) -> bool:
    """Whether a file belongs to WebP's family but is something else, such as sound."""
    return start[:4] == b"RIFF" and start[8:12] != b"WEBP"


def _too_large(name: str, size: str) -> CnntuiError:
    return CnntuiError(f"{name} has {size}; the limit is {MOST_PIXELS // 1_000_000} million.", "Make it smaller first.")
