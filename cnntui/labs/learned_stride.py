"""Strided windows whose weights were learned at that stride, for the maps of the bundled network.

Max pooling is fixed: it has no parameters. A convolution that moves by its own size has weights, and learning decides
how much each place in a window counts. To compare the two on one map, the bundled network was cut after a convolution,
whose maps stayed as they were. After it, in place of max pooling, each map was given one window of weights, and these
were trained together with all later layers (`tests/make_learned_strides.py`).
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

import numpy as np

from cnntui.cnn import ops
from cnntui.cnn.layers import Conv2D, of_kind
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.files.archives import Archive
from cnntui.files.assets import asset
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass

FILE = "learned-strides.npz"

SIZE = 2
"""The height and width of the windows, and the stride."""

_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, eq=False)
class LearnedStride:
    """The weights that were learned in place of a max pool after one convolution.

    Attributes:
        weights: `(2, 2, maps)` float32, a window for each map; there is no bias and no activation.
        accuracy: the accuracy of the network with these weights on the test images, 0–1.
        accuracy_of_max: that of the network trained in the same way with max pooling in their place.
    """

    weights: Floats
    accuracy: float
    accuracy_of_max: float

    def applied_to(self, maps: Floats) -> Floats:
        """The weighted sums of all windows of `(..., rows, columns, maps)`; incomplete windows are left out."""
        size = (SIZE, SIZE)
        sums: Floats = np.einsum("...hwc,hwc->...c", ops.windows(maps, size, size), self.weights)
        return sums


def learned_stride(network: Network, name: str) -> LearnedStride | None:
    """The weights learned for the maps of a convolution; None if there are none for exactly these maps.

    Raises:
        CnntuiError: the file that ships with cnntui is missing or damaged.
    """
    learned = _read()
    return learned.get(digest(network, name)) if name in network else None


def digest(network: Network, name: str) -> str:
    """A fingerprint of everything that the maps of a convolution depend on."""
    hashed = sha256()
    for layer in network.layers[: network.index(name) + 1]:
        hashed.update(type(layer).__name__.encode())
        for convolution in of_kind([layer], Conv2D):
            hashed.update(
                f"{convolution.stride}{convolution.padding}{convolution.dilation}{convolution.activation}".encode()
            )
            hashed.update(np.ascontiguousarray(convolution.kernel).tobytes())
            hashed.update(np.ascontiguousarray(convolution.bias).tobytes())
    return hashed.hexdigest()


@lru_cache(maxsize=1)
def _read() -> dict[str, LearnedStride]:
    """All bundled weights, by the fingerprint of the maps that they were learned for."""
    found = {}
    with Archive(asset(FILE), "a file of learned strides", "Install cnntui again.") as archive:
        for key in archive.arrays:
            name, _, what = key.partition("/")
            if what != "weights":
                continue
            weights = archive.array(key, _MOST_BYTES)
            accuracies = archive.array(f"{name}/accuracies", _MOST_BYTES)
            if weights.ndim != 3 or weights.dtype != np.float32 or accuracies.shape != (2,):
                raise CnntuiError(f"{archive.path} is not a file of learned strides.", archive.hint)
            of_max, own = (float(share) for share in accuracies)
            found[str(archive.array(f"{name}/digest", _MOST_BYTES))] = LearnedStride(weights, own, of_max)
    return found
