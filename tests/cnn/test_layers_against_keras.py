"""Every kind of layer on maps of random shapes, with random arguments and weights: it computes what Keras does."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest

from cnntui.cnn.layers.resize import Interpolation
from cnntui.cnn.network import Network, with_weights
from cnntui.cnn.ops import Floats
from cnntui.cnn.readers.keras.live import live_model
from tests.cnn.test_keras_architectures import ACTIVATIONS, check_terms, lively

pytestmark = pytest.mark.slow

Rng = np.random.Generator
Make = Callable[[Any, Rng, int], Any]


def pair(rng: Rng, most: int = 4) -> tuple[int, int]:
    down, right = rng.integers(1, most, 2).tolist()
    return down, right


def either(rng: Rng, *choices: Any) -> Any:
    return choices[int(rng.integers(len(choices)))]


def window(rng: Rng) -> dict[str, Any]:
    """Strides or holes, of which Keras allows one at a time, and a padding."""
    way: dict[str, Any] = either(rng, {"strides": pair(rng)}, {"dilation_rate": pair(rng, 3)})
    return {**way, "padding": either(rng, "valid", "same"), "use_bias": either(rng, True, False)}


def square(rng: Rng) -> dict[str, Any]:
    """As `window`, for depthwise convolutions, which Keras strides alike in both directions."""
    return {**window(rng), "strides": int(rng.integers(1, 3)), "dilation_rate": 1}


def margins(rng: Rng) -> Any:
    return [pair(rng, 3), pair(rng, 3)]


def flattened(k: Any, layer: Any) -> Any:
    """A layer that may work along any axis, whose numbers end in Keras's order all the same."""
    return lambda x: k.Flatten()(layer(x))


def ops() -> Any:
    return importlib.import_module("keras.ops")


KINDS: dict[str, Make] = {
    "Conv2D": lambda k, r, c: k.Conv2D(5, pair(r), **window(r), activation=either(r, *ACTIVATIONS)),
    "Conv2D in groups": lambda k, r, c: k.Conv2D(2 * c, pair(r), groups=c, padding=either(r, "valid", "same")),
    "DepthwiseConv2D": lambda k, r, c: k.DepthwiseConv2D(pair(r), depth_multiplier=int(r.integers(1, 3)), **square(r)),
    "SeparableConv2D": lambda k, r, c: k.SeparableConv2D(4, pair(r), **square(r)),
    "MaxPooling2D": lambda k, r, c: k.MaxPooling2D(pair(r), pair(r), padding=either(r, "valid", "same")),
    "AveragePooling2D": lambda k, r, c: k.AveragePooling2D(pair(r), pair(r), padding=either(r, "valid", "same")),
    "GlobalMaxPooling2D": lambda k, r, c: k.GlobalMaxPooling2D(keepdims=either(r, True, False)),
    "GlobalAveragePooling2D": lambda k, r, c: k.GlobalAveragePooling2D(keepdims=either(r, True, False)),
    "BatchNormalization": lambda k, r, c: k.BatchNormalization(
        center=either(r, True, False), epsilon=float(r.random())
    ),
    "Conv2DTranspose": lambda k, r, c: k.Conv2DTranspose(
        3,
        pair(r, 5),
        pair(r),
        padding=either(r, "valid", "same"),
        use_bias=either(r, True, False),
        activation=either(r, *ACTIVATIONS),
    ),
    "Conv2DTranspose, more": lambda k, r, c: k.Conv2DTranspose(
        3, (3, 4), (3, 2), padding=either(r, "valid", "same"), output_padding=either(r, (1, 1), (2, 1))
    ),
    "AdaptiveAveragePooling2D": lambda k, r, c: k.AdaptiveAveragePooling2D((1, 1)),
    "GroupNormalization": lambda k, r, c: k.GroupNormalization(
        either(r, 1, c, -1), center=either(r, True, False), epsilon=float(r.random())
    ),
    "RMSNormalization": lambda k, r, c: k.RMSNormalization(epsilon=float(r.random())),
    "UnitNormalization": lambda k, r, c: flattened(k, k.UnitNormalization(either(r, -1, 1, 2))),
    "SpectralNormalization": lambda k, r, c: k.SpectralNormalization(k.Conv2D(4, pair(r))),
    "softmax down": lambda k, r, c: flattened(k, k.Conv2D(4, pair(r), activation=k.Softmax(either(r, 1, 2, 3)))),
    "LayerNormalization": lambda k, r, c: k.LayerNormalization(scale=either(r, True, False), epsilon=float(r.random())),
    "Rescaling": lambda k, r, c: k.Rescaling(either(r, 0.3, r.random(c).tolist()), offset=r.random(c).tolist()),
    "Normalization": lambda k, r, c: k.Normalization(
        mean=r.random(c), variance=r.random(c), invert=either(r, True, False)
    ),
    "ZeroPadding2D": lambda k, r, c: k.ZeroPadding2D(margins(r)),
    "Cropping2D": lambda k, r, c: k.Cropping2D(margins(r)),
    "UpSampling2D": lambda k, r, c: k.UpSampling2D(pair(r), interpolation=either(r, "nearest", "bilinear")),
    **{
        f"Resizing {name}": lambda k, r, c, name=name: k.Resizing(*pair(r, 40), interpolation=name)
        for name in get_args(Interpolation)
    },
    "Resizing to a part": lambda k, r, c: k.Resizing(*pair(r, 12), crop_to_aspect_ratio=True),
    "Resizing with edges": lambda k, r, c: k.Resizing(*pair(r, 12), pad_to_aspect_ratio=True),
    "Flatten": lambda k, r, c: k.Flatten(),
    "a slice": lambda k, r, c: lambda x: x[:, 1:, :: int(r.integers(1, 3)), ::-1],
    "one map": lambda k, r, c: lambda x: ops().expand_dims(x[..., 1], -1),
    "a flip": lambda k, r, c: lambda x: k.ReLU()(ops().flip(x, axis=int(r.integers(1, 4)))),
    "a part": lambda k, r, c: lambda x: ops().split(x, [1], axis=int(r.integers(1, 4)))[1],
    "repeated": lambda k, r, c: lambda x: ops().repeat(ops().tile(x, [1, 2, 1, 1]), 2, axis=int(r.integers(1, 4))),
    "stacked": lambda k, r, c: lambda x: ops().stack([x[..., 1], x[..., 0]], axis=-1),
    "mean of all maps": lambda k, r, c: lambda x: ops().mean(x, axis=-1, keepdims=True),
    "largest of all maps": lambda k, r, c: lambda x: ops().max(x, axis=3, keepdims=True),
    "square": lambda k, r, c: lambda x: either(r, ops().square, lambda y: y**2)(x),
    "root of the absolute value": lambda k, r, c: lambda x: ops().sqrt(ops().abs(x)),
    "resized by a function": lambda k, r, c: lambda x: ops().image.resize(x, pair(r, 20)),
    "of length 1": lambda k, r, c: lambda x: ops().normalize(x),
    "at every step": lambda k, r, c: k.TimeDistributed(k.Dense(3, activation="relu")),
    "Dense": lambda k, r, c: k.Dense(4, activation=either(r, *ACTIVATIONS)),
    "ReLU": lambda k, r, c: k.ReLU(max_value=either(r, None, 0.7), negative_slope=float(r.random()), threshold=0.2),
    "LeakyReLU": lambda k, r, c: k.LeakyReLU(negative_slope=float(r.random())),
    "PReLU": lambda k, r, c: k.PReLU(shared_axes=either(r, None, [1, 2], [1], [2])),
    "ELU": lambda k, r, c: k.ELU(alpha=float(r.random())),
    "Softmax": lambda k, r, c: k.Softmax(),
    **{f"activation {name}": lambda k, r, c, name=name: k.Activation(name) for name in (*ACTIVATIONS, "log_softmax")},
}


def looked_at(keras: Any, image: Any, output: Any) -> Network:
    """The network of a part of a Keras model, with its weights."""
    model = keras.Model(image, output)
    live = live_model(model, keras.saving.serialize_keras_object(model))
    weights: dict[str, dict[str, Floats]] = {}
    for key, array in live.weights().items():
        layer, _, role = key.rpartition("/")
        weights.setdefault(layer, {})[role] = array
    return with_weights(live.network, weights)


@pytest.mark.parametrize("seed", range(3))
def test_each_kind_of_layer_computes_what_keras_does(keras: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, cols, channels = (int(rng.integers(*bounds)) for bounds in ((9, 16), (9, 16), (2, 5)))
    image = keras.Input((rows, cols, channels))
    outputs = {name: make(keras.layers, rng, channels)(image) for name, make in KINDS.items()}
    model = keras.Model(image, outputs)
    lively(model, seed)
    pixels = rng.standard_normal((2, rows, cols, channels)).astype(np.float32)
    expected = {name: np.asarray(made) for name, made in model(pixels, training=False).items()}
    for name, output in outputs.items():
        network = looked_at(keras, image, output)
        passed = network.forward(pixels)
        made, wanted = passed[network.layers[-1].name].output, expected[name]
        if wanted.shape[1:3] == (1, 1):
            # Maps of one cell are an answer, and laid out as one.
            wanted = wanted.reshape(made.shape)
        np.testing.assert_allclose(made, wanted, rtol=1e-4, atol=2e-5, err_msg=f"{name} with seed {seed}")
        if seed == 0:
            single = network.forward(pixels[0])
            for layer in network:
                check_terms(single, layer)


@pytest.mark.parametrize("seed", range(2))
def test_vectors_are_normalized_merged_and_weighed_as_in_keras(keras: Any, seed: int) -> None:
    """Also those that are flattened from maps in another order than the layers here give."""
    rng, layers = np.random.default_rng(seed), keras.layers
    shape = tuple(int(length) for length in rng.integers(3, 7, 3))
    image = keras.Input(shape)
    axes = [int(axis) + 1 for axis in rng.permutation(3)]
    x = layers.Flatten()(layers.Permute(axes)(image))
    y = layers.Activation("tanh")(layers.BatchNormalization()(x))
    outputs = {
        name: layers.Dense(3)(merged)
        for name, merged in (
            ("normalized", layers.LayerNormalization()(y)), ("sloped", layers.PReLU()(y)),
            ("added", layers.Add()([x, y])), ("behind", layers.Concatenate()([y, x, y])),
            ("largest", layers.Maximum()([x, y])), ("shaped", layers.Flatten()(layers.Reshape((-1, shape[0]))(y))),
        )
    }  # fmt: skip
    model = keras.Model(image, outputs)
    lively(model, seed)
    pixels = rng.standard_normal((2, *shape)).astype(np.float32)
    expected = {name: np.asarray(made) for name, made in model(pixels, training=False).items()}
    for name, output in outputs.items():
        network = looked_at(keras, image, output)
        made = network.forward(pixels)[network.answering().name].output
        np.testing.assert_allclose(made, expected[name], rtol=1e-4, atol=2e-5, err_msg=name)
