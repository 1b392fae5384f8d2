"""What was known before and after the course: by three people, and by all of them as a class."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.cli import main
from cnntui.lessons.bundled import bundled_course
from cnntui.lessons.progress import Progress, keep_progress, progress_path
from cnntui.lessons.report import Gain, gains, known
from cnntui.lessons.taking import Taking
from tests.lessons.conftest import At


def learner(at: At, name: str, before: bool, after: bool) -> Progress:
    """A person who takes both tests, and knows everything or nothing each time."""
    course = bundled_course()
    taking = Taking(course, Progress(name=name, start=1), "en")
    for lesson, knows in ((course.before, before), (course.after, after)):
        assert lesson is not None
        page = taking.begin(lesson)
        while page is not None:
            taking.opened(at(page))
            for sign in taking.as_typed() if knows else "999":
                taking.type(sign)
            taking.answer(at(page))
            assert taking.is_answered
            assert taking.sheet is not None
            # A test says nothing of its answers.
            assert (taking.sheet.why, taking.sheet.verdict[0]) == ("", "")
            page = taking.step(1)
    return taking.progress


@pytest.fixture
def people(at: At) -> list[Progress]:
    return [learner(at, "all", True, True), learner(at, "none", False, False), learner(at, "better", False, True)]


def test_a_class_is_reported_by_idea_and_as_a_whole(people: list[Progress]) -> None:
    *ideas, together = gains(bundled_course(), people)
    assert len(ideas) == 5
    assert all((idea.people, idea.before, idea.after, idea.normalised) == (3, 1, 2, 0.5) for idea in ideas)
    assert (together.people, together.before, together.after, together.normalised) == (15, 5, 10, 0.5)
    assert Gain("", 2, 2, 2).normalised is None
    assert Gain("", 2, 1, 0).normalised == -1


def test_who_took_one_test_only_counts_for_no_gain(people: list[Progress]) -> None:
    assert all(one.before is one.after is None for one in known(bundled_course(), Progress()))
    *_, together = gains(bundled_course(), [people[0], Progress()])
    assert (together.people, together.before, together.after) == (5, 5, 5)


def test_the_command_reports_one_person_a_class_and_a_table(
    people: list[Progress], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["learn", "--report"]) == 1
    assert "There is no record of the course" in capsys.readouterr().err
    keep_progress(progress_path(), people[2])
    assert main(["learn", "--report"]) == 0
    told = capsys.readouterr().out
    assert told.count("wrong   right") == 5
    assert "0 of 10 lessons done" in told
    files = []
    for progress in people:
        files.append(tmp_path / f"{progress.name}.json")
        keep_progress(files[-1], progress)
    assert main(["learn", "--report", *map(str, files)]) == 0
    told = capsys.readouterr().out
    assert told.count("33%     67%  +0.50") == 6
    assert "3 people; each" in told
    assert main(["learn", "--report", str(files[0])]) == 0
    assert "1 person; each" in capsys.readouterr().out
    (tmp_path / "other.json").write_text("[]")
    assert main(["learn", "--report", *map(str, files), str(tmp_path / "other.json")]) == 1
    assert "other.json cannot be read as the record of a course. It should be a copy" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["learn", "--csv"])
    assert "--csv goes with --report" in capsys.readouterr().err
    assert main(["learn", "--csv", "--report", *map(str, files)]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header == "name,question,before,after"
    assert len(rows) == 15
    assert {"all,relu,1,1", "none,relu,0,0", "better,relu,0,1"} <= {*rows}


def test_a_course_is_checked_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "1.toml").write_text('id = "x"\ntitle = 3\n')
    assert main(["learn", "--check", str(tmp_path)]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith(f"{tmp_path / '1.toml'}:2: the lesson needs the field title")
    (tmp_path / "1.toml").write_text('id = "x"\ntitle = "X"\nabout = "Y"\n[[page]]\nid = "p"\ntext = "Look."\n')
    assert main(["learn", "--check", str(tmp_path)]) == 0
    assert "1 lesson with 1 page, nothing wrong." in capsys.readouterr().out
