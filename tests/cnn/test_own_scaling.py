"""What a network's own first layers reveal about its input scale."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.cnn.input_scale import RAW, ZERO_TO_ONE, InputScale
from cnntui.cnn.layers import Conv2D, Dense, Flatten, Layer
from cnntui.cnn.layers.merge import Add
from cnntui.cnn.layers.norm import BatchNormalization, Normalization, Rescaling
from cnntui.cnn.layers.shape import Reshape, ZeroPadding2D
from cnntui.cnn.network import IMAGE, Network
from cnntui.cnn.own_scaling import own_scaling

INVERSE = 1 / 255


def floats(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float32)


def network(*first: Layer, channels: int = 1) -> Network:
    """The layers in front of a dense one, on images of 4×4."""
    shapes = Network((*first, Flatten("flat")), (4, 4, channels)).shapes
    return Network((*first, Flatten("flat"), Dense("last", np.ones((shapes[-1][0], 2), np.float32), floats(0, 0))),
                   (4, 4, channels))  # fmt: skip


@pytest.mark.parametrize(
    ("layers", "scale"),
    [
        ((Rescaling("own", scale=(INVERSE,)),), RAW),
        ((Rescaling("own", scale=(1 / 127.5,), offset=(-1.0,)),), RAW),
        ((Rescaling("own", scale=(-INVERSE,), offset=(1.0,)),), RAW),
        ((ZeroPadding2D("pad"), Rescaling("own", scale=(INVERSE,))), RAW),
        ((Reshape("flat_first", (1, 16, 1)), Rescaling("own", scale=(INVERSE,))), RAW),
        ((Rescaling("own", offset=(-127.5,)), Rescaling("then", scale=(1 / 127.5,))), RAW),
        ((Normalization("own", floats(33.3), floats(6173)),), RAW),
        ((Rescaling("own", scale=(INVERSE,)), Normalization("then", floats(0.13), floats(0.095))), RAW),
        ((Normalization("own", floats(0.13), floats(0.095)),), ZERO_TO_ONE),
        ((Rescaling("own", scale=(2.0,), offset=(-1.0,)),), ZERO_TO_ONE),
    ],
)
def test_layers_that_scale_levels_say_what_they_read(layers: tuple[Layer, ...], scale: InputScale) -> None:
    found = own_scaling(network(*layers))
    assert found is not None
    assert (found.scale, found.layer) == (scale, "own")


@pytest.mark.parametrize(
    "layers",
    [
        (),
        (Rescaling("nothing"),),
        (Normalization("unadapted", floats(0), floats(1)),),
        (BatchNormalization("batch", floats(33), floats(6000)),),
        (BatchNormalization("batch", floats(33), floats(6000)), Rescaling("late", scale=(INVERSE,))),
        (Conv2D("conv", np.ones((2, 2, 1, 1), np.float32), floats(0)), Rescaling("late", scale=(INVERSE,))),
        (Rescaling("broken", scale=(0.0,)),),
        (Rescaling("own", scale=(INVERSE,)), Add("add", inputs=("own", IMAGE))),
    ],
)
def test_other_layers_say_nothing_of_it(layers: tuple[Layer, ...]) -> None:
    assert own_scaling(network(*layers)) is None


def test_channels_are_scaled_together() -> None:
    means, variances = floats(123.7, 116.3, 103.5), floats(3410, 3260, 3292)
    found = own_scaling(network(Normalization("own", means, variances), channels=3))
    assert found is not None
    assert found.scale == RAW
