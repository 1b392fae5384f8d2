"""Reads a course from a folder of TOML files, one for each lesson, and reports line by line what is wrong in them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Any

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import read_regular
from cnntui.lessons.checks import known_names, needs_of, value_names
from cnntui.lessons.page import ANSWER, KEY, PLACEHOLDER, Course, Lesson, LessonPage, Question, QuestionKind
from cnntui.lessons.place import parse_place
from cnntui.printable import printable
from cnntui.values import dataclass

MOST_BYTES = 1024 * 1024
MOST_FILES = 100

WORDS = {"text", "ask", "options", "hints", "why", "wrong"}
"""The keys of a page's words; everything else is the same in every language."""

TYPES: Mapping[str, type | tuple[type, ...]] = {
    "id": str, "text": str, "place": str, "covers": list, "hides": list, "points": list, "kind": str, "ask": str,
    "check": str, "given": dict, "options": dict, "within": (int, float), "hints": list, "why": str, "wrong": str,
    "claims": list,
}  # fmt: skip
"""The keys of a page, and the types of their values."""

LESSON_TYPES = {"id": str, "title": str, "about": str, "test": str, "numbered": bool, "page": list}

TESTS = ("before", "after")

AFTERWARDS = ("why", "wrong")
"""The texts that are shown once the question has been answered."""

_CURLY = frozenset("“”„«»‘’")

_CAUSES = {
    "Illegal character '\\n'": "a quotation mark is missing at the end of a text",
    "Unclosed array": "a list lacks a comma or its closing bracket",
    "Cannot declare ('page',) twice": "a page begins with [[page]], in two pairs of brackets",
}
"""The mistakes behind some of the parser's complaints."""


@dataclass(frozen=True)
class Fault:
    """An error in a file.

    Attributes:
        file: the file's name.
        line: the line, from 1.
        said: one sentence about the error.
    """

    file: str
    line: int
    said: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.said}"


def read_course(folder: Path, words: Path | None = None, name: str = "") -> Course:
    """The course in a folder.

    Args:
        folder: the folder of the course's files, which are read in the order of their names.
        words: a folder with the same lessons and pages in another language, of which only the words are used.
        name: the name under which progress is kept.

    Raises:
        CnntuiError: the course has an error; the message gives the first one.
    """
    lessons, faults = _lessons(folder, words)
    if faults:
        hint = f"`cnntui learn --check {folder}` lists all {len(faults)} faults." if len(faults) > 1 else ""
        raise CnntuiError(f"{folder.name}/{faults[0]}", hint)
    tests = {which: lesson for which, lesson in lessons if which}
    return Course(
        name, tuple(lesson for which, lesson in lessons if not which), tests.get("before"), tests.get("after")
    )


def faults_in(folder: Path, words: Path | None = None, commands: Collection[str] | None = None) -> list[Fault]:
    """All errors in a course.

    Args:
        folder: the folder of the course's files.
        words: a folder with the course's words in another language.
        commands: the names of all commands, whose keys texts may name; None to skip this check.

    Raises:
        CnntuiError: the folder cannot be read, or has no lessons.
    """
    return _lessons(folder, words, commands)[1]


def line_of(folder: Path, lesson: str, page: str, key: str) -> tuple[str, int]:
    """The file and the line of a page's key, or of the page's beginning.

    Raises:
        CnntuiError: the folder cannot be read, or has no such page.
    """
    for path in _paths(folder):
        file = _File(path)
        ids = [each.get("id") for each in file.pages]
        if file.table.get("id") == lesson and page in ids:
            return file.name, file.line_of(ids.index(page), key)
    raise CnntuiError(f"The course {folder} has no page '{page}' in a lesson '{lesson}'.")


def _paths(folder: Path) -> list[Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")[:MOST_FILES]
    except OSError as error:
        hint = f"A course is a folder: {folder.parent} has this file." if folder.is_file() else ""
        raise CnntuiError(f"The course {folder} cannot be read: {error.strerror}.", hint) from error
    if not paths:
        raise CnntuiError(f"There are no lessons in {folder}.", "A lesson is a file that ends in .toml.")
    return paths


def _lessons(
    folder: Path, words: Path | None, commands: Collection[str] | None = None
) -> tuple[list[tuple[str, Lesson]], list[Fault]]:
    lessons: list[tuple[str, Lesson]] = []
    faults: list[Fault] = []
    for path in _paths(folder):
        file = _File(path, commands)
        if words is not None:
            file.translate(_File(words / path.name, commands))
        lesson = file.lesson()
        faults += file.faults
        if lesson is not None:
            if any(lesson.id == other.id for _, other in lessons):
                said = f"another lesson has the id '{lesson.id}' too."
                faults.append(Fault(file.name, file.line_of(None, "id"), said))
            lessons.append((str(file.table.get("test", "")), lesson))
    return lessons, faults


class _File:
    """One lesson's file, and its errors."""

    def __init__(self, path: Path, commands: Collection[str] | None = None) -> None:
        self._commands = commands
        self.name = printable(path.name)
        self.faults: list[Fault] = []
        self.table: dict[str, Any] = {}
        self._lines: list[str] = []
        try:
            text = read_regular(path, MOST_BYTES).decode("utf-8-sig")
            self._lines = text.splitlines()
            self.table = tomllib.loads(text)
        except OSError as error:
            self._fault(1, f"it cannot be read: {error.strerror or error}.")
        except UnicodeDecodeError:
            self._fault(1, "it is not UTF-8: save it in this encoding.")
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
            line = int(where[1]) if where else max(1, len(self._lines))
            said = str(error).split(" (at")[0]
            if where and "".join(self._lines[line - 1 : line])[int(where[2]) - 1 :][:1] in _CURLY:
                said = "quotation marks have to be straight"
            self._fault(line, f"this is not TOML: {_CAUSES.get(said, said)}.")
        except RecursionError:
            self._fault(1, "it cannot be read: its values lie too deep in one another.")
        except ValueError as error:
            self._fault(1, f"it cannot be read: {error}.")

    def _fault(self, line: int, said: str) -> None:
        self.faults.append(Fault(self.name, line, printable(said)))

    def line_of(self, page: int | None, key: str) -> int:
        """The line of a page's key, or of the page's beginning; None looks in the lesson itself."""
        starts = [number for number, line in enumerate(self._lines) if line.strip() == "[[page]]"]
        begin = starts[page] if page is not None and page < len(starts) else 0
        later = [start for start in starts if start > begin]
        pattern = re.compile(rf"\s*(\[page\.)?{re.escape(key)}\s*[=\]]")
        for number in range(begin, later[0] if later else len(self._lines)):
            if pattern.match(self._lines[number]):
                return number + 1
        return begin + 1

    def translate(self, other: _File) -> None:
        """Take over the words of the same lesson in another language."""
        for key in ("title", "about"):
            self.table[key] = other.table.get(key, "")
        theirs = {page.get("id"): page for page in other.pages}
        for page in self.pages:
            words = theirs.pop(page.get("id"), None)
            if words is None:
                other._fault(1, f"the page '{page.get('id')}' is missing.")
            else:
                for key in WORDS & (page.keys() | words.keys()):
                    if key in words:
                        if isinstance(page.get(key), dict):
                            # In the order of this file, which determines the numbers of the options.
                            words[key] = {name: words[key].get(name, "") for name in page[key]}
                        page[key] = words[key]
                    else:
                        page.pop(key)
        for id in theirs:
            other._fault(1, f"the page '{id}' is none of the lesson's.")
        self.faults += other.faults

    @property
    def pages(self) -> list[dict[str, Any]]:
        """The tables of the pages."""
        pages = self.table.get("page")
        return [page for page in pages if isinstance(page, dict)] if isinstance(pages, list) else []

    def lesson(self) -> Lesson | None:
        """The lesson; None if there are errors."""
        if self.faults:
            return None
        table = self.table
        for key in table.keys() - LESSON_TYPES:
            self._fault(self.line_of(None, key), f"a lesson has no '{key}'; it has {', '.join(LESSON_TYPES)}.")
        for key in ("id", "title", "about"):
            if not isinstance(table.get(key), str) or not table[key].strip():
                self._fault(self.line_of(None, key), f"the lesson needs the field {key}, a text.")
        if table.get("test", "before") not in TESTS:
            self._fault(self.line_of(None, "test"), "test is 'before' or 'after'.")
        if not isinstance(table.get("numbered", True), bool):
            self._fault(self.line_of(None, "numbered"), "numbered is true or false.")
        if not self.pages:
            self._fault(1, "the lesson has no [[page]].")
        pages = [self._page(number, page) for number, page in enumerate(self.pages)]
        ids = [page.get("id") for page in self.pages]
        for number, id in enumerate(ids):
            if id in ids[:number]:
                self._fault(self.line_of(number, "id"), f"another page has the id '{id}' too.")
        if self.faults:
            return None
        return Lesson(
            table["id"],
            table["title"],
            table["about"],
            tuple(page for page in pages if page),
            "test" in table,
            table.get("numbered", True),
        )

    def _page(self, number: int, table: dict[str, Any]) -> LessonPage | None:
        said = [*self._faults_of(number, table)]
        for key, sentence in said:
            self._fault(self.line_of(number, key), sentence)
        if said:
            return None
        question = None
        if "kind" in table:
            question = Question(
                QuestionKind(table["kind"]), table["ask"].strip(), table["check"], table.get("given", {}),
                table.get("options", {}), float(table.get("within", 0)), tuple(table.get("hints", ())),
                table["why"].strip(), table.get("wrong", "").strip(), tuple(table.get("claims", ())),
            )  # fmt: skip
        return LessonPage(
            table["id"], table.get("text", "").strip(), parse_place(table.get("place", "")),
            tuple(table.get("covers", ())), tuple(table.get("hides", ())), tuple(table.get("points", ())), question,
        )  # fmt: skip

    def _faults_of(self, number: int, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """The errors on a page: the key, and a sentence."""
        for key in table.keys() - TYPES.keys():
            yield key, f"a page has no '{key}'; it has {', '.join(TYPES)}."
        wrong_types = [
            key for key in table.keys() & TYPES.keys()
            if not isinstance(table[key], TYPES[key]) or not _holds_texts(key, table[key])
        ]  # fmt: skip
        for key in wrong_types:
            yield key, f"{key} is {_called(key)}."
        if wrong_types:
            return
        if not table.get("id"):
            yield "id", "a page needs an id."
        yield from self._faults_of_words(table)
        if "place" in table:
            try:
                parse_place(table["place"])
            except CnntuiError as error:
                yield "place", str(error)
        if "kind" not in table:
            if not table.get("text", "").strip():
                yield "text", "a page without a question needs a text."
            for key in ("ask", "check", "options", "within", "why"):
                if key in table:
                    yield key, f"{key} belongs to a question, which needs a kind."
            return
        kinds = [kind.value for kind in QuestionKind]
        if table["kind"] not in kinds:
            yield "kind", f"there is no kind '{table['kind']}'; there are {', '.join(kinds)}."
            return
        yield from self._faults_of_question(QuestionKind(table["kind"]), table)

    def _faults_of_question(self, kind: QuestionKind, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for key in ("ask", "check", "why"):
            if not table.get(key, "").strip():
                yield key, f"a question needs the field {key}."
                if key == "check":
                    return
        names = known_names(kind)
        if table["check"] not in names:
            yield (
                "check",
                f"there is no check '{table['check']}' of the kind {kind.value}; {_close(table['check'], names)}",
            )
        else:
            (needed, taken), given = needs_of(kind, table["check"]), set(table.get("given", {}))
            if given - taken:
                yield "given", f"{table['check']} is given {', '.join(sorted(taken)) or 'nothing'}."
            elif needed - given:
                example = ", ".join(f"{name} = 3" for name in sorted(needed))
                yield "given" if given else "check", f"{table['check']} needs numbers, such as given = {{ {example} }}."
        if not 0 <= table.get("within", 0) < inf:
            yield "within", "within is a number from 0."
        if kind in (QuestionKind.CHOICE, QuestionKind.ORDER) and not 2 <= len(table.get("options", {})) <= 9:
            said = f"{kind.value} needs two to nine options, each with a key of its own, under [page.options]."
            yield "options" if "options" in table else "kind", said
        if len(table.get("hints", [])) > 2:
            yield "hints", "there are at most two hints."

    def _faults_of_words(self, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Errors about values and keys that the texts name but that do not exist."""
        for key in WORDS & table.keys():
            texts = table[key].values() if key == "options" else table[key] if key == "hints" else [table[key]]
            known = value_names() | ({ANSWER} if key in AFTERWARDS else frozenset())
            if any(sign in PLACEHOLDER.sub("", text) for text in texts for sign in "{}"):
                yield key, "a brace belongs to no value; a value is its name in braces, as in {answer}."
            for name in {name for text in texts for name in PLACEHOLDER.findall(text)} - known:
                if name == ANSWER:
                    yield key, f"{{{ANSWER}}} can be told only in {' and '.join(AFTERWARDS)}."
                elif not name.startswith(KEY):
                    yield key, f"there is no value {{{name}}}; {_close(name, value_names())}"
                elif self._commands is not None and name.removeprefix(KEY) not in self._commands:
                    yield key, f"there is no command '{name.removeprefix(KEY)}'; `cnntui keys` lists all."


def _close(name: str, names: Collection[str]) -> str:
    """A hint that lists similar names, or all names if none is similar."""
    close = get_close_matches(name, names)
    return f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(sorted(names))}."


def _holds_texts(key: str, value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    if isinstance(value, dict):
        return all(isinstance(each, int if key == "given" else str) for each in value.values())
    return not isinstance(value, bool)


def _called(key: str) -> str:
    kind = TYPES[key]
    if kind is list:
        return "a list of texts"
    if kind is dict:
        return "a table of whole numbers" if key == "given" else "a table of texts"
    return "a text" if kind is str else "a number"
