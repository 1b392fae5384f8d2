"""Pictures of Network, Convolve and Pool: look at each before accepting it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest
from textual.app import App

from cnntui.ui.app.app import CnntuiApp
from tests.screens.apps import app_on

SMALL, LARGE, COMPACT, HUGE = (80, 24), (120, 40), (60, 18), (200, 55)


class Compare(Protocol):
    def __call__(self, app: App[None], press: list[str] = ..., terminal_size: tuple[int, int] = ...) -> bool: ...


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT, HUGE])
def test_convolve_first_layer(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on("convolve", runs_dir, filter=0, cell=(9, 19)), terminal_size=size)


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_convolve_second_layer(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_1", filter=9, index=2)
    assert snap_compare(app, press=["c", "c"], terminal_size=size)


@pytest.mark.slow
def test_convolve_third_layer_with_its_whole_map(snap_compare: Compare, runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_2", filter=30, index=4)
    assert snap_compare(app, press=["M"], terminal_size=SMALL)


@pytest.mark.slow
@pytest.mark.parametrize("presses", [1, 2, 3, 4], ids=["blocks", "half-blocks", "glyphs", "numbers"])
def test_convolve_in_each_style(snap_compare: Compare, runs_dir: Path, presses: int) -> None:
    app = app_on("convolve", runs_dir, filter=3, index=1)
    assert snap_compare(app, press=["g"] * presses, terminal_size=SMALL)


@pytest.mark.slow
@pytest.mark.parametrize("layer", ["max_pooling2d", "max_pooling2d_1"])
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_pool(snap_compare: Compare, runs_dir: Path, size: tuple[int, int], layer: str) -> None:
    assert snap_compare(app_on("pool", runs_dir, layer=layer, filter=2), terminal_size=size)


def test_pool_compact(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(app_on("pool", runs_dir, layer="max_pooling2d", filter=2), terminal_size=COMPACT)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "layer"),
    [(SMALL, "conv2d"), (LARGE, "conv2d_1"), ((176, 40), "max_pooling2d")],
    ids=["small", "large", "wide"],
)
def test_network_maps(snap_compare: Compare, runs_dir: Path, size: tuple[int, int], layer: str) -> None:
    assert snap_compare(app_on("network", runs_dir, index=4, layer=layer, filter=9), terminal_size=size)


@pytest.mark.slow
@pytest.mark.parametrize("presses", [1, 2, 3], ids=["flatten", "dense", "softmax"])
def test_network_vectors(snap_compare: Compare, runs_dir: Path, presses: int) -> None:
    app = app_on("network", runs_dir, index=8, layer="conv2d_2")
    assert snap_compare(app, press=["down"] * presses, terminal_size=SMALL)


@pytest.mark.slow
def test_network_compact(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(app_on("network", runs_dir, index=4), press=["v"], terminal_size=COMPACT)


def test_a_window_that_is_too_small(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(app_on("convolve", runs_dir), terminal_size=(40, 10))


@pytest.mark.slow
@pytest.mark.parametrize("screen", ["train", "network", "convolve", "pool"])
def test_help(snap_compare: Compare, runs_dir: Path, screen: str) -> None:
    assert snap_compare(app_on(screen, runs_dir), press=["question_mark"], terminal_size=SMALL)


@pytest.mark.slow
@pytest.mark.parametrize("screen", ["network", "convolve", "pool"])
def test_without_colour(snap_compare: Compare, runs_dir: Path, screen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app: CnntuiApp = app_on(screen, runs_dir, filter=3)
    assert app.no_color
    assert snap_compare(app, terminal_size=SMALL)


@pytest.mark.slow
@pytest.mark.parametrize("screen", ["train", "network", "pool", "dense", "draw", "field", "labs", "runs"])
def test_in_a_large_window(snap_compare: Compare, runs_dir: Path, screen: str) -> None:
    assert snap_compare(app_on(screen, runs_dir, filter=3), terminal_size=HUGE)
