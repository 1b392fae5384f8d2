"""The differences between the settings of runs."""

from __future__ import annotations

from dataclasses import replace

from cnntui.runs.config.differences import Difference, differences
from cnntui.runs.config.run_config import RunConfig

CONFIG = RunConfig(name="a", seed=1, data_sha256="ab" * 32, versions={"numpy": "2"}, created="then")


def test_only_what_differs_is_named_with_the_seed_last() -> None:
    other = replace(CONFIG, name="b", seed=2, learning_rate=0.01, epochs=1000, created="now", versions={"numpy": "1"})
    assert differences([CONFIG, other]) == (
        Difference("epochs", ("5", "1,000")),
        Difference("rate", ("0.001", "0.01")),
        Difference("seed", ("1", "2")),
    )


def test_runs_with_the_same_settings_differ_in_nothing() -> None:
    assert differences([CONFIG, replace(CONFIG, name="b")]) == ()
    assert differences([CONFIG]) == ()


def test_the_same_data_at_two_places_is_no_difference() -> None:
    assert differences([CONFIG, replace(CONFIG, data="/somewhere/mnist.npz")]) == ()


def test_other_data_is_told_by_its_name_or_else_by_its_sum() -> None:
    other = replace(CONFIG, data_sha256="cd" * 32)
    assert differences([CONFIG, other]) == (Difference("data", ("abababab", "cdcdcdcd")),)
    assert differences([CONFIG, replace(other, data="/x.npz")]) == (Difference("data", ("MNIST", "/x.npz")),)


def test_all_digits_are_called_all() -> None:
    assert differences([CONFIG, replace(CONFIG, limit=6000)]) == (Difference("digits", ("all", "6,000")),)


def test_what_a_dense_network_does_not_have_is_not_said_of_it() -> None:
    dense = replace(CONFIG, model="dense", dense=512)
    assert differences([CONFIG, dense]) == (
        Difference("model", ("cnn", "dense")),
        Difference("filters", ("32·64·64", "–")),
        Difference("kernel size", ("2·2·2", "–")),
        Difference("padding", ("valid", "–")),
        Difference("pooling", ("max", "–")),
        Difference("dense", ("64", "512")),
    )
    assert differences([dense, replace(dense, filters=(8, 8, 8), pooling="none")]) == ()
