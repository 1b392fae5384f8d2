"""The chart: a title, ticks, marks, and nothing repainted that stays."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from textual.geometry import Region

from cnntui.ui.widgets.charts.chart import Chart, tick_rows
from cnntui.ui.widgets.charts.plot import Axis, Curve, dot_rows
from tests.widgets.grids import OneWidget, text_of

AXIS = Axis(0.01, 1.0, True, (1.0, 0.1, 0.01))
NAMES = ("1", "0.1", "0.01")
MARKS = ((0.0, "0"), (50.0, "1"), (100.0, "2"))


def curve(batches: int) -> Curve:
    steps = np.arange(1, batches + 1)
    values = 0.9 ** (steps / 4)
    tests = np.array([50]) if batches >= 50 else np.empty(0, np.int64)
    return Curve(AXIS, 100, (steps, values), (steps, values), (tests, np.full(len(tests), 0.1)))


async def test_a_chart_says_what_it_shows() -> None:
    chart = Chart()
    async with OneWidget(chart, 38, 7).run_test() as pilot:
        await pilot.pause()
        chart.show("loss", "0.123", "0.456", curve(60), NAMES, "epoch", MARKS)
        text = text_of(chart)
        assert text[0] == "loss ━ 0.123 ◆ test 0.456      ⠶ batch"
        assert [line[:6] for line in text[1:6]] == ["    1┤", "     │", "  0.1┤", "     │", " 0.01┤"]
        assert text[6] == "epoch 0              1               2"
        assert text[3][6:].rstrip()[-1] == "◆"


@pytest.mark.parametrize("rows", range(3, 20))
@pytest.mark.parametrize("decades", [1, 2, 3, 5, 8, 19])
def test_names_next_to_each_other_are_equally_far_apart(rows: int, decades: int) -> None:
    ticks = tuple(10.0**power for power in range(decades - 2, -3, -1))
    axis = Axis(ticks[-1], 2.5 * ticks[0], True, ticks)
    placed = tick_rows(axis, tuple(f"{tick:g}" for tick in ticks), rows)
    named = [float(placed[row]) for row in sorted(placed)]
    ratios = {round(np.log10(above / below)) for above, below in pairwise(named)}
    assert len(ratios) <= 1
    assert named[-1] == ticks[-1]
    for row, name in placed.items():
        assert row == int(dot_rows(np.array([float(name)]), axis, rows)[0]) // 4


async def test_the_title_gives_up_words_before_numbers() -> None:
    chart = Chart()
    async with OneWidget(chart, 29, 5).run_test() as pilot:
        await pilot.pause()
        chart.show("accuracy", "99.5%", "98.99%", curve(60), NAMES, "epoch", MARKS)
        assert text_of(chart)[0].rstrip() == "accuracy ━ 99.5% ◆ 98.99%"


async def test_marks_never_run_into_each_other() -> None:
    chart = Chart()
    marks = tuple((float(step), f"{step:,}") for step in range(0, 101, 5))
    async with OneWidget(chart, 30, 5).run_test() as pilot:
        await pilot.pause()
        chart.show("loss", "", "", curve(60), NAMES, "batch", marks)
        names = text_of(chart)[-1].split()
        assert names[0] == "batch"
        assert set(names[1:]) <= {f"{step:,}" for step in range(0, 101, 5)}
        assert names[-1] == "100"


async def test_the_same_curve_paints_nothing_and_a_longer_one_only_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = Chart()
    async with OneWidget(chart, 38, 7).run_test() as pilot:
        await pilot.pause()
        chart.show("loss", "0.5", "", curve(20), NAMES, "epoch", MARKS)
        regions: list[Region] = []
        monkeypatch.setattr(chart, "refresh", lambda *dirty: regions.extend(dirty))
        chart.show("loss", "0.5", "", curve(20), NAMES, "epoch", MARKS)
        assert regions == []
        chart.show("loss", "0.5", "", curve(23), NAMES, "epoch", MARKS)
        assert 0 < len(regions) <= 2
        assert all(0 < region.y < 6 for region in regions)


@pytest.mark.parametrize("size", [(1, 1), (6, 3), (7, 3), (12, 2)])
async def test_no_room_is_no_error(size: tuple[int, int]) -> None:
    chart = Chart()
    async with OneWidget(chart, *size).run_test() as pilot:
        await pilot.pause()
        chart.show("loss", "0.5", "0.4", curve(60), NAMES, "epoch", MARKS)
        assert len(text_of(chart)) == size[1]
