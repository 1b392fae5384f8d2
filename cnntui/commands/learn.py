"""`cnntui learn` without the app: checks a course, and reports what students knew before and after it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from cnntui.cnn.arithmetic import counted
from cnntui.commands.streams import say
from cnntui.files.errors import CnntuiError
from cnntui.lessons.bundled import bundled_course, own_course
from cnntui.lessons.language import language_of
from cnntui.lessons.page import CHARACTERS_A_MINUTE, WORDS_A_MINUTE, Course, Length
from cnntui.lessons.progress import Progress, progress_path, read_progress
from cnntui.lessons.reading import Fault, faults_in, line_of, read_course
from cnntui.lessons.report import Gain, as_csv, gains, known
from cnntui.printable import set_width, text_width
from cnntui.ui.keys.table import names

_SIGNS = {True: "right", False: "wrong", None: "–"}


def course_of(folder: Path | None, language: str | None) -> Course:
    """The course in a folder, or the one that comes with cnntui.

    Raises:
        CnntuiError: the course has an error.
    """
    return bundled_course(language_of(language, os.environ)) if folder is None else own_course(folder)


def check_lesson(folder: Path | None, language: str | None, lesson: str | None) -> None:
    """Check before the app starts that there is such a lesson.

    Raises:
        CnntuiError: there is no such lesson, or the course has an error.
    """
    course = course_of(folder, language)
    if lesson is not None and course.lesson(lesson) is None:
        names = ", ".join(each.id for each in course.lessons)
        raise CnntuiError(f"The course has no lesson '{lesson}'.", f"It has 1 to {len(course.numbered)}: {names}.")


def check(folder: Path) -> int:
    """Print what is wrong in a course, line by line, and return the exit status.

    Raises:
        CnntuiError: the folder cannot be read, or has no lessons.
    """
    faults = faults_in(folder, commands=names()) or [*_found_by_taking(folder)]
    for fault in faults:
        say(f"{folder / fault.file}:{fault.line}: {fault.said}")
    if not faults:
        course = read_course(folder)
        pages = sum(len(lesson.pages) for lesson in course.everything)
        lessons = counted(len(course.everything), "lesson")
        say(f"{folder}: {lessons} with {counted(pages, 'page')}, nothing wrong.")
        say(_how_long(course.length))
    return 1 if faults else 0


def _how_long(length: Length) -> str:
    """One sentence on the time that a course takes."""
    words = (length.words, "word", f"{WORDS_A_MINUTE} words")
    characters = (length.characters, "Chinese character", f"{CHARACTERS_A_MINUTE} characters")
    parts = [part for part in (words, characters) if part[0]]
    counts = " and ".join(counted(count, name) for count, name, _ in parts)
    speeds = " or ".join(speed for *_, speed in parts)
    minutes = counted(max(1, round(length.minutes_to_read)), "minute")
    said = f"{counts}, {minutes} at {speeds} a minute"
    if length.questions:
        said += f"; {round(length.minutes)} with half a minute for each of {counted(length.questions, 'question')}"
    return f"{said}."


def _found_by_taking(folder: Path) -> Iterator[Fault]:
    """What is wrong on the pages of a course whose files are well formed."""
    # Imported only here, because the views that pages are about take a while to import.
    from cnntui.commands.course_proof import shortcomings

    for lesson, page, key, said in shortcomings(read_course(folder)):
        yield Fault(*line_of(folder, lesson.id, page.id, key), said)


def report(course: Course, files: Sequence[Path], *, as_csv_rows: bool) -> int:
    """Print what was known before and after the course: by one student, or by the class whose files are given.

    Raises:
        CnntuiError: there is nothing to report, or a file cannot be read.
    """
    paths = [*files] or [progress_path(course.name)]
    people = [(progress.name or path.stem, progress) for path in paths for progress in [_read(path)]]
    if as_csv_rows:
        say(as_csv(course, people).removesuffix("\n"))
    elif files:
        _say_class(gains(course, [progress for _, progress in people]), len(people))
    else:
        _say_one(course, people[0][1])
    return 0


def _read(path: Path) -> Progress:
    if not path.exists():
        raise CnntuiError(f"There is no record of the course at {path}.", "`cnntui learn` begins one.")
    try:
        return read_progress(path)
    except CnntuiError as error:
        raise CnntuiError(error.message, "It should be a copy of a student's course.json.") from error


def _say_one(course: Course, progress: Progress) -> None:
    lines = known(course, progress)
    width = max((text_width(line.idea) for line in lines), default=4)
    say(f"{set_width('idea', width)}  before  after")
    for line in lines:
        say(f"{set_width(line.idea, width)}  {_SIGNS[line.before]:<6}  {_SIGNS[line.after]}")
    done = sum(progress.done(lesson) == len(lesson.pages) for lesson in course.numbered)
    say(f"{done} of {len(course.numbered)} lessons done")


def _say_class(lines: Sequence[Gain], people: int) -> None:
    width = max((text_width(line.idea) for line in lines), default=4)
    say(f"{set_width('idea', width)}  people  before   after   gain")
    for line in lines:
        of = max(line.people, 1)
        gain = "–" if line.normalised is None else f"{line.normalised:+.2f}"
        say(
            f"{set_width(line.idea or 'all', width)}  {line.people:>6}  {line.before / of:>6.0%}  "
            f"{line.after / of:>6.0%}  {gain:>5}"
        )
    say(f"{counted(people, 'person', 'people')}; each line counts those who answered before and after.")
    say("gain: right answers gained, as a share of those that were wrong before; 1 is all of them, below 0 is a loss.")
