"""Keras layers without weights that make maps larger or smaller, as our layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import Shape, times
from cnntui.cnn.layers.resize import Interpolation
from cnntui.cnn.ops import Pair
from cnntui.cnn.readers.keras.arguments import SUPPORTED, count, margins, pair, unsupported
from cnntui.cnn.readers.keras.described import Described
from cnntui.cnn.readers.keras.graph import KerasNode
from cnntui.cnn.readers.unsupported import UnsupportedError


def zero_padding(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    rows, cols = margins(node, "padding")
    settings = {"rows": rows, "cols": cols}
    return [Described(LayerDescription("ZeroPadding2D", node.name, settings, inputs=node.inputs))]


def cropping(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    rows, cols = margins(node, "cropping")
    settings = {"rows": rows, "cols": cols}
    return [Described(LayerDescription("Cropping2D", node.name, settings, inputs=node.inputs))]


def middle(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    """The middle of an image, which is what a random crop takes at inference."""
    size = count(node, "height"), count(node, "width")
    left_over = [length - own for length, own in zip(shapes[0], size, strict=False)]
    if len(shapes[0]) != 3 or min(left_over) < 0:
        raise UnsupportedError(
            f"Layer '{node.name}' cuts {times(size)} out of {times(shapes[0])}, which is not supported.", SUPPORTED
        )
    settings = {name: (over // 2, over - over // 2) for name, over in zip(("rows", "cols"), left_over, strict=True)}
    return [Described(LayerDescription("Cropping2D", node.name, settings, inputs=node.inputs))]


def upsampling(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    settings = {"size": pair(node, "size", 2)}
    if max(settings["size"]) > 100:
        raise unsupported(node, "size")
    if node.config.get("interpolation", "nearest") != "nearest":
        rows, cols = (length * times for length, times in zip(shapes[0], settings["size"], strict=False))
        return [_resized(node, (rows, cols))]
    return [Described(LayerDescription("UpSampling2D", node.name, settings, inputs=node.inputs))]


def resizing(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    if node.config.get("antialias"):
        raise unsupported(node, "antialias")
    size = count(node, "height"), count(node, "width")
    if max(size) > 10_000:
        raise unsupported(node, "height")
    if len(shapes[0]) != 3:
        return [_resized(node, size)]
    for word, kind, choose in (("crop", "Cropping2D", min), ("pad", "ZeroPadding2D", max)):
        if not node.config.get(f"{word}_to_aspect_ratio"):
            continue
        if kind == "ZeroPadding2D" and node.config.get("fill_value"):
            raise unsupported(node, "fill_value")
        height, width, _ = shapes[0]
        kept = max(choose(height, width * size[0] // size[1]), 1), max(choose(width, height * size[1] // size[0]), 1)
        by = [abs(length - own) for length, own in zip((height, width), kept, strict=True)]
        # If the number of rows to add is odd, Keras drops one.
        after = [each // 2 if word == "pad" else each - each // 2 for each in by]
        settings = {"rows": (by[0] // 2, after[0]), "cols": (by[1] // 2, after[1])}
        first = LayerDescription(kind, f"{node.name}_{word}", settings, inputs=node.inputs)
        return [Described(first), _resized(replace(node, inputs=(first.name,)), size)]
    return [_resized(node, size)]


def _resized(node: KerasNode, size: Pair) -> Described:
    interpolation = node.config.get("interpolation", "bilinear")
    if interpolation not in get_args(Interpolation):
        raise unsupported(node, "interpolation")
    settings = {"size": size, "interpolation": interpolation}
    return Described(LayerDescription("Resizing", node.name, settings, inputs=node.inputs))
