"""Weights without an architecture: the `.npz` snapshots that a training leaves behind.

A snapshot holds one float32 array under each key such as `<layer name>/kernel`. It may also hold the training `step` at
which it was taken.
"""

from __future__ import annotations

from pathlib import Path

from cnntui.cnn.ops import Floats
from cnntui.files.archives import Archive
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable

_MOST_STEP_BYTES = 4096
"""Enough for a single number and the header that NumPy writes before it."""

_MOST_BYTES = 512 * 1024**2
"""More than any sensible network for small images needs, and little enough to read into memory."""


def weights_from_npz(path: Path) -> dict[str, dict[str, Floats]]:
    """Reads a snapshot's weights.

    Raises:
        CnntuiError: the file is missing, damaged or not an archive, or holds something other than float32 weights.
    """
    return snapshot_from_npz(path)[0]


def snapshot_from_npz(path: Path) -> tuple[dict[str, dict[str, Floats]], int | None]:
    """Reads a snapshot's weights and, if the snapshot records it, the training step at which it was taken.

    Raises:
        CnntuiError: as for `weights_from_npz`.
    """
    weights: dict[str, dict[str, Floats]] = {}
    step = None
    with Archive(path, "a snapshot of weights", "Choose another training step, or train again.") as archive:
        for key in archive.arrays:
            if key == "step":
                value = archive.array(key, _MOST_STEP_BYTES)
                step = int(value) if value.shape == () and value.dtype.kind in "iu" else None
                continue
            layer, slash, role = key.rpartition("/")
            array = archive.array(key, _MOST_BYTES)
            if not slash or not role.isidentifier():
                raise CnntuiError(f"{path} is not a snapshot of weights: it holds '{key}'.", archive.hint)
            if array.dtype != "float32":
                raise CnntuiError(f"'{key}' in {path} is {array.dtype}; weights are float32.", archive.hint)
            weights.setdefault(printable(layer), {})[role] = array
    return weights, step
