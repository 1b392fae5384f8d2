"""The downsampling lab as plain text: one map downsampled by each method, what stays, and real networks with each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cnntui.cnn.layers import Conv2D
from cnntui.explore.focus import towards
from cnntui.files.errors import CnntuiError
from cnntui.labs.downsampling import ORDER, Downsampling, Moved, Probe, Trained, overlap, share, smaller, trained
from cnntui.labs.learned_stride import SIZE, LearnedStride, learned_stride
from cnntui.labs.shift import shifted
from cnntui.ui.views.base.plain import everything, paragraph, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.downsampling import text as downsampling_text
from cnntui.ui.widgets.text.line import plain

RIGHT = (0, 1)
"""The shift that is measured: one pixel to the right."""

STAYS = (
    "“Stays” is the part of the map, and “all” of all maps, that is where it was if the image moves one pixel right."
)


def as_text(state: AppState, width: int) -> list[str]:
    """The results for the map in focus, or for a map of the nearest convolution."""
    scene = state.scene
    network = scene.network
    place = towards(scene.focus, network, network.of_kind(Conv2D))
    if place is None or min(network.output_shape_of(place.layer)[:2]) < SIZE:
        return everything(texts([downsampling_text.no_map(network, place)]), *_networks(width))
    layer, all_weights = network.get(place.layer, Conv2D), _weights(state, place.layer)
    learned = None
    if all_weights is not None:
        learned = replace(all_weights, weights=all_weights.weights[..., place.filter : place.filter + 1])
    before = scene.activations[place.layer].output[..., place.filter]
    moved_image = network.forward(network.input_of(shifted(scene.image.pixels, *RIGHT)))
    after = moved_image[place.layer].output[..., place.filter]

    def made(map: np.ndarray, method: Downsampling) -> np.ndarray:
        return np.ascontiguousarray(smaller(map[..., np.newaxis], method, SIZE, learned)[..., 0])

    methods = [method for method in Downsampling if method is not Downsampling.LEARNED or learned is not None]
    stays = {
        method: (made(before, method), share(overlap(made(before, method), made(after, method)))) for method in methods
    }
    row, col = divmod(int(np.nan_to_num(stays[Downsampling.MAX][0]).argmax()), stays[Downsampling.MAX][0].shape[1])
    moved = Moved(network, scene.data, Probe(place.layer, SIZE, RIGHT), all_weights)
    moved.read()
    window = plain(downsampling_text.window(before, row, col, SIZE, learned))
    return everything(
        paragraph(f"Map {place.filter} of {place.layer}, made smaller with windows of {SIZE}×{SIZE}.", width),
        paragraph(f"The window with the largest value: {window}", width),
        texts(downsampling_text.summary(stays, moved, max(width, downsampling_text.TABLE))),
        paragraph(STAYS, width),
        texts(downsampling_text.found(layer, RIGHT, moved, width)),
        *([] if learned is None else [texts(downsampling_text.learned(before, row, col, learned, width))]),
        *_networks(width),
    )


def _weights(state: AppState, layer: str) -> LearnedStride | None:
    try:
        return learned_stride(state.scene.network, layer)
    except CnntuiError:
        return None


def _networks(width: int) -> list[list[str]]:
    """The bundled networks that were trained with each method."""
    runs: dict[Downsampling, Trained] = {}
    for method in ORDER:
        try:
            runs[method] = trained(method)
        except CnntuiError as error:
            return [paragraph(f"{error}", width)]
    return [
        texts(downsampling_text.table([*runs.values()], max(width, 80), 100)),
        texts(downsampling_text.networks(runs, width)),
    ]
