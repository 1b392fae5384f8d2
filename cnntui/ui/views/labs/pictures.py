"""A picture for each lab's card, computed from the current image and network."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.ops import Floats, max_pool2d
from cnntui.explore.focus import maps_of
from cnntui.explore.scene import Scene
from cnntui.palette import Colormap

SHIFT = 5
"""The number of pixels by which the image is shifted."""


def pictures(scene: Scene) -> dict[str, tuple[Floats, Colormap]]:
    """The values and the kind of values of each picture, by the mode of its lab."""
    grey = scene.image.grey
    edges = np.zeros_like(grey)
    edges[:, :-1] = grey[:, 1:] - grey[:, :-1]
    shifted = np.zeros_like(grey)
    shifted[SHIFT:, SHIFT:] = grey[:-SHIFT, :-SHIFT]
    maps = maps_of(scene.network)
    deepest = grey
    if maps and not scene.is_awaited:
        output = scene.activations[maps[-1].name].output
        deepest = np.ascontiguousarray(output[..., int(np.nan_to_num(output).sum(axis=(0, 1)).argmax())])
    kernels = [layer.weights["kernel"] for layer in scene.network if "kernel" in layer.weights]
    largest = max(kernels, key=np.size, default=grey)
    weights = largest.reshape(-1, largest.shape[-1])[: grey.shape[0], : grey.shape[1]]
    return {
        "kernel": (edges, Colormap.SIGNED),
        "downsampling": (max_pool2d(grey[..., np.newaxis])[..., 0], Colormap.PIXELS),
        "shift": (shifted, Colormap.PIXELS),
        "hierarchy": (deepest, Colormap.SIGNED),
        "overfitting": (np.ascontiguousarray(weights), Colormap.SIGNED),
    }
