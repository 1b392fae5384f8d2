"""A user's own course: errors in it are reported line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.commands.learn import check
from cnntui.files.errors import CnntuiError
from cnntui.lessons.page import QuestionKind
from cnntui.lessons.place import Place, parse_place
from cnntui.lessons.reading import faults_in, read_course

LESSON = """\
id = "mine"
title = "Mine"
about = "One page"

[[page]]
id = "sum"
place = "--screen convolve --layer conv2d --at 9,18"
text = "The bias is {bias}."
kind = "number"
ask = "What is the sum?"
check = "sum_of_products"
within = 0.01
why = "It is {answer}."

[[page]]
id = "end"
text = "That was it."
"""


def course(folder: Path, text: str = LESSON, name: str = "1.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_is_a_course(tmp_path: Path) -> None:
    (lesson,) = read_course(course(tmp_path)).lessons
    page, end = lesson.pages
    assert (lesson.title, page.id, end.question) == ("Mine", "sum", None)
    assert page.question is not None
    assert (page.question.kind, page.question.within) == (QuestionKind.NUMBER, 0.01)
    assert page.placeholders == {"bias", "answer"}
    assert not faults_in(tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        (
            'check = "sum_of_products"',
            'check = "sums"',
            11,
            "there is no check 'sums' of the kind number; there are all_",
        ),
        ('kind = "number"', 'kind = "guess"', 9, "there is no kind 'guess'"),
        ("{bias}", "{Bias}", 8, "a brace belongs to no value"),
        ("{bias}", "{bias", 8, "a brace belongs to no value"),
        ("{bias}", "{bios}", 8, "there is no value {bios}; did you mean bias"),
        ("--at 9,18", "--at 9", 7, "--at is written as ROW,COL"),
        ("--screen convolve", "--screen nowhere", 7, "There is no screen 'nowhere'"),
        ("--layer conv2d", "--leyer conv2d", 7, "'--leyer' is not an option of a place"),
        ("within = 0.01", 'within = "much"', 12, "within is a number"),
        ("within = 0.01", "given = { pixels = 3 }", 12, "sum_of_products is given nothing"),
        ("within = 0.01", "width = 3", 12, "a page has no 'width'"),
        ("The bias", "{answer}, the bias", 8, "{answer} can be told only in why and wrong"),
        ("within = 0.01", "within = -1", 12, "within is a number from 0"),
        ("within = 0.01", "within = nan", 12, "within is a number from 0"),
        ("sum_of_products", "stacked_field", 11, "needs numbers, such as given = { layers = 3, window = 3 }"),
        ('title = "Mine"', 'title = "Mine', 2, "a quotation mark is missing at the end of a text"),
        ('title = "Mine"', "title = “Mine”", 2, "quotation marks have to be straight"),
        ('title = "Mine"', 'title = "My “own”', 2, "a quotation mark is missing at the end of a text"),
        ('why = "It is {answer}."', "", 6, "a question needs the field why"),
        ('id = "end"', 'id = "sum"', 16, "another page has the id 'sum' too"),
        ('id = "end"', "id =", 16, "this is not TOML"),
        ("That was it.", "That was {it}.", 17, "there is no value {it}; "),
        ('text = "That was it."', "", 16, "a page without a question needs a text"),
        ('title = "Mine"', "", 1, "the lesson needs the field title"),
        ('about = "One page"', 'about = "One page"\ncolour = "red"', 4, "a lesson has no 'colour'"),
    ],
)
def test_every_fault_names_its_line(tmp_path: Path, before: str, after: str, line: int, said: str) -> None:
    assert before in LESSON
    (fault, *_) = faults_in(course(tmp_path, LESSON.replace(before, after, 1)))
    assert said in fault.said
    text = LESSON.replace(before, after, 1).splitlines()
    assert fault.line == line or (not after and fault.line in (1, 5, 15)), f"{fault}: {text[fault.line - 1]}"
    with pytest.raises(CnntuiError, match=r"1\.toml:"):
        read_course(tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("conv2d", "conv9", 7, "The network has no layer 'conv9'"),
        ("--screen convolve", "nowhere --screen convolve", 7, "There is no run called 'nowhere'"),
        (
            'kind = "number"',
            'kind = "number"\ncovers = ["cell", "som"]',
            10,
            "convolve has no part 'som'; it has channels, ",
        ),
        ("The bias", "The bias" * 60, 8, "this does not fit into 6 lines of 77 columns"),
        ("It is {answer}.", "It is {answer}, as was to be expected. " * 20, 13, "this does not fit into 6 lines"),
        ("sum_of_products", "pool_output", 11, "its answer cannot be computed here: "),
        ("9,18", "40,2", 7, "there is no --at 40,2 here; the page would open at 26,2"),
        (
            'kind = "number"\nask = "What is the sum?"\ncheck = "sum_of_products"\nwithin = 0.01',
            'kind = "choice"\nask = "What is the sum?"\ncheck = "relu_does"\noptions = { a = "A", b = "B" }',
            11,
            "but the options are called a, b.",
        ),
    ],
)
def test_what_taking_the_course_would_show_is_found_before(
    tmp_path: Path, runs_dir: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, line: int, said: str
) -> None:
    assert check(course(tmp_path, LESSON)) == 0
    capsys.readouterr()
    assert check(course(tmp_path, LESSON.replace(before, after, 1))) == 1
    (fault,) = capsys.readouterr().out.splitlines()
    assert fault.startswith(f"{tmp_path / '1.toml'}:{line}: ")
    assert said in fault


def test_the_example_in_the_readme_is_a_course(tmp_path: Path) -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    example = readme.split("### A course of your own")[1].split("```toml")[1].split("```")[0]
    assert not faults_in(course(tmp_path, example))


def test_a_page_in_single_brackets_and_an_open_list_are_named(tmp_path: Path) -> None:
    (fault,) = faults_in(course(tmp_path, LESSON.replace("[[page]]", "[page]")))
    assert fault.said == "this is not TOML: a page begins with [[page]], in two pairs of brackets."
    (fault,) = faults_in(course(tmp_path, LESSON.replace("within = 0.01", 'hints = ["a" "b"]')))
    assert (fault.line, fault.said) == (12, "this is not TOML: a list lacks a comma or its closing bracket.")


def test_a_file_may_begin_with_the_mark_that_windows_writes(tmp_path: Path) -> None:
    course(tmp_path).joinpath("1.toml").write_text(LESSON, encoding="utf-8-sig")
    assert read_course(tmp_path).lessons[0].id == "mine"


def test_a_file_instead_of_its_folder_is_told_where_the_course_is(tmp_path: Path) -> None:
    with pytest.raises(CnntuiError) as refused:
        read_course(course(tmp_path) / "1.toml")
    assert str(tmp_path) in refused.value.hint


def test_what_is_no_course_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(CnntuiError, match="There are no lessons in"):
        read_course(tmp_path)
    with pytest.raises(CnntuiError, match="cannot be read"):
        read_course(tmp_path / "nowhere")
    (tmp_path / "1.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "2.toml").mkdir()
    assert [fault.said.split(":")[0] for fault in faults_in(tmp_path)] == [
        "it is not UTF-8", "it cannot be read",
    ]  # fmt: skip


def test_two_lessons_need_two_names(tmp_path: Path) -> None:
    course(tmp_path)
    (fault,) = faults_in(course(tmp_path, name="2.toml"))
    assert str(fault) == "2.toml:1: another lesson has the id 'mine' too."


def test_a_place_is_written_as_on_the_command_line() -> None:
    place = parse_place("dense --screen dense --layer dense --unit 3 --term 7 --index 2")
    assert place == Place("dense", "dense", 2, "dense", unit=3, term=7)
    assert parse_place("") == Place()
    for wrong in ("--unit", "--unit x", "--at 1;2", "'"):
        with pytest.raises(CnntuiError):
            parse_place(wrong)
