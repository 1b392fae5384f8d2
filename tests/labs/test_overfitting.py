"""The outcomes of trainings, and what the overfitting lab says about them."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest

from cnntui.files.assets import asset
from cnntui.labs.overfitting import (
    CELLS,
    DIGITS,
    HEADS,
    NETWORKS,
    Cell,
    Outcome,
    cell_of,
    effect_of_digits,
    effect_of_no_pooling,
    moved,
    options_of,
    read_histories,
)
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.history.events import EpochEnd
from cnntui.runs.reading.follow import RunFollower
from cnntui.ui.views.base.curves.text import loss
from cnntui.ui.views.labs.overfitting import table as overfitting_table
from cnntui.ui.views.labs.overfitting import text as overfitting_text
from cnntui.ui.views.labs.overfitting import verdict as overfitting_verdict
from cnntui.ui.views.labs.overfitting.charts import Shown, accuracy_comparisons, loss_comparisons
from cnntui.ui.widgets.text.line import FILL, plain
from tests.canned import canned_run, texts
from tests.histories import EPOCHS, config_of, epochs_of, lay_out, outcome_of

MAX_500, NONE_500 = Cell(500, 64, "max").pair


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return lay_out(tmp_path / "lab-runs", monkeypatch)


def outcome(
    *test_losses: float, losses: tuple[float, ...] = (), train: float = 1.0, test: float = 0.9, cell: Cell = MAX_500
) -> Outcome:
    losses = losses or tuple(1 / (place + 1) for place in range(len(test_losses)))
    ends = [EpochEnd(0.0, place, place + 1, *both, 1.0) for place, both in enumerate(
        (own, train, other, test) for own, other in zip(losses, test_losses, strict=True)
    )]  # fmt: skip
    return Outcome(replace(config_of(cell), epochs=len(ends)), tuple(ends))


# Cells


def test_cells_are_a_square_that_is_moved_about_in() -> None:
    assert len(CELLS) == len(set(CELLS)) == 16
    assert CELLS[0].name == "max-64-500"
    assert CELLS[-1].name == "none-512-60000"
    assert moved(CELLS[0], 1, 1) == Cell(2000, 64, "none")
    assert moved(CELLS[0], -1, -5) == CELLS[0]
    assert moved(CELLS[0], 10_000, 10_000) == CELLS[-1]
    assert NONE_500.pair == MAX_500.pair == (MAX_500, NONE_500)


def test_a_run_is_in_the_cell_whose_settings_it_has() -> None:
    recipe = RunConfig(name="mine", seed=3, epochs=99)
    assert cell_of(recipe) == Cell(60_000, 64, "max")
    assert cell_of(replace(recipe, limit=70_000, dense=512, pooling="none")) == Cell(60_000, 512, "none")
    assert all(cell_of(config_of(cell)) == cell for cell in CELLS)
    for other in (
        {"limit": 501}, {"dense": 65}, {"pooling": "average"}, {"model": "dense"}, {"learning_rate": 0.01},
        {"filters": (1, 2, 3)}, {"data": "/elsewhere"}, {"batch_size": 32},
    ):  # fmt: skip
        assert cell_of(replace(recipe, **other)) is None, other  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_what_a_training_is_proposed_with_is_that_cell_again(cell: Cell) -> None:
    config = options_of(cell, outcome_of(cell)).config()
    assert cell_of(config) == cell
    assert config.epochs == EPOCHS[cell.digits]
    assert options_of(cell, None).epochs == RunConfig(name="recipe", seed=0).epochs


# Outcomes


def test_parameters_are_those_of_the_network() -> None:
    large = outcome_of(Cell(500, 512, "none"))
    assert large.flattened == (25, 25, 64)
    assert large.head.parameters == 512 * 25 * 25 * 64 + 512
    assert large.parameters == 20_510_506
    assert outcome_of(MAX_500).parameters == 127_978


def test_the_test_loss_rises_again_where_the_train_loss_falls_from_its_lowest_on() -> None:
    rising = outcome(0.9, 0.4, 0.6)
    assert rising.lowest.epoch == 1
    assert rising.rise == pytest.approx(1.5)
    assert rising.rises_again
    assert not outcome(0.9, 0.4, 0.41).rises_again
    assert not outcome(0.9, 0.6, 0.4).rises_again
    assert not outcome(0.9, 0.4, 0.6, losses=(0.3, 0.2, 0.25)).rises_again
    assert outcome(0.9, 0.4, 0.4).lowest.epoch == 1


@pytest.mark.parametrize("losses", [(nan, nan), (nan, 0.5, nan), (0.0, 1.0), (inf, inf)])
def test_losses_that_are_no_numbers_are_borne(losses: tuple[float, ...]) -> None:
    odd = outcome(*losses)
    assert not odd.rises_again
    assert "not a number" in overfitting_verdict.about_loss(odd, odd)
    for overlays in (loss_comparisons([Shown(odd), Shown(odd)]), accuracy_comparisons([Shown(odd), Shown(odd)])):
        assert all(np.isfinite([overlay.axis.low, overlay.axis.high]).all() for overlay in overlays)


# Histories


def test_histories_are_what_was_written(folder: Path) -> None:
    histories = read_histories()
    for cell in CELLS:
        found = histories.outcome(cell)
        assert found is not None
        assert histories.problem(cell) is None
        assert found.config == config_of(cell)
        assert [(e.loss, e.test_loss) for e in found.epochs] == [
            (pytest.approx(e.loss), pytest.approx(e.test_loss)) for e in epochs_of(cell)
        ]


def test_what_is_missing_or_damaged_is_said_and_the_others_are_there(folder: Path) -> None:
    missing, other, short, closed, nothing, binary = CELLS[:6]
    (folder / missing.name).rename(folder / "elsewhere")
    (folder / other.name / "config.json").write_text(config_of(CELLS[9]).to_json())
    events = folder / short.name / "events.jsonl"
    events.write_text("".join(events.read_text().splitlines(keepends=True)[:3]))
    (folder / closed.name / "events.jsonl").unlink()
    (folder / closed.name / "events.jsonl").mkdir()
    (folder / nothing.name / "config.json").unlink()
    (folder / binary.name / "events.jsonl").write_bytes(bytes(range(256)) * 9)
    histories = read_histories()
    said = [str(histories.problem(cell)) for cell in CELLS[:6]]
    for words, sentence in zip(
        ("missing", "other settings", f"3 of {EPOCHS[500]} epochs", "it is a folder", "is no run", "0 of"), said,
        strict=True,
    ):  # fmt: skip
        assert words in sentence
    assert all(histories.outcome(cell) is None for cell in CELLS[:6])
    assert all(histories.outcome(cell) is not None for cell in CELLS[6:])
    for cell in CELLS:
        for width, height in ((78, 5), (116, 4), (58, 1), (58, 3)):
            lines = overfitting_verdict.found(histories, cell, width, height)
            assert 0 < len(lines) <= height
            assert max(len(plain(line)) for line in lines) <= width


# Sentences


def test_the_gap_is_said_to_be_what_it_is() -> None:
    with_, wider = outcome(0.5, test=0.9), outcome(0.5, test=0.85, cell=NONE_500)
    said = overfitting_verdict.about_pooling(with_, wider)
    assert "20 times the parameters, 85.0% of the test images right instead of 90.0%" in said
    assert "a gap of 15.0 points instead of 10.0: wider, as claimed." in said
    alike = overfitting_verdict.about_pooling(with_, outcome(0.5, test=0.897, cell=NONE_500))
    assert "10.3 points instead of 10.0: about the same." in alike
    assert "narrower, contrary" in overfitting_verdict.in_short(with_, outcome(0.5, test=0.95, cell=NONE_500))
    assert "cannot be compared" in overfitting_verdict.in_short(with_, outcome(0.5, test=nan, cell=NONE_500))


def test_the_rise_is_said_to_be_what_it_is() -> None:
    rises, falls = outcome(0.9, 0.4, 0.6), outcome(0.9, 0.6, 0.4)
    both = overfitting_verdict.about_loss(rises, rises)
    assert both.startswith("In both")
    assert both.endswith("ends at 1.5 times its lowest, with pooling at 1.5 times.")
    assert overfitting_verdict.about_loss(falls, rises).startswith("Only without pooling")
    assert overfitting_verdict.about_loss(rises, falls).startswith("Only with pooling")
    neither = overfitting_verdict.about_loss(falls, falls)
    assert neither.startswith("In neither")
    assert "10%" in neither


def test_the_number_of_digits_is_weighed_against_pooling() -> None:
    few, many = outcome(0.5, test=0.88), outcome(0.5, test=0.99)
    row = [few, few, many, many]
    without = outcome(0.5, test=0.85)
    assert effect_of_digits(row).change == pytest.approx(-0.11)
    assert effect_of_no_pooling(few, without).change == pytest.approx(0.03)
    said = overfitting_verdict.about_digits(row, few, without)
    assert said == "60,000 images instead of 500 narrow the gap by 11.0 points, more than the 3.0 between the two."
    said = overfitting_verdict.about_digits([few] * 4, few, without)
    assert "by 0.0 points, not more than the 3.0" in said
    assert "widen the gap by 11.0" in overfitting_verdict.about_digits(row[::-1], few, without)


def test_nothing_is_said_of_a_row_that_is_not_whole(folder: Path) -> None:
    assert "60,000 images" in " ".join(texts(overfitting_verdict.found(read_histories(), MAX_500, 78, 6)))
    (folder / "max-64-2000" / "events.jsonl").unlink()
    said = " ".join(texts(overfitting_verdict.found(read_histories(), MAX_500, 78, 6)))
    assert "Without pooling" in said
    assert "60,000 images" not in said


# Lines


@pytest.mark.parametrize("width", [58, 78, 116])
def test_a_press_on_a_number_is_a_press_on_its_cell(folder: Path, width: int) -> None:
    histories = read_histories()
    for cell in CELLS:
        for write, find in (
            (lambda cell: overfitting_table.square(histories, cell), overfitting_table.cell_in_square),
            (lambda cell: overfitting_table.table(histories, cell, None, width),
             lambda x, y: overfitting_table.cell_in_table(x, y, width)),
        ):  # fmt: skip
            lines = write(cell)
            (y, x), *others = [
                (y, sum(len(text) for text, _ in line[:place]) + 2)
                for y, line in enumerate(lines)
                for place, (_, role) in enumerate(line)
                if role == "selected"
            ]
            assert not others
            assert find(x, y) == cell
            assert max(map(len, texts(lines))) <= width
    assert overfitting_table.cell_in_square(0, 0) is None
    assert overfitting_table.cell_in_square(2, 3) is None
    assert overfitting_table.cell_in_table(20, 2, width) is None
    assert overfitting_table.cell_in_table(2, 3, width) is None
    assert overfitting_table.cell_in_table(20, 40, width) is None


@pytest.mark.parametrize("width", [58, 78, 116])
def test_lines_fit(folder: Path, width: int, tmp_path: Path) -> None:
    histories = read_histories()
    view = RunFollower(canned_run(tmp_path, 250, name="x" * 64)).poll()
    own = Outcome(view.config, view.history.epochs)
    for cell in CELLS:
        lines = [
            overfitting_text.yours(view, Cell(60_000, 64, "max"), part, cell, width) for part in (None, own)
        ]  # fmt: skip
        lines += [overfitting_text.head(with_yours, width) for with_yours in (True, False)]
        if width >= 78:
            lines.append(overfitting_text.formula(histories, cell, width))
        for line in lines:
            assert len(plain(tuple(piece for piece in line if piece != FILL))) <= width, plain(line)


def test_the_parameters_are_spelt_out(folder: Path) -> None:
    said = plain(overfitting_text.formula(read_histories(), Cell(500, 512, "none"), 78))
    assert "512·5·5·64 + 512 = 819,712" in said
    assert said.endswith("no pool 512·25·25·64 + 512 = 20,480,512")


# Charts


def test_a_pair_is_drawn_on_the_same_axes_with_the_rise_in_view() -> None:
    with_, without = outcome(2.3, 0.5, 0.6), outcome(2.3, 0.6, 1.4, cell=NONE_500)
    left, right = loss_comparisons([Shown(with_), Shown(without)])
    assert left.axis == right.axis
    assert left.axis.high == 1.5
    steps, values = right.lines[1]
    assert steps.tolist() == [0, 100, 200]
    assert right.last == 200
    np.testing.assert_array_equal(values, [2.3, 0.6, 1.4])
    assert [name for _, name in right.marks] == ["1", "2", "3"]


def test_your_own_run_is_drawn_beside_the_bundled_one() -> None:
    own = epochs_of(Cell(500, 64, "max"))[:30]
    left, right = accuracy_comparisons([Shown(outcome(0.5, 0.4), own), Shown(None)])
    assert [len(values) for _, values in left.lines] == [2, 2, len(own), len(own)]
    assert len(right.lines) == 2
    assert right.last == left.last == (len(own) - 1) * 100


# The histories that ship with cnntui


@pytest.mark.slow
def test_all_that_is_said_can_be_recomputed_from_the_files() -> None:
    ends: dict[Cell, list[dict[str, float]]] = {}
    for cell in CELLS:
        lines = asset("lab-runs", cell.name, "events.jsonl").read_text().splitlines()
        ends[cell] = [event for event in map(json.loads, lines) if event["event"] == "EpochEnd"]
        settings = json.loads(asset("lab-runs", cell.name, "config.json").read_text())
        assert (settings["pooling"], settings["dense"]) == (cell.pooling, cell.dense)
        assert settings["limit"] == (None if cell.digits == 60_000 else cell.digits)
        assert settings["epochs"] == len(ends[cell])
    histories = read_histories()

    def gap(cell: Cell) -> float:
        train, test = (round(100 * ends[cell][-1][name], 1) for name in ("accuracy", "test_accuracy"))
        return round(train - test, 1)

    def least(cell: Cell) -> dict[str, float]:
        return min(ends[cell], key=lambda end: end["test_loss"])

    def parameters(cell: Cell) -> int:
        side = {"max": 5, "none": 25}[cell.pooling]
        head = cell.dense * side * side * 64 + cell.dense
        return 32 * 5 + 64 * (4 * 32 + 1) + 64 * (4 * 64 + 1) + head + 10 * (cell.dense + 1)

    square = texts(overfitting_table.square(histories, CELLS[0]))[2:]
    for digits, line in zip(DIGITS, square, strict=True):
        numbers = line.replace("[", " ").replace("]", " ").split()
        assert numbers == [f"{digits:,}", *(f"{gap(Cell(digits, *network)):.1f}" for network in NETWORKS)]
    table = texts(overfitting_table.table(histories, CELLS[0], None, 116))
    rows = [
        line.replace("▸", " ").replace("│", " ").split()
        for line in table
        if line.lstrip()[0].isdigit() and "units" not in line
    ]
    places = [(dense, digits) for dense in HEADS for digits in DIGITS]
    for (dense, digits), row in zip(places, rows, strict=True):
        expected = [f"{digits:,}"]
        for cell in Cell(digits, dense, "max").pair:
            last, low = ends[cell][-1], least(cell)
            expected += [
                f"{100 * last['accuracy']:.1f}", f"{100 * last['test_accuracy']:.1f}", f"{gap(cell):.1f}",
                loss(low["test_loss"]), f"@{low['epoch'] + 1:.0f}", loss(last["test_loss"]),
            ]  # fmt: skip
        assert row == expected
    for cell in CELLS:
        with_, without = cell.pair
        last = {side: ends[side][-1] for side in cell.pair}
        rises = {side: last[side]["test_loss"] / least(side)["test_loss"] for side in cell.pair}
        again = [side for side in cell.pair if rises[side] > 1.1 and last[side]["loss"] < least(side)["loss"]]
        opening = {0: "In neither", 2: "In both"}.get(len(again)) or (
            "Only without pooling" if again == [without] else "Only with pooling"
        )
        difference = gap(without) - gap(with_)
        verdict = "about the same" if abs(difference) < 0.5 else "wider" if difference > 0 else "narrower"
        narrowing = gap(cell._replace(digits=500)) - gap(cell._replace(digits=60_000))
        compared = "more" if abs(narrowing) > abs(difference) else "not more"
        said = " ".join(texts(overfitting_verdict.found(histories, cell, 78, 9)))
        for part in (
            f"{parameters(without) / parameters(with_):.0f} times the parameters",
            f"{last[without]['test_accuracy']:.1%} of the test images right instead of "
            f"{last[with_]['test_accuracy']:.1%}",
            f"a gap of {gap(without):.1f} points instead of {gap(with_):.1f}: {verdict}",
            opening,
            f"{rises[without]:.1f} times its lowest, with pooling at {rises[with_]:.1f} times",
            f"{'narrow' if narrowing > 0 else 'widen'} the gap by {abs(narrowing):.1f} points, {compared} than the "
            f"{abs(difference):.1f} between",
        ):
            assert part in said
        shown = texts(overfitting_table.numbers(histories, cell))
        assert shown[1].split()[1:] == [f"{parameters(side):,}" for side in cell.pair]
        assert shown[-1].split()[2:] == [f"{least(side)['epoch'] + 1:.0f}" for side in cell.pair]
