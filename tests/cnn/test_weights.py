"""Snapshots of weights: written, read and refused."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnntui.cnn.network import weights_of
from cnntui.cnn.weights import snapshot_from_npz, weights_from_npz
from cnntui.files.errors import CnntuiError
from tests.networks import flat_weights, mnist_network, random_digit


def test_a_snapshot_gives_the_network_back(tmp_path: Path) -> None:
    network = mnist_network(seed=1)
    path = tmp_path / "00000469.npz"
    np.savez(path, **flat_weights(weights_of(network)))  # type: ignore[arg-type]
    again = mnist_network(weights_from_npz(path), seed=2)
    image = random_digit()
    np.testing.assert_array_equal(again.forward(image).logits, network.forward(image).logits)


def test_a_snapshot_may_say_at_which_step_it_was_taken(tmp_path: Path) -> None:
    path = tmp_path / "00000469.npz"
    weights = {"conv2d/kernel": np.ones(2, np.float32)}
    np.savez(path, **weights)  # type: ignore[arg-type]
    assert snapshot_from_npz(path)[1] is None
    np.savez(path, **weights, step=np.int64(469))  # type: ignore[arg-type]
    again, step = snapshot_from_npz(path)
    assert step == 469
    assert set(again) == {"conv2d"}


def test_a_layer_may_have_a_slash_in_its_name(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.npz"
    weights = {"block/conv": {"kernel": np.ones(2, np.float32)}}
    np.savez(path, **flat_weights(weights))  # type: ignore[arg-type]
    assert set(weights_from_npz(path)) == {"block/conv"}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x_train": np.zeros(3, np.float32)}, "is not a snapshot of weights: it holds 'x_train'"),
        ({"conv2d/a.b": np.zeros(3, np.float32)}, "it holds 'conv2d/a.b'"),
        ({"conv2d/kernel": np.zeros(3)}, "'conv2d/kernel' in .* is float64; weights are float32"),
        ({"conv2d/kernel": np.array([print], object)}, "'conv2d/kernel' in .* holds pickled Python objects"),
    ],
)
def test_other_archives_are_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    path = tmp_path / "snapshot.npz"
    np.savez(path, **arrays)
    with pytest.raises(CnntuiError, match=message):
        weights_from_npz(path)


def test_damaged_snapshots_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.npz"
    with pytest.raises(CnntuiError, match="There is no file"):
        weights_from_npz(path)
    np.savez_compressed(path, **flat_weights(weights_of(mnist_network())))  # type: ignore[arg-type]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CnntuiError, match="it is not a complete zip archive"):
        weights_from_npz(path)
    path.write_bytes(whole[:1000] + bytes(500) + whole[1500:])
    with pytest.raises(CnntuiError, match=r"kernel\.npy in .* cannot be read"):
        weights_from_npz(path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (10000000000,)}",
            "declares 40,000,000,000 bytes but holds 4",
        ),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -1)}", "not an array in NumPy's format"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)", "not an array in NumPy's format"),
        ("{'descr': '<f4', 'fortran_order': False}", "not an array in NumPy's format"),
        ("{'descr': '|V0', 'fortran_order': False, 'shape': (2,)}", "not an array in NumPy's format"),
        ("__import__('os').abort()", "not an array in NumPy's format"),
    ],
)
def test_headers_are_not_believed(tmp_path: Path, header: str, message: str) -> None:
    path = tmp_path / "snapshot.npz"
    text = header.encode() + b"\n"
    with zipfile.ZipFile(path, "w") as archive:
        member = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(4)
        archive.writestr("conv2d/kernel.npy", member)
    with pytest.raises(CnntuiError, match=message):
        weights_from_npz(path)


@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_what_never_ends_is_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "live.npz"
    if kind == "device":
        path.symlink_to("/dev/zero")
    else:
        os.mkfifo(path)
    with pytest.raises(CnntuiError, match=r"it is a (device|pipe)"):
        weights_from_npz(path)
