"""Descriptions of models in which anything may be anything: each is read or refused, and none ends in a traceback."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest

from cnntui.cnn.readers.keras.file import model_of
from cnntui.files.errors import CnntuiError
from tests.cnn.test_keras_file import NETWORK, functional_config
from tests.keras_files import model_config

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 3, 2.5, 10**30, 10**400, float("nan"), "", "x", "relu", "Dense", "Sequential", "Add", "PReLU",
    "TFOpLambda", "Normalization", "conv2d", [], [1], [2, 2], [[1, 2], [3, 4]], [None, 28, 28, 1], [["dense", 0, 0]],
    {}, {"class_name": "PReLU", "config": {}}, {"config": {"keras_history": [1, 2, 3]}}, {"a": 1},
)  # fmt: skip

Place = tuple[Any, Any]


def places(value: Any) -> list[Place]:
    """Every place in a description, as what it is in and its key or number there."""
    keys: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in ((value, key), *places(value[key]))]


def spoil(config: dict[str, Any], rng: random.Random) -> None:
    within, key = rng.choice(places(config["config"]))
    if rng.random() < 0.2:
        del within[key]
    elif isinstance(within, list) and rng.random() < 0.2:
        within.append(copy.deepcopy(within[key]))
    else:
        within[key] = copy.deepcopy(rng.choice(ODD))


@pytest.mark.parametrize("describe", [model_config, functional_config])
def test_whatever_a_description_says_it_is_read_or_refused(describe: Any) -> None:
    rng, refused = random.Random(5), 0
    for _ in range(60):
        config = describe(NETWORK)
        for _ in range(rng.randint(1, 3)):
            spoil(config, rng)
        try:
            model_of(config, Path("model.keras"))
        except CnntuiError:
            refused += 1
    assert 10 < refused < 60


def test_a_layer_that_reads_nothing_is_refused() -> None:
    config = functional_config(NETWORK)
    config["config"]["layers"][2]["inbound_nodes"] = [{"args": [], "kwargs": {}}]
    with pytest.raises(CnntuiError, match="reads nothing"):
        model_of(config, Path("model.keras"))
