"""Reads an `.h5` file of Keras 2 or Keras 3 without Keras.

The text attribute `model_config` holds the architecture, and `training_config` the loss; the group `model_weights`
holds the weights by layer name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cnntui.cnn.layers import Shape, times
from cnntui.cnn.network import Network, Weights, with_weights
from cnntui.cnn.readers.confined import content_of
from cnntui.cnn.readers.keras.file import HINT, config_of, model_of
from cnntui.cnn.readers.keras.model import KerasModel
from cnntui.cnn.readers.keras.tensors import WeightsPlace
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable
from cnntui.values import dataclass

MOST_FILE_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class _Arrays:
    """The weights in an `.h5` file.

    Attributes:
        arrays: the arrays by path, as float32.
    """

    arrays: dict[tuple[str, ...], NDArray[Any]]

    @cached_property
    def groups(self) -> Mapping[str, Sequence[tuple[str, ...]]]:
        """The paths, by the outermost group that contains them."""
        groups: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for path in self.arrays:
            groups[path[0]].append(path)
        return groups


def read_h5(path: Path) -> Network:
    """Reads a network from an `.h5` file that `model.save` wrote.

    Raises:
        CnntuiError: the file is missing, damaged or holds no model; it holds an unsupported layer (named); or
            its weights do not fit.
    """
    found = content_of(path, "cnntui.cnn.readers.keras.h5_process", MOST_FILE_BYTES, HINT)
    said, training = found.said["model"], found.said["training"]
    if said is None:
        raise CnntuiError(
            f"{path} holds weights alone, or no Keras model: there is no architecture in it.",
            "Build the model in Python, load the weights with model.load_weights(…), and write all of it with "
            "model.save('name.keras').",
        )
    content = _Arrays({tuple(printable(name).split("/")): each for name, each in found.arrays.items()})
    config = config_of(said, f"model_config in {path}")
    if training is not None:
        config["compile_config"] = config_of(training, f"training_config in {path}")
    model = model_of(config, path)
    return with_weights(model.network, _weights(content, model, path))


def _weights(content: _Arrays, model: KerasModel, path: Path) -> Weights:
    """The weights, by layer name."""
    return {
        name: {
            role: stored.laid(
                _array(content, place, name, stored.name, stored.shape, path), model.network[name].weights[role].shape
            )
            for role, stored in place.stored.items()
        }
        for name, place in model.places.items()
    }


def _array(content: _Arrays, place: WeightsPlace, layer: str, role: str, shape: Shape, path: Path) -> NDArray[Any]:
    found = _paths(content.groups[place.groups[0].partition("/")[0]], place.groups, role)
    if len(found) != 1:
        said = "several arrays" if found else "no array"
        raise CnntuiError(f"{path} holds {said} that could be the {role} of layer '{layer}'.", HINT)
    array = content.arrays[found[0]]
    if array.shape != shape:
        where = f"{'/'.join(found[0])} of {path}"
        raise CnntuiError(f"{where} should be {times(shape)}, but is {times(array.shape)}.", HINT)
    return array


def _paths(paths: Sequence[tuple[str, ...]], groups: tuple[str, ...], role: str) -> Sequence[tuple[str, ...]]:
    """The paths that an array may have; more than one if the file leaves it open.

    Inside the outermost layer's group, Keras uses the variable's name. It contains the names of the layer and of some
    of the models around it, depending on the version of Keras and on how the model was built; and a name may contain
    slashes.
    """
    outer, own = tuple(groups[0].split("/")), tuple(groups[-1].split("/"))
    known = {part for group in groups for part in group.split("/")}

    def closeness(path: tuple[str, ...]) -> tuple[bool, bool, int, int]:
        others = sum(name not in known for name in path[len(outer) : -1 - len(own)])
        return path[-1 - len(own) : -1] == own, _in_order(groups[1:-1], path[len(outer) :]), -others, -len(path)

    # Keras 2 has a special name for the kernel of a depthwise convolution, Keras 3 for that of a separable one.
    for name in (role, "kernel") if role == "depthwise_kernel" else (role,):
        found = [path for path in paths if path[: len(outer)] == outer and path[-1].removesuffix(":0") == name]
        best = max(map(closeness, found), default=None)
        if best is not None and (best[0] or len(groups) == 1):
            return [path for path in found if closeness(path) == best]
    return []


def _in_order(names: Sequence[str], path: Sequence[str]) -> bool:
    """Whether the names occur in a path in this order."""
    rest = iter(path)
    return all(name in rest for name in names)
