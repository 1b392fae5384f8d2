"""Translates Keras layers into ours: a table of functions by the kind of the layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnntui.cnn.layers import Shape
from cnntui.cnn.readers.keras.activations import ACTIVATION_LAYERS
from cnntui.cnn.readers.keras.arguments import SUPPORTED
from cnntui.cnn.readers.keras.described import Described
from cnntui.cnn.readers.keras.graph import KerasNode
from cnntui.cnn.readers.keras.kinds import merging, normalization, sizes, windows
from cnntui.cnn.readers.unsupported import UnsupportedError

PASSED = (
    "InputLayer", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout",
    "AlphaDropout", "ActivityRegularization", "Identity", "StochasticDepth", "RandAugment", "AugMix", "CutMix", "MixUp",
)  # fmt: skip
"""Layers that do nothing at inference. So do all layers whose names begin with Random, except RandomCrop."""

MERGES = (
    "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Divide", "TrueDivide", "TFOpLambda",
    "CustomScaleLayer",
)  # fmt: skip
"""Layers that may have several inputs."""


def passes(node: KerasNode) -> bool:
    """Whether a layer passes its input on unchanged."""
    return _passes(node.kind) or (node.kind == "Pipeline" and all(map(_passes, _inner_kinds(node))))


def _passes(kind: str) -> bool:
    return kind in PASSED or (kind.startswith("Random") and kind != "RandomCrop")


def _inner_kinds(node: KerasNode) -> list[str]:
    """The kinds of layers in a pipeline of augmentations, in order."""
    layers = node.config.get("layers")
    listed = layers if isinstance(layers, list) else [None]
    return [str(each.get("class_name")) if isinstance(each, dict) else "" for each in listed]


def described(node: KerasNode, shapes: Sequence[Shape]) -> list[Described]:
    """Our layers for a Keras layer, in order; none if it passes its input on unchanged.

    Args:
        node: the layer; its inputs are names of our layers, which the first of the new layers reads.
        shapes: the shapes of its inputs.

    Raises:
        CnntuiError: cnntui does not explain layers of this kind, or not in this use; the message names the layer.
    """
    if passes(node):
        return []
    if node.kind == "Lambda":
        raise UnsupportedError(
            f"Layer '{node.name}' is a Lambda: it holds code of Python, which cnntui does not run.",
            "Put layers in its place, such as Rescaling, Activation or Reshape, or export the model as ONNX: "
            "model.export('name.onnx', format='onnx').",
        )
    maker = _MAKERS.get(node.kind)
    if maker is None:
        raise UnsupportedError(f"Layer '{node.name}' is of the kind {node.kind}, which is not supported.", SUPPORTED)
    if len(shapes) != 1 and node.kind not in MERGES:
        raise UnsupportedError(f"Layer '{node.name}' reads {len(shapes)} layers, which is not supported.", SUPPORTED)
    return maker(node, shapes)


_MAKERS: dict[str, Callable[[KerasNode, Sequence[Shape]], list[Described]]] = {
    "Conv2D": windows.conv2d, "DepthwiseConv2D": windows.depthwise, "SeparableConv2D": windows.separable,
    "Conv2DTranspose": windows.transposed, "Dense": windows.dense,
    "MaxPooling2D": windows.pool("MaxPool2D"), "AveragePooling2D": windows.pool("AveragePool2D"),
    "AdaptiveMaxPooling2D": windows.adaptive_pool("MaxPool2D"),
    "AdaptiveAveragePooling2D": windows.adaptive_pool("AveragePool2D"),
    "GlobalMaxPooling2D": windows.global_pool("GlobalMaxPool2D"),
    "GlobalAveragePooling2D": windows.global_pool("GlobalAveragePool2D"),
    "AveragePoolOfMaps": windows.pool_of_maps("AveragePoolOfMaps"),
    "MaxPoolOfMaps": windows.pool_of_maps("MaxPoolOfMaps"),
    "BatchNormalization": normalization.batch_normalization,
    "BatchNormalizationV1": normalization.batch_normalization,
    "LayerNormalization": normalization.layer_normalization,
    "GroupNormalization": normalization.group_normalization,
    "RMSNormalization": normalization.rms_normalization, "UnitNormalization": normalization.unit_normalization,
    "LayerScale": normalization.layer_scale,
    "Rescaling": normalization.rescaling, "Normalization": normalization.normalization,
    "ZeroPadding2D": sizes.zero_padding, "Cropping2D": sizes.cropping, "CenterCrop": sizes.middle,
    "RandomCrop": sizes.middle, "UpSampling2D": sizes.upsampling, "Resizing": sizes.resizing,
    **{kind: merging.merge(kind) for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")},
    "Concatenate": merging.merge("Concatenate"), "Divide": merging.merge("Divide"),
    "TrueDivide": merging.merge("Divide"), "TFOpLambda": merging.operation,
    "CustomScaleLayer": merging.scaled_sum,
    **ACTIVATION_LAYERS,
}  # fmt: skip
