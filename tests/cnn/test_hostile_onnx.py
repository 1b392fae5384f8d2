"""ONNX files made to cost memory or time, each opened in a process of its own; and one that is as it should be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")

from onnx import TensorProto, helper

from cnntui.cnn.readers.model_file import read_model
from cnntui.files.errors import CnntuiError
from tests.cnn.test_hostile_files import Opener, opener
from tests.onnx_files import Maker, write

pytestmark = pytest.mark.slow

__all__ = ["opener"]

LARGE = 3, 2500, 2600


def turned_round_and_round(make: Maker) -> Any:
    x = "input"
    for _ in range(200):
        x = make.node("Flatten", make.node("Transpose", make.node("Reshape", x, make.whole(f"to {x}", 0, *LARGE)),
                                           perm=[0, 3, 1, 2]))  # fmt: skip
    return make.model(make.node("GlobalMaxPool", make.node("Reshape", x, make.whole("to", 0, *LARGE))))


def constants_of_constants(make: Maker) -> Any:
    row, col = make.positive("row", 1, 60_000), make.positive("col", 60_000, 1)
    return make.model(make.node("Add", "input", make.node("Add", row, col)))


def long_constants(make: Maker) -> Any:
    x = make.positive("numbers", 5_000_000)
    for _ in range(2000):
        x = make.node("Sqrt", x)
    return make.model(make.node("Add", "input", x))


def filled(make: Maker) -> Any:
    return make.model(make.node("Add", "input", make.node("ConstantOfShape", make.whole("shape", 10**6, 10**6))))


def tiled(make: Maker) -> Any:
    x = make.node("Tile", "input", make.whole("times", 1, 1, 10**5, 10**5))
    return make.model(make.node("GlobalMaxPool", x))


def of_one_byte_each(make: Maker) -> Any:
    """A constant of whole numbers, each of which takes eight bytes once it is read, behind a model."""

    def part(number: int, content: bytes) -> bytes:
        length, written = len(content), b""
        while length:
            written += bytes([length & 127 | 128 * (length > 127)])
            length >>= 7
        return bytes([number << 3 | 2]) + written + content

    tensor = TensorProto(name="to", data_type=TensorProto.INT64, dims=[60_000_000])
    more = part(7, part(5, tensor.SerializeToString() + part(7, bytes(60_000_000))))
    return make.model(make.node("Reshape", "input", "to")).SerializeToString() + more


def functions_within_functions(make: Maker) -> Any:
    make.node("f0", "input", domain="own")
    model = make.model("/f0_0_output_0")
    sets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    for number in range(40):
        inner = helper.make_node(f"f{number + 1}", ["x"], ["a"], domain="own") if number < 39 else \
            helper.make_node("Relu", ["x"], ["a"])  # fmt: skip
        twice = [inner, helper.make_node(inner.op_type, ["a"], ["y"], domain=inner.domain)]
        model.functions.append(helper.make_function("own", f"f{number}", ["x"], ["y"], twice, sets))
    model.opset_import.append(sets[1])
    return model


def many_operations(make: Maker) -> Any:
    x = "input"
    for _ in range(60_000):
        x = make.node("Relu", x)
    return make.model(x)


def long_names(make: Maker) -> Any:
    x = make.node("LSTM", make.node("Relu", "input", name="\x1b" * 5_000_000), name="\x1b" * 5_000_000)
    return make.model(make.node("A" * 5_000_000, x))


def a_window_of_holes(make: Maker) -> Any:
    return make.model(make.conv("input", "conv", 3, 1, 3, dilations=[10**6, 10**6], pads=[10**6] * 4))


def pads_without_end(make: Maker) -> Any:
    return make.model(make.node("Pad", "input", make.whole("pads", 0, 0, 9000, 9000, 0, 0, 9000, 9000)))


def maps_laid_far_apart(make: Maker) -> Any:
    weights = make.weights("w", 3, 2, 3, 3)
    return make.model(make.node("ConvTranspose", "input", weights, strides=[10**5, 10**5], output_padding=[9, 9]))


SMALL = 3, 20, 20


def expanded(make: Maker) -> Any:
    x = make.node("GlobalMaxPool", "input")
    for number in range(300):
        x = make.node("Expand", x, make.whole(f"to{number}", 1, 3, 2000, 2000))
    return make.model(x)


HOSTILE: dict[str, tuple[tuple[int, ...], Callable[[Maker], Any]]] = {
    "turned round and round": (LARGE, turned_round_and_round),
    "constants of constants": (SMALL, constants_of_constants),
    "long constants": (SMALL, long_constants),
    "filled": (SMALL, filled),
    "tiled": (SMALL, tiled),
    "of one byte each": (SMALL, of_one_byte_each),
    "functions within functions": (SMALL, functions_within_functions),
    "many operations": (SMALL, many_operations),
    "long names": (SMALL, long_names),
    "a window of holes": (SMALL, a_window_of_holes),
    "expanded": (SMALL, expanded),
    "pads without end": (SMALL, pads_without_end),
    "maps laid far apart": (SMALL, maps_laid_far_apart),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_costs_little(tmp_path: Path, opener: Opener, name: str) -> None:
    shape, spoil = HOSTILE[name]
    made, path = spoil(Maker(*shape)), tmp_path / "model.onnx"
    path.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
    said = opener(path)
    assert name == "long names" or said != "opened"


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    make = Maker(1, 12, 13)
    x = make.node("Relu", make.conv("input", "conv", 1, 3))
    path = write(tmp_path / "model.onnx", make.model(make.dense(make.node("Flatten", x), "fc", 3 * 12 * 13, 4)))
    network = read_model(path)
    assert [layer.name for layer in network] == ["conv", "flatten", "fc"]
    assert network.probabilities(np.zeros((2, 12, 13, 1), np.float32)).shape == (2, 4)
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(CnntuiError, match=r"model\.onnx is damaged"):
        read_model(path)


def test_no_other_file_is_read(tmp_path: Path) -> None:
    make = Maker(1, 12, 13)
    model = make.model(make.node("Flatten", make.conv("input", "conv", 1, 2)))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")
    (tmp_path / "weights.bin").write_bytes(bytes(72))
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(CnntuiError, match="keeps its weights in other files"):
        read_model(tmp_path / "model.onnx")
