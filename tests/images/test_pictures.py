"""Pictures of every kind are read; everything else is refused in a sentence."""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.images import picture_file
from cnntui.images.data import DataSet
from cnntui.images.mnist_form import Box
from cnntui.images.pictures import load_picture
from tests.permissions import permissions_count

PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "picture.png"


def dark_on_light(digits: DataSet, index: int = 0, size: tuple[int, int] = (120, 90)) -> Image.Image:
    """A white page with a black digit of 56×56 pixels in its lower right corner."""
    page = Image.new("L", size, 255)
    digit = Image.fromarray(255 - digits.images[index, :, :, 0]).resize((56, 56), Image.Resampling.BICUBIC)
    page.paste(digit, (size[0] - 60, size[1] - 58))
    return page


def read(network: Network, path: Path) -> int:
    """The class that the network predicts for a picture."""
    return network.forward(network.input_of(load_picture(path).canvas.own(as_mnist=True).pixels)).predicted


def test_a_digit_of_mnist_as_a_picture_is_that_digit(digits: DataSet, file: Path) -> None:
    Image.fromarray(digits.images[0, :, :, 0]).save(file)
    picture = load_picture(file)
    assert (picture.name, picture.width, picture.height, picture.light_on_dark) == ("picture.png", 28, 28, True)
    own = picture.canvas.own(as_mnist=True)
    assert own.name == "picture.png"
    assert np.corrcoef(own.pixels.ravel(), digits.images[0].ravel())[0, 1] > 0.98


@pytest.mark.parametrize(("mode", "inverted"), [*((mode, False) for mode in PNG_MODES), ("L", True), ("I;16", True)])
def test_every_kind_of_png(network: Network, digits: DataSet, file: Path, mode: str, inverted: bool) -> None:
    page = dark_on_light(digits)
    if inverted:
        page = Image.fromarray(255 - np.asarray(page))
    sixteen_bits = Image.fromarray(np.asarray(page).astype(np.uint16) * 257)
    (sixteen_bits if mode == "I;16" else page.convert(mode)).save(file)
    assert load_picture(file).light_on_dark is inverted
    assert read(network, file) == 7


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 6])
@pytest.mark.parametrize("inverted", [False, True])
def test_sixteen_bits_of_grey_are_as_eight(digits: DataSet, tmp_path: Path, times: int, inverted: bool) -> None:
    ink = np.kron(np.pad(digits.images[0, :, :, 0], 40), np.ones((times, times), np.uint8)) // 3
    page = 60 + ink if inverted else 180 - ink
    Image.fromarray(page.astype(np.uint8)).save(tmp_path / "8.png")
    Image.fromarray(page.astype(np.uint16) * 257).save(tmp_path / "16.png")
    eight, sixteen = load_picture(tmp_path / "8.png"), load_picture(tmp_path / "16.png")
    assert sixteen.threshold == pytest.approx(eight.threshold, abs=1e-3)
    assert (sixteen.box, sixteen.light_on_dark) == (eight.box, inverted)
    one, other = (picture.canvas.own(as_mnist=True).pixels.astype(int) for picture in (eight, sixteen))
    assert np.abs(one - other).max() <= 3


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg(network: Network, digits: DataSet, tmp_path: Path, mode: str) -> None:
    # The end of the name says nothing.
    dark_on_light(digits).convert(mode).save(tmp_path / "photo", "JPEG")
    assert read(network, tmp_path / "photo") == 7


@pytest.mark.parametrize("ink", [0, 255])
@pytest.mark.parametrize("palette", [False, True])
def test_ink_on_nothing(network: Network, digits: DataSet, file: Path, ink: int, palette: bool) -> None:
    cover = Image.fromarray(255 - np.asarray(dark_on_light(digits)))
    drawing = Image.merge("RGBA", [Image.new("L", cover.size, ink)] * 3 + [cover])
    (drawing.quantize() if palette else drawing).save(file)
    assert load_picture(file).light_on_dark is (ink == 255)
    assert read(network, file) == 7


@pytest.mark.parametrize(("orientation", "suffix"), [*((number, "jpg") for number in range(1, 9)), (6, "png")])
def test_a_camera_held_in_any_way(
    network: Network, digits: DataSet, tmp_path: Path, orientation: int, suffix: str
) -> None:
    upright = dark_on_light(digits)
    turned = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180], 4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE], 6: [Image.Transpose.ROTATE_90], 7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }  # fmt: skip
    stored = upright
    for operation in turned.get(orientation, []):
        stored = stored.transpose(operation)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"photo.{suffix}"
    stored.save(path, exif=exif)
    picture = load_picture(path)
    assert (picture.width, picture.height) == (120, 90)
    assert read(network, path) == 7


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_large_picture_is_reduced_and_its_box_is_told_in_its_own_pixels(
    network: Network, digits: DataSet, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"photo.{suffix}"
    dark_on_light(digits).resize((1800, 1350)).save(path)
    picture = load_picture(path)
    assert (picture.width, picture.height) == (1800, 1350)
    # The ink of digit 0 is columns 6 to 21 and rows 7 to 26 of 28, each 30 pixels here, from column 900, row 480.
    box = picture.box
    assert np.abs(np.array([box.left - 1080, box.top - 690, box.width - 480, box.height - 600])).max() <= 45
    assert read(network, path) == 7


def test_a_picture_that_is_wide_lies_in_the_middle_of_the_canvas(file: Path) -> None:
    image = np.zeros((50, 200), np.uint8)
    image[10:40, 100:110] = 255
    Image.fromarray(image).save(file)
    picture = load_picture(file)
    assert picture.box == Box(10, 100, 30, 10)
    rows, cols = np.nonzero(picture.canvas.image > 0.3)
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (12, 15, 14, 15)


# What is refused


@pytest.fixture(autouse=True)
def no_warnings(recwarn: pytest.WarningsRecorder) -> Iterator[None]:
    """Warnings would be written on the terminal, where the app paints."""
    yield
    assert not [warning.message for warning in recwarn]


def complaint(path: Path) -> str:
    """The sentence that refuses a file."""
    with pytest.raises(CnntuiError) as caught:
        load_picture(path)
    assert re.fullmatch(r"[^\n]+\.", caught.value.message)
    assert caught.value.hint.endswith(".")
    return caught.value.message


def png(width: int, height: int, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG of 8-bit grey that claims a size, with more chunks."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunk(*each) for each in more) + chunk(b"IEND", b"")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert complaint(tmp_path / "none.png") == f"There is no file {tmp_path / 'none.png'}."
    assert "File name too long" in complaint(tmp_path / ("x" * 300))
    assert "is not a path" in complaint(tmp_path / "a\0b.png")


def test_a_folder_and_a_pipe(tmp_path: Path) -> None:
    assert "is a folder" in complaint(tmp_path)
    assert "is a folder" in complaint(Path("/"))
    os.mkfifo(tmp_path / "pipe.png")
    assert complaint(tmp_path / "pipe.png") == "pipe.png is not an ordinary file."
    assert "not an ordinary file" in complaint(Path("/dev/zero"))


def test_a_file_that_may_not_be_read(digits: DataSet, file: Path) -> None:
    dark_on_light(digits).save(file)
    file.chmod(0)
    with permissions_count():
        assert complaint(file) == "picture.png cannot be read: Permission denied."


def test_a_file_that_cannot_be_opened(digits: DataSet, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dark_on_light(digits).save(file)

    def refuse(*arguments: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert complaint(file) == "picture.png cannot be read: Permission denied."


@pytest.mark.parametrize("content", [b"hello, I am text\n", b"\0" * 100, b"\x89PNG", b"\xff\xd8"])
def test_what_is_no_picture(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert complaint(file) == "picture.png is no picture."


def test_an_empty_file(file: Path) -> None:
    file.write_bytes(b"")
    assert complaint(file) == "picture.png is empty."


@pytest.mark.parametrize("kind", ["WebP", "GIF", "BMP"])
@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_other_usual_kinds_of_pictures(network: Network, digits: DataSet, file: Path, kind: str, mode: str) -> None:
    dark_on_light(digits).convert(mode).save(file, kind)
    assert read(network, file) == 7


@pytest.mark.parametrize("kind", ["WebP", "GIF"])
def test_the_first_picture_of_an_animation(network: Network, digits: DataSet, file: Path, kind: str) -> None:
    first, *more = (dark_on_light(digits, index) for index in (0, 1, 2))
    first.save(file, kind, save_all=True, append_images=more)
    assert read(network, file) == 7


def test_sound_is_no_picture(file: Path) -> None:
    file.write_bytes(b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 50)
    assert complaint(file) == "picture.png is no picture."


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_other_kinds_of_pictures_are_refused_by_name(digits: DataSet, file: Path, kind: str) -> None:
    dark_on_light(digits).save(file, kind)
    assert complaint(file) == f"picture.png is a {kind} file; only PNG, JPEG, WebP, GIF or BMP can be read."


def test_photos_of_phones_are_refused_by_name(file: Path) -> None:
    file.write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 50)
    assert "is a HEIC file" in complaint(file)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WebP", "GIF", "BMP"])
def test_a_file_that_was_cut_off_anywhere(digits: DataSet, file: Path, kind: str) -> None:
    dark_on_light(digits).save(file, kind)
    whole = file.read_bytes()
    for length in range(30, len(whole) - 40, 97):
        file.write_bytes(whole[:length])
        assert re.search("damaged or cut off", complaint(file)), length


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.slow
def test_bytes_that_were_changed_never_do_more_than_complain(digits: DataSet, file: Path, kind: str) -> None:
    dark_on_light(digits).save(file, kind)
    whole = file.read_bytes()
    random = np.random.default_rng(3)
    refused = 0
    for _ in range(20):
        broken = bytearray(whole)
        for place in random.integers(0, len(whole), 5):
            broken[place] = random.integers(0, 256)
        file.write_bytes(broken)
        try:
            load_picture(file)
        except CnntuiError:
            refused += 1
    assert refused > 4


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (0, 0)])
def test_a_picture_without_pixels(file: Path, size: tuple[int, int]) -> None:
    file.write_bytes(png(*size))
    assert complaint(file) == f"picture.png has {size[0]}×{size[1]} pixels: there is nothing to see."


def test_a_huge_picture_is_refused_before_it_is_decoded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda *_: pytest.fail("it was decoded"))
    # Nothing but a header: only what it claims can be found fault with.
    file.write_bytes(png(10_000, 6_000, (b"IDAT", b"")))
    assert complaint(file) == "picture.png has 10,000×6,000 pixels; the limit is 50 million."
    file.write_bytes(png(60_000, 60_000, (b"IDAT", b"")))
    assert complaint(file) == "picture.png has far more pixels; the limit is 50 million."


def test_a_huge_file_is_not_even_opened(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with file.open("wb") as stream:
        stream.truncate(60_000_000)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was opened"))
    assert complaint(file) == "picture.png is 60 MB large; the limit is 50 MB."


@pytest.mark.slow
def test_text_that_swells_inside_a_picture(file: Path) -> None:
    swollen = b"Comment\0\0" + zlib.compress(b"\0" * 50_000_000)
    file.write_bytes(png(28, 28, (b"zTXt", swollen), (b"IDAT", zlib.compress(b"\0" * 29 * 28))))
    assert "damaged" in complaint(file) or "flat" in complaint(file)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
def test_one_flat_colour(file: Path, mode: str) -> None:
    Image.new(mode, (40, 30)).save(file)
    assert complaint(file) == "picture.png is one flat colour: there is no ink on it."


def test_names_are_shown_without_what_a_terminal_would_obey(tmp_path: Path) -> None:
    path = tmp_path / "\x1b[31m\nred.png"
    assert "\x1b" not in complaint(path)
    path.write_bytes(b"text")
    assert complaint(path) == "\\x1b[31m\\nred.png is no picture."


def test_the_limits_are_those_that_are_told() -> None:
    assert picture_file.MOST_PIXELS == picture_file.MOST_BYTES == 50_000_000
