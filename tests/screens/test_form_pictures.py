"""Pictures of the form before a training. `pytest --snapshot-update` makes them again; look at them before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.screens.apps import app_on

Compare = Callable[..., bool]


def pressing(*keys: str) -> Callable[[Pilot[None]], object]:
    async def press(pilot: Pilot[None]) -> None:
        await pilot.press("t")
        for key in keys:
            await pilot.press(key)
        await pilot.pause()

    return press


@pytest.mark.parametrize("size", [(80, 24), (60, 18)])
@pytest.mark.slow
def test_the_recipe(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on("train", runs_dir), terminal_size=size, run_before=pressing())


@pytest.mark.slow
def test_another_network(snap_compare: Compare, runs_dir: Path) -> None:
    keys = pressing("down", "right", "1", "6", "right", "3")
    assert snap_compare(app_on("train", runs_dir), terminal_size=(80, 24), run_before=keys)


@pytest.mark.slow
def test_an_impossible_network(snap_compare: Compare, runs_dir: Path) -> None:
    keys = pressing(*["tab"] * 15, "7")
    assert snap_compare(app_on("train", runs_dir), terminal_size=(80, 24), run_before=keys)


@pytest.mark.slow
def test_a_setting_that_makes_no_sense(snap_compare: Compare, runs_dir: Path) -> None:
    keys = pressing("down", "down", "down", "down", "0", "down")
    assert snap_compare(app_on("train", runs_dir), terminal_size=(80, 24), run_before=keys)


@pytest.mark.parametrize("size", [(80, 24), pytest.param((60, 18), marks=pytest.mark.slow)])
def test_a_dense_network(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    keys = pressing("down", "right", "up", "space")
    assert snap_compare(app_on("train", runs_dir), terminal_size=size, run_before=keys)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 18)])
@pytest.mark.parametrize("times", [1, 2])
def test_other_pools(snap_compare: Compare, runs_dir: Path, times: int, size: tuple[int, int]) -> None:
    """Average pools, and strides in place of pools."""
    keys = pressing("down", "right", *["down"] * 5, *["space"] * times)
    assert snap_compare(app_on("train", runs_dir), terminal_size=size, run_before=keys)
