"""ONNX models as exporters write them, node by node, and what ONNX's own evaluator makes of an image with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

Array = NDArray[Any]


class Maker:
    """Makes a model node by node; weights are random and lively.

    Attributes:
        shape: of the image as the model is given it, without the axis that counts images.
        batch: how many images the model is given at once, or a name if that is open.
    """

    def __init__(self, *shape: int, opset: int = 17, seed: int = 0, batch: int | str = "batch") -> None:
        self.shape = shape
        self._opset = opset
        self.batch = batch
        self._rng = np.random.default_rng(seed)
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def weights(self, name: str, *shape: int) -> str:
        """Random numbers as a constant."""
        values = self._rng.standard_normal(shape) / max(1, np.prod(shape[1:])) ** 0.5
        return self.constant(name, values.astype(np.float32))

    def positive(self, name: str, *shape: int) -> str:
        return self.constant(name, (self._rng.random(shape) + 0.4).astype(np.float32))

    def constant(self, name: str, values: Any, dtype: Any = None) -> str:
        array = np.asarray(values, dtype)
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def whole(self, name: str, *values: int) -> str:
        return self.constant(name, values, np.int64)

    def node(self, kind: str, *inputs: str, name: str | None = None, outputs: int = 1, **attributes: Any) -> str:
        """Add an operation; returns the name of what it gives."""
        number = len(self._nodes)
        names = [f"/{kind}_{number}_output_{place}" for place in range(outputs)]
        label = f"/{kind}_{number}" if name is None else name
        self._nodes.append(helper.make_node(kind, [*inputs], names, name=label, **attributes))
        return names[0]

    def told(self, value: Any) -> str:
        """A constant of a node of its own, as exporters before folding write them."""
        return self.node("Constant", value=numpy_helper.from_array(np.asarray(value)))

    def conv(self, x: str, module: str, maps: int, filters: int, size: int = 3, bias: bool = True, **more: Any) -> str:
        groups = more.get("group", 1)
        more = {"kernel_shape": [size, size], **more}
        if "auto_pad" not in more:
            more.setdefault("pads", [size // 2] * 4)
        weights = [self.weights(f"{module}.weight", filters, maps // groups, size, size)]
        weights += [self.weights(f"{module}.bias", filters)] if bias else []
        return self.node("Conv", x, *weights, name=f"/{module.replace('.', '/')}/Conv", **more)

    def norm(self, x: str, module: str, maps: int) -> str:
        return self.node(
            "BatchNormalization", x, self.positive(f"{module}.weight", maps), self.weights(f"{module}.bias", maps),
            self.weights(f"{module}.running_mean", maps), self.positive(f"{module}.running_var", maps),
            name=f"/{module}/BatchNormalization", epsilon=1e-5, momentum=0.9,
        )  # fmt: skip

    def dense(self, x: str, module: str, numbers: int, units: int) -> str:
        weight, bias = self.weights(f"{module}.weight", units, numbers), self.weights(f"{module}.bias", units)
        return self.node("Gemm", x, weight, bias, name=f"/{module}/Gemm", alpha=1.0, beta=1.0, transB=1)

    def model(self, output: str, **more: Any) -> Any:
        """The model that gives a tensor."""
        graph = helper.make_graph(
            self._nodes, "main_graph",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, [self.batch, *self.shape])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
            self._constants, **more,
        )  # fmt: skip
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self._opset)], ir_version=8)


def write(path: Path, model: Any) -> Path:
    onnx.save(model, path)
    return path


def answers(model: Any, images: Array) -> Array:
    """What ONNX's own evaluator says of images as the model is given them."""
    (said,) = ReferenceEvaluator(model).run(None, {"input": images})
    return np.asarray(said)


def softmax(numbers: Array) -> Array:
    powers = np.exp(numbers - numbers.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def as_given(images: Array, shape: Sequence[int]) -> Array:
    """Images `(n, height, width, channels)` as a model is given them that takes a shape."""
    if len(shape) == 3 and tuple(shape) != images.shape[1:]:
        images = images.transpose(0, 3, 1, 2)
    return images.reshape(len(images), *shape)
