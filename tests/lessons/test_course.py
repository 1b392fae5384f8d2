"""The course that comes with cnntui: both languages, on the bundled network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cnntui.cnn.layers import BatchNormalization
from cnntui.commands.course_proof import PANEL, shortcomings
from cnntui.explore.scene import refocus
from cnntui.files.assets import LANGUAGES, asset
from cnntui.files.errors import CnntuiError
from cnntui.lessons.bundled import bundled_course
from cnntui.lessons.checks import holds, right_answer, text_at
from cnntui.lessons.page import Course, Length, Lesson, LessonPage, QuestionKind
from cnntui.lessons.phrases import PHRASES
from cnntui.lessons.place import Place
from cnntui.lessons.progress import Answer, Progress
from cnntui.lessons.reading import faults_in
from cnntui.lessons.states import shown
from cnntui.lessons.taking import Phase, Taking
from cnntui.lessons.targets import OWN, run_of
from cnntui.lessons.wording import wrapped
from cnntui.printable import text_width
from cnntui.runs.directory.run_directory import bundled_run, bundled_runs
from cnntui.runs.reading.opening import open_run
from cnntui.ui.keys.table import names
from cnntui.ui.keys.table import shown as shown_keys
from cnntui.ui.views.base.lesson import text as lesson_text
from cnntui.ui.views.learn.text import TITLE_WIDTH
from cnntui.ui.widgets.text.line import plain
from tests.fake_trainer import FakeScript, write_fake_run
from tests.lessons.conftest import At

TITLE, ABOUT = TITLE_WIDTH - len("10 "), 38
"""Columns of a lesson's title and of what it is about, in the outline at 80×24."""

PAGES = [(lesson.id, page.id) for lesson in bundled_course().everything for page in lesson.pages]


def page_of(course: Course, lesson: str, page: str) -> tuple[Lesson, LessonPage]:
    found = course.lesson(lesson)
    assert found is not None
    return found, next(each for each in found.pages if each.id == page)


def taking(lesson: str, page: str, language: str, at: At) -> Taking:
    """A person who has just opened a page."""
    course = bundled_course(language)
    found, opened = page_of(course, lesson, page)
    taking = Taking(course, Progress(start=1), language)
    taking.begin(found, found.pages.index(opened))
    taking.opened(at(opened))
    return taking


def test_both_languages_have_the_same_pages_questions_and_placeholders() -> None:
    english, chinese = (bundled_course(language) for language in LANGUAGES)
    assert PHRASES["en"].keys() == PHRASES["zh"].keys()
    for lesson, other in zip(english.everything, chinese.everything, strict=True):
        assert other.title != lesson.title
        assert all(text_width(each.about) <= ABOUT and text_width(each.title) <= TITLE for each in (lesson, other))
        for page, same in zip(lesson.pages, other.pages, strict=True):
            assert (page.id, page.place, page.covers) == (same.id, same.place, same.covers)
            assert page.placeholders == same.placeholders, f"{lesson.id}/{page.id}"
            if page.question is None or same.question is None:
                assert page.question is same.question is None
                continue
            assert [*page.question.options] == [*same.question.options]
            assert len(page.question.hints) == len(same.question.hints), f"{lesson.id}/{page.id}"
            assert bool(page.question.wrong) == bool(same.question.wrong), f"{lesson.id}/{page.id}"


def test_every_chinese_text_is_chinese() -> None:
    for lesson in bundled_course("zh").everything:
        for page in lesson.pages:
            said = [] if lesson.is_test else [page.text]
            said += [] if page.question is None else [page.question.ask, page.question.why]
            for text in filter(None, said):
                assert any("一" <= sign <= "鿿" for sign in text), f"{lesson.id}/{page.id}: {text}"


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_80_by_24_asked_with_its_hints_and_answered(language: str, at: At) -> None:
    too_long = []
    for lesson, page in PAGES:
        reader = taking(lesson, page, language, at)
        for sheet in _sheets(reader, at):
            lines = ["".join(text for text, _ in line) for line in lesson_text.lines(sheet, PANEL)]
            assert all(text_width(line) <= PANEL.width for line in lines)
            assert text_width(plain(lesson_text.bar(sheet, 80))) < 80
            # With a hint, the text that was read before need not stand there any more.
            is_whole = sheet.phase is Phase.ANSWERED or sheet.hints or not sheet.text or lines[0][:9] == sheet.text[:9]
            assert (len(lines) <= PANEL.height and bool(is_whole)) is lesson_text.fits(sheet, PANEL)
            if not lesson_text.fits(sheet, PANEL):
                too_long.append(f"{lesson}/{page}: {lines}")
    assert not too_long, "\n".join(too_long)


def _sheets(reader: Taking, at: At):  # type: ignore[no-untyped-def]
    """All that a page says until it is done; hints take the place of its text where there is no room for both."""
    assert reader.sheet is not None
    yield reader.sheet
    if reader.page.question is None:
        return
    while reader.sheet.more_hints:
        reader.hint()
        yield reader.sheet
    asked = reader.sheet
    right = reader.as_typed()
    if right:
        for typed in (right, wrong_for(reader)):
            reader.sheet = asked
            reader.type(typed)
            reader.answer(at(reader.page))
            yield reader.sheet
    else:
        reader.show()
        yield reader.sheet


def test_a_test_out_asks_each_question_with_the_text_that_it_refers_to(at: At) -> None:
    course = bundled_course()
    lesson = course.lesson("product")
    assert lesson is not None
    reader = Taking(course, Progress(start=1), "en")
    reader.opened(at(reader.begin(lesson, test_out=True)))
    assert reader.sheet is not None
    assert reader.sheet.pages == len(lesson.questions) < len(lesson.pages)
    assert reader.sheet.text.startswith("The products are covered.")


def wrong_for(reader: Taking) -> str:
    """An answer that is wrong."""
    question, right = reader.page.question, reader.as_typed()
    assert question is not None
    if question.kind is QuestionKind.NUMBER:
        return f"{float(right) + 2 * question.within + 2:.4f}"
    if question.kind is QuestionKind.ORDER:
        return right[::-1]
    return str(int(right) % len(question.options) + 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_name_the_keys_of_commands_that_there_are_and_no_others(language: str, at: At) -> None:
    assert not faults_in(asset("lessons", "en"), asset("lessons", language), names())
    assert not faults_in(asset("predict", "en"), asset("predict", language), names())
    page = page_of(bundled_course(language), "relu", "filter")[1]
    assert "f" in text_at(page.text, at(page), page).split()
    remapped = replace(at(page), keys=shown_keys({"next-filter": "x,f"}))
    assert "x" in text_at(page.text, remapped, page).split()


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "page"), [each for each in PAGES if page_of(bundled_course(), *each)[1].question])
def test_the_right_answer_is_accepted_and_a_wrong_one_is_not(lesson: str, page: str, at: At) -> None:
    reader = taking(lesson, page, "en", at)
    question, live = reader.page.question, at(reader.page)
    assert question is not None
    assert reader.sheet is not None
    assert reader.sheet.phase is Phase.ASKING, reader.sheet.text
    if question.kind.is_typed:
        for typed, is_right in ((wrong_for(reader), False), (reader.as_typed(), True)):
            again = taking(lesson, page, "en", at)
            for sign in typed if question.kind is not QuestionKind.CHOICE else [typed]:
                again.type(sign)
            again.answer(live)
            assert again.is_answered, again.sheet
            assert again.progress.answers[f"{lesson}/{page}"][-1].right is is_right
        assert right_answer(question, live).said
        return
    assert not holds(question, live), "it is reached before anything was done"
    focus = shown(question.check, live, dict(question.given))
    if focus is not None:
        assert holds(question, replace(live, scene=refocus(live.scene, focus)))
    else:
        assert question.kind is QuestionKind.REACH
        assert not reader.sheet.has_answer, "the key bar offers an answer that nobody can show"


CLAIMS = {
    "S1": "28×28 grey images, ÷255, through conv, pool, flatten, dense to ten probabilities; 5 epochs, batches of 64",
    "S2": "a dense layer learns global patterns, a convolution local ones",
    "S3": "what a convolution has learned it recognises at any place; a dense layer learns the whole anew",
    "S4": "each layer learns wider patterns on those of the layer before: atoms, molecules, shapes",
    "S5": "the first parameter of a convolution is the size of its patch, usually 3×3 or 5×5",
    "S6": "the second is the depth of its output: the number of filters, Conv2D's first argument",
    "S7": "the window slides over a 3D map, stops everywhere and takes a 3D patch (height, width, input depth)",
    "S8": "every patch is multiplied with the same learned weights and becomes a vector as long as the output is deep",
    "S9": "the vectors are put back in place: each cell of the output belongs to the same place of the input",
    "S10": "the output may be smaller than the input: border effects; padding valid and same",
    "S11": "or because of a stride",
    "S12": "max pooling downsamples with a fixed maximum, not with a learned transformation",
    "S13": "one reason for it: fewer numbers to process",
    "S14": "the other: the windows of the convolutions that follow see more, which makes a hierarchy",
    "S15": "without pooling the hierarchy grows too slowly",
    "S16": "and the last maps are so many numbers that a dense layer of 512 units overfits",
}
"""The claims of the course's source text."""


def test_the_last_page_opens_the_newest_run_of_ones_own_or_a_bundled_network_with_batch_normalization(
    runs_dir: Path,
) -> None:
    bundled = run_of(OWN, runs_dir)
    assert open_run(bundled).network.of_kind(BatchNormalization)
    assert sum(file.stat().st_size for file in bundled.path.iterdir()) < 250_000
    assert bundled.path not in [run.path for run in bundled_runs()]
    own = write_fake_run(runs_dir, FakeScript(steps_per_epoch=2))
    assert run_of(OWN, runs_dir).path == own.path
    assert run_of("dense", runs_dir).path == bundled_run("dense").path
    assert run_of(own.name, runs_dir).path == own.path
    with pytest.raises(CnntuiError, match="There is no run called"):
        run_of("nobody's", runs_dir)


@pytest.mark.slow
def test_every_page_opens_at_its_place_with_the_parts_that_it_names() -> None:
    assert not [*shortcomings(bundled_course())]


def test_every_claim_of_the_source_has_a_question() -> None:
    pages = [page for lesson in bundled_course().lessons for page in lesson.questions]
    asked = {claim for page in pages if page.question is not None for claim in page.question.claims}
    assert asked == CLAIMS.keys()
    assert all(page.question is None or page.question.claims for page in pages)


def test_the_course_has_ten_lessons_of_five_to_eight_pages() -> None:
    course = bundled_course()
    assert len(course.numbered) == 10
    assert [course.number(lesson) for lesson in course.lessons] == [*range(1, 11), None]
    assert all(5 <= len(lesson.pages) <= 8 for lesson in course.lessons)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_course_takes_about_an_hour_half_of_it_to_read(language: str) -> None:
    length = bundled_course(language).length
    assert 20 <= length.minutes_to_read <= 35
    assert 50 <= length.minutes <= 70


def test_words_and_chinese_characters_are_counted_each_at_its_own_speed() -> None:
    page = LessonPage("p", "28 × 28 个数, conv2d 层。", Place("network"), (), (), None)
    course = Course("c", (Lesson("l", "L", "", (page,), False, True),), None, None)
    assert course.length == Length(words=3, characters=3, questions=0)
    assert course.length.minutes == pytest.approx(3 / 200 + 3 / 300)


def test_a_wrong_answer_returns_at_the_end_of_the_lesson(at: At) -> None:
    course = bundled_course()
    lesson = next(lesson for lesson in course.lessons if lesson.questions)
    reader = Taking(course, Progress(start=1), "en")
    page = reader.begin(lesson)
    seen = []
    while page is not None:
        reader.opened(at(page))
        seen.append(page.id)
        if page is lesson.questions[0] and seen.count(page.id) == 1:
            reader.type(wrong_for(reader))
            reader.answer(at(page))
            assert reader.sheet is not None
            assert reader.sheet.pages == len(lesson.pages) + 1
        page = reader.step(1)
    assert seen == [*(each.id for each in lesson.pages), lesson.questions[0].id]


def test_a_lesson_continues_after_a_review_where_it_was_left(at: At) -> None:
    course = bundled_course()
    lesson = course.lessons[1]
    asked, left = lesson.questions[0], lesson.pages[-1]
    progress = Progress(start=1).having_answered(lesson, asked, Answer(False)).at(lesson, left)
    reader = Taking(course, replace(progress, start=2), "en")
    page = reader.review()
    assert page is asked
    reader.opened(at(page))
    assert (reader.progress.lesson, reader.progress.page) == (lesson.id, left.id)
    reader.opened(at(reader.begin(lesson, 1)))
    assert reader.progress.page == lesson.pages[1].id


def test_chinese_breaks_anywhere_but_before_a_full_stop() -> None:
    lines = wrapped("窗口在图像上滑动。每到一个位置，就得到一个数。", 18)
    assert lines == ["窗口在图像上滑动。", "每到一个位置，就得", "到一个数。"]
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert all(text_width(line) <= 10 for line in wrapped("averyverylongword and 一个很长很长的词", 10))
