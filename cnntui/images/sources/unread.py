"""Files that hold images but are not read as data sets: what they are, and how to turn them into one that is read."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from cnntui.cnn.arithmetic import counted
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular, text_encoding
from cnntui.images.picture_file import BEGINNINGS, KINDS, SUFFIXES
from cnntui.images.sources.source import HINT
from cnntui.printable import printable

_HEAD_BYTES = 512

_TAR_AT, _TAR = 257, b"ustar"

_MOST_ENTRIES = 10_000
"""How many files of a folder are looked at to say what it holds."""

_SAVE = "with np.savez('name.npz', x_test=images, y_test=labels)."
_UNPACK = "Unpack it first."

_REFUSED: dict[bytes, tuple[str, str]] = {
    b"\x93NUMPY": ("is a single NumPy array, but images need their labels", f"Save both in one file {_SAVE}"),
    b"\x89HDF\r\n\x1a\n": ("is an HDF5 file", f"Load it with h5py, and save its images and labels {_SAVE}"),
    b"MATLAB": ("is a MATLAB file", f"Load it with scipy.io.loadmat, and save its images and labels {_SAVE}"),
    b"PAR1": ("is a Parquet file", f"Load it with pandas.read_parquet, and save its images and labels {_SAVE}"),
    b"\x80": (
        "is a pickle of Python, which runs code when it is loaded; it was not opened",
        f"If you trust it, load it in Python, and save its images and labels {_SAVE}",
    ),
    b"\x1f\x8b": ("is packed with gzip", _UNPACK),
    b"BZh": ("is packed with bzip2", _UNPACK),
    b"\xfd7zXZ": ("is packed with xz", _UNPACK),
    b"7z\xbc\xaf": ("is a 7z archive", _UNPACK),
    b"Rar!": ("is a RAR archive", _UNPACK),
    b"\0\0\x08": (
        "is an IDX file, but its name does not say what it holds",
        "Name the files as MNIST does, such as t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.",
    ),
}  # fmt: skip
"""What a file is that begins in this way, and what to do with it."""

_DATA_SETS = (".npz", ".csv", ".tsv")
"""How the names of files end that are data sets of their own."""

_OTHER_PICTURES = (".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".heic", ".avif", ".svg", ".dcm", ".jp2", ".jxl")
"""How the names of pictures end that are not read."""

_PICTURE = ("is a picture, not a data set", "Look at it with --image; --data takes many images with their classes.")


def head_of(path: Path) -> bytes:
    """The first bytes of a file; none if it cannot be read, which its reader will report."""
    try:
        with open_regular(path) as file:
            return file.read(_HEAD_BYTES)
    except OSError:
        return b""


def is_text(head: bytes) -> bool:
    """Whether a file that begins in this way is text."""
    return bool(head) and (b"\0" not in head or text_encoding(head) == "utf-16")


def refuse(path: Path, head: bytes) -> None:
    """Refuse a file of a known kind that is not read as a data set.

    Args:
        path: the file.
        head: its first bytes.

    Raises:
        CnntuiError: it is of such a kind.
    """
    found = next((said for start, said in _REFUSED.items() if head.startswith(start)), None)
    if any(head.startswith(start) for starts in BEGINNINGS.values() for start in starts):
        found = _PICTURE
    elif head[_TAR_AT:].startswith(_TAR):
        found = "is a tar archive", _UNPACK
    if found is not None:
        raise CnntuiError(f"{path} {found[0]}.", found[1])


def refused_folder(folder: Path) -> CnntuiError:
    """Why a folder is not a data set, according to what it holds."""
    here, endings = _names_in(folder), Counter[str]()
    for _, _, names in os.walk(folder):
        endings.update(_ending(name) for name in names)
        if endings.total() > _MOST_ENTRIES:
            break
    if sets := [name for name in here if _ending(name) in _DATA_SETS]:
        more = f" and {counted(len(sets) - 1, 'other data set')}" if len(sets) > 1 else ""
        return CnntuiError(f"The folder {folder} holds {printable(sets[0])}{more}.", "Name the file itself.")
    if pictures := sum(_ending(name) in SUFFIXES for name in here):
        return CnntuiError(
            f"The folder {folder} holds {counted(pictures, 'picture')}, but no subfolder for each class.",
            "Put the pictures of each class into a subfolder with its name.",
        )
    if others := [ending for ending, _ in endings.most_common() if ending in _OTHER_PICTURES]:
        return CnntuiError(
            f"The pictures in {folder} are {others[0]} files; only {KINDS} can be read.", "Convert them to PNG first."
        )
    return CnntuiError(
        f"The folder {folder} holds neither IDX files nor a subfolder with pictures for each class.", HINT
    )


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower()
