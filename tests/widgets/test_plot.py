"""Curves as characters: positions, and points that may never be lost."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.ui.widgets.charts.plot import Axis, CellRole, Curve, Series, accuracy_axis, draw, draw_lines, loss_axis

NOTHING = (np.empty(0, np.int64), np.empty(0))
UNIT = Axis(0.0, 1.0, False, (1.0, 0.0))


def series(steps: list[int], values: list[float]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(steps, np.int64), np.array(values)


def rows(curve: Curve, height: int, width: int, *, plain: bool = False) -> list[str]:
    return ["".join(map(chr, row)) for row in draw(curve, height, width, plain=plain).glyphs.tolist()]


def test_shares_run_from_the_bottom_to_the_top() -> None:
    shares = Axis(0.01, 1.0, True, ()).shares(np.array([0.001, 0.01, 0.1, 1.0, 5.0, np.nan]))
    assert shares[:5].tolist() == pytest.approx([0, 0, 0.5, 1, 1])
    assert np.isnan(shares[5])


def test_a_line_from_corner_to_corner_is_two_dots_thick() -> None:
    curve = Curve(UNIT, 7, NOTHING, series([0, 7], [0.0, 1.0]), NOTHING)
    assert rows(curve, 2, 4) == ["  ⣤⠞", "⣤⠞  "]


def test_a_steep_line_has_no_gaps() -> None:
    curve = Curve(UNIT, 19, NOTHING, series([0, 9, 10, 19], [0.0, 0.0, 1.0, 1.0]), NOTHING)
    text = rows(curve, 5, 10)
    assert all(line.strip() for line in text)


def test_the_highest_point_of_thousands_stays() -> None:
    values = np.full(5000, 0.1)
    values[3217] = 1.0
    curve = Curve(UNIT, 4999, (np.arange(5000), values), NOTHING, NOTHING)
    roles = draw(curve, 5, 34).roles
    assert np.flatnonzero(roles[0]).tolist() == [3217 * 34 // 5000]


def test_what_lies_beyond_the_axis_has_an_arrow_at_its_edge() -> None:
    curve = Curve(UNIT, 1, series([0], [9.0]), NOTHING, series([1], [-9.0]))
    assert rows(curve, 2, 2) == ["▴ ", " ▼"]
    curve = Curve(UNIT, 1, NOTHING, series([0], [9.0]), series([1], [1.0]))
    assert rows(curve, 2, 2) == ["▴◆", "  "]
    curve = Curve(UNIT, 1, series([0], [1.0]), NOTHING, series([1], [0.0]))
    assert rows(curve, 2, 2) == ["⠁ ", " ◆"], "on the edge is not beyond it"


def test_a_line_leaves_a_gap_where_it_is_off_the_axis_and_a_note_says_so() -> None:
    steps = list(range(60))
    values = [0.5] * 20 + [-1.0] * 10 + [0.5] * 30
    drawn = rows(Curve(UNIT, 59, NOTHING, series(steps, values), NOTHING), 4, 30)
    assert drawn[-1][10:15] == "▾" * 5
    assert "▾ off scale" in "".join(drawn) or "▾ off the scale" in "".join(drawn)
    drawing = draw(Curve(UNIT, 59, NOTHING, series(steps, values), NOTHING), 4, 30)
    assert CellRole.LINE not in drawing.roles[:-1, 10:15], "no line where there is none"


def test_lines_of_runs_have_arrows_too_and_no_number_on_the_edge() -> None:
    steps = list(range(60))
    drawing = draw_lines([series(steps, [0.1] * 60), series(steps, [0.95] * 60)], Axis(0.9, 1.0, False, ()), 59, 4, 30)
    bottom = "".join(map(chr, drawing.glyphs[-1].tolist()))
    assert bottom == "▾" * 30
    assert set(drawing.roles[-1].tolist()) == {1}
    assert "1" not in "".join(map(chr, drawing.glyphs.ravel().tolist()))
    assert any("▾ off the scale" in "".join(map(chr, row)) for row in drawing.glyphs.tolist())


def test_a_loss_that_is_no_number_is_marked_at_the_top() -> None:
    curve = Curve(UNIT, 3, NOTHING, series([0, 1], [0.0, 0.0]), NOTHING, lost=np.array([2, 3]))
    drawing = draw(curve, 2, 4)
    assert "".join(map(chr, drawing.glyphs[0].tolist())) == "  ××"
    assert drawing.roles[0].tolist() == [CellRole.BLANK, CellRole.BLANK, CellRole.LOST, CellRole.LOST]


def test_tests_lie_over_the_line_and_the_line_over_points() -> None:
    curve = Curve(UNIT, 2, series([0, 1, 2], [0.5] * 3), series([0, 1], [0.5] * 2), series([0], [0.5]))
    drawing = draw(curve, 1, 3)
    assert drawing.roles.tolist() == [[CellRole.TEST, CellRole.LINE, CellRole.POINTS]]


def test_no_number_is_no_dot() -> None:
    curve = Curve(UNIT, 3, series([0, 1], [np.nan, np.inf]), series([2], [np.nan]), series([3], [np.nan]))
    assert rows(curve, 2, 4) == ["    ", "    "]


def test_without_colour_points_and_line_have_other_glyphs() -> None:
    curve = Curve(UNIT, 1, series([0], [0.5]), series([1], [0.5]), NOTHING)
    point, line = rows(curve, 1, 2, plain=True)[0]
    assert point == "·"
    assert 0x2800 < ord(line) < 0x2900


def test_the_loss_axis_ends_in_a_decade_and_holds_a_wild_batch() -> None:
    axis = loss_axis(np.array([2.3, 30.0, np.nan, 0.0005]), 0.03)
    assert (axis.low, axis.high) == (pytest.approx(0.01), 30.0)
    assert axis.ticks == pytest.approx((10, 1, 0.1, 0.01))


@pytest.mark.parametrize("lowest", [np.inf, np.nan, 0.0, 1e-30, 50.0])
def test_the_loss_axis_stands_whatever_the_loss_does(lowest: float) -> None:
    axis = loss_axis(np.empty(0), lowest)
    assert 0 < axis.low < axis.high
    assert np.isfinite(axis.shares(np.array([0.0, 1.0, 1e9]))).all()


@pytest.mark.parametrize(("usual", "low"), [(0.1, 0.0), (0.8, 0.5), (0.89, 0.8), (0.99, 0.9)])
def test_the_accuracy_axis_looks_closer_as_the_network_gets_better(usual: float, low: float) -> None:
    axis = accuracy_axis(np.full(100, usual), np.empty(0))
    assert axis.low == low
    assert axis.ticks[0] == 1.0


def test_the_accuracy_axis_has_every_test_in_view() -> None:
    assert accuracy_axis(np.full(100, 0.99), np.array([0.98, 0.92])).low == 0.9
    assert accuracy_axis(np.full(100, 0.99), np.array([0.98, np.nan, 0.101])).low == 0.0
    assert accuracy_axis(np.full(100, 0.99), np.array([0.55])).low == 0.5


# Several lines


def at_steps(values: list[float]) -> Series:
    return np.arange(len(values)), np.array(values)


def test_each_line_is_marked_with_its_number_at_its_end() -> None:
    axis = Axis(0.0, 1.0, False, ())
    drawing = draw_lines([at_steps([0.0] * 80), at_steps([1.0] * 40)], axis, 79, 4, 40)
    text = ["".join(chr(glyph) for glyph in row) for row in drawing.glyphs.tolist()]
    assert text[-1].endswith("1")
    assert text[0].rstrip().endswith("2")
    assert set(drawing.roles[-1].tolist()) == {1}
    assert set(drawing.roles[0].tolist()) == {0, 2}
    # On the way there are marks as well, or a line could not be followed without colours.
    assert text[-1].count("1") > 1


def test_a_line_below_others_shows_through_by_its_marks() -> None:
    axis = Axis(0.0, 1.0, False, ())
    drawing = draw_lines([at_steps([0.5] * 80)] * 6, axis, 79, 3, 40)
    assert set("".join(chr(glyph) for glyph in drawing.glyphs.ravel().tolist())) >= set("123456")


def test_lines_of_nothing_are_blank() -> None:
    axis = Axis(0.0, 1.0, False, ())
    empty = np.empty(0, np.int64), np.empty(0)
    unknown = np.arange(3), np.full(3, np.nan)
    assert not draw_lines([empty, unknown], axis, 1, 3, 10).roles.any()
    assert not draw_lines([], axis, 1, 3, 10).roles.any()


def test_the_name_of_a_line_stands_at_its_end_where_that_is_free() -> None:
    steps = [0, 39]
    lines = (series(steps, [0.8, 0.8]), series(steps, [0.2, 0.2]))
    text = ["".join(map(chr, row)) for row in draw_lines(lines, UNIT, 39, 9, 40, ("train", "test")).glyphs.tolist()]
    assert [row for row in range(9) if text[row].endswith("train")] == [0]
    assert [row for row in range(9) if text[row].endswith("test")] == [6]
    crowded = (*lines, *(series(steps, [height, height]) for height in (0.0, 0.1, 0.3, 0.35, 0.7, 0.9, 1.0)))
    text = ["".join(map(chr, row)) for row in draw_lines(crowded, UNIT, 39, 9, 40, ("train", "test")).glyphs.tolist()]
    assert not any(name in row for row in text for name in ("train", "test"))
