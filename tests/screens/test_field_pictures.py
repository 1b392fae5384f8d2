"""Pictures of receptive fields: look at each before accepting it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.apps import app_on
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
def test_a_cell_of_the_last_maps(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    app = app_on("field", runs_dir, layer="conv2d_2", filter=30, cell=(1, 2), index=4)
    assert snap_compare(app, terminal_size=size)


@pytest.mark.slow
def test_what_sees_a_cell_of_the_second_maps(snap_compare: Compare, runs_dir: Path) -> None:
    app = app_on("field", runs_dir, layer="conv2d_1", filter=6, cell=(6, 5), index=4)
    assert snap_compare(app, terminal_size=SMALL)


@pytest.mark.slow
def test_what_is_never_read(snap_compare: Compare, runs_dir: Path) -> None:
    app = app_on("field", runs_dir, layer="conv2d_1", filter=6, cell=(3, 4), index=4)
    assert snap_compare(app, press=["u"], terminal_size=LARGE)


@pytest.mark.slow
def test_what_is_never_read_without_colour(
    snap_compare: Compare, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_on("field", runs_dir, layer="conv2d_1", filter=6, cell=(3, 4), index=4)
    assert snap_compare(app, press=["u"], terminal_size=SMALL)


@pytest.mark.slow
def test_help(snap_compare: Compare, runs_dir: Path) -> None:
    assert snap_compare(app_on("field", runs_dir), press=["question_mark"], terminal_size=SMALL)
