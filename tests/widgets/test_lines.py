"""Lines of text that repaint only where they change."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from cnntui.widgets.lines import FILL, Lines
from tests.widgets.grids import OneWidget, text_of


async def test_text_is_never_read_as_markup() -> None:
    lines = Lines("[/device:GPU:0] [bold]")
    async with OneWidget(lines, 30, 1).run_test():
        assert text_of(lines) == ["[/device:GPU:0] [bold]        "]


async def test_what_follows_the_fill_ends_at_the_right_edge() -> None:
    lines = Lines((("left", ""), FILL, ("right", "dim")))
    async with OneWidget(lines, 12, 1).run_test():
        assert text_of(lines) == ["left   right"]


async def test_what_follows_the_fill_gives_way() -> None:
    lines = Lines((("left", ""), FILL, ("right", "dim")))
    async with OneWidget(lines, 8, 1).run_test():
        assert text_of(lines) == ["left    "]


async def test_only_lines_that_change_are_repainted(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = Lines("one", "two 2", "three")
    async with OneWidget(lines, 12, 3).run_test() as pilot:
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(lines, "refresh", lambda *dirty: regions.extend(dirty))
        lines.set("one", "two 3", "three")
        assert regions == [Region(0, 1, 5, 1)]
        regions.clear()
        lines.set("one", "two 3", "three")
        assert regions == []


async def test_a_change_of_role_is_repainted(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = Lines((("value", "positive"),))
    async with OneWidget(lines, 12, 1).run_test() as pilot:
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(lines, "refresh", lambda *dirty: regions.extend(dirty))
        lines.set((("value", "negative"),))
        assert regions == [Region(0, 0, 5, 1)]
