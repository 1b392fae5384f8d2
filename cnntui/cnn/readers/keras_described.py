"""A layer that was read from Keras, and where its weights are stored."""

from __future__ import annotations

from dataclasses import dataclass, field

from cnntui.cnn.description import LayerDescription
from cnntui.cnn.layers import Shape


@dataclass(frozen=True)
class Stored:
    """Where one array of a layer's weights is.

    Attributes:
        number: its place among the layer's arrays in a `.keras` file.
        name: what it is called in an `.h5` file.
        shape: as it is stored.
    """

    number: int
    name: str
    shape: Shape


@dataclass(frozen=True)
class Described:
    """A layer that was read, and where its weights are."""

    layer: LayerDescription
    stored: dict[str, Stored] = field(default_factory=dict)
