"""The network that settings describe, before training: its shapes, or why it is impossible."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnntui.cnn.description import Description, LayerDescription
from cnntui.cnn.readers.keras.file import read_architecture
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.architecture import LayerPlan, check_recorded, layers_of, network_of
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import bundled_run

RECIPE = RunConfig(name="recipe", seed=1)


def test_the_recipe_is_the_network_of_the_lesson() -> None:
    assert layers_of(RECIPE) == (
        LayerPlan("conv2d", "Conv2D", (27, 27, 32), 160, convolution=0),
        LayerPlan("max_pooling2d", "MaxPool2D", (13, 13, 32), 0, stride=2),
        LayerPlan("conv2d_1", "Conv2D", (12, 12, 64), 8256, convolution=1),
        LayerPlan("max_pooling2d_1", "MaxPool2D", (6, 6, 64), 0, stride=2),
        LayerPlan("conv2d_2", "Conv2D", (5, 5, 64), 16448, convolution=2),
        LayerPlan("flatten", "Flatten", (1600,), 0),
        LayerPlan("dense", "Dense", (64,), 102464),
        LayerPlan("dense_1", "Dense", (10,), 650),
    )


def test_it_is_put_together_as_the_checkpoint_of_such_a_run_says() -> None:
    saved = read_architecture(bundled_run().checkpoint_path)
    planned = network_of(bundled_run().read_config())
    assert [(type(layer), layer.name) for layer in planned] == [(type(layer), layer.name) for layer in saved]
    assert planned.shapes == saved.shapes
    assert planned.parameters == saved.parameters


def test_every_setting_is_heeded() -> None:
    config = replace(RECIPE, filters=(4, 8, 2), kernel_size=(5, 3, 1), padding="same", pooling="none", dense=7)
    assert [(plan.name, plan.output_shape, plan.parameters) for plan in layers_of(config)] == [
        ("conv2d", (28, 28, 4), 5 * 5 * 4 + 4),
        ("conv2d_1", (28, 28, 8), 3 * 3 * 4 * 8 + 8),
        ("conv2d_2", (28, 28, 2), 8 * 2 + 2),
        ("flatten", (1568,), 0),
        ("dense", (7,), 1568 * 7 + 7),
        ("dense_1", (10,), 80),
    ]


@pytest.mark.parametrize(
    ("settings", "shapes", "parameters"),
    [
        ({"pooling": "average"}, [(27, 27, 32), (13, 13, 32), (12, 12, 64), (6, 6, 64), (5, 5, 64)], 127_978),
        ({"pooling": "stride"}, [(14, 14, 32), (7, 7, 64), (6, 6, 64)], 173_034),
        ({"pooling": "none"}, [(27, 27, 32), (26, 26, 64), (25, 25, 64)], 2_585_578),
        ({"pooling": "none", "dense": 512}, [(27, 27, 32), (26, 26, 64), (25, 25, 64)], 20_510_506),
        ({"model": "dense", "dense": 512}, [], 407_050),
    ],
)
def test_other_ways_to_make_maps_smaller_and_none_at_all(
    settings: dict[str, object], shapes: list[tuple[int, ...]], parameters: int
) -> None:
    network = network_of(replace(RECIPE, **settings))  # type: ignore[arg-type]
    assert [shape for shape in network.shapes if len(shape) == 3] == shapes
    assert network.parameters == parameters


def test_dense_layers_on_512_units_without_pooling_are_what_the_text_warns_of() -> None:
    dense = layers_of(replace(RECIPE, pooling="none", dense=512))[-2]
    assert dense.parameters == 512 * 25 * 25 * 64 + 512 == 20_480_512


@pytest.mark.parametrize(
    ("settings", "arithmetic"),
    [
        ({"kernel_size": (2, 2, 7)}, r"'conv2d_2': a 7×7 window does not fit into a 6×6 map: \(6 − 7\) // 1 \+ 1"),
        ({"kernel_size": (28, 1, 1)}, r"'max_pooling2d': a 2×2 window does not fit into a 1×1 map"),
        ({"filters": (4096,) * 3, "kernel_size": (3,) * 3}, "parameters, 150,999,040 of them in layer 'conv2d_1'"),
    ],
)
def test_a_network_that_cannot_be_is_refused_with_the_arithmetic(settings: dict[str, object], arithmetic: str) -> None:
    with pytest.raises(CnntuiError, match=arithmetic) as caught:
        layers_of(replace(RECIPE, **settings))  # type: ignore[arg-type]
    assert caught.value.hint


def test_a_network_may_be_larger_to_be_opened_than_to_be_trained() -> None:
    wide = [LayerDescription("Dense", f"dense{k}", {}, {"kernel": (7000, 7000), "bias": (7000,)}) for k in range(2)]
    network = Description((70, 100, 1), (LayerDescription("Flatten", "flatten"), *wide)).network()
    with pytest.raises(CnntuiError, match=r"98,014,000 parameters; the weights of a training .* up to 50,000,000"):
        check_recorded(network)
