"""Lines of text that repaint only where they change."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from cnntui import printable
from cnntui.printable import set_width
from cnntui.ui.widgets.text import line
from cnntui.ui.widgets.text.line import FILL, cut, plain
from cnntui.ui.widgets.text.lines import Lines
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
        assert regions == [Region(0, 1, 12, 1)]
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
        assert regions == [Region(0, 0, 12, 1)]


@pytest.mark.parametrize(("text", "width", "shown"), [
    ("all 512 filters here", 20, "all 512 filters here"),
    ("all 512 filters here", 19, "all 512 filters …"),
    ("all 512 filters here", 16, "all 512 filters"),
    ("all 512 filters here", 12, "all 512 …"),
    ("all 512 filters here", 6, "all …"),
    ("canvas: white_card_on_black_3.png", 28, "canvas: white_card_on_black…"),
    ("0.123456789012345", 10, "…"),
    ("one vector of 512 numbers", 23, "one vector of 512 …"),
    ("from −4888784105635840.00 to 0.25", 30, "from −4888784105635840.00 to …"),
    ("from −4888784105635840.00 to 0.25", 20, "from …"),
    ("sees 17×19", 7, "sees …"),
    ("1234567", 5, "…"),
    ("bar ██████████", 8, "bar ████"),
    ("卷积层 的 名字", 12, "卷积层 的 …"),
])  # fmt: skip
def test_no_word_and_no_number_is_cut(text: str, width: int, shown: str) -> None:
    shown_line = cut(((text[:3], "strong"), (text[3:], "dim")), width)
    assert set_width(plain(shown_line), width).rstrip() == shown


@pytest.mark.parametrize("text", ["x" * 20_000, "“" + "x" * 20_000, "漢" * 20_000, "a “" + "x y" * 7_000])
def test_a_long_text_is_measured_a_few_times_and_no_more(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    measured = 0

    def text_width(text: str) -> int:
        nonlocal measured
        measured += len(text)
        return printable.text_width(text)

    monkeypatch.setattr(line, "text_width", text_width)
    assert len(plain(cut(((text, ""),), 60))) <= len(text)
    assert len(text) <= measured <= 4 * len(text)
