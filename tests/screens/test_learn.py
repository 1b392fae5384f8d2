"""The course on the real views, by keys."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget

from cnntui.cli import _first_or_wanted
from cnntui.commands.arguments import parse
from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.lessons.checks import right_answer
from cnntui.lessons.course_request import CourseRequest
from cnntui.lessons.live import Live
from cnntui.lessons.page import LessonPage, QuestionKind
from cnntui.lessons.states import shown
from cnntui.lessons.taking import Phase
from cnntui.palette import contrast_ratio
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.runs.reading.opening import open_run
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.explorer import CELL
from cnntui.ui.views.base.lesson import place as lesson_place
from cnntui.ui.views.base.lesson.panel import LessonPanel
from cnntui.ui.views.images.screen import ImagesScreen
from cnntui.ui.views.labs.shift import screen as shift_screen
from cnntui.ui.views.learn.screen import LearnScreen
from cnntui.ui.widgets.kept import Kept, Veil
from cnntui.ui.widgets.text.lines import Lines
from tests.fake_trainer import MODULE, FakeScript, scripted
from tests.keras_files import write_keras_file
from tests.screens.apps import settled, sheet
from tests.waiting import until


def learning(lesson: str | None = "product", language: str = "en", folder: Path | None = None) -> CnntuiApp:
    """The app as `cnntui learn` opens it."""
    return build_app(Wanted(screen="learn", course=CourseRequest(folder, language, None, lesson)))


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


@pytest.mark.slow
async def test_a_page_covers_what_it_asks_for_until_it_is_answered() -> None:
    app = learning()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert (app.mode, sheet(app).phase) == ("convolve", Phase.READING)
        await press(pilot, "enter")
        page, products = sheet(app), app.screen.query_one("#products", Kept)
        assert (page.kind, page.phase) == (QuestionKind.NUMBER, Phase.ASKING)
        assert "▒" in products.render_lines(products.size.region)[0].text
        # The digits are the answer's, and no modes; the arrows are the view's.
        await press(pilot, "0", "full_stop", "3", "left", "right", "1")
        assert (app.mode, sheet(app).typed) == ("convolve", "0.31")
        assert app.scene.focus.col == 18
        await press(pilot, "enter")
        assert sheet(app).phase is Phase.ANSWERED
        assert "You predicted 0.31" in app.screen.query_one(LessonPanel).text
        assert "0.313" in products.render_lines(products.size.region)[0].text
        # What the next page asks for stays covered.
        assert covered_parts(app.screen) == {"sum-labels", "sums", "sentence", "vector", "output-title"}


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "solarized-light", "gruvbox"])
async def test_what_a_page_points_at_is_legible_in_every_theme(theme: str) -> None:
    app = learning()
    app.theme = theme
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        title = app.screen.query_one("#patch-title", Kept)
        (style,) = {style for text, style, _ in title.render_lines(title.size.region)[0] if not text.isspace()}
        assert style is not None
        assert style.color is not None
        assert style.bgcolor is not None
        assert style.reverse
        colours = [tuple(each.get_truecolor()) for each in (style.color, style.bgcolor)]
        assert contrast_ratio(*colours) >= 4.5


@pytest.mark.slow
async def test_fractions_percentages_and_full_width_signs_are_typed_after_a_digit() -> None:
    app = learning()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "enter")
        for sign in "－１/３％":
            app.post_message(events.Key("slash" if sign == "/" else sign, sign))
        await settled(pilot)
        assert sheet(app).typed == "-1/3%"
        await press(pilot, *["backspace"] * 5, "slash", "percent_sign", "1", "percent_sign")
        assert sheet(app).typed == "1%"


@pytest.mark.slow
async def test_a_press_where_the_panel_has_just_been_takes_no_keys_away() -> None:
    app = learning()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        at = app.screen.query_one(LessonPanel).region.offset
        # All at once: while keys wait, the screen is not laid out again.
        for key in ("escape", "escape"):
            app.post_message(events.Key(key, None))
        for kind in (events.MouseDown, events.MouseUp):
            app.post_message(kind(None, at.x, at.y, 0, 0, 1, False, False, False))
        await settled(pilot)
        assert app.showing.state.sheet is None
        await press(pilot, "2")
        assert app.mode == "network"


@pytest.mark.slow
async def test_the_first_start_leads_three_ways() -> None:
    for steps, mode in enumerate(["learn", "convolve"]):
        app = build_app(Wanted(screen="start"))
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            shown_ways = app.screen.query_one("#ways", Lines).text
            assert [word in shown_ways for word in ("0  Learn", "3  Look", "t  Train")] == [True] * 3
            await press(pilot, *["down"] * steps, "enter")
            assert app.mode == mode


def test_the_first_start_is_shown_once_and_only_where_nothing_is_asked_for(runs_dir: Path) -> None:
    plain, named = parse([]), parse(["open", "bundled"])
    assert _first_or_wanted(named).screen is None
    (runs_dir / "watched").mkdir(parents=True)
    assert _first_or_wanted(plain).screen is None
    (runs_dir / "watched").rmdir()
    assert _first_or_wanted(plain).screen == "start"
    assert _first_or_wanted(plain).screen is None


@pytest.mark.slow
async def test_the_place_is_kept_when_the_lesson_is_left() -> None:
    app = learning(None)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "down", "up", "enter", "tab", "escape")
        assert app.showing.state.sheet is None
        assert not app.screen.query(LessonPanel)
        # The view stays, with its own keys.
        await press(pilot, "0")
        assert app.mode == "learn"
        left = app.screen.query_one("#below", Lines).text
        await press(pilot, "enter")
        assert f"{sheet(app).page}" in left
        assert sheet(app).page == 2
    again = learning(None)
    async with again.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert f"page {sheet(app).page}" in again.screen.query_one("#below", Lines).text


@pytest.mark.slow
async def test_the_run_that_gave_way_to_the_course_is_there_again_when_it_is_left() -> None:
    app = build_app(Wanted(target="dense", screen="learn", course=CourseRequest(None, "en", None, "product")))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert app.session.view.run.name == "bundled"
        await press(pilot, "escape")
        assert app.showing.state.sheet is None
        assert app.session.view.run.name == "dense"


@pytest.mark.slow
async def test_the_selected_lesson_is_still_selected_when_a_page_over_the_outline_is_closed() -> None:
    app = learning(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "down", "down", "down")
        outline = app.screen
        assert isinstance(outline, LearnScreen)
        chosen = outline.chosen
        for way in (("question_mark", "escape"), ("3", "0")):
            await press(pilot, *way)
            assert app.screen is outline
            marked = outline.query_one("#lessons", Lines).text.splitlines()
            assert [place for place, line in enumerate(marked) if "▸" in line] == [outline.chosen] == [chosen]


@pytest.mark.slow
async def test_another_run_is_opened_while_the_outline_is_read() -> None:
    app = learning(None)
    asking = app.asking.learning
    async with app.run_test() as pilot:
        await settled(pilot)
        taking = asking._course()
        own = taking.course.lesson("own")
        assert own is not None
        taking.progress = taking.progress.at(own, own.pages[0])
        await press(pilot, "2", "0")
        await until(lambda: asking._ready is not None)
        assert asking._ready is not None
        run, (_, watcher, _) = asking._ready
        await press(pilot, "enter")
        assert (app.session.view is not None and app.session.view.run) == run == watcher.run
        assert (app.scene.run, asking._ready) == ("normalized", None)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 40)])
async def test_the_first_page_is_made_while_the_outline_is_read_as_it_will_be_shown(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = learning(None)
    course = app.asking.learning._course().course
    lesson, mode = course.lessons[2], course.lessons[2].pages[0].place.screen
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        app.asking.learning._look_ahead_to(lesson.id, 1)
        await until(lambda: app.is_screen_installed(mode) and app.get_screen(mode).is_mounted)
        made = app.get_screen(mode)
        assert covered_parts(made) == {*lesson.pages[1].covers} - {CELL} != set()
        classes, anew = made.classes, list[object]()
        monkeypatch.setattr(lesson_place, "_veil", lambda *of: anew.append(of))
        app.asking.learning.begin(lesson.id, 1)
        await settled(pilot)
        assert (app.screen, app.screen.classes, anew) == (made, classes, [])
        assert app.screen.query_one(LessonPanel).sheet is sheet(app)


@pytest.mark.slow
async def test_the_network_of_a_file_is_there_again_when_the_course_is_left(tmp_path: Path) -> None:
    # All its layers have the names that the pages go to; what they say is true of the bundled run alone.
    file = write_keras_file(tmp_path / "own.keras", open_run(bundled_run()).network)
    app = build_app(
        Wanted(target=str(file), screen="learn", course=CourseRequest(None, "en", None, "product"), runs_dir=tmp_path)
    )
    before = app.scene
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert app.scene.run == "bundled"
        await press(pilot, "tab", "escape")
        assert app.session.view is None
        assert not app.showing.state.timeline.stops
        assert app.scene.network is before.network
        assert (app.scene.run, app.scene.step) == (before.run, before.step)


@pytest.mark.slow
async def test_the_whole_course_is_walked_by_keys_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # No page asks for what the shift lab reads of many images while it is in front.
    monkeypatch.setattr(shift_screen, "DEFAULT", 0)
    app = learning(None)
    # Trained by one without TensorFlow: how that is started, watched and counted is the same.
    app.session.options = replace(app.session.options, module=MODULE)
    course = app.asking.learning._course().course
    # So large that every part of a view is seen.
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        for lesson in course.everything:
            # Through the outline, as a person goes.
            screen = app.screen
            assert isinstance(screen, LearnScreen)
            places = [entry.id for entry in screen.outline.entries]
            await press(pilot, *["up"] * len(places), *["down"] * places.index(lesson.id), "enter")
            for page in lesson.pages:
                assert (app.asking.learning._course().page.id, app.mode) == (page.id, page.place.screen)
                stage = app.screen.query_one("#stage")
                hidden = {*page.covers, *page.hides} - {CELL}
                for name in {*hidden, *page.points}:
                    assert stage.query(f"#{name}"), f"{lesson.id}/{page.id} names {name}"
                assert covered_parts(stage) == hidden
                await answered(pilot, app)
        assert app.mode == "learn"
        assert isinstance(app.screen, LearnScreen)
        assert all(entry.is_done and not entry.wrong for entry in app.screen.outline.entries)


def covered_parts(view: Widget) -> set[str | None]:
    """The ids of a view's parts that are covered."""
    return {widget.id for widget in view.query(Kept) if widget._veil is Veil.COVERED}


LONG = 3
"""Signs of a number that stands on a screen by chance no more."""


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 55)])
async def test_no_view_shows_a_number_while_it_is_asked_for_or_just_before(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shift_screen, "DEFAULT", 0)
    app, told = learning(None), []
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for lesson in app.asking.learning._course().course.lessons:
            before: list[str] = []
            for place, page in enumerate(lesson.pages):
                app.asking.learning.begin(lesson.id, place)
                await settled(pilot)
                ways = written(app, page)
                lines = [*before, *seen(app)]
                told += [(lesson.id, page.id, line) for line in lines if any(re.search(way, line) for way in ways)]
                if page.question is not None:
                    await press(pilot, "equals_sign")
                before = [*seen(app), *sheet(app).why.splitlines()]
    assert not told


def seen(app: CnntuiApp) -> list[str]:
    """The lines of the view."""
    region = app.screen.query_one("#stage").region
    lines = app.screen._compositor.render_strips()[region.y : region.bottom]
    return [line.crop(region.x, region.right).text for line in lines]


def written(app: CnntuiApp, page: LessonPage) -> list[str]:
    """The ways, as patterns, in which a view may write the number that a page asks for.

    Of a pool's window the winner is one of the values, and has to be read; short numbers are told only by their names.
    """
    question = page.question
    if question is None or question.kind is not QuestionKind.NUMBER or page.id == "max":
        return []
    said = right_answer(question, app.asking.learning.live(app.scene)).said
    is_long = len(said) >= LONG and float(said.replace("−", "-").replace(",", "")) != 0
    named = {"field_width": rf"field.*\b{said}×{said}\b", "pooled_rows": rf"after.*\b{said}×{said}\b"}
    number = [rf"(?<![\d.,]){re.escape(said)}(?![\d]|[.,]\d)"] if is_long else []
    return [*number, *([named[question.check]] if question.check in named else [])]


FOUR = (
    *["up"] * 9, *["left"] * 5, "space", *["down"] * 9, *["right"] * 9, "space", *["up"] * 9, "space", *["down"] * 17,
)  # fmt: skip
"""An open 4, drawn from the middle of the canvas."""


async def answered(pilot: Pilot[None], app: CnntuiApp) -> None:
    """Answer the page that is open, and go on."""
    taking = app.asking.learning._course()
    if not taking.is_asking:
        await press(pilot, "enter")
        return
    kind = sheet(app).kind
    if kind is QuestionKind.REACH:
        if app.mode == "draw":
            await press(pilot, *FOUR)
        else:
            with scripted(FakeScript(steps_per_epoch=120)):
                await press(pilot, "t", "t")
                await until(lambda: sheet(app).phase is Phase.ANSWERED)
        assert (sheet(app).phase, sheet(app).verdict[1]) == (Phase.ANSWERED, "good")
        assert app.mode != "draw" or "With that stroke the prediction became 4, with" in sheet(app).why
        await press(pilot, "enter")
        return
    if kind is QuestionKind.POINT:
        if app.mode == "network":
            await choose_a_mistake(pilot, app)
            await press(pilot, "enter")
        else:
            await press(pilot, *way_to_the_answer(app), "enter")
    else:
        await press(pilot, *({".": "full_stop", "-": "minus"}.get(sign, sign) for sign in taking.as_typed()), "enter")
    if kind is QuestionKind.POINT and app.mode == "network":
        # What is said is about what was found.
        assert f"True {app.scene.label}, predicted {app.scene.activations.predicted} with" in sheet(app).why
    if not taking.lesson.is_test:
        assert (sheet(app).phase, sheet(app).verdict[1]) == (Phase.ANSWERED, "good")
        await press(pilot, "enter")


async def choose_a_mistake(pilot: Pilot[None], app: CnntuiApp) -> None:
    """Among the test images."""
    await press(pilot, "d", "m")
    browser = app.screen
    assert isinstance(browser, ImagesScreen)
    assert not browser.query(LessonPanel)
    await until(lambda: browser._index is not None)
    await press(pilot, "enter")


def way_to_the_answer(app: CnntuiApp) -> list[str]:
    """The view's own keys that lead to what is to be pointed at."""
    question = app.asking.learning._course().page.question
    assert question is not None
    focus, here = shown(question.check, Live(app.scene), {}), app.scene.focus
    assert focus is not None
    if focus.filter != here.filter:
        return ["f"] * (focus.filter - here.filter)
    return ["home", "pageup", *["down"] * focus.row, *["right"] * focus.col]
