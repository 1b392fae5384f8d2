"""Networks: shapes, parameters, every activation, weights in and out."""

from __future__ import annotations

import platform
import subprocess
import sys
import weakref

import numpy as np
import pytest

from cnntui.cnn import ops
from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.layers import Activate, Add, Conv2D, Dense, Flatten, MaxPool2D
from cnntui.cnn.network import Network, weights_of, with_weights
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from tests.networks import mnist_network, random_digit


def zeros(*shape: int) -> ops.Floats:
    return np.zeros(shape, np.float32)


def conv(name: str = "conv", size: int = 2, channels: int = 1, filters: int = 3) -> Conv2D:
    return Conv2D(name, zeros(size, size, channels, filters), zeros(filters))


def test_shapes_and_parameters_of_the_network_that_cnntui_trains() -> None:
    network = mnist_network()
    assert network.shapes == (
        (27, 27, 32), (13, 13, 32), (12, 12, 64), (6, 6, 64), (5, 5, 64), (1600,), (64,), (10,)
    )  # fmt: skip
    assert [layer.parameters for layer in network] == [160, 0, 8256, 0, 16448, 0, 102464, 650]
    assert network.parameters == 127_978
    assert network.input_shape_of("conv2d") == (28, 28, 1)
    assert network.input_shape_of("dense") == (1600,)
    assert network.output_shape_of("dense") == (64,)


def test_layers_by_name_and_place() -> None:
    network = mnist_network()
    assert network.index("conv2d_1") == 2
    assert network["conv2d_1"] is network.layers[2]
    assert "conv2d_1" in network
    assert "conv2d_9" not in network
    assert len(network) == 8
    with pytest.raises(CnntuiError, match=r"no layer 'conv2d_9'.*Its layers are conv2d, max_pooling2d"):
        network["conv2d_9"]


def test_forward_keeps_every_activation() -> None:
    network, image = mnist_network(), random_digit()
    activations = network.forward(image)
    before = image
    for (layer, activation), shape in zip(activations, network.shapes, strict=True):
        assert activations[layer.name] is activation
        assert activation.input is before
        assert activation.output.shape == shape
        assert activation.output.dtype == np.float32
        before = activation.output
    conv2d = activations["conv2d"]
    assert conv2d.pre_activation.min() < 0
    np.testing.assert_array_equal(conv2d.output, ops.relu(conv2d.pre_activation))
    assert activations["max_pooling2d"].pre_activation is activations["max_pooling2d"].output
    np.testing.assert_array_equal(activations.logits, activations["dense_1"].pre_activation)
    np.testing.assert_array_equal(activations.probabilities, ops.softmax(activations.logits))
    np.testing.assert_array_equal(activations.scores, activations.logits)
    assert activations.probabilities.sum() == pytest.approx(1)
    assert activations.predicted == activations.logits.argmax()


def test_a_network_that_ends_in_logits_still_has_probabilities() -> None:
    kernel = np.log(np.array([[1, 3]], np.float32))
    network = Network((Flatten("flatten"), Dense("dense", kernel, zeros(2), "linear")), (1, 1, 1))
    activations = network.forward(np.ones((1, 1, 1), np.float32))
    np.testing.assert_allclose(activations.probabilities, [0.25, 0.75], rtol=1e-6)
    np.testing.assert_array_equal(ops.softmax(activations.scores), activations.probabilities)
    assert activations.predicted == 1


def test_scores_are_what_the_last_layer_puts_out_where_it_has_no_softmax() -> None:
    kernel = np.array([[-2, 1, 3]], np.float32)
    network = Network((Flatten("flatten"), Dense("dense", kernel, zeros(3), "relu")), (1, 1, 1))
    activations = network.forward(np.ones((1, 1, 1), np.float32))
    np.testing.assert_array_equal(activations.logits, [-2, 1, 3])
    np.testing.assert_array_equal(activations.scores, [0, 1, 3])
    np.testing.assert_allclose(activations.probabilities, ops.softmax(np.array([0, 1, 3], np.float32)), rtol=1e-6)


def test_a_batch_gives_what_its_images_give_one_by_one() -> None:
    network = mnist_network()
    images = np.stack([random_digit(seed) for seed in range(3)])
    together = network.forward(images)
    for index, image in enumerate(images):
        for layer, activation in network.forward(image):
            np.testing.assert_allclose(together[layer.name].output[index], activation.output, atol=1e-6)


def test_a_run_drops_each_output_once_no_later_layer_reads_it() -> None:
    layers = [Activate("a"), Activate("b"), Activate("c", inputs=("a",)), Add("d", inputs=("b", "c")), Activate("e")]
    outputs, kept = {}, []
    for layer, activation in Network(tuple(layers), (2, 2, 1)).run(zeros(2, 2, 1)):
        outputs[layer.name] = weakref.ref(activation.output)
        del activation
        kept.append("".join(name for name, output in outputs.items() if output() is not None))
    # At each layer, its own output and those that it has just read are still there.
    assert kept == ["a", "ab", "abc", "bcd", "de"]


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries decide otherwise what they keep")
def test_a_pass_computes_in_the_memory_of_the_pass_before() -> None:
    code = (
        "import resource; import numpy as np; from tests.networks import mnist_network\n"
        "def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "network, images = mnist_network(), np.zeros((32, 28, 28, 1), np.float32)\n"
        "for turn in range(3): before = faults(); network.forward(images)\n"
        "print(faults() - before)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # 32 images need 2,400 pages of 4 KiB.
    assert int(result.stdout) < 240


def test_pixels_are_scaled_to_0_to_1() -> None:
    digit = np.zeros((28, 28, 1), np.uint8)
    digit[3, 4], digit[5, 6] = 255, 51
    image = ZERO_TO_ONE.applied(digit)
    assert image.shape == (28, 28, 1)
    assert image.dtype == np.float32
    assert (image[3, 4, 0], image[5, 6, 0], image.min()) == (1, np.float32(0.2), 0)
    assert ZERO_TO_ONE.applied(np.stack([digit, digit])).shape == (2, 28, 28, 1)


@pytest.mark.parametrize("image", [zeros(28, 28), zeros(27, 28, 1), np.zeros((28, 28, 1), np.float64)])
def test_forward_refuses_other_images(image: ops.Floats) -> None:
    with pytest.raises(CnntuiError, match="takes 28×28×1 images in float32"):
        mnist_network().forward(image)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_diverged_network_runs_without_a_warning() -> None:
    network = mnist_network()
    weights = weights_of(network)
    weights["conv2d_1"]["kernel"] = np.full_like(weights["conv2d_1"]["kernel"], np.inf)
    activations = with_weights(network, weights).forward(random_digit())
    assert np.isnan(activations.probabilities).all()


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ((), "at least one layer"),
        ((conv("a"), conv("a", channels=3)), "Two layers of the network have the name 'a'"),
        ((conv("a", channels=2),), "'a' has kernels for 2 input channels, but its input is 28×28×1, which has 1"),
        ((conv("a", size=29),), r"'a': a 29×29 window does not fit into .* map: \(28 − 29\) // 1 \+ 1 leaves no rows"),
        ((MaxPool2D("p", (2, 29), (2, 29)),), r"'p': a 2×29 window .* \(28 − 29\) // 29 \+ 1 leaves no columns"),
        ((Flatten("f"), conv("a")), "'a' needs maps with rows, columns and channels, but its input is 784"),
        ((Flatten("f"), MaxPool2D("p")), "'p' needs maps"),
        ((Flatten("f"), Dense("d", zeros(783, 4), zeros(4))), "'d' weighs a vector of 783 numbers, .* 784"),
        ((Dense("d", zeros(784, 4), zeros(4)),), "'d' weighs a vector of 784 numbers, but its input is 28×28×1"),
    ],
)  # fmt: skip
def test_shapes_that_do_not_fit_are_refused(layers: tuple[Conv2D, ...], message: str) -> None:
    with pytest.raises(CnntuiError, match=message):
        Network(layers, mnist.SHAPE)


@pytest.mark.parametrize(
    ("kernel", "bias", "message"),
    [
        (zeros(2, 2, 1), zeros(1), "kernel of layer 'a' has the shape 2×2×1; it should have height × width"),
        (zeros(2, 2, 1, 3), zeros(2), "bias of layer 'a' has the shape 2; .* kernel's 3 filters"),
        (np.zeros((2, 2, 1, 3)), zeros(3), "kernel of layer 'a' is float64"),
    ],
)
def test_weights_that_do_not_belong_together_are_refused(kernel: ops.Floats, bias: ops.Floats, message: str) -> None:
    with pytest.raises(CnntuiError, match=message):
        Conv2D("a", kernel, bias)


def test_of_a_large_network_fewer_images_are_read_at_a_time() -> None:
    assert mnist_network().batch(32) == 32
    large = Network((conv(channels=3, filters=32),), (180, 180, 3))
    assert large.batch(32) == 4_000_000 // (179 * 179 * 32)
    assert Network((conv(channels=3, filters=128),), (400, 400, 3)).batch(32) == 1


def test_weights_of_and_with_weights_are_inverse() -> None:
    one, other = mnist_network(seed=1), mnist_network(seed=2)
    assert set(weights_of(one)) == {"conv2d", "conv2d_1", "conv2d_2", "dense", "dense_1"}
    image = random_digit()
    exchanged = with_weights(one, weights_of(other))
    np.testing.assert_array_equal(exchanged.forward(image).logits, other.forward(image).logits)
    assert not np.array_equal(one.forward(image).logits, other.forward(image).logits)


def test_with_weights_refuses_what_does_not_fit() -> None:
    network = mnist_network()
    weights = weights_of(network)
    with pytest.raises(CnntuiError, match="no kernel for layer 'dense'"):
        with_weights(network, {name: own for name, own in weights.items() if name != "dense"})
    with pytest.raises(CnntuiError, match="no bias for layer 'dense'"):
        with_weights(network, {**weights, "dense": {"kernel": weights["dense"]["kernel"]}})
    with pytest.raises(CnntuiError, match="kernel for layer 'dense' is 64×10; the layer needs 1600×64"):
        with_weights(network, {**weights, "dense": weights["dense_1"]})
    with pytest.raises(CnntuiError, match="weights for 'flatten'"):
        with_weights(network, {**weights, "flatten": {}})
