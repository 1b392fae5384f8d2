"""`.h5` files of Keras, written without it, and all the ways in which they can be invalid."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from cnntui.cnn.network import Network, weights_of
from cnntui.cnn.readers.keras import h5_process as h5_process
from cnntui.cnn.readers.keras.h5 import _paths
from cnntui.cnn.readers.keras.hdf5 import DAMAGE
from cnntui.cnn.readers.model_file import read_model
from cnntui.files.errors import CnntuiError
from tests.cnn.conftest import read_in_this_process
from tests.cnn.test_keras_file import assert_same, small
from tests.keras_files import exchanged, linked, model_config


def write_h5(path: Path, network: Network, spoil: Callable[[h5py.File], None] | None = None, end: str = ":0") -> Path:
    """A file as Keras 2 writes it; with `end=""` as Keras 3 does."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(model_config(network))
        for layer in network:
            group = file.create_group(f"model_weights/{layer.name}")
            for role, array in weights_of(network).get(layer.name, {}).items():
                group[f"{layer.name}/{role}{end}" if end else f"sequential/{layer.name}/{role}"] = array
        if spoil is not None:
            spoil(file)
    return path


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    read_in_this_process(monkeypatch, h5_process.read, DAMAGE)


@pytest.mark.parametrize("end", [":0", ""])
@pytest.mark.usefixtures("in_this_process")
def test_a_network_is_read_as_it_was_written(tmp_path: Path, end: str) -> None:
    assert_same(read_model(write_h5(tmp_path / "model.h5", small(), end=end)), small())


@pytest.mark.slow
def test_what_a_file_holds_counts_and_not_what_it_is_called(tmp_path: Path) -> None:
    assert_same(read_model(write_h5(tmp_path / "model.keras", small())), small())


KERNEL = "model_weights/conv2d/conv2d/kernel:0"


def circle(file: h5py.File) -> None:
    file["model_weights/conv2d/again"] = file["model_weights"]


def many_names_for_one_array(file: h5py.File) -> None:
    file["model_weights/large"] = np.zeros(2_000_000, np.float32)
    for number in range(80):
        file[f"model_weights/dense/{number}"] = file["model_weights/large"]


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda file: file.attrs.__delitem__("model_config"), "weights alone, or no Keras model"),
        (lambda file: file.attrs.__setitem__("model_config", "{"), "model_config in .* is not JSON"),
        (lambda file: file.attrs.__setitem__("model_config", np.zeros(3)), "model_config is no text"),
        (lambda file: file.__delitem__("model_weights"), "is damaged"),
        (lambda file: file.__delitem__(KERNEL), "holds no array that could be the kernel of layer 'conv2d'"),
        (exchanged(KERNEL, data=np.zeros((3, 3), np.float32)), "should be 3×3×1×1, but is 3×3"),
        (exchanged(KERNEL, data=np.zeros((3, 3, 1, 1), int)), "no array that could be the kernel"),
        (exchanged(KERNEL, data=h5py.Empty("f4")), "no array that could be the kernel"),
        (exchanged(KERNEL, shape=(1 << 40,), dtype="f4", chunks=(1 << 10,)), "no array that could be the kernel"),
        (
            exchanged(KERNEL, shape=(3, 3, 1, 1), dtype="f4", external=[("/etc/hostname", 0, 36)]),
            "no array that could be",
        ),
        (
            linked(KERNEL, h5py.SoftLink("/model_weights/conv2d_1/conv2d_1/kernel:0")),
            "no array that could be the kernel",
        ),
        (linked(KERNEL, h5py.ExternalLink("other.h5", "/x")), "no array that could be the kernel"),
        (linked("model_weights", h5py.ExternalLink("other.h5", "/x")), "model_weights is not there"),
        (circle, "groups within groups without end"),
        (many_names_for_one_array, "more than 150,000,000 parameters"),
    ],
)
def test_files_that_are_not_what_they_should_be(
    tmp_path: Path, spoil: Callable[[h5py.File], None], message: str
) -> None:
    with pytest.raises(CnntuiError, match=message):
        read_model(write_h5(tmp_path / "model.h5", small(), spoil))


@pytest.mark.slow
def test_a_text_that_leads_hdf5_into_an_endless_loop_ends(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "model.h5", small())
    content = bytearray(path.read_bytes())
    heap = content.index(b"GCOL")  # where texts lie: a head of 16 bytes, and then each text behind its number and size
    struct.pack_into("<Q", content, heap + 16 + 8, 2**64 - 16)
    path.write_bytes(content)
    with pytest.raises(CnntuiError, match=r"reading it does not end|could not be read in time"):
        read_model(path)


@pytest.mark.slow
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "model.h5", small())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(CnntuiError, match="is damaged"):
        read_model(path)


@pytest.mark.parametrize(
    ("groups", "role", "paths", "expected"),
    [
        (("conv",), "kernel", ["conv/conv/kernel:0", "conv/conv/bias:0", "conv_1/conv_1/kernel:0"], 0),
        (("conv",), "kernel", ["conv/sequential/conv/kernel"], 0),
        (("renamed",), "kernel", ["renamed/conv2d_7/kernel:0", "other/renamed/kernel:0"], 0),
        (("base", "conv"), "kernel", ["base/conv/kernel:0", "base/conv_1/kernel:0"], 0),
        (("base", "conv"), "kernel", ["base/other/conv/kernel", "base/conv/kernel"], 1),
        (("base", "two", "conv"), "kernel", ["base/one/conv/kernel", "base/two/conv/kernel"], 1),
        (("base", "conv"), "kernel", ["base/conv_1/kernel:0"], None),
        (("block/conv",), "kernel", ["block/conv/block/conv/kernel:0", "block/bn/block/bn/kernel:0"], 0),
        (("block",), "kernel", ["block/conv/block/conv/kernel:0", "block/block/kernel:0"], 1),
        (("dw",), "depthwise_kernel", ["dw/sequential/dw/kernel"], 0),
        (("dw",), "depthwise_kernel", ["dw/dw/depthwise_kernel:0"], 0),
    ],
)  # fmt: skip
def test_weights_are_found_by_the_names_in_their_paths(
    groups: tuple[str, ...], role: str, paths: list[str], expected: int | None
) -> None:
    parts = [tuple(path.split("/")) for path in paths]
    assert _paths(parts, groups, role) == ([] if expected is None else [parts[expected]])


@pytest.mark.usefixtures("in_this_process")
def test_two_arrays_that_could_both_be_meant_are_refused(tmp_path: Path) -> None:
    def double(file: h5py.File) -> None:
        file.move(KERNEL, "model_weights/conv2d/a/conv2d/kernel:0")
        file["model_weights/conv2d/b/conv2d/kernel:0"] = np.zeros((3, 3, 1, 1), np.float32)

    with pytest.raises(CnntuiError, match="holds several arrays that could be the kernel of layer 'conv2d'"):
        read_model(write_h5(tmp_path / "model.h5", small(), double))
