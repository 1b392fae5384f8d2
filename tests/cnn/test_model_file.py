"""Files that people name: some are read, judged by their content; for others, cnntui says what they are."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from cnntui.cnn.readers.model_file import is_model, read_model
from cnntui.files.errors import CnntuiError
from tests.cnn.test_keras_file import assert_same, small
from tests.keras_files import write_archive, write_keras_file


def unpacked(folder: Path) -> Path:
    """The folder of a `.keras` file that was unpacked."""
    with zipfile.ZipFile(write_keras_file(folder / "packed.keras", small())) as archive:
        archive.extractall(folder / "model")
    return folder / "model"


def test_the_folder_of_an_unpacked_file_is_read(tmp_path: Path) -> None:
    folder = unpacked(tmp_path)
    assert is_model(folder)
    assert_same(read_model(folder), small())


def test_a_folder_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    folder = unpacked(tmp_path)
    (folder / "model.weights.h5").unlink()
    assert not is_model(folder)
    with pytest.raises(CnntuiError, match=r"holds no model\.weights\.h5"):
        read_model(folder)
    (folder / "model.weights.h5").mkdir()
    with pytest.raises(CnntuiError, match=r"model\.weights\.h5 in .* cannot be read: it is a folder"):
        read_model(folder)
    (folder / "config.json").unlink()
    with pytest.raises(CnntuiError, match=r"is a folder, not a \.keras file"):
        read_model(folder)


def test_a_keras_file_under_another_name_is_read(tmp_path: Path) -> None:
    assert_same(read_model(write_keras_file(tmp_path / "model.zip", small())), small())


SAFETENSORS = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()


@pytest.mark.parametrize(
    ("name", "content", "said", "hint"),
    [
        ("net.pt", pickle.dumps({"w": 1}), "is a PyTorch file", "torch.onnx.export("),
        (
            "net.safetensors",
            len(SAFETENSORS).to_bytes(8, "little") + SAFETENSORS,
            "is a safetensors file",
            "torch.onnx.export(",
        ),
        (
            "no-suffix",
            len(SAFETENSORS).to_bytes(8, "little") + SAFETENSORS,
            "is a safetensors file",
            "torch.onnx.export(",
        ),
        ("net.tflite", b"\x1c\0\0\0TFL3\0\0\0\0", "is a TensorFlow Lite file", "model.save('name.keras')"),
        ("saved_model.pb", b"\x08\x01\x12\x00", "is a SavedModel", "tf_keras"),
        ("model.pkl", pickle.dumps([1]), "is a pickle", "If you trust it"),
        ("weights.ckpt.index", b"\0\0\x0b", "is a TensorFlow checkpoint", "load_weights"),
        ("model.h5", b"", "is not a network file", "save"),
        ("notes.txt", b"hello", "is not a network file", "save"),
        ("model.keras", b"hello", "is not a network file", "save"),
    ],
)
def test_what_cannot_be_read_is_called_what_it_is(
    tmp_path: Path, name: str, content: bytes, said: str, hint: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CnntuiError, match=said) as refused:
        read_model(tmp_path / name)
    assert name in refused.value.message
    assert hint in refused.value.hint


def test_an_archive_of_pytorch_and_a_saved_model_are_called_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(CnntuiError, match="is a PyTorch file"):
        read_model(write_archive(tmp_path / "net.pth", {"archive/data.pkl": b"\x80\x02", "archive/version": b"3"}))
    (tmp_path / "saved" / "variables").mkdir(parents=True)
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"\x08\x01")
    with pytest.raises(CnntuiError, match="is a SavedModel"):
        read_model(tmp_path / "saved")


@pytest.mark.slow
def test_weights_alone_are_called_so(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        file["layers/conv2d/vars/0"] = np.zeros(3, np.float32)
    with pytest.raises(CnntuiError, match="weights alone") as refused:
        read_model(tmp_path / "model.weights.h5")
    assert "model.load_weights" in refused.value.hint


def test_a_file_that_is_not_there_or_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CnntuiError, match="There is no file"):
        read_model(tmp_path / "gone.h5")
    with pytest.raises(CnntuiError, match="cannot be read: it is a device"):
        read_model(Path("/dev/zero"))
    (tmp_path / "loop.h5").symlink_to("loop.h5")
    with pytest.raises(CnntuiError, match="cannot be read"):
        read_model(tmp_path / "loop.h5")
