"""Reads the network in a file, whatever its format, or says what kind of file it is."""

from __future__ import annotations

import os
from pathlib import Path

from cnntui.cnn.network import Network
from cnntui.cnn.readers.keras.file import HINT, read_network
from cnntui.files.archives import Archive
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular

SUFFIXES = (
    ".keras", ".h5", ".hdf5", ".onnx", ".pt", ".pth", ".safetensors", ".tflite", ".pb", ".ckpt", ".pkl", ".mlmodel",
)  # fmt: skip
"""How the names of network files end."""

_HEAD_BYTES = 16
_LONGEST_HEADER = 100_000_000
"""The most bytes in the header of a safetensors file."""

_HDF5 = b"\x89HDF\r\n\x1a\n"

_TO_ONNX = "torch.onnx.export(model, torch.zeros(1, channels, height, width), 'name.onnx', external_data=False)"

_REFUSED = {
    "PyTorch": (
        "is a PyTorch file: it holds weights, and at most a reference to the Python code that applies them",
        f"Load it in Python, and export the network as ONNX, which cnntui reads, with {_TO_ONNX}",
    ),
    "safetensors": (
        "is a safetensors file: it holds weights, but not the architecture that they belong to",
        f"Load it in Python, and export the network as ONNX, which cnntui reads, with {_TO_ONNX}",
    ),
    "TensorFlow Lite": (
        "is a TensorFlow Lite file, which cnntui does not read",
        "Take the Keras model that it was made from, and write it with model.save('name.keras'), or convert it with: "
        "python -m tf2onnx.convert --tflite name.tflite --output name.onnx",
    ),
    "SavedModel": (
        "is a SavedModel of TensorFlow: it holds compiled operations, not a list of layers",
        "If Keras 2 wrote it, load it with Keras 2 (the package tf_keras) and write it with model.save('name.h5'); or "
        "convert it with: python -m tf2onnx.convert --saved-model FOLDER --output name.onnx",
    ),
    "checkpoint": (
        "is a TensorFlow checkpoint: it holds weights, but not the architecture that they belong to",
        "Build the model in Python, load the weights with model.load_weights(…), and write all of it with "
        "model.save('name.keras').",
    ),
    "pickle": (
        "is a pickle of Python, which runs code when it is loaded; it was not opened",
        "If you trust it, load it in Python, and write the Keras model in it with model.save('name.keras').",
    ),
    "": (
        "is not a network file that cnntui can read",
        "It reads what Keras saves with model.save('name.keras'), and ONNX.",
    ),
}
"""Why each other kind of file cannot be read, and how to convert it."""


def is_model(path: Path) -> bool:
    """Whether a path leads to a network file or to the folder of a saved model; the folder of a run is neither."""
    if not os.path.isdir(path):
        return os.path.exists(path)
    return _holds(path, "saved_model.pb") or (_holds(path, "config.json") and _holds(path, "model.weights.h5"))


def _holds(folder: Path, name: str) -> bool:
    return os.path.lexists(folder / name)


def read_model(path: Path) -> Network:
    """Reads a network from a `.keras` file, the folder of an unpacked one, an `.h5` file of Keras, or an ONNX file.

    If a layer is not supported, the network is read up to that layer and says so (`Network.unanswered`).

    Raises:
        CnntuiError: the file is missing, damaged, or of a kind that cannot be read; or nothing in it can be computed.
    """
    if os.path.isdir(path):
        if _holds(path, "saved_model.pb") and not _holds(path, "config.json"):
            raise _refused(path, "SavedModel")
        return read_network(path)
    head = _head(path)
    if head.startswith(_HDF5):
        from cnntui.cnn.readers.keras.h5 import read_h5

        return read_h5(path)
    if head.startswith(b"PK"):
        if path.suffix.lower() != ".keras" and _is_pytorch(path):
            raise _refused(path, "PyTorch")
        return read_network(path)
    kind = _kind(path, head)
    if kind == "ONNX":
        from cnntui.cnn.readers.onnx.file import read_onnx

        return read_onnx(path)
    raise _refused(path, kind)


def _head(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            return file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise CnntuiError(f"There is no file {path}.", "Check the path.") from None
    except OSError as error:
        raise CnntuiError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from None


def _is_pytorch(path: Path) -> bool:
    with Archive(path, "a .keras file", HINT) as archive:
        return any(name.rpartition("/")[2] in ("data.pkl", "constants.pkl") for name in archive.members)


def _kind(path: Path, head: bytes) -> str:
    """The kind of a file, judged by its first bytes, or else by its name."""
    if head[4:8] == b"TFL3":
        return "TensorFlow Lite"
    if head[8:10] == b'{"' and int.from_bytes(head[:8], "little") < _LONGEST_HEADER:
        return "safetensors"
    suffix = path.suffix.lower()
    # Protocol buffers have no magic number: an ONNX file begins with its format's version, and then its producer.
    if suffix == ".onnx" or (head[:1] == b"\x08" and head[2:3] in (b"\x12", b"\x1a") and suffix != ".pb"):
        return "ONNX"
    if suffix in (".pt", ".pth", ".ckpt", ".bin") and head[:1] == b"\x80":
        return "PyTorch"
    if head[:1] == b"\x80" and head[1:2] <= b"\x05":
        return "pickle"
    if suffix == ".pb":
        return "SavedModel"
    return "checkpoint" if suffix in (".index", ".ckpt") or ".data-0" in suffix else ""


def _refused(path: Path, kind: str) -> CnntuiError:
    what, hint = _REFUSED[kind]
    return CnntuiError(f"{path} {what}.", hint)
