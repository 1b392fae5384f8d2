"""A user's own network for training here: the contents of its file, checked before Keras reads it.

Keras builds layers from the names in a file. So that no name leads to anyone else's code, only Keras's own classes that
the readers know are let through. Code that has no name, such as that of a Lambda layer, is always refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnntui.cnn.input_scale import ZERO_TO_ONE, InputScale
from cnntui.cnn.network import Network
from cnntui.cnn.own_scaling import own_scaling
from cnntui.cnn.readers.keras.calls import part_of, tensors
from cnntui.cnn.readers.keras.file import config_of, read_network
from cnntui.files.archives import Archive
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable
from cnntui.runs.config.architecture import check_recorded
from cnntui.runs.config.settings import CHOICES
from cnntui.values import dataclass

_MOST_CONFIG_BYTES = 16 * 1024**2
_IN_YOUR_SCRIPT = "Train it in your own script, and watch it with cnntui.keras.Watch."
_SAVE = "Save it with Keras 3: model.save('name.keras')."

_KERAS = (
    "keras", "keras.layers", "keras.initializers", "keras.regularizers", "keras.constraints", "keras.optimizers",
    "keras.optimizers.schedules", "keras.losses", "keras.metrics", "keras.activations", "keras.src.models.functional",
)  # fmt: skip

_MATHEMATICS = "keras.src.ops.nn", "keras.src.ops.numpy", "keras.src.ops.image"
"""The modules of the functions of `keras.ops` that only compute; others take functions as arguments."""

_OF_CORE = "keras.src.ops.core", ("Cast", "StopGradient")

_NO_OBJECTS = "__keras_tensor__", "__tuple__", "__numpy__", "__slice__", "__ellipsis__"

_RUNS_CODE = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}

SPARSE, ONE_HOT, BINARY = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"
_CLASSES = {"SparseCategoricalCrossentropy": SPARSE, "CategoricalCrossentropy": ONE_HOT, "BinaryCrossentropy": BINARY}


@dataclass(frozen=True, eq=False)
class OwnModel:
    """A user's own network and how it is to be trained.

    Attributes:
        network: the network as saved in the file.
        loss: a cross-entropy, by Keras's name for it.
        from_logits: whether the network outputs logits rather than probabilities.
        optimizer: the file's optimizer; None if cnntui does not know it.
        learning_rate: the file's learning rate; None if the file does not give it as a number.
    """

    network: Network
    loss: str
    from_logits: bool
    optimizer: str | None
    learning_rate: float | None

    @property
    def scale(self) -> InputScale:
        """How the network reads levels: as its own first layers show, otherwise from 0 to 1."""
        own = own_scaling(self.network)
        return ZERO_TO_ONE if own is None else own.scale


def own_model(path: Path) -> OwnModel:
    """The network in a `.keras` file, with the loss and the optimizer that the file names.

    Raises:
        CnntuiError: the file is missing, damaged or not in Keras 3 format, or contains something that cnntui cannot
            read or train.
    """
    if not path.exists():
        raise CnntuiError(f"There is no file {path} to train.", "--model is cnn, dense, or the path of a .keras file.")
    if path.suffix != ".keras" or path.is_dir():
        raise CnntuiError(f"{path} cannot be trained: it is not a .keras file.", _SAVE)
    network = read_network(path)
    if network.answer is None:
        raise CnntuiError(f"{path} cannot be trained here. {network.unanswered}", "It can be opened: cnntui open.")
    check_recorded(network)
    with Archive(path, "a .keras file", _SAVE) as archive:
        config = config_of(archive.read("config.json", _MOST_CONFIG_BYTES), f"config.json in {path}")
    for part in _objects(config):
        name, module = str(part.get("class_name")), part.get("module")
        # Keras's classes begin with a capital; its functions, some of which download files, do not.
        is_class = name.isidentifier() and name[0].isupper() and name not in _RUNS_CODE
        is_known = module in (*_KERAS, *_MATHEMATICS) or (module == _OF_CORE[0] and name in _OF_CORE[1])
        if not is_class or not is_known or ">" in str(part.get("registered_name") or ""):
            raise CnntuiError(
                f"{path} cannot be trained: it holds {printable(name[:80])} of {printable(str(module)[:80])}, "
                "which is no part of Keras that cnntui lets a file name.",
                _IN_YOUR_SCRIPT,
            )
    if (count := len(tensors(part_of(config, "config", "output_layers")))) > 1:
        raise CnntuiError(
            f"{path} cannot be trained here: it has {count} outputs, and cnntui trains networks with one.",
            _IN_YOUR_SCRIPT,
        )
    compiled = config.get("compile_config")
    compiled = compiled if isinstance(compiled, dict) else {}
    loss, from_logits = _loss(compiled.get("loss"), network, path)
    optimizer, rate = _optimizer(compiled.get("optimizer"))
    return OwnModel(network, loss, from_logits, optimizer, rate)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in a description that Keras would turn into an object."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            # Tensors and shapes are written in the same way, but are not objects.
            if "class_name" in each and each["class_name"] not in _NO_OBJECTS:
                yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _loss(said: Any, network: Network, path: Path) -> tuple[str, bool]:
    """The cross-entropy that a network is trained with, and whether it outputs logits."""
    answer = network.shapes[-1][-1]
    is_probability = network.outcome != ""
    if said is None:
        return BINARY if answer == 1 or network.outcome == "sigmoid" else SPARSE, not is_probability
    settings: Any = said.get("config") if isinstance(said, dict) else None
    name = _CLASSES.get(str(said.get("class_name"))) if isinstance(said, dict) else said
    if name not in _CLASSES.values() or (answer == 1 and name != BINARY):
        words = printable(json.dumps(said.get("class_name") if isinstance(said, dict) else said)[:80])
        raise CnntuiError(
            f"{path} cannot be trained here: its loss is {words}, and cnntui trains by a cross-entropy of classes.",
            _IN_YOUR_SCRIPT,
        )
    has_said = isinstance(settings, dict) and isinstance(settings.get("from_logits"), bool)
    return str(name), settings["from_logits"] if has_said else not is_probability


def _optimizer(said: Any) -> tuple[str | None, float | None]:
    settings = said.get("config") if isinstance(said, dict) else None
    if not isinstance(settings, dict):
        return None, None
    name, rate = str(said.get("class_name")).lower(), settings.get("learning_rate")
    known = name if name in CHOICES["optimizer"] else None
    return known, float(f"{rate:.7g}") if known and isinstance(rate, int | float) and rate > 0 else None
