"""The kinds of layer that cnntui explains, a family a module. Each is a value that knows its own rules."""

from cnntui.cnn.cells import Shape
from cnntui.cnn.layers.activation import ACTIVATIONS, Activation
from cnntui.cnn.layers.conv import Conv2D
from cnntui.cnn.layers.dense import Dense
from cnntui.cnn.layers.layer import Factors, Index, Layer, LayerActivation, of_kind, times
from cnntui.cnn.layers.pool import AveragePool2D, MaxPool2D, Pool2D
from cnntui.cnn.layers.shape import Flatten
from cnntui.cnn.layers.weighted import WeightedLayer

__all__ = [
    "ACTIVATIONS", "Activation", "AveragePool2D", "Conv2D", "Dense", "Factors", "Flatten", "Index", "Layer",
    "LayerActivation", "MaxPool2D", "Pool2D", "Shape", "WeightedLayer", "of_kind", "times",
]  # fmt: skip
