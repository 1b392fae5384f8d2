"""The settings of a run: checked when made, and the same after a journey through JSON."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import Any

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.runs.config import FORMAT, RunConfig, new_config
from cnntui.runs.settings import LARGEST_SEED

CONFIG = RunConfig(
    name="first-run",
    seed=7,
    epochs=3,
    batch_size=32,
    optimizer="adam",
    learning_rate=0.01,
    filters=(3, 4, 5),
    kernel_size=(1, 2, 3),
    padding="same",
    pooling="none",
    dense=6,
    limit=1000,
    data="digits.npz",
    data_sha256="ab" * 32,
    created="2026-01-02T03:04:05.000000+00:00",
    versions={"keras": "3.15.1"},
)


def test_a_config_is_the_same_after_json() -> None:
    assert RunConfig.from_json(CONFIG.to_json()) == CONFIG


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", 0),
        ("epochs", 2.5),
        ("epochs", True),
        ("epochs", 10**20),
        ("batch_size", 10**20),
        ("limit", 10**20),
        ("batch_size", 0),
        ("batch_size", "64"),
        ("optimizer", "magic"),
        ("learning_rate", 0.0),
        ("learning_rate", -1),
        ("learning_rate", math.nan),
        ("learning_rate", math.inf),
        ("learning_rate", "fast"),
        ("seed", -1),
        ("seed", LARGEST_SEED + 1),
        ("limit", 0),
        ("data", ""),
        ("data_sha256", 1),
        ("created", None),
        ("versions", ["keras"]),
        ("versions", {"keras": 3}),
        ("created", "\x1b[2J"),
        ("format", 0),
        ("learning_rate", 1e39),
        ("filters", [1, 2]),
        ("filters", [0, 2, 3]),
        ("filters", 3),
        ("filters", [1, 2, 5000]),
        ("kernel_size", [1, 2, "3"]),
        ("kernel_size", [1, 2, 29]),
        ("padding", "full"),
        ("pooling", ["max"]),
        ("dense", 0),
    ],
)
def test_a_field_out_of_its_range_is_named(field: str, value: Any) -> None:
    with pytest.raises(CnntuiError, match=field) as caught:
        replace(CONFIG, **{field: value})
    assert re.fullmatch(r"The [A-Za-z0-9 -]+ must [a-z]+ .+, not .+\.", caught.value.message)
    with pytest.raises(CnntuiError, match=field):
        RunConfig.from_json(json.dumps(json.loads(CONFIG.to_json()) | {field: value}))


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../up", "a/b", "/root", ".hidden", "-flag", "a b", "a\nb", "ä", "x" * 65, 5]
)
def test_a_name_that_could_leave_the_runs_folder_is_refused(name: Any) -> None:
    with pytest.raises(CnntuiError, match="name"):
        replace(CONFIG, name=name)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"name": "x"}', '{"seed": 1}', "\x00"])
def test_a_damaged_config_is_an_error_for_people(text: str) -> None:
    with pytest.raises(CnntuiError, match=r"config\.json") as caught:
        RunConfig.from_json(text)
    assert caught.value.hint


def test_a_newer_format_is_recognised_and_its_fields_are_ignored() -> None:
    newer = json.loads(CONFIG.to_json()) | {"format": FORMAT + 1, "dropout": 0.5}
    config = RunConfig.from_json(json.dumps(newer))
    assert config.is_newer
    assert replace(config, format=FORMAT) == CONFIG
    assert not CONFIG.is_newer


def test_settings_that_an_older_version_did_not_know_are_those_it_trained_with() -> None:
    older = json.loads(CONFIG.to_json())
    for name in ("filters", "kernel_size", "padding", "pooling", "dense"):
        del older[name]
    config = RunConfig.from_json(json.dumps(older))
    assert (config.filters, config.kernel_size, config.dense) == ((32, 64, 64), (2, 2, 2), 64)
    assert (config.padding, config.pooling) == ("valid", "max")


def test_a_new_config_draws_a_seed_and_records_when_and_with_what() -> None:
    first, second = new_config(), new_config()
    assert first.seed != second.seed
    assert first.created < second.created
    assert "numpy" in first.versions
    assert (first.epochs, first.batch_size, first.optimizer, first.learning_rate) == (5, 64, "rmsprop", 0.001)
