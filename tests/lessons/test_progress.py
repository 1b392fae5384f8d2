"""The progress that is kept from one start to the next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.lessons.bundled import bundled_course
from cnntui.lessons.checks import Right, is_right, typed_number
from cnntui.lessons.language import language_of
from cnntui.lessons.outline import DUE, outline
from cnntui.lessons.page import Question, QuestionKind
from cnntui.lessons.progress import SPACED, Answer, Progress, Record, keep_progress, progress_path, read_progress

RIGHT, WRONG = Answer(True), Answer(False)


def test_it_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    lesson = bundled_course().lessons[1]
    page, other = lesson.pages[:2]
    progress = Progress(name="Ada", start=3).at(lesson, page).having_read(lesson, page)
    progress = progress.having_answered(lesson, other, WRONG).having_answered(lesson, other, Answer(True, hints=1))
    path = tmp_path / "state" / "course.json"
    keep_progress(path, progress)
    assert read_progress(path) == progress
    assert [each.name for each in path.parent.iterdir()] == ["course.json"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "7", '{"version": 99}', '{"version": 1}', '{"version": 1, "answers": 3}']
)
def test_what_is_broken_is_said_and_put_aside_and_the_course_begins_anew(tmp_path: Path, content: str) -> None:
    path, lesson = tmp_path / "course.json", bundled_course().lessons[1]
    for number in (1, 2):
        path.write_text(content)
        with pytest.raises(CnntuiError, match="cannot be read as the record of a course"):
            read_progress(path)
        record = Record(path)
        progress, problem = record.read()
        assert progress == Progress()
        assert f"the file is now course-unreadable-{number}.json" in problem
        assert (tmp_path / f"course-unreadable-{number}.json").read_text() == content
        record.keep(progress.at(lesson, lesson.pages[0]))
        assert read_progress(path).lesson == lesson.id
    assert read_progress(tmp_path / "none.json") == Progress()


def test_two_that_keep_in_one_file_lose_nothing_of_each_other(tmp_path: Path) -> None:
    lesson = bundled_course().lessons[1]
    one, two, three = lesson.questions[:3]
    begun = Progress(start=1).having_answered(lesson, one, WRONG)
    keep_progress(tmp_path / "course.json", begun)
    ada, bob = Record(tmp_path / "course.json"), Record(tmp_path / "course.json")
    (hers, _), (his, _) = ada.read(), bob.read()
    hers = ada.keep(hers.having_answered(lesson, one, RIGHT).having_answered(lesson, two, RIGHT))
    his = bob.keep(his.having_answered(lesson, one, WRONG).having_answered(lesson, three, WRONG))
    his = bob.keep(his.having_answered(lesson, three, RIGHT))
    hers = ada.keep(hers)
    assert hers.answers == his.answers == read_progress(tmp_path / "course.json").answers
    given = [[answer.right for answer in hers.answers[f"{lesson.id}/{page.id}"]] for page in (one, two, three)]
    assert given == [[False, True, False], [True], [False, True]]
    assert hers.read == {f"{lesson.id}/{page.id}" for page in (one, two, three)}


def test_it_is_said_that_nothing_can_be_kept_and_the_answers_stay(tmp_path: Path) -> None:
    lesson = bundled_course().lessons[1]
    record = Record(tmp_path / "file" / "course.json")
    progress, problem = record.read()
    assert not problem
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CnntuiError, match="Your place and your answers cannot be kept"):
        record.keep(progress.having_answered(lesson, lesson.questions[0], RIGHT))


def test_a_record_that_was_removed_meanwhile_is_written_whole_again(tmp_path: Path) -> None:
    lesson = bundled_course().lessons[1]
    record = Record(tmp_path / "course.json")
    kept = record.keep(record.read()[0].having_answered(lesson, lesson.questions[0], RIGHT))
    (tmp_path / "course.json").unlink()
    record.keep(kept.having_answered(lesson, lesson.questions[1], RIGHT))
    assert len(read_progress(tmp_path / "course.json").answers) == 2


def test_each_course_has_a_file_of_its_own(runs_dir: Path) -> None:
    paths = {progress_path(name) for name in ("", "mine", "../x")}
    assert len(paths) == 3
    assert {path.parent for path in paths} == {runs_dir.parent / "state" / "cnntui"}


def test_two_questions_are_asked_again_at_a_later_start_the_wrong_ones_first() -> None:
    course = bundled_course()
    lesson = course.lessons[1]
    one, two, three = lesson.questions[:3]
    progress = Progress(start=1)
    for page, answer in ((one, RIGHT), (two, RIGHT), (three, WRONG)):
        progress = progress.having_answered(lesson, page, answer)
    assert progress.due(course) == []
    later = replace(progress, start=2)
    assert later.due(course) == [(lesson, three), (lesson, one)]
    assert len(later.due(course)) == SPACED
    shown = outline(course, later, "en")
    assert shown.entries[shown.next].id == DUE
    left = outline(course, later.at(lesson, three), "en")
    assert [each.id for each in left.entries[left.next - 1 : left.next + 2]] == [course.lessons[0].id, DUE, lesson.id]
    answered = later.having_answered(lesson, three, RIGHT).having_answered(lesson, one, RIGHT)
    assert answered.due(course) == [(lesson, two)]


def test_the_outline_goes_on_where_one_left() -> None:
    course = bundled_course()
    first, second = course.lessons[:2]
    fresh = outline(course, Progress(start=1), "en")
    assert fresh.entries[fresh.next].id == "before"
    progress = Progress(start=1).having_read(second, second.pages[0]).at(second, second.pages[1])
    entry = (shown := outline(course, progress, "en")).entries[shown.next]
    assert (entry.id, entry.page, entry.done, entry.is_done) == (second.id, 1, 1, False)
    for page in first.pages:
        progress = progress.having_read(first, page)
    assert next(each for each in outline(course, progress, "en").entries if each.id == first.id).is_done
    onward = outline(course, progress.at(first, first.pages[-1]), "en")
    assert onward.entries[onward.next].id == second.id, "what was passed over does not call one back"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"), ({"LANG": "en_US", "LC_MESSAGES": "zh_TW"}, "zh"),
    ],
)  # fmt: skip
def test_the_language_is_that_of_the_locale_unless_one_is_chosen(environ: dict[str, str], language: str) -> None:
    assert language_of(None, environ) == language
    assert language_of("zh", environ) == "zh"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0.31", 0.31), ("0,31", 0.31), ("0,313", 0.313), ("-2", -2), ("−2", -2), ("8,256", 8256), ("102,464", 102464),
        ("25%", 25), ("3,5", 3.5), (".5", 0.5), ("3/4", 0.75), ("-1/4", -0.25), ("x", None), ("1.2.3", None),
        ("", None), ("1/", None), ("1/0", None), ("1/2/3", None), ("%", None),
    ],
)  # fmt: skip
def test_numbers_are_understood_as_people_write_them(typed: str, number: float | None) -> None:
    assert typed_number(typed) == number


@pytest.mark.parametrize(
    ("value", "typed", "is_so"),
    [
        (1, "100%", True),
        (1, "1%", True),
        (0.25, "25%", True),
        (25, "25%", True),
        (25, "0.25", False),
        (1, "50%", False),
    ],
)
def test_a_number_may_be_given_in_percent(value: float, typed: str, is_so: bool) -> None:
    question = Question(QuestionKind.NUMBER, "?", "probability_sum", within=0.01)
    assert is_right(question, Right(str(value), value=value, decimals=2), typed) is is_so
