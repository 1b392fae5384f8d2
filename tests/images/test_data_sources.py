"""Labelled images as people have them: arrays by any names, IDX files in any spelling, folders of pictures, tables."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnntui.files.errors import CnntuiError
from cnntui.images.data import (
    DataSet,
    counted_as,
    data_sha256,
    load_classes,
    load_shown,
    load_test,
    load_train,
    with_classes,
)
from cnntui.images.sources import folder
from tests.images.test_data import idx

RNG = np.random.default_rng(5)
IMAGES = RNG.integers(0, 256, (6, 8, 8), np.uint8)
COLOURS = RNG.integers(0, 256, (6, 8, 9, 3), np.uint8)
LABELS = np.array([0, 1, 2, 2, 1, 0])


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("x_test", "y_test"),
        ("X_test", "y_test"),
        ("test_images", "test_labels"),
        ("images", "labels"),
        ("arr_0", "arr_1"),
        ("X_test", "Y_test"),
        ("testX", "testY"),
        ("x_val", "y_val"),
        ("imgs_test", "labels_test"),
        ("data", "target"),
        ("image", "label"),
        ("X", "Y"),
    ],
)
@pytest.mark.parametrize(
    "stored",
    [IMAGES, IMAGES[..., np.newaxis], IMAGES.reshape(6, 64), IMAGES.astype(np.int64), IMAGES.astype(np.float32)],
)
def test_arrays_of_any_usual_name_and_layout(tmp_path: Path, images: str, labels: str, stored: Any) -> None:
    np.savez(tmp_path / "a.npz", **{images: stored, labels: LABELS})
    data = load_shown(tmp_path / "a.npz")
    np.testing.assert_array_equal(data.images, IMAGES[..., np.newaxis])
    assert data.labels.tolist() == LABELS.tolist()
    assert (data.images.dtype, data.classes, data.notes) == (np.uint8, ("0", "1", "2"), ())


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_shares_of_the_brightest_become_levels(tmp_path: Path, dtype: Any) -> None:
    np.savez(tmp_path / "a.npz", x_test=(COLOURS / 255).astype(dtype), y_test=LABELS)
    data = load_test(tmp_path / "a.npz")
    np.testing.assert_array_equal(data.images, COLOURS)
    assert data.notes == ("Its pixels are stored as 0 to 1; they were turned into levels from 0 to 255.",)


def test_what_is_laid_out_like_mnist_may_have_fewer_classes(tmp_path: Path) -> None:
    labels = np.array([0, 1, 1, 0])
    np.savez(tmp_path / "pneumonia.npz", test_images=np.zeros((4, 28, 28), np.uint8), test_labels=labels[:, np.newaxis])
    data = load_test(tmp_path / "pneumonia.npz")
    assert counted_as(data, 10) is data
    assert counted_as(data, 2).classes == ("0", "1")
    assert counted_as(data, 1) is data


def test_levels_with_fractions_are_rounded_and_words_may_be_bytes(tmp_path: Path) -> None:
    words = np.array([b"ant", b"cow", b"bee"])[LABELS]
    np.savez(tmp_path / "a.npz", x_test=np.minimum(COLOURS + 0.25, 255), y_test=words)
    data = load_test(tmp_path / "a.npz")
    np.testing.assert_array_equal(data.images, COLOURS)
    assert data.notes == ("Its pixels are stored with fractions; they were rounded to whole levels.",)
    assert [data.classes[label] for label in data.labels] == [word.decode() for word in words]


def test_channels_before_the_rows_are_put_last(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_test=COLOURS.transpose(0, 3, 1, 2), y_test=LABELS)
    data = load_test(tmp_path / "a.npz")
    np.testing.assert_array_equal(data.images, COLOURS)
    assert data.notes == ("Its channels are stored before its rows; they were put last.",)


@pytest.mark.parametrize(
    "labels", [LABELS[:, np.newaxis], np.eye(3)[LABELS], np.eye(3, dtype=bool)[LABELS], LABELS.astype(np.float32)]
)
def test_labels_in_columns_or_one_hot(tmp_path: Path, labels: Any) -> None:
    np.savez(tmp_path / "a.npz", x_test=IMAGES, y_test=labels)
    assert load_test(tmp_path / "a.npz").labels.tolist() == LABELS.tolist()


def test_labels_that_are_words_name_the_classes(tmp_path: Path) -> None:
    words = np.array(["ship", "cat", "frog"])[LABELS]
    np.savez(tmp_path / "a.npz", x_test=IMAGES, y_test=words, x_train=IMAGES[:1], y_train=np.array(["dog"]))
    data = load_test(tmp_path / "a.npz")
    assert data.classes == ("cat", "dog", "frog", "ship")
    assert [data.classes[label] for label in data.labels] == words.tolist()


def test_one_image_with_channels_that_look_like_rows_is_left_alone(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_test=np.zeros((6, 3, 8, 3), np.uint8), y_test=LABELS)
    assert load_test(tmp_path / "a.npz").shape == (3, 8, 3)


def test_test_images_come_before_those_for_validation(tmp_path: Path) -> None:
    parts = {"x_train": IMAGES, "y_train": LABELS, "x_val": IMAGES[1:], "y_val": LABELS[1:]}
    np.savez(tmp_path / "a.npz", **parts)
    np.savez(tmp_path / "b.npz", **parts, x_test=IMAGES[2:], y_test=LABELS[2:])
    assert [len(load_shown(tmp_path / name)) for name in ("a.npz", "b.npz")] == [5, 4]


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
def test_black_and_white_of_any_type_are_the_ends_of_the_scale(tmp_path: Path, dtype: Any) -> None:
    white = IMAGES > 127
    np.savez(tmp_path / "a.npz", x_test=white.astype(dtype), y_test=LABELS)
    data = load_test(tmp_path / "a.npz")
    np.testing.assert_array_equal(data.images[..., 0], white * 255)
    assert data.notes == ("Its pixels are stored as 0 to 1; they were turned into levels from 0 to 255.",)


def test_numbers_from_minus_one_to_one_become_levels(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_test=COLOURS / 127.5 - 1, y_test=LABELS)
    data = load_test(tmp_path / "a.npz")
    np.testing.assert_array_equal(data.images, COLOURS)
    assert data.notes == ("Its pixels are stored as -1 to 1; they were turned into levels from 0 to 255.",)


def test_levels_that_are_all_dark_are_told_of(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", data=(IMAGES // 16).reshape(6, 64).astype(float), target=LABELS)
    data = load_shown(tmp_path / "a.npz")
    np.testing.assert_array_equal(data.images[..., 0], IMAGES // 16)
    assert data.notes == ("Its lightest pixel is 15 of 255, so its images look dark.",)


def test_labels_that_are_words_are_placed_among_the_names_of_the_classes(tmp_path: Path) -> None:
    names = np.array([["frog"], ["cat"], ["dog"], ["bird"]])
    np.savez(tmp_path / "a.npz", x_test=IMAGES, y_test=names[LABELS, 0], class_names=names)
    data = load_test(tmp_path / "a.npz")
    assert (data.classes, data.labels.tolist()) == (("frog", "cat", "dog", "bird"), LABELS.tolist())
    np.savez(tmp_path / "a.npz", x_test=IMAGES, y_test=names[LABELS, 0], class_names=names[1:])
    with pytest.raises(CnntuiError, match="include one with the label ‘frog’, which is not among the names"):
        load_test(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", x_test=IMAGES, y_test=LABELS, class_names=names[:2])
    with pytest.raises(CnntuiError, match="with the label 2; labels are 0 to 1, because 2 classes are named"):
        load_test(tmp_path / "a.npz")


def test_arrays_by_other_names_are_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", pictures=IMAGES, y_test=LABELS)
    with pytest.raises(CnntuiError, match="holds pictures, y_test: no images with labels"):
        load_test(tmp_path / "a.npz")


def test_what_is_not_divided_is_divided_in_the_same_way_every_time(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=IMAGES, labels=LABELS)
    np.savez(tmp_path / "b.npz", x_train=IMAGES, y_train=LABELS)
    assert len(load_shown(tmp_path / "a.npz")) == 6
    assert load_shown(tmp_path / "b.npz").notes == ("b.npz has no test images; these are its training images.",)
    train, test = load_train(tmp_path / "a.npz"), load_test(tmp_path / "a.npz")
    np.testing.assert_array_equal(train.images[..., 0], IMAGES[:5])
    np.testing.assert_array_equal(test.images[..., 0], IMAGES[5:])
    assert test.labels.tolist() == [LABELS[5]]
    assert test.notes == ("a.npz is not divided: one image in 6 is kept for testing, the others are for training.",)
    np.savez(tmp_path / "c.npz", images=IMAGES[:5], labels=LABELS[:5])
    with pytest.raises(CnntuiError, match="too few to keep some for testing"):
        load_train(tmp_path / "c.npz")
    with pytest.raises(CnntuiError, match="has no test images"):
        load_test(tmp_path / "b.npz")


@pytest.mark.parametrize(
    "spelling",
    [
        "t10k-{}-idx{}-ubyte",
        "t10k-{}.idx{}-ubyte",
        "some-test-{}-idx{}-ubyte",
        "test_{}.idx{}.ubyte",
        "T10K-{}.idx{}",
        "test-{}.idx",
        "t10k-{}",
        "{}-idx{}-ubyte",
        "validation-{}-idx{}-ubyte (1)",
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_idx_files_in_every_spelling(tmp_path: Path, spelling: str, zipped: bool) -> None:
    files = []
    for what, array in (("images", IMAGES), ("labels", LABELS.astype(np.uint8))):
        file = tmp_path / (spelling.format(what, array.ndim) + ".gz" * zipped)
        # The labels have been unpacked, whatever their name says.
        file.write_bytes(gzip.compress(idx(array)) if zipped and what == "images" else idx(array))
        files.append(file)
    for named in (tmp_path, *files):
        data = load_shown(named)
        np.testing.assert_array_equal(data.images[..., 0], IMAGES)
        assert data.labels.tolist() == LABELS.tolist()


@pytest.mark.parametrize("dtype", [">i4", ">i2", ">f4", "u1"])
def test_idx_files_of_other_types_and_with_more_facts_than_the_class(tmp_path: Path, dtype: str) -> None:
    code = {">i2": 11, ">i4": 12, ">f4": 13, "u1": 8}[dtype]
    facts = np.stack([LABELS, LABELS + 100], axis=1).astype(dtype)
    colour = COLOURS.astype(dtype)
    for name, array in (("images", colour), ("labels", facts)):
        header = bytes((0, 0, code, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
        (tmp_path / f"qmnist-test-{name}-idx{array.ndim}-int").write_bytes(header + array.tobytes())
    data = load_test(tmp_path)
    np.testing.assert_array_equal(data.images, COLOURS)
    assert data.labels.tolist() == LABELS.tolist()


def write_emnist(path: Path, which: str, labels: np.ndarray) -> None:
    lying = np.ascontiguousarray(IMAGES.swapaxes(1, 2))
    (path / f"emnist-{which}-test-images-idx3-ubyte").write_bytes(idx(lying))
    (path / f"emnist-{which}-test-labels-idx1-ubyte").write_bytes(idx(labels.astype(np.uint8)))


def test_emnist_is_turned_upright_and_its_letters_are_named(tmp_path: Path) -> None:
    write_emnist(tmp_path, "letters", LABELS + 1)
    data = load_test(tmp_path)
    np.testing.assert_array_equal(data.images[..., 0], IMAGES)
    assert "".join(data.class_name(label) for label in data.labels) == "ABCCBA"
    assert data.notes == ("The images of EMNIST are stored lying on their side; they were turned upright.",)
    # A network of 27 outputs counts them from 1, as the data set does.
    counted = counted_as(data, 27)
    assert "".join(counted.class_name(label) for label in counted.labels) == "ABCCBA"
    assert counted.labels.tolist() == (LABELS + 1).tolist()
    assert counted_as(data, 26) is data
    assert counted_as(counted, 27) is counted
    write_emnist(tmp_path, "balanced", LABELS + 34)
    with pytest.raises(CnntuiError, match="holds several data sets: emnist-balanced, emnist-letters"):
        load_test(tmp_path)
    data = load_test(tmp_path / "emnist-balanced-test-images-idx3-ubyte")
    assert ("".join(map(data.class_name, data.labels)), len(data.classes)) == ("YZaaZY", 47)


def write_pictures(root: Path, size: tuple[int, int] = (9, 8)) -> Path:
    """Two pictures for each of three classes, `root/name/0.png`."""
    for number, (label, pixels) in enumerate(zip(LABELS, COLOURS, strict=True)):
        file = root / ("cat", "dog", "frog")[label] / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST).save(file)
    return root


def test_a_folder_of_pictures_has_a_class_for_each_subfolder(tmp_path: Path) -> None:
    (write_pictures(tmp_path) / "cat" / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden").mkdir()
    data = load_shown(tmp_path)
    assert (data.classes, data.labels.tolist(), data.shape) == (("cat", "dog", "frog"), [0, 1, 2, 0, 1, 2], (8, 9, 3))
    np.testing.assert_array_equal(data.images, COLOURS[[0, 1, 2, 5, 4, 3]])
    before = data_sha256(tmp_path)
    (tmp_path / "dog" / "9.png").write_bytes((tmp_path / "cat" / "0.png").read_bytes())
    assert data_sha256(tmp_path) != before


@pytest.mark.parametrize("shape", [(5, 6, 3), (16, 16, 3), (7, 9, 1), (8, 9, 4)])
def test_pictures_are_brought_to_the_size_of_a_network_as_load_img_does(tmp_path: Path, shape: Any) -> None:
    data = load_shown(write_pictures(tmp_path, (30, 20)), shape)
    with Image.open(tmp_path / "cat" / "0.png") as picture:
        mode = {1: "L", 3: "RGB", 4: "RGBA"}[shape[2]]
        expected = np.asarray(picture.convert(mode).resize((shape[1], shape[0]), Image.Resampling.NEAREST))
    np.testing.assert_array_equal(data.images[0], expected.reshape(shape))


def test_pictures_in_folders_within_that_of_a_class_are_found_as_keras_finds_them(tmp_path: Path) -> None:
    for place in range(4):
        folder = tmp_path / "ab"[place % 2] / "within" / "more"[: place + 1]
        folder.mkdir(parents=True)
        Image.fromarray(np.full((5, 6, 3), place, np.uint8)).save(folder / "x.PNG")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    data = load_shown(tmp_path)
    assert data.classes == ("a", "b")
    assert sorted(zip(data.labels.tolist(), data.images[:, 0, 0, 0].tolist(), strict=True)) == [
        (0, 0), (0, 2), (1, 1), (1, 3),
    ]  # fmt: skip


def test_a_folder_that_only_groups_others_is_none_of_a_class(tmp_path: Path) -> None:
    """Archives often hold a single folder, in which the folders of the classes are."""
    write_pictures(tmp_path / "a" / "PetImages")
    write_pictures(tmp_path / "b" / "data" / "train")
    np.savez(tmp_path / "c.npz", x_test=IMAGES, y_test=LABELS)
    (tmp_path / "raw" / "MNIST" / "raw").mkdir(parents=True)
    for name, array in (("images", IMAGES), ("labels", LABELS.astype(np.uint8))):
        (tmp_path / "raw" / "MNIST" / "raw" / f"t10k-{name}-idx{array.ndim}-ubyte").write_bytes(idx(array))
    for name in ("a", "b"):
        assert load_shown(tmp_path / name).classes == ("cat", "dog", "frog")
    assert load_shown(tmp_path / "raw").labels.tolist() == LABELS.tolist()
    # The pictures of a single class may be in folders too.
    Image.new("L", (5, 4)).save(tmp_path / "a" / "PetImages" / "0.png")
    assert load_shown(tmp_path / "a", (4, 4, 1)).classes == ("PetImages",)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.npy", b"\x93NUMPY\x01\0", "is a single NumPy array, but images need their labels"),
        ("x.h5", b"\x89HDF\r\n\x1a\n", "is an HDF5 file"),
        ("x.mat", b"MATLAB 5.0 MAT-file", "is a MATLAB file"),
        ("x.parquet", b"PAR1\0", "is a Parquet file"),
        ("data_batch_1", b"\x80\x04\x95", "is a pickle of Python, which runs code when it is loaded"),
        ("x.csv.gz", gzip.compress(b"label,pixel0", mtime=0), "is packed with gzip"),
        ("x.tar", bytes(257) + b"ustar\0", "is a tar archive"),
        ("x.zip", b"PK\x05\x06" + bytes(18), "is a zip archive without arrays"),
        ("x.png", b"\x89PNG\r\n\x1a\n", "is a picture, not a data set"),
        ("x.bin", b"\0\0\x08\x03" + bytes(12), "is an IDX file, but its name does not say what it holds"),
        ("in/x.npz", b"", "The folder .* holds x.npz"),
        ("in/x.png", b"", "The folder .* holds 1 picture, but no subfolder for each class"),
        ("in/cat/x.ppm", b"", "The pictures in .* are .ppm files; only PNG, JPEG, WebP, GIF or BMP can be read"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[-8:] else "",
)
def test_what_is_no_data_set_is_called_what_it_is(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(CnntuiError, match=says) as refused:
        load_shown(path if path.parent == tmp_path else tmp_path / "in")
    assert refused.value.hint


def test_pictures_that_cannot_be_read_are_left_out_and_told_of(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    (tmp_path / "dog" / "0.png").write_bytes(b"no picture")
    (tmp_path / "dog" / "0.gif").symlink_to("/dev/zero")
    data = load_shown(tmp_path)
    assert len(data) == 6
    assert data.notes == ("2 of the pictures cannot be read. 0.gif is not an ordinary file.",)
    assert data_sha256(tmp_path)


def test_pictures_of_several_sizes_need_a_network(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    Image.new("L", (5, 4)).save(tmp_path / "dog" / "0.png")
    assert load_shown(tmp_path, (8, 8, 3)).shape == (8, 8, 3)
    with pytest.raises(CnntuiError, match="have different sizes, from 4×5 to 8×9"):
        load_shown(tmp_path)


def test_of_too_many_pictures_the_first_of_each_class_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_PICTURES", 4)
    data = load_shown(write_pictures(tmp_path))
    assert data.labels.tolist() == [0, 1, 2, 0]
    assert data.notes == (f"Only the first 4 of the 6 pictures in {tmp_path} are read.",)


def test_pictures_that_claim_many_pixels_cost_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_PIXELS", 3 * 8 * 9)
    assert len(load_shown(write_pictures(tmp_path))) == 3


def test_folders_for_training_and_testing_are_its_parts(tmp_path: Path) -> None:
    write_pictures(tmp_path / "train")
    write_pictures(tmp_path / "validation")
    (tmp_path / "validation" / "ant").mkdir()
    for load in (load_train, load_test, load_shown):
        assert load(tmp_path).labels.tolist() == [1, 2, 3, 1, 2, 3]


HEADER = "label," + ",".join(f"pixel{number}" for number in range(64))


def rows(images: np.ndarray = IMAGES) -> list[str]:
    return [",".join(map(str, [label, *image.ravel()])) for label, image in zip(LABELS, images, strict=True)]


@pytest.mark.parametrize("header", [[], [HEADER], [HEADER.title()]])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_of_labels_and_pixels(tmp_path: Path, header: list[str], mark: str, end: str) -> None:
    (tmp_path / "a.csv").write_text(mark + end.join([*header, *rows(), ""]), newline="")
    data = load_shown(tmp_path / "a.csv")
    np.testing.assert_array_equal(data.images[..., 0], IMAGES)
    assert data.labels.tolist() == LABELS.tolist()


def test_a_table_with_all_pixels_in_one_column(tmp_path: Path) -> None:
    lines = [
        f'{label},"{" ".join(map(str, image.ravel()))}",Training' for label, image in zip(LABELS, IMAGES, strict=True)
    ]
    (tmp_path / "faces.csv").write_text("\n".join(["emotion,pixels,Usage", *lines]))
    data = load_shown(tmp_path / "faces.csv")
    np.testing.assert_array_equal(data.images[..., 0], IMAGES)
    assert data.labels.tolist() == LABELS.tolist()


@pytest.mark.parametrize(
    ("usages", "train", "test"),
    [
        (["Training"] * 3 + ["PublicTest", "PrivateTest", "PrivateTest"], [0, 1, 2], [4, 5]),
        (["val", "train", "val", "train", "train", "train"], [1, 3, 4, 5], [0, 2]),
        (["test", "train", "val", "train", "train", "test"], [1, 3, 4], [0, 5]),
    ],
)
@pytest.mark.parametrize("spread", [False, True])
@pytest.mark.parametrize("is_last", [False, True])
def test_a_column_says_which_part_an_image_belongs_to(
    tmp_path: Path, usages: list[str], train: list[int], test: list[int], spread: bool, is_last: bool
) -> None:
    mark = "," if spread else " "
    pixels = [mark.join(map(str, image.ravel())) for image in IMAGES]
    names = ",".join(f"p{place}" for place in range(IMAGES[0].size)) if spread else "pixels"
    columns = [["emotion", *map(str, LABELS)], [names, *pixels], ["Usage", *usages]]
    order = (0, 1, 2) if is_last else (2, 0, 1)
    lines = [",".join(columns[place][row] for place in order) for row in range(len(IMAGES) + 1)]
    (tmp_path / "faces.csv").write_text("\n".join(lines))
    for data, rows_of_part in ((load_train(tmp_path / "faces.csv"), train), (load_test(tmp_path / "faces.csv"), test)):
        np.testing.assert_array_equal(data.images[..., 0], IMAGES[rows_of_part])
        assert data.labels.tolist() == LABELS[rows_of_part].tolist()


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_with_words_shares_and_other_marks(tmp_path: Path, mark: str) -> None:
    """As spreadsheets and pandas write it: quoted, numbered, with the label last or first, and decimals."""
    words = np.array(["cat, grey", "dog", "7"])
    path = tmp_path / f"a.{'tsv' if mark != ',' else 'csv'}"

    def written(header: list[str], fields: Callable[[int], list[object]]) -> DataSet:
        quoted = (mark.join(f'"{field}"' for field in fields(place)) for place in range(len(IMAGES)))
        path.write_text("\n".join([mark.join(header), *quoted][not header :]))
        return load_shown(path)

    names = [f"p{place}" for place in range(IMAGES[0].size)]
    numbered = written(["", "label", *names], lambda place: [place, words[LABELS[place] % 3], *IMAGES[place].ravel()])
    last = written([], lambda place: [*(IMAGES[place].ravel() / 255), words[LABELS[place] % 3]])
    one = [" ".join(map(str, image.ravel())) for image in IMAGES]
    spread = written(["pixels", "class"], lambda place: [one[place], words[LABELS[place] % 3]])
    for data in (numbered, last, spread):
        np.testing.assert_array_equal(data.images[..., 0], IMAGES)
        assert [data.classes[label] for label in data.labels] == [*words[LABELS % 3]]


NUMBERED = ",".join(map(str, range(65)))


@pytest.mark.parametrize("head", [[], [NUMBERED]])
@pytest.mark.parametrize("count", [4, len(IMAGES)])
@pytest.mark.parametrize("edge", ["black", "anything"])
def test_labels_are_in_the_first_or_the_last_column_as_their_numbers_tell(
    tmp_path: Path, head: list[str], count: int, edge: str
) -> None:
    images = IMAGES.copy()
    if edge == "black":
        images[:, [0, -1], [0, -1]] = 0
    first = rows(images)[:count]
    last = [row.partition(",")[2] + "," + row.partition(",")[0] for row in first]
    for table, notes in ((first, 0), (last, 1)):
        (tmp_path / "a.csv").write_text("\n".join([*head, *table]))
        data = load_shown(tmp_path / "a.csv")
        np.testing.assert_array_equal(data.images[..., 0], images[:count])
        assert data.labels.tolist() == LABELS[:count].tolist()
        assert len(data.notes) == notes


@pytest.mark.parametrize("name", ["digit", "character", "letter "])
def test_a_column_of_another_name_than_all_others_holds_the_labels(tmp_path: Path, name: str) -> None:
    header = ["", *(f"{row}x{col}" for row in range(8) for col in range(8)), name]
    table = [
        ",".join(map(str, [100 + place, *image.ravel(), f"{label}.0"]))
        for place, (label, image) in enumerate(zip(LABELS, IMAGES, strict=True))
    ]
    (tmp_path / "a.csv").write_text("\n".join([",".join(header), *table]))
    data = load_shown(tmp_path / "a.csv")
    np.testing.assert_array_equal(data.images[..., 0], IMAGES)
    assert (data.labels.tolist(), data.classes) == (LABELS.tolist(), ("0", "1", "2"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\r", "\r\n"])
@pytest.mark.parametrize("mark", [",", ", ", " ", "  "])
def test_tables_of_any_encoding_and_line_end_and_with_spaces(
    tmp_path: Path, encoding: str, end: str, mark: str
) -> None:
    text = end.join([*rows(), ""]).replace(",", mark)
    (tmp_path / "optdigits.tes").write_bytes(text.encode(encoding))
    data = load_shown(tmp_path / "optdigits.tes")
    np.testing.assert_array_equal(data.images[..., 0], IMAGES)
    assert data.labels.tolist() == LABELS.tolist()


def test_the_table_of_the_other_part_is_found_beside_it(tmp_path: Path) -> None:
    (tmp_path / "mnist_test.csv").write_text("\n".join(rows()))
    (tmp_path / "mnist_train.csv").write_text("\n".join(rows() * 2))
    for name in ("mnist_test.csv", "mnist_train.csv"):
        assert (len(load_train(tmp_path / name)), len(load_test(tmp_path / name))) == (12, 6)
    (tmp_path / "mnist_test.csv").write_text("\n".join(row.partition(",")[2] for row in rows()))
    assert len(load_shown(tmp_path / "mnist_train.csv")) == 12


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no column of labels"),
        ("pixel0,pixel1\n1,2", "has no column of labels: it begins with ‘pixel0’"),
        ("1,2,3", "has 2 pixels in a row, which do not make a square"),
        ("1,2,3,x,z", "is damaged: image 0 has 'x' in column 3, which is not a number."),
        ("1,2,3,4,5\n1,2,3", "is damaged: image 1 has 3 columns, and those before it 5."),
        ("label,pixel0\n", "is damaged: it has no row."),
        ("1,2,3,4,300", "are int16 from 2 to 300"),
        ("1,2,3,4,99999999999", "are float32 from 2 to 1e+11"),
        pytest.param(
            "1," * 600_000,
            "is damaged: a row is longer than 1,048,576 characters",
            id="long row",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_tables_that_are_wrong(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(CnntuiError) as caught:
        load_shown(tmp_path / "a.csv")
    assert says in caught.value.message
    assert caught.value.hint


def test_names_for_classes_from_a_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_test=IMAGES, y_test=LABELS)
    names, data = tmp_path / "names.txt", load_test(tmp_path / "a.npz")
    names.write_text("T-shirt\r\ntrouser \n外套\x1b[2J\nbag\n\n")
    classes = with_classes(data, load_classes(names)).classes
    assert classes == ("T-shirt", "trouser", "外套\\x1b[2J", "bag")
    shapes = with_classes(data, ("cat", "dog", "frog"))
    other = with_classes(shapes, ("frog", "ant", "cat", "dog"))
    assert [other.class_name(label) for label in other.labels] == [shapes.class_name(label) for label in shapes.labels]
    with pytest.raises(CnntuiError, match=r"There are 2 names for classes, but a\.npz has images of class 2"):
        with_classes(data, ("a", "b"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_names_of_any_encoding_and_line_end(tmp_path: Path, encoding: str, end: str) -> None:
    names = tmp_path / "names.txt"
    names.write_bytes(end.join(["Käse", " 外套\t", "bag", "", ""]).encode(encoding))
    assert load_classes(names) == ("Käse", "外套", "bag")


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "line 1 is empty"), (b"a\n\nb", "line 2 is empty"), (b"K\xe4se", "not text in UTF-8 or UTF-16"),
     (b"a\n" * 1001, "it has 1,001 lines"), (b"a" * 2_000_000, "it is too large")],
)  # fmt: skip
def test_lists_of_names_that_are_wrong(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "names.txt").write_bytes(content)
    with pytest.raises(CnntuiError, match=says):
        load_classes(tmp_path / "names.txt")
