"""The settings of a run: checked on construction, and unchanged by a round trip through JSON."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import Any

import pytest

from cnntui.cnn.description import Description
from cnntui.cnn.input_scale import ZERO_TO_ONE, InputScale
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.config_text import (
    assumed,
    batches_in_words,
    data_in_words,
    epochs_in_words,
    images_in_words,
    network_in_words,
    not_understood,
    optimizer_in_words,
)
from cnntui.runs.config.run_config import FORMAT, RunConfig, new_config
from cnntui.runs.config.settings import LARGEST_SEED
from tests.networks import mnist_network

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
    architecture=Description.of(mnist_network()).plain(),
    input_scale=InputScale((0.0, 1.0, 2.0), (3.5, 4.5, 5.5)),
    schedule="constant",
    data_source="digits.npz",
    data_shape=(28, 28, 1),
    classes=tuple("0123456789"),
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
        ("optimizer", 3),
        ("optimizer", ""),
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
        ("padding", "\x1b[2J"),
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


def changed(**values: Any) -> RunConfig:
    return RunConfig.from_json(json.dumps(json.loads(CONFIG.to_json()) | values))


@pytest.mark.parametrize("field", ["optimizer", "padding", "pooling", "device", "model"])
def test_a_word_is_refused_of_a_person_and_found_in_the_run_of_another_version(field: str) -> None:
    with pytest.raises(CnntuiError, match=field):
        replace(CONFIG, **{field: "magic"})
    config = changed(**{field: "magic"})
    assert config.unread == ((field, "magic"),)
    assert config.words(field) == "magic"
    assert not_understood(config) == (f"This cnntui does not understand its {field} (magic).")
    with pytest.raises(CnntuiError, match=f"first-run cannot be trained here: its {field} is not known"):
        _ = config.learning


def test_a_newer_format_is_recognised_and_what_is_not_understood_is_told() -> None:
    config = changed(format=FORMAT + 1, dropout=0.5)
    assert config.is_newer
    assert replace(config, format=FORMAT, unread=()) == CONFIG
    assert not CONFIG.is_newer
    assert not_understood(config) == (
        f"Made by a newer cnntui (format {FORMAT + 1}). This cnntui does not understand its dropout (0.5)."
    )
    assert not_understood(changed(format=FORMAT + 1)) == (
        f"Made by a newer cnntui (format {FORMAT + 1}). What this one understands is shown."
    )
    assert not_understood(CONFIG) == ""


def test_values_of_a_newer_format_that_are_none_here_are_unknown() -> None:
    config = changed(
        format=9, epochs="until it stops", learning_rate=[0.1, 0.01], filters=[1, 2, 3, 4], versions=3,
        input_scale="log", classes={"0": "cat"}, data_shape=[9], dense=10**9, created="\x1b[2J",
    )  # fmt: skip
    assert (config.epochs, config.learning_rate, config.model) == (None, None, None)
    assert (config.input_scale, config.classes, config.data_shape, config.versions) == (None, None, None, {})
    assert config.words("epochs") == "until it stops"
    assert config.batch_size == CONFIG.batch_size
    said = not_understood(config)
    assert "epochs (until it stops), learning rate ((0.1, 0.01)), filters ((1, 2, 3, 4)) and 6 more" in said
    assert said.isprintable()
    with pytest.raises(CnntuiError, match="name"):
        changed(format=9, name="../up")


FOREIGN: dict[str, Any] = {
    "name": "theirs",
    "seed": None,
    "optimizer": "adamw",
    "learning_rate": None,
    "schedule": "CosineDecay",
    "architecture": {"input_shape": [32, 32, 3], "layers": []},
    "data_source": "given to fit",
    "data_shape": [32, 32, 3],
    "classes": ["cat", "dog"],
}


def test_of_a_run_that_was_not_made_here_what_nobody_knows_stays_unknown() -> None:
    config = RunConfig.from_json(json.dumps(FOREIGN))
    assert (config.seed, config.epochs, config.batch_size, config.learning_rate) == (None, None, None, None)
    assert (config.optimizer, config.model, config.schedule) == (None, None, "CosineDecay")
    assert [config.words(name) for name in ("seed", "epochs", "batch_size", "optimizer", "learning_rate")] == [
        "unknown", "unknown", "unknown", "adamw", "unknown",
    ]  # fmt: skip
    assert (config.class_count, config.has_unknown_data) == (2, True)
    assert optimizer_in_words(config) == "adamw, CosineDecay"
    assert images_in_words(config) == "32×32×3, 2 classes: cat, dog"
    assert images_in_words(replace(config, classes=None)) == "32×32×3"
    assert images_in_words(CONFIG) == ""
    assert (batches_in_words(config), epochs_in_words(config.epochs)) == (
        "batches of unknown size", "an unknown number of epochs",
    )  # fmt: skip
    assert (network_in_words(config), data_in_words(config)) == ("a network of its own", "given to fit")
    assert assumed(config) == "It does not say how its network reads pixels: 0..1 is assumed."
    with pytest.raises(
        CnntuiError,
        match="its batch size, epochs, learning rate, optimizer and seed are not known",
    ):
        _ = config.learning
    again = RunConfig.from_json(config.to_json())
    assert replace(again, optimizer=None, unread=config.unread) == config


def test_an_early_config_says_nothing_new_and_nothing_wrong() -> None:
    early = {"name": "early", "seed": 7, "epochs": 5, "batch_size": 64, "optimizer": "rmsprop", "learning_rate": 0.001}
    config = RunConfig.from_json(json.dumps(early))
    assert config == RunConfig(name="early", seed=7)
    assert (config.model, config.learning) == ("cnn", (5, 64, "rmsprop", 0.001, 7))
    assert (config.class_count, config.has_unknown_data, config.scale) == (10, False, ZERO_TO_ONE)
    assert (not_understood(config), assumed(config), data_in_words(config)) == ("", "", "MNIST")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("input_scale", {"mean": [0], "deviation": [0]}),
        ("input_scale", {"mean": "a", "deviation": [1]}),
        ("input_scale", [1, 2]),
        ("data_shape", [28, 28]),
        ("data_shape", [28, 28, 0]),
        ("classes", ["a", "\x1b[2J"]),
        ("classes", "cat"),
        ("architecture", [1]),
        ("data_source", 3),
        ("schedule", None),
    ],
)
def test_what_a_run_says_of_its_data_and_network_is_checked(field: str, value: Any) -> None:
    with pytest.raises(CnntuiError, match=field.split("_")[-1]):
        changed(**{field: value})


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
