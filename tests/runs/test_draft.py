"""A draft is what the user types: every text is either a setting or a sentence that says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.config.settings import CHOICES, SETTINGS
from cnntui.runs.starting.draft import FIELDS, Draft, layer_of, rate_text
from cnntui.runs.starting.options import TrainOptions

RECIPE = Draft.of(TrainOptions())


def written(**texts: str) -> Draft:
    draft = RECIPE
    for field, text in texts.items():
        draft = draft.write(field, text)
    return draft


def test_the_recipe_is_filled_in_and_comes_out_again() -> None:
    assert RECIPE.texts["learning_rate"] == "0.001"
    assert RECIPE.texts["filters_1"] == "64"
    assert RECIPE.texts["seed"] == ""
    assert RECIPE.options() == TrainOptions()
    assert {field for field in FIELDS if RECIPE.problem(field)} == set()


@pytest.mark.parametrize("rate", ["0.00125", "0.0000375", "0.1234567"])
def test_a_learning_rate_of_many_digits_comes_out_as_it_went_in(rate: str) -> None:
    options = written(learning_rate=rate).options()
    assert options.learning_rate == float(rate)
    again = Draft.of(options)
    assert float(again.texts["learning_rate"]) == float(rate)
    assert again.options() == options


def test_what_no_field_asks_for_is_kept(tmp_path: Path) -> None:
    options = TrainOptions(runs_dir=tmp_path, module="some.trainer", epochs=2, seed=7, filters=(8, 16, 32), name="mine")
    assert Draft.of(options).options() == options


def test_every_field_comes_out(tmp_path: Path) -> None:
    data = tmp_path / "digits.npz"
    data.write_bytes(b"")
    draft = written(
        epochs="7", batch_size="1,000", optimizer="adam", learning_rate="3e-4", seed="0", limit="6000", data=str(data),
        name="mine", filters_0="4", kernel_size_0="5", filters_1="6", kernel_size_1="3", filters_2="9",
        kernel_size_2="1", dense="33", padding="same", pooling="average", model="cnn",
    )  # fmt: skip
    assert draft.options() == TrainOptions(
        epochs=7, batch_size=1000, optimizer="adam", learning_rate=3e-4, seed=0, limit=6000, data=str(data),
        name="mine",
        filters=(4, 6, 9), kernel_size=(5, 3, 1), dense=33, padding="same", pooling="average",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("epochs", ""), ("epochs", "0"), ("epochs", "-1"), ("epochs", "two"), ("epochs", "1.5"), ("epochs", "٣"),
        ("epochs", "9" * 40), ("batch_size", "0"), ("learning_rate", "0"), ("learning_rate", "-1"),
        ("learning_rate", "nan"), ("learning_rate", "inf"), ("learning_rate", ""), ("learning_rate", "fast"),
        ("seed", "-1"), ("seed", "4294967296"), ("limit", "0"), ("name", "../up"), ("name", "-x"), ("data", "/no/such"),
        ("filters_0", "0"), ("filters_2", "4097"), ("kernel_size_1", "0"), ("kernel_size_1", "29"), ("dense", "0"),
        ("optimizer", "magic"), ("epochs", ","), ("epochs", "+"),
    ],
)  # fmt: skip
def test_nonsense_has_a_sentence_and_starts_nothing(field: str, text: str) -> None:
    draft = RECIPE.write(field, text)
    assert draft.problem(field).endswith(".")
    assert draft.wrong == field
    assert all(not draft.problem(other) for other in FIELDS if other != field)
    with pytest.raises(CnntuiError):
        draft.options()


def test_the_sentence_is_the_settings_own() -> None:
    with pytest.raises(CnntuiError) as error:
        RunConfig(name="run", seed=1, epochs=0)
    assert RECIPE.write("epochs", "0").problem("epochs") == error.value.message


def test_the_plan_follows_what_is_written() -> None:
    layers, error = written(filters_0="8", kernel_size_0="3", pooling="none").plan()
    assert error is None
    assert [layer.name for layer in layers] == ["conv2d", "conv2d_1", "conv2d_2", "flatten", "dense", "dense_1"]
    assert (layers[0].output_shape, layers[0].parameters) == ((26, 26, 8), 8 * (9 + 1))


def test_an_impossible_network_shows_the_arithmetic_and_the_layers_before_it() -> None:
    draft = RECIPE.write("kernel_size_2", "7")
    layers, error = draft.plan()
    assert error is not None
    assert "7×7 window does not fit into a 6×6 map: (6 − 7) // 1 + 1" in error.message
    assert [layer.name for layer in layers] == ["conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1"]
    assert draft.wrong is None, "each field makes sense by itself"
    with pytest.raises(CnntuiError, match="does not fit"):
        draft.options()
    assert draft.write("padding", "same").plan()[1] is None


def test_a_pool_that_does_not_fit_is_refused_too() -> None:
    layers, error = written(kernel_size_0="28").plan()
    assert error is not None
    assert "max_pooling2d" in error.message
    assert layers == () or layers[0].name == "conv2d"


def test_a_network_too_large_for_memory_is_refused() -> None:
    draft = written(pooling="none", dense="4096")
    assert draft.plan()[1] is not None
    with pytest.raises(CnntuiError, match="parameters"):
        draft.options()


def test_fields_that_make_no_sense_leave_no_plan() -> None:
    assert RECIPE.write("filters_1", "many").plan() == ((), None)
    assert RECIPE.write("epochs", "many").plan()[0] != ()


@pytest.mark.parametrize(
    ("texts", "digits"),
    [
        ({}, 60_000),
        ({"limit": "100"}, 100),
        ({"limit": "70000"}, 60_000),
        ({"data": "/x"}, None),
        ({"limit": "x"}, 60_000),
    ],
)
def test_digits_are_known_where_the_data_is(texts: dict[str, str], digits: int | None) -> None:
    assert written(**texts).digits == digits


def test_fields_know_their_convolution() -> None:
    assert [layer_of(field) for field in ("filters_0", "kernel_size_2", "batch_size", "dense")] == [0, 2, None, None]
    assert {name for name in CHOICES if SETTINGS[name].place} < set(FIELDS)


def test_a_dense_network_has_no_fields_of_convolutions() -> None:
    dense = RECIPE.write("model", "dense")
    assert set(FIELDS) - set(dense.fields) == {
        "padding", "pooling", *(f"{setting}_{number}" for setting in ("filters", "kernel_size") for number in range(3))
    }  # fmt: skip
    assert dense.options() == TrainOptions(model="dense", dense=512)
    # What was written of convolutions is neither asked for nor in the way, and is there again with them.
    odd = written(filters_0="7", kernel_size_1="99", pooling="stride", padding="same").write("model", "dense")
    assert odd.wrong is None
    assert odd.options() == TrainOptions(model="dense", dense=512)
    assert odd.plan()[0] == dense.plan()[0]
    assert (
        odd.write("model", "cnn").texts
        == written(filters_0="7", kernel_size_1="99", pooling="stride", padding="same").texts
    )


def test_the_units_follow_the_model_where_nobody_chose_them() -> None:
    dense = RECIPE.write("model", "dense")
    assert (RECIPE.texts["dense"], dense.texts["dense"]) == ("64", "512")
    assert dense.write("model", "cnn").texts["dense"] == "64"
    for chosen in ("65", "512", "", "many"):
        assert RECIPE.write("dense", chosen).write("model", "dense").texts["dense"] == chosen
    assert dense.write("model", "dense").texts == dense.texts


@pytest.mark.parametrize("pooling", CHOICES["pooling"])
@pytest.mark.parametrize("model", CHOICES["model"])
def test_the_outline_is_the_plan_where_there_is_one(pooling: str, model: str) -> None:
    draft = written(pooling=pooling, model=model)
    assert [(layer.name, layer.kind, layer.stride) for layer in draft.outline] == [
        (layer.name, layer.kind, layer.stride) for layer in draft.plan()[0]
    ]
    impossible = draft.write("kernel_size_2", "20").write("filters_0", "x")
    assert [layer.name for layer in impossible.outline] == [layer.name for layer in draft.outline]


@pytest.mark.parametrize(
    ("rate", "text"), [(0.00001, "0.00001"), (0.001, "0.001"), (5, "5"), (0.1 + 0.2, "0.3"), (1e-12, "1e-12")]
)
def test_rates_are_written_without_powers(rate: float, text: str) -> None:
    assert rate_text(rate) == text


@pytest.mark.parametrize("field", ["epochs", "batch_size", "seed", "limit", "dense", "filters_1", "kernel_size_2"])
@pytest.mark.parametrize("text", ["99999999999999999999", "9" * 5000, "-1"])
def test_numbers_beyond_all_bounds_are_refused_with_the_bounds(field: str, text: str) -> None:
    draft = Draft.of(TrainOptions()).write(field, text)
    assert "must be a whole number from" in draft.problem(field)
    with pytest.raises(CnntuiError, match="must be a whole number from"):
        draft.options()
