"""Bars stand up for positive values and hang down for negative ones."""

from __future__ import annotations

import numpy as np
import pytest
from textual.geometry import Region

from cnntui.ui.widgets.bars.bars import Bars
from tests.widgets.grids import OneWidget, text_of


async def test_signed_bars_stand_up_or_hang_down() -> None:
    bars = Bars()
    async with OneWidget(bars, 3, 2).run_test() as pilot:
        bars.show(np.array([1.0, 0.5, -1.0], np.float32))
        await pilot.pause()
        up, down = text_of(bars)
        assert up == "█▄ "
        assert down == "  █"
        hanging = next(iter(bars.render_line(1).crop(2, 3))).style
        assert hanging is not None
        assert hanging.color is not None
        assert hanging.color.get_truecolor() == (103, 159, 248)


async def test_bars_are_scaled_to_the_largest() -> None:
    bars = Bars(signed=False)
    async with OneWidget(bars, 2, 1).run_test() as pilot:
        bars.show(np.array([0.002, 0.001], np.float32))
        await pilot.pause()
        assert text_of(bars) == ["█▄"]


async def test_bars_lie_as_far_apart_and_rise_as_high_as_is_asked_for() -> None:
    bars = Bars()
    bars.keep_lower_half(False)
    async with OneWidget(bars, 10, 1).run_test() as pilot:
        bars.show(np.array([0.5, 1.0], np.float32), pitch=5, limit=2.0)
        await pilot.pause()
        assert text_of(bars) == ["▂▂▂▂ ▄▄▄▄ "]


async def test_the_chosen_bar_shows_even_where_it_is_zero() -> None:
    bars = Bars()
    async with OneWidget(bars, 2, 2).run_test() as pilot:
        bars.show(np.zeros(2, np.float32), chosen=1)
        await pilot.pause()
        assert text_of(bars) == [" ▁", "  "]


async def test_only_lines_with_other_bars_are_repainted(monkeypatch: pytest.MonkeyPatch) -> None:
    bars = Bars()
    async with OneWidget(bars, 8, 2).run_test() as pilot:
        bars.show(np.array([1.0, 0.5, -1.0, 0.5], np.float32))
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(bars, "refresh", lambda *dirty: regions.extend(dirty))
        bars.show(np.array([1.0, 0.25, -1.0, 0.5], np.float32))
        assert regions == [Region(0, 0, 8, 1)]


async def test_another_choice_repaints_all_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    bars = Bars()
    async with OneWidget(bars, 8, 2).run_test() as pilot:
        values = np.array([1.0, 0.5, -1.0, 0.5], np.float32)
        bars.show(values, chosen=0)
        await pilot.pause()
        repainted: list[tuple[Region, ...]] = []
        monkeypatch.setattr(bars, "refresh", lambda *dirty: repainted.append(dirty))
        bars.show(values, chosen=1)
        bars.show(values, chosen=1)
        assert repainted == [()]


async def test_more_bars_than_columns_are_leafed_through() -> None:
    pointed: list[int] = []

    class Clicked(OneWidget):
        def on_bars_pointed(self, event: Bars.Pointed) -> None:
            pointed.append(event.index)

    bars = Bars(signed=False)
    async with Clicked(bars, 4, 1).run_test() as pilot:
        values = np.array([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 1, 0], np.float32)
        for chosen, line in {0: "████", 3: "████", 4: "▄▄▄▄", 7: "▄▄▄▄", 9: "█▁  ", 2: "████"}.items():
            bars.show(values, chosen)
            await pilot.pause()
            assert text_of(bars) == [line]
        bars.show(values, 6)
        await pilot.pause()
        await pilot.click(bars, offset=(1, 0))
        assert pointed == [5]


async def test_a_click_names_the_bar() -> None:
    pointed: list[int] = []

    class Clicked(OneWidget):
        def on_bars_pointed(self, event: Bars.Pointed) -> None:
            pointed.append(event.index)

    bars = Bars()
    async with Clicked(bars, 8, 2).run_test() as pilot:
        bars.show(np.ones(4, np.float32))
        await pilot.pause()
        await pilot.click(bars, offset=(5, 1))
        assert pointed == [2]
