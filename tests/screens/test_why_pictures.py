"""Pictures of Why this answer: look at each before accepting it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.screens.apps import app_on, strike
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare
from tests.screens.test_why import measured


def after(*keys: str, heat: bool = False) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press some keys, and let the grey square go everywhere."""

    async def run(pilot: Pilot[None]) -> None:
        await strike(pilot, *keys)
        if heat:
            await measured(pilot, pilot.app)  # type: ignore[arg-type]

    return run


@pytest.mark.slow
def test_the_tree(snap_compare: Compare, runs_dir: Path) -> None:
    app = app_on("why", runs_dir, index=8)
    down = after("right", "down", "down", *["right"] * 7)
    assert snap_compare(app, terminal_size=SMALL, run_before=down)  # type: ignore[call-arg]


@pytest.mark.slow
@pytest.mark.parametrize(("size", "key"), [(SMALL, "v"), (COMPACT, "v"), (LARGE, "home")])
def test_the_heat(snap_compare: Compare, runs_dir: Path, size: tuple[int, int], key: str) -> None:
    app = app_on("why", runs_dir, index=18)
    opened = after(*["right"] * 4, key, heat=True)
    assert snap_compare(app, terminal_size=size, run_before=opened)  # type: ignore[call-arg]


@pytest.mark.slow
def test_another_class_without_colour(snap_compare: Compare, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_on("why", runs_dir, index=8)
    shown = after("F", "down", "down", "right", "v", heat=True)
    assert snap_compare(app, terminal_size=SMALL, run_before=shown)  # type: ignore[call-arg]
