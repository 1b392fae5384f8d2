"""Keras layers that slide along a sequence, as layers that slide over maps of one column."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnntui.cnn.readers.keras.graph import KerasNode

_OVER_MAPS = {
    "Conv1D": "Conv2D", "Conv1DTranspose": "Conv2DTranspose",
    "SeparableConv1D": "SeparableConv2D", "DepthwiseConv1D": "DepthwiseConv2D",
    "AdaptiveMaxPooling1D": "AdaptiveMaxPooling2D", "AdaptiveAveragePooling1D": "AdaptiveAveragePooling2D",
    "MaxPooling1D": "MaxPooling2D", "AveragePooling1D": "AveragePooling2D",
    "GlobalMaxPooling1D": "GlobalMaxPooling2D", "GlobalAveragePooling1D": "GlobalAveragePooling2D",
    "ZeroPadding1D": "ZeroPadding2D", "Cropping1D": "Cropping2D", "UpSampling1D": "UpSampling2D",
}  # fmt: skip

_ALONG = "kernel_size", "strides", "dilation_rate", "pool_size", "size", "output_size"
"""Arguments that count rows, to which one column is added."""

_AT_EDGES = "padding", "cropping"
"""Arguments that count rows at both edges, unless they are a word such as 'same'."""


def is_along_a_sequence(node: KerasNode) -> bool:
    """Whether a layer reads only sequences `(steps, features)`."""
    return node.kind in _OVER_MAPS


def over_maps(node: KerasNode) -> KerasNode:
    """A layer that slides along a sequence, as the layer that does the same over maps `(steps, 1, features)`."""
    rows = {key: _with_a_column(node.config[key]) for key in _ALONG if node.config.get(key) is not None}
    edges = {key: [_both(node.config[key]), [0, 0]] for key in _AT_EDGES
             if isinstance(node.config.get(key), int | list)}  # fmt: skip
    if (added := node.config.get("output_padding")) is not None:
        rows["output_padding"] = [added[0] if isinstance(added, list) and len(added) == 1 else added, 0]
    return replace(node, kind=_OVER_MAPS[node.kind], config={**node.config, **rows, **edges})


def _with_a_column(value: Any) -> Any:
    return [value[0] if isinstance(value, list) and len(value) == 1 else value, 1]


def _both(value: Any) -> Any:
    return [value, value] if type(value) is int else value
