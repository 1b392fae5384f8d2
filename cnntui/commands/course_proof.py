"""Goes through a course as a student would: do all places exist, can all answers be computed, do all texts fit?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from textual.geometry import Size

from cnntui.explore.focus import Focus
from cnntui.explore.scene import Scene, compose
from cnntui.explore.views import VIEWS
from cnntui.files.errors import CnntuiError
from cnntui.images.data import load_test
from cnntui.lessons.checks import right_answer
from cnntui.lessons.live import Live
from cnntui.lessons.page import Course, Lesson, LessonPage
from cnntui.lessons.place import Place, scene_at
from cnntui.lessons.progress import Progress
from cnntui.lessons.taking import Sheet, Taking
from cnntui.lessons.targets import run_of
from cnntui.runs.directory.own_data import own_test_data
from cnntui.runs.directory.run_directory import RECIPE, default_runs_dir
from cnntui.runs.reading.follow import RunFollower, RunView
from cnntui.runs.reading.opening import open_run
from cnntui.ui.keys.table import shown
from cnntui.ui.views.base.explorer import CELL
from cnntui.ui.views.base.lesson import text as lesson_text
from cnntui.ui.views.base.lesson.panel import MARGIN
from cnntui.ui.views.base.sizes import LESSON_LINES
from cnntui.ui.views.base.state import AppState

PANEL = Size(80 - MARGIN, LESSON_LINES)
"""The room for a page's text in a window of 80×24."""


def shortcomings(course: Course) -> Iterator[tuple[Lesson, LessonPage, str, str]]:
    """The problems on the pages of a course: the lesson, the page, the key to change, and one sentence on each."""
    keys = shown({})
    for lesson in course.everything:
        for page in lesson.pages:
            try:
                live = _live(page, keys)
            except CnntuiError as error:
                yield lesson, page, "place", f"{error}"
                continue
            yield from ((lesson, page, "place", said) for said in _missed(page.place, live.scene))
            yield from ((lesson, page, key, said) for key, said in _of_page(course, lesson, page, live))


def _missed(place: Place, scene: Scene) -> Iterator[str]:
    """The parts of a place that do not exist; a course shows the nearest that do."""
    focus = scene.focus
    for option, wanted, found in (
        ("index", place.index, focus.index), ("filter", place.filter, focus.filter),
        ("channel", place.channel, focus.channel), ("unit", place.unit, focus.unit),
        ("at", place.at, (focus.row, focus.col)), ("step", place.step, scene.step),
    ):  # fmt: skip
        if wanted is not None and wanted != found:
            yield f"there is no --{option} {_written(wanted)} here; the page would open at {_written(found)}."


def _written(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _of_page(course: Course, lesson: Lesson, page: LessonPage, live: Live) -> Iterator[tuple[str, str]]:
    parts = _parts(page.place.screen, live)
    for key, names in (("covers", page.covers), ("hides", page.hides), ("points", page.points)):
        for name in names:
            if name not in parts and not (key != "points" and name == CELL):
                yield key, f"{page.place.screen} has no part '{name}'; it has {', '.join(sorted(parts))}."
    if page.question is not None:
        try:
            right_answer(page.question, live)
        except CnntuiError as error:
            yield "check", f"its answer cannot be computed here: {error}"
            return
    for sheet in _sheets(course, lesson, page, live):
        if not lesson_text.fits(sheet, PANEL):
            key = "why" if sheet.why else "hints" if sheet.hints else "text"
            room = f"{PANEL.height} lines of {PANEL.width} columns, the room at 80×24"
            yield key, f"this does not fit into {room}: use fewer words."
            return


def _sheets(course: Course, lesson: Lesson, page: LessonPage, live: Live) -> Iterable[Sheet]:
    taking = Taking(course, Progress(start=1), "en")
    taking.begin(lesson, lesson.pages.index(page))
    taking.opened(live)
    while (sheet := taking.sheet) is not None:
        yield sheet
        if sheet.more_hints:
            taking.hint()
        else:
            taking.show()
            if taking.sheet is not None and taking.sheet.phase is not sheet.phase:
                yield taking.sheet
            return


def _live(page: LessonPage, keys: dict[str, str]) -> Live:
    scene, view = _opened(page.place.target or RECIPE, page.place.step)
    return Live(scene_at(page.place, scene), view, keys)


@cache
def _opened(target: str, step: int | None) -> tuple[Scene, RunView]:
    run = run_of(target, default_runs_dir())
    opened = open_run(run, step)
    data = own_test_data(run, run.read_config(), (load_test(),))
    return compose(opened.name, opened.step, opened.network, data, Focus()), RunFollower(run).poll()


def _parts(screen: str, live: Live) -> set[str]:
    """The names of a view's parts that pages can cover and point at."""
    view = VIEWS[screen].load()(AppState(live.scene, lambda _: live.scene.network, run=live.run))
    return {part.id for part in view.compose_stage() if part.id is not None}
