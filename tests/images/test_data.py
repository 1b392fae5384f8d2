"""Data sets: the bundled one, others in both formats, and everything that can be wrong with them."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.files.assets import asset
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet, Image, data_sha256, load_test, load_train

IDX_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


def arrays(train: int = 5, test: int = 3) -> dict[str, Any]:
    """A small data set in Keras's layout."""
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (train, 28, 28), np.uint8),
        "y_train": np.arange(train, dtype=np.uint8) % 10,
        "x_test": rng.integers(0, 256, (test, 28, 28), np.uint8),
        "y_test": np.arange(test, dtype=np.uint8) % 10,
    }


def npz(folder: Path, **changed: Any) -> Path:
    path = folder / "digits.npz"
    np.savez_compressed(path, **{**arrays(), **changed})
    return path


def idx(array: Any) -> bytes:
    return bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def idx_folder(folder: Path, zipped: bool = False) -> Path:
    data = arrays()
    for part, names in IDX_FILES.items():
        for name, array in zip(names, (data[f"x_{part}"], data[f"y_{part}"]), strict=True):
            if zipped:
                (folder / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
            else:
                (folder / name).write_bytes(idx(array))
    return folder


def assert_is(digits: DataSet, images: Any, labels: Any) -> None:
    assert digits.images.dtype == digits.labels.dtype == np.uint8
    assert len(digits) == len(labels)
    np.testing.assert_array_equal(digits.images, images[..., np.newaxis])
    np.testing.assert_array_equal(digits.labels, labels)


def test_the_bundled_test_digits() -> None:
    digits = load_test()
    assert len(digits) == 10_000
    assert digits.images.shape == (10_000, 28, 28, 1)
    assert digits.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(digits.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert int(digits.images[0].sum()) == 18_454


def test_the_bundled_training_digits() -> None:
    digits = load_train()
    assert len(digits) == 60_000
    assert digits.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    data = arrays()
    path = tmp_path / "digits.npz"
    np.savez(path, x_test=data["x_test"], y_test=data["y_test"])
    assert_is(load_test(path), data["x_test"], data["y_test"])
    with pytest.raises(CnntuiError, match="has no train images"):
        load_train(path)


def test_an_npz_file(tmp_path: Path) -> None:
    path, data = npz(tmp_path), arrays()
    assert_is(load_test(path), data["x_test"], data["y_test"])
    assert_is(load_train(path), data["x_train"], data["y_train"])


def test_labels_may_be_any_integers_and_arrays_in_fortran_order(tmp_path: Path) -> None:
    data = arrays()
    path = npz(tmp_path, y_test=data["y_test"].astype(">i8"), x_test=np.asfortranarray(data["x_test"]))
    assert_is(load_test(path), data["x_test"], data["y_test"])


@pytest.mark.parametrize("zipped", [False, True])
def test_a_folder_of_idx_files(tmp_path: Path, zipped: bool) -> None:
    folder, data = idx_folder(tmp_path, zipped), arrays()
    assert_is(load_test(folder), data["x_test"], data["y_test"])
    assert_is(load_train(folder), data["x_train"], data["y_train"])


def test_colour_images_of_another_size_with_names_for_their_classes(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), np.uint8)
    path = tmp_path / "animals.npz"
    np.savez(path, x_test=images, y_test=np.array([2, 0, 1, 0]), class_names=np.array(["cat", "dog", "o\x1b[2Jx"]))
    data = load_test(path)
    np.testing.assert_array_equal(data.images, images)
    assert (data.shape, data.classes, data.labels.tolist()) == ((32, 32, 3), ("cat", "dog", "o\\x1b[2Jx"), [2, 0, 1, 0])
    assert (data.is_digits, data.name, data.source) == (False, "animals.npz", path)
    np.savez(path, x_test=images, y_test=np.array([2, 0, 1, 0]), class_names=np.array(["cat", "dog"]))
    with pytest.raises(CnntuiError, match="include one with the label 2; labels are 0 to 1"):
        load_test(path)


def test_classes_without_names_are_numbered_and_those_of_both_parts_count(tmp_path: Path) -> None:
    images = np.zeros((2, 8, 9), np.uint8)
    np.savez(tmp_path / "some.npz", x_test=images, y_test=[0, 1], x_train=images, y_train=[3, 300])
    data = load_test(tmp_path / "some.npz")
    assert (data.shape, data.classes) == ((8, 9, 1), tuple(str(number) for number in range(301)))
    assert load_train(tmp_path / "some.npz").labels.tolist() == [3, 300]


def test_what_is_laid_out_like_mnist_has_its_classes(tmp_path: Path) -> None:
    np.savez(tmp_path / "few.npz", x_test=np.zeros((2, 28, 28), np.uint8), y_test=[0, 4])
    few, bundled = load_test(tmp_path / "few.npz"), load_test()
    assert (few.shape, few.classes, few.is_digits) == (bundled.shape, bundled.classes, bundled.is_digits)
    assert (bundled.shape, bundled.classes, bundled.is_digits) == ((28, 28, 1), tuple("0123456789"), True)
    assert (few.source, bundled.source) == (tmp_path / "few.npz", None)


@pytest.mark.parametrize("names", [np.array([1, 2]), np.array([["a", "b"]]), np.zeros(0, "U1"), np.array(["x"] * 1001)])
def test_class_names_that_are_none(tmp_path: Path, names: Any) -> None:
    np.savez(tmp_path / "a.npz", x_test=np.zeros((1, 8, 8), np.uint8), y_test=[0], class_names=names)
    with pytest.raises(CnntuiError, match=r"'class_names' in .* it must be 1 to 1,000 texts"):
        load_test(tmp_path / "a.npz")


def test_grey_is_how_light_a_pixel_looks() -> None:
    pixels = np.array([[[255, 255, 255], [255, 0, 0]], [[0, 255, 0], [0, 0, 255]]], np.uint8)
    np.testing.assert_allclose(Image("a", pixels).grey, [[1, 0.299], [0.587, 0.114]], rtol=1e-6)
    one = np.array([[[255], [51]]], np.uint8)
    np.testing.assert_array_equal(Image("b", one).grey, ZERO_TO_ONE.applied(one)[..., 0])
    np.testing.assert_allclose(Image("c", np.array([[[0, 255]]], np.uint8)).grey, [[0.5]])


def test_the_first_images_of_a_data_set(digits: DataSet) -> None:
    few = digits.first(3)
    assert (len(few), few.shape, few.labels.tolist()) == (3, digits.shape, [7, 2, 1])
    assert len(few.first(5)) == 3


def test_digits_are_read_only(tmp_path: Path) -> None:
    for path in (npz(tmp_path), idx_folder(tmp_path)):
        with pytest.raises(ValueError, match="read-only"):
            load_test(path).images[0, 0, 0] = 1


def test_the_sha256_is_that_of_the_files(tmp_path: Path) -> None:
    assert data_sha256() == hashlib.sha256(asset("mnist.npz").read_bytes()).hexdigest()
    folder = idx_folder(tmp_path)
    in_order = [
        "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
    ]  # fmt: skip
    together = b"".join((folder / name).read_bytes() for name in in_order)
    assert data_sha256(folder) == hashlib.sha256(together).hexdigest()
    with pytest.raises(CnntuiError, match="no data set at"):
        data_sha256(tmp_path / "missing.npz")
    (folder / in_order[2]).unlink()
    with pytest.raises(CnntuiError, match=r"Beside .*t10k-labels-idx1-ubyte there is no file with the images"):
        data_sha256(folder)


def test_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(CnntuiError, match=r"There is no data set at .*missing\.npz\. Use a \.npz file like"):
        load_test(tmp_path / "missing.npz")


def test_a_folder_without_the_idx_files_says_which_are_missing(tmp_path: Path) -> None:
    with pytest.raises(CnntuiError, match="holds neither IDX files nor a subfolder with pictures for each class"):
        load_test(tmp_path)
    idx_folder(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(CnntuiError, match=r"Beside .*train-images-idx3-ubyte there is no file with the labels"):
        load_test(tmp_path)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"x_test": np.full((3, 28, 28), -0.5, np.float32)},
            "are float32 from -0.5 to -0.5; pixels are 0 to 255, 0 to 1, or -1 to 1",
        ),
        ({"x_test": np.full((3, 28, 28), 2.5)}, "are float64 from 2.5 to 2.5; pixels are 0 to 255, 0 to 1, or -1 to 1"),
        ({"x_test": np.uint8(3)}, "test images of .* are a single number; n×height×width is needed"),
        ({"y_test": np.zeros((3, 2), np.int64) + 2}, "have labels of the shape 3×2 .int64.; one class number each"),
        ({"x_test": np.full((3, 28, 28), np.nan)}, "have pixels that are infinite or not a number .NaN."),
        ({"x_test": np.full((3, 28, 28), "a")}, "test images of .* are <U1; pixels are uint8"),
        ({"x_test": np.full((3, 28, 28), 256)}, "are int64 from 256 to 256; pixels are 0 to 255"),
        ({"x_test": np.zeros((3, 785), np.uint8)}, "have the shape 3×785; n×height×width is needed"),
        ({"x_test": np.zeros((3, 0, 28), np.uint8)}, "have the shape 3×0×28; n×height×width is needed"),
        ({"x_test": np.zeros((3, 2, 4, 4, 3), np.uint8)}, "have the shape 3×2×4×4×3; n×height×width is needed"),
        ({"y_test": np.zeros(4, np.uint8)}, "are 3 images with 4 labels"),
        ({"y_test": np.array([1, 1000, 2], np.int64)}, "include one with the label 1000; labels are 0 to 999"),
        ({"y_test": np.array([1, -1, 2])}, "include one with the label -1; labels are 0 to 999"),
        ({"y_test": np.ones((3, 10), np.uint8)}, "labels with several classes each, or none"),
        (
            {"y_test": np.full((3, 2), 2)},
            "have labels of the shape .*; one class number each is needed, or one-hot rows",
        ),
        ({"y_test": np.full(3, 0.5)}, "labels that are not whole numbers .*; one class number each is needed"),
        ({"x_test": np.zeros((0, 28, 28), np.uint8), "y_test": np.zeros(0, np.uint8)}, ": there are none"),
        ({"x_test": np.array([{}, {}, {}], object)}, "'x_test' in .* holds pickled Python objects, .* not opened"),
        ({"y_test": np.array([print] * 3, object)}, "'y_test' in .* holds pickled Python objects"),
    ],
)
def test_arrays_that_are_no_digits_are_refused(tmp_path: Path, changed: dict[str, Any], message: str) -> None:
    path = npz(tmp_path, **changed)
    with pytest.raises(CnntuiError, match=message) as refused:
        load_test(path)
    assert str(path) in refused.value.message
    assert refused.value.hint


def test_files_that_are_no_archives(tmp_path: Path) -> None:
    path = tmp_path / "digits.npz"
    for content in (b"", b"hello", np.lib.format.MAGIC_PREFIX + b"\x01\x00", b"\x80\x04\x95"):
        path.write_bytes(content)
        with pytest.raises(CnntuiError, match="is not a data set: it is not a complete zip archive"):
            load_test(path)


def test_an_npz_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = npz(tmp_path).read_bytes()
    path = tmp_path / "cut.npz"
    for length in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:length])
        with pytest.raises(CnntuiError):
            load_test(path)


def test_an_npz_file_with_a_damaged_member_is_refused(tmp_path: Path) -> None:
    path = npz(tmp_path)
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("x_test.npy").header_offset
    content = bytearray(path.read_bytes())
    content[start + 200 : start + 300] = bytes(100)
    path.write_bytes(content)
    with pytest.raises(CnntuiError, match=r"x_test\.npy in .* cannot be read"):
        load_test(path)


IMAGES, LABELS = IDX_FILES["test"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (IMAGES, b"", f"{IMAGES} is truncated in its header"),
        (IMAGES, b"\x00\x00\x08\x01" + bytes(12), f"{IMAGES} begins with 00 00 08 01, not with 00 00 08 03"),
        (LABELS, b"\x00\x00\x0a\x01" + bytes(4), f"{LABELS} begins with 00 00 0a 01, not with 00 00 08 01"),
        (IMAGES, b"\x00\x00\x08\x03" + bytes(8), "truncated in its header"),
        (IMAGES, idx(arrays()["x_test"])[:-1], "declares 2,352 values but holds only 2,351"),
        (IMAGES, idx(arrays()["x_test"]) + b"x", "declares 2,352 values but holds more"),
        (IMAGES, idx(np.zeros((3, 0, 28), np.uint8)), "have the shape 3×0×28"),
        (IMAGES, b"\x00\x00\x08\x03" + b"\xff" * 12, r"declares 79,228,162,\S+ values, but is only"),
        (LABELS, idx(np.array([1, 2], np.uint8)), "are 3 images with 2 labels"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zipped", [False, True])
def test_idx_files_that_are_wrong(tmp_path: Path, name: str, content: bytes, message: str, zipped: bool) -> None:
    folder = idx_folder(tmp_path, zipped)
    if zipped:
        (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        message = message.replace(name, f"{name}.gz")
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(CnntuiError, match=message):
        load_test(folder)


def test_a_declared_size_is_held_against_the_file_before_anything_is_allocated(tmp_path: Path) -> None:
    folder = idx_folder(tmp_path)
    (folder / IMAGES).write_bytes(b"\x00\x00\x08\x03" + struct.pack(">3I", 1_000_000, 28, 28) + bytes(784))
    tracemalloc.start()
    try:
        with pytest.raises(CnntuiError, match="declares 784,000,000 values, but is only 800 bytes long"):
            load_test(folder)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("damage", ["truncated", "no IDX file", "overwritten"])
def test_gzipped_idx_files_that_are_damaged(tmp_path: Path, damage: str) -> None:
    folder = idx_folder(tmp_path, zipped=True)
    path = folder / f"{IMAGES}.gz"
    whole = path.read_bytes()
    damaged = {
        "truncated": whole[:-200],
        "no IDX file": b"\x1f\x8b" + idx(arrays()["x_test"]),
        "overwritten": whole[:500] + bytes(100) + whole[600:],
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(CnntuiError, match=f"{IMAGES}.gz (is damaged|declares)"):
        load_test(folder)


def test_files_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    path, folder = npz(tmp_path), idx_folder(tmp_path)
    monkeypatch.setattr(os, "open", refuse)  # Not chmod: root may read everything.
    for read, source in ((load_test, folder), (load_test, path), (data_sha256, folder), (data_sha256, path)):
        with pytest.raises(CnntuiError, match="cannot be read: Permission denied"):
            read(source)
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", refuse)
        with pytest.raises(CnntuiError, match="cannot be read: Permission denied"):
            load_test(path)


@pytest.mark.parametrize(
    ("kind", "says"),
    [("device", "it is a device"), ("pipe", "it is a pipe"), ("loop", "Too many levels of symbolic links"),
     ("huge", "it is too large (300 GB"), ("folder of pipes", "holds neither IDX files nor")],
)  # fmt: skip
def test_what_never_ends_is_not_waited_for(tmp_path: Path, kind: str, says: str) -> None:
    path = tmp_path / "data.npz"
    if kind == "device":
        path = Path("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(300 * 10**9)
    else:
        path.mkdir()
        for name in ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz"):
            os.mkfifo(path / name)
    for read in (load_test, load_train, data_sha256):
        with pytest.raises(CnntuiError) as caught:
            read(path)
        if read is not data_sha256 or kind != "folder of pipes":
            assert says in caught.value.message
