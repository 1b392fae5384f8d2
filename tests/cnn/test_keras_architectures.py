"""Networks as people build them with Keras: opened from Keras's own files, they answer as Keras does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnntui.cnn.layers import Dense, Factors, Layer
from cnntui.cnn.network import Activations
from cnntui.cnn.readers.model_file import read_model
from tests.cnn.test_keras_h5 import in_this_process

pytestmark = pytest.mark.slow

__all__ = ["in_this_process"]

TOLERANCE = 1e-5

GREY, COLOUR = (20, 17, 1), (16, 18, 3)


Build = Callable[[Any], Any]


def chain(*layers: Callable[[Any], Any], shape: tuple[int, ...] = GREY, classes: int = 7) -> Build:
    """A Sequential model that ends with a dense layer and softmax."""

    def build(keras: Any) -> Any:
        made = [layer(keras.layers) for layer in layers]
        end = [keras.layers.Flatten(), keras.layers.Dense(classes, activation="softmax")]
        return keras.Sequential([keras.Input(shape), *made, *end])

    return build


def branching(way: Callable[[Any, Any], Any], shape: tuple[int, ...] = GREY) -> Build:
    """A functional model: the layers of `way`, then a dense layer and softmax."""

    def build(keras: Any) -> Any:
        image = keras.Input(shape)
        end = keras.layers.Flatten()(way(keras, image))
        return keras.Model(image, keras.layers.Dense(5, activation="softmax")(end))

    return build


def conv(filters: int = 4, size: Any = (3, 2), **more: Any) -> Callable[[Any], Any]:
    return lambda layers: layers.Conv2D(filters, size, **more)


def kind(name: str, *arguments: Any, **more: Any) -> Callable[[Any], Any]:
    return lambda layers: getattr(layers, name)(*arguments, **more)


def residual(keras: Any, image: Any) -> Any:
    layers = keras.layers
    x = layers.Conv2D(6, 3, padding="same", activation="relu")(image)
    y = layers.Conv2D(6, 3, padding="same")(x)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(layers.Add()([y, x]))


def squeeze(keras: Any, image: Any) -> Any:
    layers = keras.layers
    x = layers.Conv2D(6, 3, activation="silu")(image)
    s = layers.GlobalAveragePooling2D(keepdims=True)(x)
    s = layers.Conv2D(2, 1, activation="silu")(s)
    s = layers.Conv2D(6, 1, activation="sigmoid")(s)
    return layers.Multiply()([x, s])


def squeeze_by_reshape(keras: Any, image: Any) -> Any:
    layers = keras.layers
    x = layers.Conv2D(6, 3, activation="relu")(image)
    s = layers.Dense(6, activation="sigmoid")(layers.Dense(3, activation="relu")(layers.GlobalMaxPooling2D()(x)))
    return layers.Multiply()([x, layers.Reshape((1, 1, 6))(s)])


def inception(keras: Any, image: Any) -> Any:
    layers = keras.layers
    ways = [
        layers.Conv2D(3, 1, padding="same", activation="relu")(image),
        layers.Conv2D(2, 3, padding="same", activation="tanh")(image),
        layers.MaxPooling2D(3, strides=1, padding="same")(image),
    ]
    return layers.Concatenate()(ways)


def dense_block(keras: Any, image: Any) -> Any:
    layers = keras.layers
    x = image
    for _ in range(3):
        y = layers.Conv2D(3, 3, padding="same")(layers.Activation("relu")(layers.BatchNormalization()(x)))
        x = layers.Concatenate()([x, y])
    return layers.AveragePooling2D(2)(x)


def inverted(keras: Any, image: Any) -> Any:
    layers = keras.layers
    x = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(image)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    y = layers.Conv2D(12, 1, use_bias=False)(x)
    y = layers.ReLU(6.0)(layers.BatchNormalization(epsilon=1e-2)(y))
    y = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(y)
    y = layers.ReLU(6.0)(layers.BatchNormalization(scale=False)(y))
    y = layers.BatchNormalization(center=False)(layers.Conv2D(4, 1, use_bias=False)(y))
    return layers.GlobalAveragePooling2D()(layers.Add()([x, y]))


def several(name: str) -> Callable[[Any, Any], Any]:
    def way(keras: Any, image: Any) -> Any:
        layers = keras.layers
        ways = [layers.Conv2D(3, 2, activation=activation)(image) for activation in ("relu", "tanh")]
        return getattr(layers, name)()(ways)

    return way


def arithmetic(keras: Any, image: Any) -> Any:
    x = keras.layers.Conv2D(3, 2)(image / 2.0 - 0.25)
    return (1.0 - x) * 0.5 + 3.0


def nested(keras: Any) -> Any:
    layers = keras.layers
    base = keras.Sequential([keras.Input(GREY), layers.Conv2D(3, 3, activation="relu", name="conv")], name="base")
    inner = keras.Input(base.output_shape[1:])
    head = keras.Model(inner, layers.Conv2D(2, 2, name="conv")(inner), name="head")
    image = keras.Input(GREY)
    return keras.Model(image, layers.Dense(4, activation="softmax")(layers.Flatten()(head(base(image)))))


def of_one_name(keras: Any) -> Any:
    """Models in models in a model, whose layers have the same names in each."""
    layers = keras.layers

    def block(name: str, shape: tuple[int, ...]) -> Any:
        conv = layers.Conv2D(3, 3, padding="same", name="conv")
        return keras.Sequential([keras.Input(shape), conv, layers.BatchNormalization(name="norm")], name=name)

    def stage(name: str, shape: tuple[int, ...]) -> Any:
        blocks = block("first", shape), block("second", (*shape[:2], 3))
        return keras.Sequential([keras.Input(shape), *blocks, layers.Conv2D(3, 1, name="conv")], name=name)

    end = [layers.Flatten(), layers.Dense(4, activation="softmax")]
    return keras.Sequential([keras.Input(GREY), stage("one", GREY), stage("two", (*GREY[:2], 3)), *end])


def shared(keras: Any, image: Any) -> Any:
    layers = keras.layers
    twice = layers.Conv2D(1, 3, padding="same", activation="relu", name="twice")
    return layers.Concatenate()([twice(image), twice(twice(image))])


def sigmoid(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input(GREY), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(1, "sigmoid")])


def logits(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input(COLOUR), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(6)])


def flat_images(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((144,)), layers.Dense(9, activation="relu"), layers.Dense(4)])


def two_axes(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((12, 14)), layers.Rescaling(2.0), layers.Flatten(), layers.Dense(4)])


def permuted(keras: Any, image: Any) -> Any:
    """Maps whose channels come first before they are flattened and normalized."""
    layers = keras.layers
    x = layers.Conv2D(3, 3, strides=3, activation="relu")(image)
    x = layers.Flatten()(layers.Permute((3, 1, 2))(x))
    y = layers.BatchNormalization()(x)
    return layers.Dense(6, activation="tanh")(layers.Concatenate()([layers.PReLU()(layers.Add()([x, y])), x]))


def in_float64(keras: Any) -> Any:
    layers = keras.layers
    double = {"dtype": "float64"}
    end = [layers.Flatten(), layers.Dense(3, activation="softmax", **double)]
    return keras.Sequential([keras.Input(GREY, dtype="float64"), layers.Conv2D(2, 3, **double), *end])


def without_an_axis(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((12, 14)), layers.Reshape((12, 14, 1)), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(4)]
    )


def functions(keras: Any, image: Any) -> Any:
    """Functions in place of layers."""
    ops = keras.ops
    x = ops.cast(ops.pad(image, [[0, 0], [1, 1], [2, 0], [0, 0]]), "float32")
    x = (x - np.array([0.1, 0.2, 0.3], np.float32)) / np.array([2, 4, 3], np.float32)
    x = keras.activations.gelu(keras.layers.Conv2D(4, 3)(ops.gelu(x)), approximate=False)
    x = keras.activations.relu(-ops.max_pool(x, 2)) + ops.clip(ops.average_pool(x, 2), 0, 0.3)
    x = ops.concatenate([ops.maximum(x, 0.0), ops.elu(x, 0.5)], axis=-1)
    vectors = [ops.mean(x, axis=(1, 2)), ops.max(x, axis=(1, 2)), ops.reshape(ops.softmax(x), (-1, 576))]
    return ops.concatenate(vectors, axis=-1)


def attention(keras: Any, image: Any) -> Any:
    """Each place is weighed by what all maps have there, and each half of the maps goes another way."""
    ops, layers = keras.ops, keras.layers
    x = layers.Conv2D(6, 3, padding="same")(image)
    both = layers.Concatenate()([ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)])
    x = x * layers.Conv2D(1, 7, padding="same", activation="sigmoid")(both)
    left, right = ops.split(x, 2, axis=-1)
    x = layers.Concatenate()([layers.ReLU()(left), right, x[..., :1]])
    x = layers.Reshape((*x.shape[1:3], 7, 1))(x)
    x = layers.Reshape((*x.shape[1:3], 7))(ops.flip(x, axis=3))
    return layers.TimeDistributed(layers.Dense(4, activation="relu"))(layers.Conv2D(5, 3)(x))


def prepared(keras: Any, image: Any) -> Any:
    """Colours from blue to red, less their means, as ResNet50 and VGG16 read them."""
    return keras.layers.Conv2D(3, 3)(keras.applications.resnet50.preprocess_input(image))


def gated(keras: Any, image: Any) -> Any:
    """A weight for each map from a vector, which gets its axes by a function or by the layer that multiplies."""
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

    ops, layers = keras.ops, keras.layers
    x = layers.Conv2D(6, 3, padding="same")(image)
    weights = layers.Dense(6, activation="sigmoid")(layers.GlobalAveragePooling2D()(x))
    x = x * ops.expand_dims(ops.expand_dims(weights, 1), 1)
    x = layers.Multiply()([weights, x])
    return CustomScaleLayer(0.17)([x, layers.Conv2D(6, 1)(x)])


def bounded(keras: Any, image: Any) -> Any:
    """Numbers between bounds other than 0, and dense layers written as sums over an axis."""
    ops, layers = keras.ops, keras.layers
    x = layers.Conv2D(4, 3)(image)
    ways = [ops.clip(x, -0.5, 0.75), ops.clip(x, 0.1, 2), ops.maximum(x, -0.2), ops.minimum(x, 0.3), ops.minimum(x, 0)]
    x = layers.EinsumDense("abcd,de->abce", (*x.shape[1:3], 5), bias_axes="e", activation="relu")(
        layers.Concatenate()(ways)
    )
    return layers.EinsumDense("...x,xy->...y", 6)(layers.GlobalMaxPooling2D()(x))


def side_by_side(keras: Any, image: Any) -> Any:
    layers = keras.layers
    x = layers.Conv2D(3, 3, padding="same")(image)
    below = layers.Concatenate(axis=1)([x, layers.ReLU()(x)])
    return layers.Concatenate(axis=-2)([below, layers.Conv2D(3, 2, padding="same")(below)])


def two_outputs(keras: Any, image: Any) -> Any:
    """A model in the model that gives several tensors, one of them its own image, and is applied twice."""
    layers = keras.layers
    inner = keras.Input(image.shape[1:])
    x = layers.Conv2D(1, 3, padding="same", activation="tanh")(inner)
    part = keras.Model(inner, [layers.ReLU()(x), inner, x])
    first = part(image)
    return layers.Concatenate()([*part(first[2]), first[0]])


def causal(keras: Any, image: Any) -> Any:
    """A sequence of the image's rows, made longer and shorter again."""
    layers = keras.layers
    x = layers.Conv1D(6, 3, dilation_rate=2, padding="causal", activation="relu")(layers.Reshape((20, -1))(image))
    x = layers.GroupNormalization(3, axis=2)(layers.Conv1DTranspose(6, 3, strides=2, padding="same")(x))
    x = layers.AdaptiveAveragePooling1D(8)(layers.UnitNormalization()(x))
    return layers.Conv1D(4, 2, activation=layers.Softmax(axis=1))(layers.RMSNormalization()(x))


def autoencoding(keras: Any, image: Any) -> Any:
    """Maps that shrink and grow again, in groups that are normalized."""
    layers = keras.layers
    x = layers.Conv2D(8, 3, strides=2, activation=layers.LeakyReLU(0.1))(layers.Pipeline([layers.RandomFlip()])(image))
    x = layers.GroupNormalization(2)(layers.SpectralNormalization(layers.Conv2D(8, 3, strides=2))(x))
    x = layers.Conv2DTranspose(6, (3, 2), strides=2, activation=layers.PReLU())(layers.SpatialDropout2D(0.2)(x))
    x = layers.GroupNormalization(-1, scale=False)(x)
    return layers.Conv2DTranspose(2, 4, strides=(2, 3), padding="same", output_padding=1, activation="tanh")(x)


def sequences(keras: Any, image: Any) -> Any:
    """Layers that slide along rows or along places, their axes and those of a softmax."""
    layers = keras.layers
    rows = layers.Reshape(image.shape[1:3])(image)
    x = layers.SeparableConv1D(6, 3, padding="same", depth_multiplier=2, activation="relu")(
        layers.ZeroPadding1D(1)(rows)
    )
    x = layers.BatchNormalization()(layers.DepthwiseConv1D(2)(layers.Cropping1D((1, 0))(x)))
    x = layers.MaxPooling1D(3, strides=2, padding="same")(layers.UpSampling1D(2)(layers.PReLU(shared_axes=[1])(x)))
    y = layers.Conv1D(6, 3, dilation_rate=2, padding="same", use_bias=False)(x)
    x = layers.Concatenate(axis=1)([layers.Add()([x, y]), layers.Softmax(axis=1)(y)])
    x = layers.Dense(4, activation="softmax")(layers.LayerNormalization(axis=[1, 2])(x))
    x = layers.AveragePooling1D(2)(x)
    ends = [layers.GlobalMaxPooling1D()(x), layers.Flatten()(layers.GlobalAveragePooling1D(keepdims=True)(x))]
    return layers.Concatenate()([*ends, layers.Flatten()(layers.Activation("softmax")(rows))])


def scaled(keras: Any, image: Any) -> Any:
    """A block of ConvNeXt."""
    from keras.src.applications.convnext import LayerScale

    layers = keras.layers
    x = layers.DepthwiseConv2D(3, padding="same")(layers.Conv2D(4, 3)(image))
    x = layers.Dense(4)(layers.Activation("gelu")(layers.Dense(8)(layers.LayerNormalization()(x))))
    return layers.Add()([x, LayerScale(0.1, 4)(x)])


def two_answers(keras: Any) -> Any:
    """Of several outputs, the first with a number for each class is read."""
    layers = keras.layers
    image = keras.Input(GREY)
    x = layers.Conv2D(3, 3, activation="relu")(image)
    vector = layers.Flatten()(x)
    return keras.Model(image, [x, layers.Dense(1)(vector), layers.Dense(4, activation="softmax")(vector)])


def sigmoids(keras: Any) -> Any:
    """Independent probabilities for each class."""
    layers = keras.layers
    return keras.Sequential([keras.Input(GREY), layers.Flatten(), layers.Dense(5, activation="sigmoid")])


def without_dense_layers(keras: Any) -> Any:
    """The answer is a map of one cell for each class."""
    layers = keras.layers
    head = layers.Conv2D(5, (20, 17), activation="softmax")
    return keras.Sequential([keras.Input(GREY), layers.Conv2D(3, 3, padding="same"), head])


def flat_in_the_end(keras: Any) -> Any:
    """The same, with its softmax before its numbers are laid out as a vector."""
    return keras.Sequential([without_dense_layers(keras), keras.layers.Flatten()])


def logit(keras: Any) -> Any:
    """One number for two classes, whose meaning only the loss tells."""
    layers = keras.layers
    model = keras.Sequential([keras.Input(GREY), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(1)])
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


ACTIVATIONS = (
    "sigmoid", "tanh", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "softsign", "hard_sigmoid",
    "hard_silu", "mish", "exponential", "log_sigmoid", "celu", "hard_tanh", "tanh_shrink", "hard_shrink", "soft_shrink",
    "squareplus", "sparse_sigmoid",
)  # fmt: skip

BUILDS: dict[str, Build] = {
    "plain": chain(conv(activation="relu"), kind("MaxPooling2D", (2, 3)), conv(activation="relu")),
    "colour": chain(conv(activation="relu"), kind("AveragePooling2D", 2), shape=COLOUR),
    "same": chain(conv(padding="same", strides=(2, 3)), kind("MaxPooling2D", 3, strides=2, padding="same")),
    "dilated": chain(conv(dilation_rate=(2, 3))),
    "no bias": chain(conv(use_bias=False), shape=COLOUR),
    "groups": chain(conv(4), conv(6, groups=2, activation="relu")),
    "depthwise": chain(conv(4), kind("DepthwiseConv2D", (2, 3), depth_multiplier=2, activation="relu")),
    "depthwise, strided": chain(conv(4), kind("DepthwiseConv2D", 3, strides=2, padding="same", use_bias=False)),
    "separable": chain(kind("SeparableConv2D", 5, (3, 2), activation="relu"), shape=COLOUR),
    "separable, no bias": chain(kind("SeparableConv2D", 5, 3, depth_multiplier=2, use_bias=False), shape=COLOUR),
    "global average": chain(conv(), kind("GlobalAveragePooling2D")),
    "global max": chain(conv(), kind("GlobalMaxPooling2D")),
    "batch norm": chain(conv(), kind("BatchNormalization"), kind("ReLU")),
    "batch norm, bare": chain(conv(), kind("BatchNormalization", scale=False, center=False)),
    "layer norm": chain(conv(), kind("LayerNormalization"), shape=COLOUR),
    "layer norm, bare": chain(conv(), kind("LayerNormalization", scale=False, center=False, epsilon=1e-2)),
    "rescaling": chain(kind("Rescaling", 1 / 255), conv()),
    "rescaling by map": chain(kind("Rescaling", [0.1, 0.2, 0.3], offset=[-1, 0, 1]), conv(), shape=COLOUR),
    "normalization": chain(kind("Normalization", mean=[0.5, 1.0, 2.0], variance=[2.0, 3.0, 4.0]), conv(), shape=COLOUR),
    "normalization, adapted": chain(kind("Normalization"), conv(), shape=COLOUR),
    "padding": chain(kind("ZeroPadding2D", ((1, 2), (0, 3))), conv()),
    "cropping": chain(kind("Cropping2D", ((1, 2), (3, 0))), conv()),
    "upsampling": chain(conv(), kind("UpSampling2D", (2, 3)), conv(2)),
    "cropping to the middle": chain(kind("CenterCrop", 13, 10), conv()),
    "reshape": chain(conv(4, 1), kind("Reshape", (10, 34, 4)), conv()),
    "reshape to a vector": chain(conv(), kind("Reshape", (-1,)), kind("Dense", 6, activation="relu")),
    "permuted": branching(permuted),
    "flat images": flat_images,
    "two axes": two_axes,
    "float64": in_float64,
    "resizing": chain(kind("Resizing", 31, 9), conv(), kind("Resizing", 7, 40, interpolation="nearest")),
    "upsampling between": chain(conv(), kind("UpSampling2D", (2, 3), interpolation="bilinear"), shape=COLOUR),
    "dense at every place": chain(conv(), kind("Dense", 5, activation="relu"), shape=COLOUR),
    "prelu as an object": chain(lambda layers: layers.Conv2D(3, 3, activation=layers.PReLU()), conv(padding="same")),
    "prelu of units": chain(kind("Flatten"), lambda layers: layers.Dense(6, activation=layers.PReLU())),
    "relu as an object": chain(lambda layers: layers.Conv2D(3, 3, activation=layers.ReLU(max_value=0.5))),
    "relu as a function": lambda keras: chain(conv(activation=keras.activations.relu))(keras),
    "permute": chain(kind("Permute", (3, 1, 2)), kind("Permute", (2, 3, 1)), conv()),
    "dropout": chain(conv(), kind("SpatialDropout2D", 0.3), kind("GaussianNoise", 0.1), kind("Dropout", 0.5)),
    "augmentation": chain(kind("RandomFlip"), kind("RandomRotation", 0.1), conv()),
    "relu with arguments": chain(conv(), kind("ReLU", max_value=0.8, negative_slope=0.1, threshold=0.2)),
    "leaky relu": chain(conv(), kind("LeakyReLU", negative_slope=0.15)),
    "prelu": chain(conv(), kind("PReLU", shared_axes=[1, 2])),
    "prelu, a slope each": chain(conv(), kind("PReLU")),
    "elu": chain(conv(), kind("ELU", alpha=0.7)),
    "softmax as a layer": chain(conv(), kind("Activation", "softmax")),
    "dense layers": chain(kind("Flatten"), kind("Dense", 9, activation="tanh"), kind("Dense", 8, use_bias=False)),
    "vectors": chain(conv(), kind("GlobalMaxPooling2D"), kind("BatchNormalization"), kind("Activation", "tanh")),
    **{f"activation {name}": chain(conv(activation=name)) for name in ACTIVATIONS},
    "residual": branching(residual),
    "squeeze and excite": branching(squeeze),
    "squeeze by reshape": branching(squeeze_by_reshape),
    "inception": branching(inception, COLOUR),
    "dense block": branching(dense_block, COLOUR),
    "inverted residual": branching(inverted, COLOUR),
    **{name.lower(): branching(several(name)) for name in ("Subtract", "Average", "Maximum", "Minimum", "Multiply")},
    "arithmetic": branching(arithmetic),
    "functions": branching(functions, COLOUR),
    "attention": branching(attention, COLOUR), "prepared": branching(prepared, COLOUR),
    "side by side": branching(side_by_side),
    "gated": branching(gated, COLOUR), "bounded": branching(bounded, COLOUR),
    "other axes": chain(
        conv(), kind("Softmax", axis=1), conv(3), kind("BatchNormalization", axis=2), kind("Softmax", axis=[1, 2]),
        conv(2), kind("LayerNormalization", axis=[1, 2, 3]), kind("LayerNormalization", axis=1),
    ),
    "rows and columns exchanged": chain(
        kind("Permute", (2, 1, 3)), conv(), kind("Permute", (3, 1, 2)), kind("MaxPooling2D", (1, 2)), shape=COLOUR
    ),
    "sequences": branching(sequences), "causal": branching(causal), "autoencoding": branching(autoencoding),
    "scaled": branching(scaled, COLOUR),
    "two outputs in a model": branching(two_outputs),
    "two answers": two_answers,
    "logit": logit, "sigmoids": sigmoids, "without dense layers": without_dense_layers,
    "flat in the end": flat_in_the_end,
    "nested": nested, "of one name": of_one_name,
    "shared": branching(shared),
    "one class": sigmoid,
    "logits": logits,
    "without an axis for channels": without_an_axis,
}  # fmt: skip


def lively(model: Any, seed: int) -> None:
    """Random weights, with means and variances as a training would leave them."""
    rng = np.random.default_rng(seed)
    for variable in model.variables:
        if "seed" in variable.name or ("normalization/" in variable.path and "batch" not in variable.path):
            continue
        values = rng.standard_normal(variable.shape).astype(np.float32)
        variable.assign(np.abs(values) + 0.3 if "variance" in variable.name else values * 0.5)


def adapted(model: Any, seed: int) -> None:
    """Let normalization layers without a mean measure some data."""
    data = np.random.default_rng(seed).random((20, *model.input_shape[1:]), np.float32) * 3
    for layer in model.layers:
        if type(layer).__name__ == "Normalization" and layer.input_mean is None:
            layer.adapt(data)


def expected_probabilities(keras: Any, model: Any, images: Any) -> Any:
    """What Keras says, a sigmoid for each class too; of logits the softmax, and of a single sigmoid both classes."""
    answers = model(images, training=False)
    answers = np.asarray(answers[-1] if isinstance(answers, list) else answers)
    if answers.shape[-1] == 1 and model.layers[-1].activation is keras.activations.linear:
        answers = 1 / (1 + np.exp(-answers))
    if answers.shape[-1] == 1:
        return np.concatenate([1 - answers, answers], axis=-1)
    if getattr(model.layers[-1], "activation", None) is keras.activations.sigmoid:
        return answers
    answers = answers.reshape(len(answers), -1)
    is_softmax = np.allclose(answers.sum(axis=-1), 1, atol=1e-4) and (answers >= 0).all()
    return answers if is_softmax else np.asarray(keras.ops.softmax(answers))


IN_H5 = (
    "permuted", "flat images", "prelu as an object", "batch norm", "layer norm", "depthwise", "separable", "prelu",
    "normalization, adapted", "groups", "arithmetic", "inverted residual", "nested", "shared", "dense block",
    "of one name",    "other axes", "sequences", "two outputs in a model", "causal",
    "autoencoding", "attention",
)  # fmt: skip


@pytest.mark.parametrize("name", BUILDS)
@pytest.mark.usefixtures("in_this_process")
def test_it_answers_as_keras_does(keras: Any, tmp_path: Path, name: str) -> None:
    model = BUILDS[name](keras)
    model(np.zeros((1, *model.input_shape[1:]), np.float32))  # an activation has weights from its first call on
    lively(model, sum(map(ord, name)))
    adapted(model, 8)
    images = np.random.default_rng(5).random((3, *model.input_shape[1:]), np.float32)
    model.save(tmp_path / "model.keras")
    network = read_model(tmp_path / "model.keras")
    given = images.reshape(3, *network.input_shape)
    expected = expected_probabilities(keras, model, images)
    np.testing.assert_allclose(network.probabilities(given), expected, atol=TOLERANCE)
    activations = network.forward(given[0])
    np.testing.assert_allclose(activations.probabilities, expected[0], atol=TOLERANCE)
    assert activations.predicted == expected[0].argmax()
    for layer in network:
        check_terms(activations, layer)
    if name in IN_H5:
        model.save(tmp_path / "model.h5")
        np.testing.assert_allclose(read_model(tmp_path / "model.h5").probabilities(given), expected, atol=TOLERANCE)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.usefixtures("in_this_process")
def test_weights_of_two_bytes_are_read_as_float32(keras: Any, tmp_path: Path, dtype: str, suffix: str) -> None:
    layers = keras.layers
    end = [layers.Flatten(), layers.Dense(3, dtype=dtype)]
    model = keras.Sequential([keras.Input(GREY), layers.Conv2D(2, 3, dtype=dtype, name="conv"), *end])
    model.save(tmp_path / f"model.{suffix}")
    network = read_model(tmp_path / f"model.{suffix}")
    expected = np.asarray(keras.ops.cast(model.get_layer("conv").kernel, "float32"))
    np.testing.assert_array_equal(network["conv"].weights["kernel"], expected)


FIRST = {"data_format": "channels_first"}


def channels_first(keras: Any, **first: Any) -> Any:
    """A model with its channels first, or with the arguments of its layers that say so the same with them last."""
    layers = keras.layers
    axis, axes = (1, [2, 3]) if first else (-1, [1, 2])
    image = keras.Input((3, 16, 18) if first else COLOUR)
    x = layers.ZeroPadding2D(((1, 0), (2, 1)), **first)(image)
    x = layers.PReLU(shared_axes=axes)(layers.BatchNormalization(axis=axis)(layers.Conv2D(4, (3, 2), **first)(x)))
    y = layers.DepthwiseConv2D(3, padding="same", activation="relu", **first)(x)
    x = layers.PReLU()(layers.Concatenate(axis=axis)([layers.Add()([x, y]), y]))
    s = layers.GlobalAveragePooling2D(keepdims=True, **first)(x)
    x = layers.Multiply()([x, layers.Conv2D(8, 1, activation="sigmoid", **first)(s)])
    x = layers.GroupNormalization(4, axis=axis)(layers.Conv2DTranspose(8, 2, strides=(1, 2), **first)(x))
    x = layers.UpSampling2D((1, 2), **first)(layers.MaxPooling2D((3, 2), **first)(x))
    x = layers.Softmax(axis=axis)(layers.Resizing(4, 5, **first)(x))
    return keras.Model(image, layers.Dense(5, activation="softmax")(layers.Flatten(**first)(x)))


def test_channels_that_come_first_are_turned_round(keras: Any, tmp_path: Path) -> None:
    """Keras itself computes such a model on a GPU alone; its twin has the same weights, and its channels last."""
    model, twin = channels_first(keras, **FIRST), channels_first(keras)
    lively(twin, 6)
    for variable, other in zip(model.weights, twin.weights, strict=True):
        values = np.asarray(other)
        variable.assign(values.transpose(2, 0, 1) if values.shape != variable.shape or values.ndim == 3 else values)
    model.save(tmp_path / "model.keras")
    network = read_model(tmp_path / "model.keras")
    images = np.random.default_rng(5).random((3, *COLOUR), np.float32)
    np.testing.assert_allclose(network.probabilities(images), np.asarray(twin(images, training=False)), atol=TOLERANCE)


def test_channels_that_come_first_are_flattened_as_keras_does_it(keras: Any, tmp_path: Path) -> None:
    """Told nothing, Keras flattens the channels as they come; told that they come first, it puts them last before."""
    layers = keras.layers
    image = keras.Input((2, 6, 7))
    x = layers.MaxPooling2D(3, **FIRST)(image)
    ways = layers.Flatten(data_format="channels_last")(x), layers.Flatten(**FIRST)(x)
    model = keras.Model(image, layers.Dense(5, activation="softmax")(layers.Concatenate()(ways)))
    lively(model, 3)
    model.save(tmp_path / "model.keras")
    network = read_model(tmp_path / "model.keras")
    images = np.random.default_rng(5).random((2, 2, 6, 7), np.float32)
    pooled = images[:, :, :, :6].reshape(2, 2, 2, 3, 2, 3).max(axis=(3, 5))
    vectors = np.concatenate([pooled.reshape(2, -1), pooled.transpose(0, 2, 3, 1).reshape(2, -1)], axis=1)
    expected = keras.ops.softmax(vectors @ np.asarray(model.weights[0]) + np.asarray(model.weights[1]))
    np.testing.assert_allclose(network.probabilities(images.transpose(0, 2, 3, 1)), expected, atol=TOLERANCE)


def check_terms(activations: Activations, layer: Layer) -> None:
    """The factors of some numbers of a layer come to these numbers, and lie where its sources say."""
    activation = activations[layer.name]
    rng = np.random.default_rng(3)
    for _ in range(4):
        index = tuple(int(rng.integers(length)) for length in activation.output.shape)
        factors: Factors = layer.factors(index, *activation.inputs)
        terms = factors.values if factors.weights is None else factors.values * factors.weights
        total = float(terms.sum()) + (factors.bias or 0.0)
        assert total == pytest.approx(float(activation.pre_activation[index]), rel=1e-4, abs=1e-4)
        for at, input in zip(
            factors.indices, factors.inputs if factors.inputs is not None else [0] * len(terms), strict=True
        ):
            assert activation.inputs[input][tuple(at)] in factors.values
    assert isinstance(layer, Dense) or layer.description
