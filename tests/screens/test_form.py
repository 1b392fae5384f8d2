"""The form before a training: t t starts the recipe, every field is reached by keys, and nothing impossible starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.geometry import Size

from cnntui.cnn.layers import times
from cnntui.images.data import DataSet
from cnntui.runs.config.settings import CHOICES
from cnntui.runs.directory.run_directory import list_runs
from cnntui.runs.starting.draft import FIELDS, Draft, is_of_convolutions, setting_of
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.help import HelpScreen
from cnntui.ui.views.convolve.screen import ConvolveScreen
from cnntui.ui.views.form import meaning_text as form_meaning_text
from cnntui.ui.views.form import text as form_text
from cnntui.ui.views.form.screen import FormScreen
from cnntui.ui.views.form.text import START
from cnntui.ui.views.train.screen import TrainScreen
from cnntui.ui.widgets.text.editor import Editor
from tests.canned import texts
from tests.fake_trainer import MODULE
from tests.screens.apps import pretending_to_train, shown, strike, until
from tests.small_data import write_data

RECIPE = Draft.of(TrainOptions())
DENSE = RECIPE.write("model", "dense")


@pytest.fixture
def app(runs_dir: Path) -> Iterator[CnntuiApp]:
    with pretending_to_train("train", runs_dir, hold_at=8) as app:
        yield app


def form(app: CnntuiApp) -> FormScreen:
    assert isinstance(app.screen, FormScreen)
    return app.screen


# Texts


def test_the_form_is_the_recipe() -> None:
    page = "\n".join(texts(form_text.page(RECIPE, START, Editor(), 78).lines))
    for part in ("27×27×32", "8,256", "1600", "102,464", "127,978 parameters", "0.001", "rmsprop", "valid", "drawn"):
        assert part in page
    assert {place.field for place in form_text.page(RECIPE, START, Editor(), 78).places} == set(FIELDS)


@pytest.mark.parametrize("width", [58, 78])
@pytest.mark.parametrize(
    ("field", "word"), [*(("pooling", word) for word in CHOICES["pooling"]), ("model", "dense"), ("padding", "same")]
)
def test_every_field_lies_where_it_is_drawn(width: int, field: str, word: str) -> None:
    draft = RECIPE.write(field, word).write("data", "/a/very/long/path/to/some/digits.npz")
    for at in (*draft.fields, START):
        editor = Editor.on(draft.texts[at]) if at != START else Editor()
        page = form_text.page(draft, at, editor, width)
        lines = texts(page.lines)
        assert max(map(len, lines)) <= width
        for place in page.places:
            assert page.field_at(place.column, place.row) == place.field
            box = lines[place.row][place.column : place.column + place.width]
            assert len(box) == place.width
            assert box.strip(" ‹›") in draft.texts[place.field] or setting_of(place.field).empty or "…" in box
        assert {place.field for place in page.places} == set(draft.fields)
        assert len({(place.row, place.column) for place in page.places}) == len(draft.fields)


@pytest.mark.parametrize("draft", [RECIPE, DENSE])
def test_up_and_down_reach_everything_and_come_back(draft: Draft) -> None:
    columns = form_text.columns_of(draft)
    for column in columns:
        for above, below in zip(column, (*column[1:], START), strict=True):
            assert form_text.along(above, 1, draft) == below
        assert form_text.along(column[0], -1, draft) == START
    assert {field for column in columns for field in column} == set(draft.fields)
    assert (form_text.along(START, 1, draft), form_text.along(START, -1, draft)) == ("epochs", "name")


def test_sideways_goes_to_what_is_drawn_beside() -> None:
    assert form_text.beside("epochs", 1, RECIPE) == "filters_0"
    assert form_text.beside("filters_0", 1, RECIPE) == "kernel_size_0"
    assert form_text.beside("kernel_size_1", -1, RECIPE) == "filters_1"
    assert form_text.beside("seed", 1, RECIPE) == "filters_2"
    assert form_text.beside("seed", 1, RECIPE.write("pooling", "stride")) == "dense"
    assert form_text.beside("epochs", -1, RECIPE) == "epochs"
    assert form_text.beside(START, 1, RECIPE) == START
    assert form_text.beside("name", 1, DENSE) == "dense"
    assert form_text.beside("dense", 1, DENSE) == "dense"


@pytest.mark.parametrize("width", [58, 78])
@pytest.mark.parametrize("model", CHOICES["model"])
@pytest.mark.parametrize("pooling", CHOICES["pooling"])
def test_the_layers_are_those_of_the_network(width: int, model: str, pooling: str) -> None:
    draft = RECIPE.write("model", model).write("pooling", pooling)
    plan, error = draft.plan()
    assert error is None
    lines = texts(form_text.page(draft, START, Editor(), width).lines)
    column = (form_text.WIDE if width == 78 else form_text.NARROW).layer
    assert str(len(plan)) == str(len(draft.outline))
    for line, layer in zip(lines[1:], plan, strict=False):
        name, _, moves = line[column:].partition("  ")[0].partition(" /")
        assert name.rstrip(",") == (layer.name if width == 78 else form_text.SHORT[layer.kind])
        assert moves == ("2" if pooling == "stride" and layer.name in ("conv2d", "conv2d_1") else "")
        assert times(layer.output_shape) in line
    for words in ("filters", "padding", "pooling", "size "):
        assert (words in "\n".join(line[column:] for line in lines)) == (
            model == "cnn" and (words, width) != ("filters", 58)
        )


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (START, "60,000 images, each 5 times, 64 at a time: 4,690 batches."),
        ("batch_size", "The weights move once after 64 images: 938 times an epoch."),
        ("filters_1", "conv2d_1: 64 kernels of 2×2×32 weights and a bias: 64 × (128 + 1) = 8,256."),
        ("kernel_size_0", "conv2d: a 2×2 kernel has 28 − 2 + 1 = 27 places in a row."),
        ("dense", "dense: 1,600 inputs × 64 units + 64 biases = 102,464 parameters."),
        (
            "model",
            "cnn: three convolutions look for local patterns everywhere, and two dense layers weigh what they find.",
        ),
    ],
)
def test_a_field_means_what_the_network_makes_of_it(at: str, said: str) -> None:
    assert " ".join(texts(form_meaning_text.about(RECIPE, at, 200, 3))) == said


@pytest.mark.parametrize(
    ("padding", "sum_"),
    [("valid", "⌊(28 − 2) / 2⌋ + 1 = 14 places in a row."), ("same", "⌈28 / 2⌉ = 14 places on a row")],
)
def test_a_kernel_that_moves_by_two_has_half_the_places(padding: str, sum_: str) -> None:
    draft = RECIPE.write("pooling", "stride").write("padding", padding)
    (line,) = texts(form_meaning_text.about(draft, "kernel_size_0", 200, 3))
    assert line.startswith("conv2d: a 2×2 kernel, 2 cells at a time, has ")
    assert sum_ in line
    assert draft.plan()[0][0].output_shape[0] == 14


def test_every_word_says_what_it_means_in_the_room_there_is() -> None:
    for field in set(CHOICES) & set(FIELDS):
        for word in CHOICES[field]:
            said = texts(form_meaning_text.about(RECIPE.write(field, word), field, 56, 3))
            assert said[0].startswith(word)
            assert said[-1].endswith(".")
            assert " ".join(said).count(". ") == 0, "one sentence"


def test_every_field_says_something_in_the_room_there_is() -> None:
    drafts = [RECIPE, DENSE, RECIPE.write("padding", "same").write("optimizer", "sgd").write("pooling", "none")]
    drafts += [RECIPE.write("pooling", "stride"), RECIPE.write("pooling", "stride").write("padding", "same")]
    for draft in drafts:
        for at in (*draft.fields, START):
            for room in (Size(56, 3), Size(76, 3)):
                said = texts(form_meaning_text.about(draft, at, *room))
                assert said[-1].endswith("."), "nothing is cut off"
                assert max(map(len, said)) <= room.width


def test_what_is_impossible_is_said_with_its_sum() -> None:
    draft = RECIPE.write("kernel_size_2", "7")
    [line] = form_meaning_text.about(draft, START, 200, 3)
    assert line == (
        ("Layer 'conv2d_2': a 7×7 window does not fit into a 6×6 map: (6 − 7) // 1 + 1 leaves no rows.", "bad"),
    )
    page = texts(form_text.page(draft, START, Editor(), 78).lines)
    assert "6×6×64" in page[4]
    assert "–" in page[5]
    assert "parameters" not in "\n".join(page[1:])


# Keys


@pytest.mark.slow
async def test_t_t_starts_the_recipe_from_any_screen(app: CnntuiApp, runs_dir: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        assert isinstance(app.screen, ConvolveScreen)
        await strike(pilot, "t", "t")
        await pilot.pause()
        assert isinstance(app.screen, TrainScreen)
        assert app.session.view is not None
        asked = app.session.view.config
        assert (asked.epochs, asked.filters, asked.learning_rate, asked.limit) == (5, (32, 64, 64), 0.001, None)
        assert len(list_runs(runs_dir)) == 1
        assert len(app.screen_stack) == 1


@pytest.mark.slow
async def test_t_enter_starts_it_too(app: CnntuiApp, runs_dir: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        assert form(app).at == START
        await pilot.press("enter")
        assert isinstance(app.screen, TrainScreen)
        assert len(list_runs(runs_dir)) == 1


@pytest.mark.slow
async def test_what_is_typed_is_trained(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await strike(pilot, "down", "2", "tab", "3", "2", "tab", "right", "tab", *"0.00125", "down", "7")
        await strike(pilot, *["down"] * 3, *"tq-1", "enter")
        assert form(app).at == START
        await strike(pilot, "down", "right", "8", "right", "3", "t")
        assert isinstance(app.screen, TrainScreen)
        assert app.session.view is not None
        asked = app.session.view.config
        assert (asked.epochs, asked.batch_size, asked.optimizer, asked.learning_rate) == (2, 32, "adam", 0.00125)
        assert (asked.seed, asked.name) == (7, "tq-1")
        assert (asked.filters, asked.kernel_size) == ((8, 64, 64), (3, 2, 2))


@pytest.mark.slow
async def test_values_are_kept_for_the_next_time_but_the_name(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await strike(pilot, "down", "9", "up", "up", "a", "escape")
        assert isinstance(app.screen, TrainScreen)
        await pilot.press("t")
        assert (form(app).draft.texts["epochs"], form(app).draft.texts["name"]) == ("9", "a")
        await pilot.press("ctrl+r")
        assert form(app).draft.texts == RECIPE.texts
        assert form(app).draft.base.module == MODULE
        await strike(pilot, "down", "3", "up", "up", "b", "enter", "enter")
        assert app.session.view is not None
        assert app.session.view.run.name == "b"
        assert (app.session.options.epochs, app.session.options.name) == (3, None)


@pytest.mark.slow
async def test_nothing_impossible_starts(app: CnntuiApp, runs_dir: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await strike(pilot, "down", "0", "t")
        assert form(app).at == "epochs"
        assert shown(app, "#about") == "The number of epochs must be a whole number from 1 to 1,000,000, not 0."
        assert "first correct epochs" in shown(app, "#start")
        await strike(pilot, "5", *["tab"] * 14, *"7", "t")
        assert form(app).at == START
        assert "(6 − 7) // 1 + 1" in shown(app, "#about")
        assert "no such network exists" in shown(app, "#start")
        assert list_runs(runs_dir) == ()


async def test_each_key_is_checked_and_counted_at_once(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await strike(pilot, "down", "right")
        assert form(app).at == "filters_0"
        await strike(pilot, "x")
        assert "must be a whole number" in shown(app, "#about")
        assert "127,978" not in shown(app, "#fields")
        await strike(pilot, "backspace", "1", "6")
        assert "16 × (4 + 1) = 80." in shown(app, "#about")
        assert "123,802 parameters" in shown(app, "#fields")


@pytest.mark.slow
async def test_a_dense_network_is_asked_for_by_keys_and_trained(app: CnntuiApp, runs_dir: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await strike(pilot, "down", "right", "9", "up", "space")
        assert form(app).at == "model"
        assert "407,050 parameters" in shown(app, "#fields")
        assert "conv2d" not in shown(app, "#fields")
        # Neither arrows nor tab lead to what a dense network does not have.
        gone_to = []
        for _ in form(app).draft.fields:
            await strike(pilot, "tab")
            gone_to.append(form(app).at)
        assert set(gone_to) == {*FIELDS, START} - {"model"} - {field for field in FIELDS if is_of_convolutions(field)}
        await strike(pilot, "tab", "down")
        assert (form(app).at, form(app).draft.texts["dense"]) == ("dense", "512")
        await strike(pilot, *"300", "down", "t")
        assert isinstance(app.screen, TrainScreen)
        assert app.session.view is not None
        asked = app.session.view.config
        assert (asked.model, asked.dense) == ("dense", 300)
        assert (asked.filters, asked.pooling) == ((32, 64, 64), "max"), "what means nothing is as in the recipe"


@pytest.mark.slow
async def test_the_mouse_points_and_starts(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        page = form_text.page(RECIPE, START, Editor(), 78)
        place = {place.field: place for place in page.places}
        await pilot.click("#fields", offset=(place["dense"].column + 1, place["dense"].row))
        assert form(app).at == "dense"
        await pilot.click("#fields", offset=(place["padding"].column + 1, place["padding"].row))
        assert form(app).draft.texts["padding"] == "same"
        await pilot.click("#start", offset=(3, 0))
        await pilot.pause()
        assert isinstance(app.screen, TrainScreen)


@pytest.mark.slow
async def test_wrong_keys_do_nothing(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        for key in ("f5", "pageup", "delete", "home", "3", "n", "d"):
            await pilot.press(key)
            assert form(app).at == START
        assert form(app).draft.texts == RECIPE.texts
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)


@pytest.mark.slow
async def test_a_move_repaints_two_lines_and_what_is_said(app: CnntuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await pilot.pause()
        fields = form(app).query_one("#fields")
        painted: list[object] = []
        refresh = fields.refresh
        fields.refresh = lambda *regions, **options: painted.append(regions) or refresh(*regions, **options)  # type: ignore[method-assign, assignment]
        await strike(pilot, "down", "down")
        assert all(regions and max(region.height for region in regions) == 1 for regions in painted)  # type: ignore[attr-defined]


@pytest.mark.slow
async def test_it_fits_at_every_size(app: CnntuiApp) -> None:
    app.session.options = replace(app.session.options, data=Path("/a/rather/long/path/to/my/own/digits.npz"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        for size in ((60, 18), (79, 24), (80, 24), (120, 40), (1, 1), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            if size == (1, 1):
                continue
            whole = app.screen.region
            for selector in ("#fields", "#about", "#start"):
                widget = app.screen.query_one(selector)
                assert whole.contains_region(widget.region), (size, selector)
            assert app.screen.query_one("#start").region.bottom < size[1]


async def test_data_that_are_none_start_nothing_and_what_is_written_stays(
    app: CnntuiApp, runs_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "typo.npz").write_bytes(b"no digits")
    async with app.run_test() as pilot:
        await strike(pilot, "t")
        form(app).draft = form(app).draft.write("data", str(tmp_path / "typo.npz"))
        await strike(pilot, "t")
        await pilot.pause()
        assert form(app).draft.texts["data"] == str(tmp_path / "typo.npz")
        (note,) = app._notifications
        assert "typo.npz" in note.message
    assert list_runs(runs_dir) == ()


@pytest.mark.slow
async def test_a_training_on_other_data_is_watched_with_them(
    app: CnntuiApp, runs_dir: Path, tmp_path: Path, digits: DataSet
) -> None:
    data = write_data(tmp_path / "other.npz", digits)
    async with app.run_test() as pilot:
        await strike(pilot, "t")
        form(app).draft = form(app).draft.write("data", str(data))
        await strike(pilot, "t")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        assert (app.scene.data.name, len(app.scene.data)) == ("other.npz", 20)
        (run,) = list_runs(runs_dir)
        assert run.read_config().data_sha256 == app.scene.data.sha256
