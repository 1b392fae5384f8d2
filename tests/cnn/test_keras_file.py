"""Valid `.keras` files, and all the ways in which they can be invalid. They are written without Keras."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from cnntui.cnn.layers import Conv2D, Dense, Flatten, MaxPool2D, Select, of_kind
from cnntui.cnn.network import Network, weights_of
from cnntui.cnn.readers.keras.file import read_architecture, read_network
from cnntui.cnn.readers.keras.model import model_from_config
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from tests.keras_files import exchanged, linked, model_config, weights_file, write_archive, write_keras_file
from tests.networks import mnist_network, random_digit

NETWORK = mnist_network()


def small(*names: str) -> Network:
    """A small network whose two convolutions have the same shape, so that exchanged weights would go unnoticed."""
    first, second = names or ("conv2d", "conv2d_1")
    rng = np.random.default_rng(3)

    def random(*shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        return rng.standard_normal(shape).astype(np.float32)

    return Network(
        (
            Conv2D(first, random(3, 3, 1, 1), random(1), (2, 2), "same"),
            Conv2D(second, random(3, 3, 1, 1), random(1), activation="linear"),
            MaxPool2D("pool", (2, 2), (1, 1)),
            Flatten("flatten"),
            Dense("dense", random(121, 10), random(10), "softmax"),
        ),
        mnist.SHAPE,
    )


def assert_same(one: Network, other: Network) -> None:
    assert [type(layer) for layer in one] == [type(layer) for layer in other]
    assert [layer.name for layer in one] == [layer.name for layer in other]
    assert one.shapes == other.shapes
    for name, own in weights_of(one).items():
        for role, array in own.items():
            np.testing.assert_array_equal(array, weights_of(other)[name][role])
    image = random_digit()
    np.testing.assert_array_equal(one.forward(image).probabilities, other.forward(image).probabilities)


def test_a_network_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert_same(read_network(write_keras_file(tmp_path / "model.keras", NETWORK)), NETWORK)
    assert_same(read_network(write_keras_file(tmp_path / "small.keras", small())), small())


@pytest.mark.parametrize("note_names", [True, False])
@pytest.mark.parametrize("names", [("conv2d_7", "conv2d_8"), ("conv2d_1", "conv2d"), ("edges", "dense_9")])
def test_weights_are_found_whatever_the_layers_are_called(
    tmp_path: Path, names: tuple[str, str], note_names: bool
) -> None:
    network = small(*names)
    weights = weights_file(network, note_names=note_names)
    assert_same(read_network(write_keras_file(tmp_path / "model.keras", network, weights=weights)), network)


def test_pixels_that_are_laid_out_at_once_need_no_channel(tmp_path: Path, dense_network: Network) -> None:
    config = model_config(dense_network)
    config["config"]["layers"][0]["config"]["batch_shape"] = [None, 28, 28]
    assert_same(read_network(write_keras_file(tmp_path / "model.keras", dense_network, config)), dense_network)


def test_dropout_is_skipped(tmp_path: Path) -> None:
    config = model_config(NETWORK)
    dropout = {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.5}, "registered_name": None}
    config["config"]["layers"].insert(3, dropout)
    assert_same(read_network(write_keras_file(tmp_path / "model.keras", NETWORK, config)), NETWORK)


def test_the_input_shape_may_be_in_build_input_shape(tmp_path: Path) -> None:
    config = model_config(NETWORK)
    del config["config"]["layers"][0]
    config["config"]["build_input_shape"] = [None, 28, 28, 1]
    assert_same(read_network(write_keras_file(tmp_path / "model.keras", NETWORK, config)), NETWORK)


def functional_config(network: Network) -> dict[str, Any]:
    """The network as a functional model: every layer names the layer that it is applied to."""
    config = model_config(network)
    config["class_name"] = "Functional"
    before = None
    for layer in config["config"]["layers"]:
        tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": [before, 0, 0]}}
        layer["inbound_nodes"] = [{"args": [tensor], "kwargs": {}}] if before else []
        before = layer["config"]["name"]
    return config


def test_a_functional_model_that_is_a_chain_is_read(tmp_path: Path) -> None:
    path = write_keras_file(tmp_path / "model.keras", NETWORK, functional_config(NETWORK))
    assert_same(read_network(path), NETWORK)


@pytest.mark.parametrize(
    ("read", "message"),
    [
        ("nothing", "reads 'nothing', which the model does not give"),
        ("dense", "read each other in a circle: 'max_pooling2d_1'"),
    ],
)
def test_a_functional_model_that_reads_what_is_not_there_is_refused(tmp_path: Path, read: str, message: str) -> None:
    config = functional_config(NETWORK)
    config["config"]["layers"][4]["inbound_nodes"][0]["args"][0]["config"]["keras_history"][0] = read
    path = write_keras_file(tmp_path / "model.keras", NETWORK, config)
    with pytest.raises(CnntuiError, match=message):
        read_network(path)


def test_an_architecture_is_read_without_weights(tmp_path: Path) -> None:
    config = json.dumps(model_config(NETWORK)).encode()
    network = read_architecture(write_archive(tmp_path / "model.keras", {"config.json": config}))
    assert network.shapes == NETWORK.shapes
    assert network.parameters == 127_978
    assert not any(array.any() for own in weights_of(network).values() for array in own.values())


def test_weights_that_are_given_are_used(tmp_path: Path) -> None:
    config = json.dumps(model_config(NETWORK)).encode()
    path = write_archive(tmp_path / "model.keras", {"config.json": config})
    other = mnist_network(seed=5)
    assert_same(read_network(path, weights_of(other)), other)
    with pytest.raises(CnntuiError, match="no kernel for layer 'conv2d'"):
        read_network(path, {})


def spoiled(key: str, value: Any, layer: str = "conv2d_1") -> Callable[[dict[str, Any]], None]:
    """A change to one argument of one layer."""

    def spoil(config: dict[str, Any]) -> None:
        for entry in config["config"]["layers"]:
            if entry["config"]["name"] == layer:
                entry["config"][key] = value

    return spoil


def replaced(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """A change to the fourth layer, 'conv2d_1', as a whole."""

    def spoil(config: dict[str, Any]) -> None:
        config["config"]["layers"][3][key] = value

    return spoil


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (replaced("class_name", "Sequential"), "description lists no layers"),
        (replaced("class_name", None), "'class_name' is missing or not a text"),
        (replaced("config", []), "'config' is missing or not an object"),
        (spoiled("groups", 5), "'conv2d_1' reads 5 groups of 6 maps with 64 filters, which does not fit"),
        (spoiled("filters", 10**12), "'conv2d_1' declares 2×2×32×1000000000000 weights, which is too large"),
        (spoiled("kernel_size", [14, 14]), "'conv2d_1': a 14×14 window does not fit into a 13×13 map"),
        (spoiled("batch_shape", [None, 9_000, 9_000, 1], "input_layer"), "reads images of 9000×9000×1, which"),
        (spoiled("batch_shape", [None, 780, 780, 1], "input_layer"), "×64 weights, which is too large"),
        (spoiled("batch_shape", [None], "input_layer"), "does not say how large its input is"),
        (spoiled("batch_shape", [None, None, None, 1], "input_layer"), "does not say how large its input is"),
        (lambda config: config.update(class_name="Subclassed"), "of the kind Subclassed, which is not read"),
        (lambda config: config["config"].update(layers=[]), "lists no layers"),
        (lambda config: config["config"].update(layers=["Dense"]), "lists no layers"),
        (lambda config: config["config"].update(layers=config["config"]["layers"][:1]), "no layer that does anything"),
        (lambda config: config.pop("config"), "'config' is missing"),
    ],
)  # fmt: skip
def test_models_that_cannot_be_explained_are_refused_by_name(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], message: str
) -> None:
    config = model_config(NETWORK)
    spoil(config)
    path = write_keras_file(tmp_path / "model.keras", NETWORK, config)
    for read in (read_network, read_architecture):
        with pytest.raises(CnntuiError, match=message) as refused:
            read(path)
        assert str(path) in refused.value.message


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (replaced("class_name", "Lambda"), "'conv2d_1' is a Lambda: it holds code"),
        (replaced("registered_name", "Evil>Conv2D"), "'conv2d_1' is of the kind Evil>Conv2D, which is not supported"),
        (spoiled("activation", "wobble"), "'conv2d_1' has the activation wobble, which is not supported"),
        (spoiled("activation", {"class_name": "__lambda__"}), "'conv2d_1' has the activation __lambda__, which is"),
        (spoiled("dilation_rate", [0, 2]), r"'conv2d_1' has dilation_rate = \[0, 2\], which is not supported"),
        (spoiled("groups", 0), "'conv2d_1' has groups = 0"),
        (spoiled("use_bias", "no"), "'conv2d_1' has use_bias = 'no'"),
        (spoiled("padding", "causal"), "'conv2d_1' has padding = 'causal'"),
        (spoiled("padding", "full", "max_pooling2d"), "'max_pooling2d' has padding = 'full'"),
        (spoiled("strides", [0, 1]), r"'conv2d_1' has strides = \[0, 1\]"),
        (spoiled("kernel_size", "2"), "'conv2d_1' has kernel_size = '2'"),
        (spoiled("filters", 2.5), "'conv2d_1' has filters = 2.5"),
        (spoiled("filters", True), "'conv2d_1' has filters = True"),
        (spoiled("units", 1, "dense_1"), "a single number; neither a sigmoid nor its loss"),
    ],
)  # fmt: skip
def test_a_layer_that_is_not_supported_is_named_and_those_before_it_are_read(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], message: str
) -> None:
    config = model_config(NETWORK)
    spoil(config)
    network = read_architecture(write_keras_file(tmp_path / "model.keras", NETWORK, config))
    assert re.search(message, network.unanswered)
    assert network.answer is None
    *_, last = network
    assert last.name == {"'conv2d_1": "max_pooling2d", "'max_pool": "conv2d", "a single ": "dense_1"}[message[:9]]


def test_the_layers_that_are_read_have_their_weights(tmp_path: Path) -> None:
    config = model_config(NETWORK)
    spoiled("padding", "causal")(config)
    network = read_network(write_keras_file(tmp_path / "model.keras", NETWORK, config))
    np.testing.assert_array_equal(network["conv2d"].weights["kernel"], NETWORK["conv2d"].weights["kernel"])


def test_a_network_of_which_nothing_can_be_computed_is_refused(tmp_path: Path) -> None:
    config = model_config(NETWORK)
    config["config"]["layers"][1]["class_name"] = "Lambda"
    with pytest.raises(CnntuiError, match="'conv2d' is a Lambda"):
        read_network(write_keras_file(tmp_path / "model.keras", NETWORK, config))


def test_many_layers_that_are_each_small_enough_are_too_large_together(tmp_path: Path) -> None:
    wide = np.broadcast_to(np.float32(0), (6000, 6000))
    layers = [Flatten("flatten"), Dense("in", np.zeros((784, 6000), np.float32), wide[0])]
    layers += [Dense(f"dense_{i}", wide, wide[0]) for i in range(5)]  # type: ignore[list-item]
    layers += [Dense("out", np.zeros((6000, 10), np.float32), wide[0, :10])]
    config = json.dumps(model_config(Network(tuple(layers), mnist.SHAPE))).encode()
    path = write_archive(tmp_path / "model.keras", {"config.json": config})
    with pytest.raises(CnntuiError, match="184,800,010 parameters, which is too large"):
        read_architecture(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "does not describe a model"),
    ],
)
def test_a_config_that_is_no_config(tmp_path: Path, content: bytes, message: str) -> None:
    path = write_archive(tmp_path / "model.keras", {"config.json": content})
    with pytest.raises(CnntuiError, match=message):
        read_network(path)


def test_files_that_are_no_keras_files(tmp_path: Path) -> None:
    with pytest.raises(CnntuiError, match=r"There is no file .*missing\.keras"):
        read_network(tmp_path / "missing.keras")
    with pytest.raises(CnntuiError, match=r"is a folder, not a \.keras file"):
        read_network(tmp_path)
    text = tmp_path / "text.keras"
    text.write_text("weights")
    with pytest.raises(CnntuiError, match=r"is not a \.keras file: it is not a complete zip archive"):
        read_network(text)
    with pytest.raises(CnntuiError, match=r"is not a \.keras file: it holds no config\.json"):
        read_network(write_archive(tmp_path / "other.keras", {"readme.txt": b"hello"}))
    config = json.dumps(model_config(NETWORK)).encode()
    with pytest.raises(CnntuiError, match=r"it holds no model\.weights\.h5"):
        read_network(write_archive(tmp_path / "half.keras", {"config.json": config}))


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    path = write_keras_file(tmp_path / "model.keras", small())
    monkeypatch.setattr(os, "open", refuse)  # Not chmod: root may read everything.
    with pytest.raises(CnntuiError, match=r"model\.keras cannot be read: Permission denied\. Check its permissions"):
        read_network(path)


def test_a_keras_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = write_keras_file(tmp_path / "whole.keras", small()).read_bytes()
    path = tmp_path / "cut.keras"
    for length in range(0, len(whole), len(whole) // 50):
        path.write_bytes(whole[:length])
        with pytest.raises(CnntuiError):
            read_network(path)


@pytest.mark.slow
def test_weights_cut_off_or_overwritten_anywhere_never_crash(tmp_path: Path) -> None:
    network = small()
    whole = weights_file(network)
    refused = 0
    for position in range(0, len(whole), len(whole) // 60):
        noise = bytes(byte ^ 0xA5 for byte in whole[position : position + 16])
        for content in (whole[:position], whole[:position] + noise + whole[position + 16 :]):
            path = write_keras_file(tmp_path / "model.keras", network, weights=content)
            try:
                read_network(path)
            except CnntuiError:
                refused += 1
    assert refused > 60  # Every truncation, and noise wherever it does not merely change a weight.


def changed_weights(change: Callable[[h5py.File], None]) -> bytes:
    buffer = io.BytesIO(weights_file(small()))
    with h5py.File(buffer, "r+") as file:
        change(file)
    return buffer.getvalue()


KERNEL = "layers/conv2d/vars/0"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (exchanged(KERNEL, data=np.zeros((3, 3, 1, 1), int)), "should be float32 3×3×1×1, but is int64 3×3×1×1"),
        (exchanged(KERNEL, data=np.zeros((3, 3), np.float32)), "should be float32 3×3×1×1, but is float32 3×3"),
        (exchanged(KERNEL, shape=(1 << 40,), dtype="f4", chunks=(1 << 10,)), "but is float32 1099511627776"),
        (
            exchanged(KERNEL, shape=(3, 3, 1, 1), dtype="f4", chunks=(3, 3, 1, 1), compression="gzip"),
            "not stored in one piece",
        ),
        (
            exchanged(KERNEL, shape=(3, 3, 1, 1), dtype="f4", external=[("/etc/hostname", 0, 36)]),
            "not stored in one piece",
        ),
        (exchanged(KERNEL, data=h5py.Empty("f4")), "should be float32 3×3×1×1"),
        (lambda file: file.__delitem__(KERNEL), "damaged"),
        (lambda file: file.__delitem__("layers/conv2d"), "damaged"),
        (lambda file: file.__delitem__("layers"), "damaged"),
        (lambda file: file[KERNEL].parent.move("0", "00") or file.create_group(KERNEL), "but is no array"),
        (linked(KERNEL, h5py.SoftLink("/layers/conv2d_1/vars/0")), "is not there"),
        (linked(KERNEL, h5py.ExternalLink("other.h5", "/layers/conv2d/vars/0")), "is not there"),
    ],
)
def test_weights_that_are_not_what_they_should_be(
    tmp_path: Path, change: Callable[[h5py.File], None], message: str
) -> None:
    path = write_keras_file(tmp_path / "model.keras", small(), weights=changed_weights(change))
    with pytest.raises(CnntuiError, match=message):
        read_network(path)


def test_a_link_to_a_file_that_exists_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.h5").write_bytes(weights_file(small()))
    weights = changed_weights(linked(KERNEL, h5py.ExternalLink(str(tmp_path / "other.h5"), "/" + KERNEL)))
    with pytest.raises(CnntuiError, match="is not there"):
        read_network(write_keras_file(tmp_path / "model.keras", small(), weights=weights))


def test_an_archive_that_swells_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (17 * 1024**2))
    with pytest.raises(CnntuiError, match=r"config\.json in .* declares 17,825,792 bytes, which is too large"):
        read_network(path)


def test_compressed_or_unpacked_it_is_the_same_network(tmp_path: Path) -> None:
    stored = write_keras_file(tmp_path / "stored.keras", small())
    with zipfile.ZipFile(stored) as archive, zipfile.ZipFile(tmp_path / "small.keras", "w", zipfile.ZIP_DEFLATED) as to:
        archive.extractall(tmp_path / "folder")
        for name in archive.namelist():
            to.writestr(name, archive.read(name))
    for path in (tmp_path / "small.keras", tmp_path / "folder"):
        assert_same(read_network(path), read_network(stored))


def test_a_single_changed_byte_among_the_weights_is_noticed(tmp_path: Path) -> None:
    path = write_keras_file(tmp_path / "model.keras", small())
    kernel = np.ascontiguousarray(small()["conv2d"].weights["kernel"]).tobytes()
    content = path.read_bytes()
    assert content.count(kernel) == 1
    place = content.index(kernel)
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    with pytest.raises(CnntuiError, match="CRC"):
        read_network(path)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "model.keras", {"config.json": b"{}"})
    content = bytearray(path.read_bytes())
    content[6] |= 1  # The flag 'encrypted', in the member's own header and in the directory at the end.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(CnntuiError, match=r"config\.json in .* is encrypted\."):
        read_network(path)


def of_keras_2() -> dict[str, Any]:
    """A model as Keras 2 writes it: operations of TensorFlow, and a model in it whose times are counted from 1."""

    def layer(kind: str, name: str, reads: Any, **config: Any) -> dict[str, Any]:
        return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": reads}

    inner = layer("Functional", "base", [[["turned", 0, 0, {"training": False}]]])
    inner["config"] |= {
        "layers": [
            layer("InputLayer", "within", [], batch_input_shape=[None, 6, 5, 3]),
            layer("Conv2D", "conv", [[["within", 0, 0, {}]]], filters=4, kernel_size=[1, 1]),
        ],
        "input_layers": [["within", 0, 0]],
        "output_layers": [["conv", 0, 0]],
    }
    backwards = {"slice_spec": [{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": -1}]}
    split = {"num_or_size_splits": [1, 3], "axis": -1}
    layers = [
        layer("InputLayer", "image", [], batch_input_shape=[None, 6, 5, 3]),
        layer("SlicingOpLambda", "picked", [["image", 0, 0, backwards]], function="__operators__.getitem"),
        layer(
            "TFOpLambda", "turned", [["_CONSTANT_VALUE", -1, 255, {"y": ["picked", 0, 0]}]], function="math.subtract"
        ),
        inner,
        layer("TFOpLambda", "split", [["base", 1, 0, split]], function="split"),
        layer(
            "TFOpLambda", "both", [[["split", 0, 1, {"axis": -1}], ["split", 0, 0, {"axis": -1}]]], function="concat"
        ),
        layer("GlobalAveragePooling2D", "pool", [[["both", 0, 0, {}]]]),
        layer("Dense", "out", [[["pool", 0, 0, {}]]], units=2, activation="softmax"),
    ]
    config = {"layers": layers, "input_layers": [["image", 0, 0]], "output_layers": [["out", 0, 0]]}
    return {"class_name": "Functional", "config": config}


def test_operations_and_models_within_models_of_keras_2_are_read() -> None:
    network = model_from_config(of_keras_2()).network
    kinds = [type(layer).__name__ for layer in network]
    assert kinds == [
        "Select", "Rescaling", "Conv2D", "Select", "Select", "Concatenate", "GlobalAveragePool2D", "Dense",
    ]  # fmt: skip
    image = np.random.default_rng(3).random((6, 5, 3), np.float32) * 255
    np.testing.assert_array_equal(network.forward(image)["turned"].output, 255 - image[..., ::-1])
    assert [layer.maps for layer in of_kind(network, Select)] == [(2, 1, 0), (1, 2, 3), (0,)]
    assert network.input_shapes_of("both") == ((6, 5, 3), (6, 5, 1))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ([{"start": 1, "stop": None, "step": None}], "picks images of a batch"),
        ([{"class_name": "__ellipsis__"}, 7], "picks what its input does not have"),
        ([{"class_name": "__ellipsis__"}, {"start": 3, "stop": 3, "step": None}], "leaves nothing"),
        ([{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": 0}], "has odd bounds"),
        ([{"class_name": "__ellipsis__"}, {"start": 10**12, "stop": None, "step": None}], "has odd bounds"),
        ([{"class_name": "__ellipsis__"}, "x"], "has odd bounds"),
    ],
)
def test_a_slice_that_cannot_be_is_told(spec: list[Any], said: str) -> None:
    config = of_keras_2()
    config["config"]["layers"][1]["inbound_nodes"][0][3]["slice_spec"] = spec
    with pytest.raises(CnntuiError, match=said):
        model_from_config(config).network.answering()


@pytest.mark.parametrize("function", ["squeeze", "reverse"])
@pytest.mark.parametrize("axis", [[1, 1], [0], "x", 9, [[1]]])
def test_axes_that_cannot_be_are_told(function: str, axis: Any) -> None:
    config = of_keras_2()
    config["config"]["layers"][1]["config"]["function"] = function
    config["config"]["layers"][1]["inbound_nodes"][0][3] = {"axis": axis}
    with pytest.raises(CnntuiError, match="has axis = "):
        model_from_config(config).network.answering()
