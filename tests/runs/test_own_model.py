"""Network files for training: what may reach Keras, and how the networks learn."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnntui.cli import main
from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.layers import Dense, Flatten
from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.own_model import own_model
from tests.keras_files import model_config, write_keras_file


def network(units: int = 3, activation: Any = "softmax") -> Network:
    kernel = np.zeros((30, units), np.float32)
    return Network((Flatten("flatten"), Dense("dense", kernel, np.zeros(units, np.float32), activation)), (5, 6, 1))


def written(path: Path, of: Network, **more: Any) -> Path:
    """A network file as Keras 3 writes it, which names the module of each object."""
    config = model_config(of)
    for layer in config["config"]["layers"]:
        layer["module"] = "keras.layers"
    return write_keras_file(path / "mine.keras", of, config | more)


def named(name: str, **settings: Any) -> dict[str, Any]:
    return {"module": "keras.optimizers", "class_name": name, "config": settings}


@pytest.mark.parametrize(
    ("of", "compiled", "expected"),
    [
        (network(), None, ("sparse_categorical_crossentropy", False, None, None)),
        (network(activation="linear"), {}, ("sparse_categorical_crossentropy", True, None, None)),
        (network(1, "sigmoid"), None, ("binary_crossentropy", False, None, None)),
        (
            network(),
            {"loss": "categorical_crossentropy", "optimizer": named("SGD", learning_rate=0.05)},
            ("categorical_crossentropy", False, "sgd", 0.05),
        ),
        (
            network(activation="linear"),
            {
                "loss": {
                    "module": "keras.losses",
                    "class_name": "SparseCategoricalCrossentropy",
                    "config": {"from_logits": True},
                },
                "optimizer": named(
                    "AdamW",
                    learning_rate={
                        "module": "keras.optimizers.schedules",
                        "class_name": "CosineDecay",
                        "config": {},
                    },
                ),
            },
            ("sparse_categorical_crossentropy", True, None, None),
        ),
    ],
)
def test_it_learns_as_its_file_says_and_else_by_its_answer(
    tmp_path: Path, of: Network, compiled: Any, expected: tuple[Any, ...]
) -> None:
    own = own_model(written(tmp_path, of, **({} if compiled is None else {"compile_config": compiled})))
    assert (own.loss, own.from_logits, own.optimizer, own.learning_rate) == expected
    assert own.scale == ZERO_TO_ONE


def test_a_network_with_two_outputs_is_trained_elsewhere(tmp_path: Path) -> None:
    path = written(tmp_path, network())
    config = json.loads(zipfile.ZipFile(path).read("config.json"))["config"]
    outputs = [["dense", 0, 0], ["flatten", 0, 0]]
    written(tmp_path, network(), config=config | {"output_layers": outputs})
    with pytest.raises(CnntuiError, match="it has 2 outputs"):
        own_model(path)


@pytest.mark.parametrize("function", [("numpy", "Mean"), ("nn", "LeakyRelu"), ("image", "Resize"), ("core", "Cast")])
def test_functions_that_only_compute_are_let_through(tmp_path: Path, function: tuple[str, str]) -> None:
    module, name = function
    said = {"class_name": name, "module": f"keras.src.ops.{module}", "config": {}, "registered_name": name}
    assert own_model(written(tmp_path, network(), build_config={"x": said})).loss == "sparse_categorical_crossentropy"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"compile_config": {"loss": "mse"}}, r'its loss is "mse"'),
        ({"compile_config": {"optimizer": named("Adam") | {"module": "os"}}}, "it holds Adam of os"),
        ({"compile_config": {"metrics": [named("get_file")]}}, "it holds get_file of keras.optimizers"),
        ({"compile_config": {"metrics": [{"class_name": "Adam", "config": {}}]}}, "it holds Adam of None"),
        ({"build_config": {"x": [{"class_name": "function", "module": "builtins"}]}}, "it holds function of builtins"),
        ({"build_config": {"x": [{"class_name": "Map", "module": "keras.src.ops.core"}]}}, "it holds Map of keras.src"),
        ({"compile_config": {"loss": named("Mine") | {"registered_name": "pkg>Mine"}}}, "it holds Mine"),
        ({"compile_config": {"metrics": [{"class_name": "Lambda", "module": "keras.layers"}]}}, "it holds Lambda"),
    ],
)
def test_nothing_is_let_through_that_is_not_keras_s_own(tmp_path: Path, more: dict[str, Any], message: str) -> None:
    with pytest.raises(CnntuiError, match=message):
        own_model(written(tmp_path, network(), **more))


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = written(tmp_path, network())
    (tmp_path / "mine.h5").write_bytes(b"x")
    for arguments, status, message in (
        (["--model", f"{mine}"], 1, "reads images of 5×6×1 and tells 3 classes apart, but MNIST has images of 28×28×1"),
        (["--model", f"{mine}", "--filters", "3"], 2, "mine.keras has layers of its own; leave --filters out"),
        (["--model", f"{tmp_path}/mine.h5"], 1, "it is not a .keras file"),
        (["--model", "resnet"], 1, "There is no file resnet to train. --model is cnn, dense, or the path"),
    ):
        assert main(["train", *arguments, "--runs-dir", f"{tmp_path}/runs"]) == status
        assert message in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("count", [2, 4])
def test_as_many_names_are_needed_as_the_network_has_classes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    images, labels = np.zeros((12, 5, 6), np.uint8), np.arange(12) % 2
    np.savez(tmp_path / "data.npz", images=images, labels=labels)
    (tmp_path / "names.txt").write_text("\n".join(f"name {number}" for number in range(count)))
    words = ("--data", "data.npz"), ("--classes", "names.txt"), ("--runs-dir", "runs")
    options = [part for option, name in words for part in (option, str(tmp_path / name))]
    assert main(["train", "--model", str(written(tmp_path, network())), *options]) == 1
    told = capsys.readouterr().err
    assert f"--classes names {count} classes, but mine.keras tells 3 apart. Write one name a line" in told
    assert not (tmp_path / "runs").exists()
