"""Pictures of Why this answer: each was looked at before it was accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from cnntui.screens.why import WhyScreen
from tests.screens.apps import app_on
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare
from tests.screens.test_why import measured

DOWN = ["right", "down", "down", *["right"] * 7]
"""Into the second unit of a logit, and on down to a convolution's cell."""


async def heat(pilot: Pilot[None]) -> None:
    """Show the heat, all of it."""
    screen = pilot.app.screen
    assert isinstance(screen, WhyScreen)
    if not screen.has_class("-large"):
        await pilot.press("o")
    await measured(pilot, pilot.app)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [SMALL, COMPACT])
def test_the_tree(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app_on("why", runs_dir, digit=8), press=DOWN, terminal_size=size)


@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
def test_the_heat(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    app = app_on("why", runs_dir, digit=18)
    assert snap_compare(app, press=["right"] * 4, terminal_size=size, run_before=heat)  # type: ignore[call-arg]


def test_another_class_without_colour(snap_compare: Compare, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_on("why", runs_dir, digit=8), press=["F", "down", "down", "right"], terminal_size=SMALL)


def test_the_help_page(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(app_on("why", runs_dir), press=["question_mark"], terminal_size=SMALL)
