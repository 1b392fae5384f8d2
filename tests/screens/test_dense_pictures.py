"""Pictures of flatten, dense and softmax: look at each before accepting it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.explore.scene import compose
from tests.networks import with_exact_logits
from tests.screens.apps import app_on
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare

LAYERS = {"flatten": "flatten", "dense": "dense", "logits": "dense_1", "softmax": "dense_1"}
"""The layer that each picture shows; the logits are a dense layer's."""


def compared(
    compare: Compare, runs_dir: Path, view: str, size: tuple[int, int], press: list[str] | None = None
) -> bool:
    screen, place = ("dense", 3) if view == "logits" else (view, 17)
    cell = (3, 1) if view == "flatten" else None
    place = 3 if view == "softmax" else place
    app = app_on(screen, runs_dir, layer=LAYERS[view], filter=place, cell=cell, index=18)
    if view == "softmax":
        scene = app.scene
        exact = compose(scene.run, scene.step, with_exact_logits(scene.network), scene.data, scene.focus)
        app.navigator.look(exact)
    return compare(app, press=press or [], terminal_size=size)


@pytest.mark.parametrize("view", LAYERS)
@pytest.mark.slow
def test_normal(snap_compare: Compare, runs_dir: Path, view: str) -> None:
    assert compared(snap_compare, runs_dir, view, SMALL)


@pytest.mark.slow
def test_softmax_without_the_shift(snap_compare: Compare, runs_dir: Path) -> None:
    assert compared(snap_compare, runs_dir, "softmax", SMALL, ["v", "down"])


@pytest.mark.slow
@pytest.mark.parametrize("size", [LARGE, COMPACT])
@pytest.mark.parametrize("view", LAYERS)
def test_other_sizes(snap_compare: Compare, runs_dir: Path, view: str, size: tuple[int, int]) -> None:
    assert compared(snap_compare, runs_dir, view, size)


@pytest.mark.slow
@pytest.mark.parametrize("view", LAYERS)
def test_without_colour(snap_compare: Compare, runs_dir: Path, view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert compared(snap_compare, runs_dir, view, SMALL)


@pytest.mark.slow
@pytest.mark.parametrize("view", ["flatten", "dense", "softmax"])
def test_help(snap_compare: Compare, runs_dir: Path, view: str) -> None:
    assert compared(snap_compare, runs_dir, view, SMALL, ["question_mark"])
