"""The kinds of layers that cnntui explains, one family a module. Each layer is a value that knows its own rules."""

from cnntui.cnn.cells import Shape
from cnntui.cnn.layers.activation import ACTIVATIONS, ELU, Activate, LeakyReLU, PReLU, said
from cnntui.cnn.layers.conv import Conv2D, DepthwiseConv2D, GroupedConv2D
from cnntui.cnn.layers.conv_transpose import Conv2DTranspose
from cnntui.cnn.layers.dense import Dense
from cnntui.cnn.layers.layer import Activation, Factors, Index, Layer, LayerActivation, of_kind, times
from cnntui.cnn.layers.merge import Add, Average, Concatenate, Maximum, Minimum, Multiply, Subtract
from cnntui.cnn.layers.norm import BatchNormalization, LayerScale, Normalization, Rescaling
from cnntui.cnn.layers.per_image_norm import GroupNormalization, LayerNormalization, RMSNormalization, UnitNormalization
from cnntui.cnn.layers.permute import Permute
from cnntui.cnn.layers.pool import (
    AveragePool2D,
    AveragePoolOfMaps,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    MaxPool2D,
    MaxPoolOfMaps,
    Pool2D,
)
from cnntui.cnn.layers.resize import Resizing
from cnntui.cnn.layers.select import Select
from cnntui.cnn.layers.shape import Cropping2D, EdgePadding2D, Flatten, Reshape, UpSampling2D, ZeroPadding2D
from cnntui.cnn.layers.weighted import WeightedLayer

__all__ = [
    "ACTIVATIONS", "ELU", "Activate", "Activation", "Add", "Average", "AveragePool2D", "AveragePoolOfMaps",
    "BatchNormalization",
    "Concatenate", "Conv2D", "Conv2DTranspose", "Cropping2D", "Dense", "DepthwiseConv2D", "EdgePadding2D",
    "Factors", "Flatten", "GlobalAveragePool2D", "GlobalMaxPool2D", "GroupNormalization", "GroupedConv2D", "Index",
    "Layer", "LayerActivation", "LayerNormalization", "LayerScale", "LeakyReLU", "MaxPool2D", "MaxPoolOfMaps",
    "Maximum", "Minimum", "Multiply", "Normalization", "PReLU", "Permute", "Pool2D", "RMSNormalization", "Rescaling",
    "Reshape", "Resizing", "Select", "Shape", "Subtract", "UnitNormalization", "UpSampling2D", "WeightedLayer",
    "ZeroPadding2D", "of_kind", "said", "times",
]  # fmt: skip
