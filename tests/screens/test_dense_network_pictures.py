"""Pictures of a network without convolutions: look at each before accepting it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.apps import app_on
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare

LAYERS = {"train": None, "network": "dense", "flatten": "flatten", "dense": "dense", "why": None}
"""The pictured screens, and the layer that each shows."""

DIGIT, UNIT, CELL = 18, 7, (14, 13)


def compared(
    compare: Compare, runs_dir: Path, view: str, size: tuple[int, int], press: tuple[str, ...] = (), layer: str = ""
) -> bool:
    layer_shown = layer or LAYERS.get(view)
    app = app_on(
        view, runs_dir, target="dense", index=DIGIT, layer=layer_shown,
        filter=UNIT if layer_shown == "dense" else None, cell=CELL if layer_shown == "flatten" else None,
    )  # fmt: skip
    return compare(app, press=[*press], terminal_size=size)


@pytest.mark.parametrize(
    "size", [SMALL, pytest.param(LARGE, marks=pytest.mark.slow), pytest.param(COMPACT, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("view", LAYERS)
def test_each_screen(snap_compare: Compare, runs_dir: Path, view: str, size: tuple[int, int]) -> None:
    press = ("right", "down", "right") if view == "why" else ()
    assert compared(snap_compare, runs_dir, view, size, press)


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
def test_network_at_the_pixels(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert compared(snap_compare, runs_dir, "network", size, layer="flatten")


@pytest.mark.slow
def test_what_a_unit_looks_for(snap_compare: Compare, runs_dir: Path) -> None:
    assert compared(snap_compare, runs_dir, "dense", SMALL, ("v",))


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
def test_what_a_pixel_sees(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert compared(snap_compare, runs_dir, "field", size, layer="flatten")


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
def test_what_it_lacks(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert compared(snap_compare, runs_dir, "convolve", size)


@pytest.mark.slow
@pytest.mark.parametrize("view", ["train", "flatten", "dense"])
def test_without_colour(snap_compare: Compare, runs_dir: Path, view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert compared(snap_compare, runs_dir, view, SMALL)
