"""Leads through the course: opens each page at its place in the real views, and records the answers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from cnntui.explore.scene import refocus
from cnntui.explore.views import VIEWS
from cnntui.files.errors import CnntuiError
from cnntui.lessons.course_request import CourseRequest
from cnntui.runs.directory.run_directory import RECIPE, RunDirectory, default_runs_dir
from cnntui.ui.app.following import Following, Found, scene_of
from cnntui.ui.app.playback import Playback
from cnntui.ui.app.showing import Showing
from cnntui.ui.app.switcher import Switcher
from cnntui.ui.views.base.background import tell
from cnntui.ui.views.base.state import AppState

if TYPE_CHECKING:
    from cnntui.explore.scene import Scene
    from cnntui.lessons.live import Live
    from cnntui.lessons.outline import Outline
    from cnntui.lessons.page import LessonPage
    from cnntui.lessons.taking import Sheet, Taking
    from cnntui.ui.views.base.lesson.done import LessonDone

OUTLINE = "learn"
"""The view that lists all lessons."""


class Learning:
    """Connects the course with the app; nothing of the course is loaded before it is needed."""

    def __init__(
        self, showing: Showing, request: CourseRequest, keys: Mapping[str, str], following: Following,
        playback: Playback, switcher: Switcher,
    ) -> None:  # fmt: skip
        """Prepare for the course.

        Args:
            showing: shows the pages at their places.
            request: how to take the course.
            keys: the user's own keys.
            following: opens the runs of the pages.
            playback: goes to the training steps of the pages.
            switcher: creates the screens of the pages.
        """
        self._app, self._showing = showing.app, showing
        self._request = request
        self._own_keys = keys
        self._following, self._playback, self._switcher = following, playback, switcher
        self._taking: Taking | None = None
        self._problem = ""
        self._keys: dict[str, str] | None = None
        self._ready: tuple[RunDirectory, Found] | None = None
        """The run of the next page, opened while the page before it is read."""
        self._left: RunDirectory | Scene | None = None
        """The run that was open before a page opened another; or the scene, if its network did not come from a run."""

    @property
    def sheet(self) -> Sheet | None:
        """The open page; None if no lesson is open."""
        return self._taking.sheet if self._taking is not None else None

    @property
    def outline(self) -> Outline | None:
        """The outline of the course; None if it is not on screen."""
        if self._showing.mode != OUTLINE:
            return None
        from cnntui.lessons.outline import outline

        taking = self._course()
        return outline(taking.course, taking.progress, taking.language, self._problem)

    @property
    def language(self) -> str:
        """The language of the course."""
        import os

        from cnntui.files.settings import load_settings
        from cnntui.lessons.language import language_of

        return language_of(self._request.language or load_settings().language or None, os.environ)

    def live(self, scene: Scene) -> Live:
        """The state from which answers and texts are computed, for a scene."""
        from cnntui.lessons.live import Live
        from cnntui.ui.keys.table import shown

        if self._keys is None:
            self._keys = shown(self._own_keys)
        return Live(scene, self._showing.session.view, self._keys)

    def _course(self) -> Taking:
        """The course, loaded when it is first needed."""
        if self._taking is None:
            from cnntui.lessons.bundled import bundled_course, own_course
            from cnntui.lessons.progress import Record, progress_path
            from cnntui.lessons.taking import Taking

            request, language = self._request, self.language
            course = bundled_course(language) if request.folder is None else own_course(request.folder)
            self._record = Record(progress_path(course.name))
            progress, self._problem = self._record.read()
            progress = replace(progress, start=progress.start + 1, name=request.name or progress.name)
            self._taking = Taking(course, progress, language)
        return self._taking

    # Opening pages

    def first(self) -> None:
        """Begin the lesson named on the command line, if one was; on the outline, prepare the next."""
        if self._showing.mode == OUTLINE:
            self._app.call_after_refresh(self._look_ahead_from_outline)
        if self._request.lesson is not None:
            lesson = self._course().course.lesson(self._request.lesson)
            if lesson is not None:
                self.begin(lesson.id)

    def begin(self, id: str, page: int = 0, *, test_out: bool = False) -> None:
        """Open a lesson at one of its pages, or the questions that are due."""
        from cnntui.lessons.outline import DUE

        taking = self._course()
        lesson = taking.course.lesson(id)
        opened = taking.review() if id == DUE else None
        if lesson is not None:
            opened = taking.begin(lesson, page, test_out=test_out)
        if opened is not None:
            self._open(opened)

    def _open(self, page: LessonPage) -> None:
        from cnntui.lessons.place import scene_at

        showing, taking = self._showing, self._course()
        try:
            self._go_to_its_run(page)
            self._go_to_its_step(page)
            scene = scene_at(page.place, showing.scene)
        except CnntuiError as error:
            taking.cannot(error)
            showing.show_state()
            self._keep()
            return

        def go() -> None:
            showing.navigator.arrive(page.place.screen, scene)
            taking.opened(self.live(showing.scene))

        showing.navigate(go)
        self._keep()
        self._look_ahead(taking.next_page)

    def _look_ahead(self, page: LessonPage | None) -> None:
        """Once the screen is painted, prepare the next page while this one is read."""
        app = self._app
        if page is not None:
            prepare = partial(self._prepare, page)
            app.call_after_refresh(app.run_worker, prepare, group="next page", exclusive=True, thread=True)

    def _look_ahead_from_outline(self) -> None:
        outline = self.outline
        if outline is not None:
            entry = outline.entries[outline.next]
            self._look_ahead_to(entry.id, entry.page)

    def _look_ahead_to(self, id: str, page: int) -> None:
        """Prepare the page with which a lesson would begin."""
        lesson = self._course().course.lesson(id)
        if lesson is not None:
            self._look_ahead(lesson.pages[page])

    def _prepare(self, page: LessonPage) -> None:
        """Open a page's run or, if that is open, compute its texts, since some are cached; then create its screen."""
        from cnntui.lessons.place import scene_at
        from cnntui.lessons.taking import unopened

        app, showing, language = self._app, self._showing, self._course().language
        if get_current_worker().is_cancelled:
            return
        VIEWS[page.place.screen].load()
        with suppress(CnntuiError):
            # A page takes room from the view: a screen that was made without one would be laid out again.
            run, state, sheet = self._other_run(page), showing.state, unopened(page, language)
            if run is not None:
                found = self._following.found(run)
                self._ready = run, found
                scene = scene_at(page.place, scene_of(found, showing.scene))
                # The time line and the curves of the open run are not those of the other one.
                state = AppState(scene, state.network_at, state.style, sheet=sheet)
            else:
                scene = scene_at(page.place, showing.scene)
                if page.place.step is None:
                    sheet = unopened(page, language, self.live(scene))
                state = replace(state, scene=scene, sheet=sheet)
            tell(app, self._switcher.prepare, page.place.screen, state)

    def _go_to_its_run(self, page: LessonPage) -> None:
        """Open the run that the page names, or else the bundled one, the only run for which the pages are true."""
        showing, run = self._showing, self._other_run(page)
        ready, self._ready = self._ready, None
        if run is not None:
            view = showing.session.view
            self._left = self._left or (view.run if view is not None else showing.scene)
            self._following.open(run, go=False, found=ready[1] if ready is not None and ready[0] == run else None)

    def _other_run(self, page: LessonPage) -> RunDirectory | None:
        """The run that a page is about; None if it is open already.

        Raises:
            CnntuiError: there is no such run.
        """
        from cnntui.lessons.targets import run_of

        view = self._showing.session.view
        run = run_of(page.place.target or RECIPE, self._showing.session.options.runs_dir or default_runs_dir())
        return None if view is not None and view.run.path == run.path else run

    def _go_to_its_step(self, page: LessonPage) -> None:
        showing, step = self._showing, page.place.step
        if step is not None:
            self._playback.to(step)
        elif showing.time.timeline.open:
            self._playback.to_the_end()

    # What the user does with the page

    def done(self, message: LessonDone) -> None:
        """Handle what the user did: began a lesson, typed, answered or turned the page."""
        taking = self._course()
        match message.deed:
            case "select":
                self._look_ahead_to(message.text, message.page)
                return
            case "begin" | "test out":
                self.begin(message.text, message.page, test_out=message.deed == "test out")
                return
            case "type" | "erase":
                taking.type(message.text)
            case "hint":
                taking.hint()
            case "show":
                self._show()
            case "next" | "back":
                self._turn(1 if message.deed == "next" else -1)
                return
            case "leave":
                self.leave()
            case "enter":
                self._enter()
                return
        self._showing.show_state()

    def _enter(self) -> None:
        taking = self._course()
        if not taking.is_asking:
            self._turn(1)
            return
        taking.answer(self.live(self._showing.scene))
        self._keep()
        if taking.lesson.is_test and taking.is_answered:
            # A test gives no feedback, so there is no reason to stay on the page.
            self._turn(1)
        else:
            self._showing.show_state()

    def _show(self) -> None:
        focus = self._course().show()
        if focus is not None:
            self._showing.navigator.look(refocus(self._showing.scene, focus))
        self._keep()

    def _turn(self, pages: int) -> None:
        page = self._course().step(pages)
        if page is not None:
            self._open(page)
        else:
            self.leave()
            self._showing.navigate(partial(self._showing.navigator.go, OUTLINE))
            self._look_ahead_from_outline()

    def screen_changed(self) -> None:
        """Note that the screen shows something else, perhaps the state to be reached."""
        if self._taking is not None and self._taking.look(self.live(self._showing.scene)):
            self._keep()

    def leave_for(self, mode: str) -> None:
        """Note that another view is opened. The lesson stays open there, except on the outline."""
        if mode == OUTLINE:
            self.leave()
            self._app.call_after_refresh(self._look_ahead_from_outline)

    def leave(self) -> None:
        """Close the lesson, keeping the place in it."""
        if self._taking is not None and self._taking.sheet is not None:
            self._taking.close()
            self._keep()
            if self._showing.time.timeline.open:
                self._playback.to_the_end()
            self._return()

    def _return(self) -> None:
        """Return to the run or the network file that a bundled run replaced."""
        left, self._left = self._left, None
        view = self._showing.session.view
        if left is None or view is None or not view.run.read_only:
            return
        if isinstance(left, RunDirectory):
            if view.run.path != left.path:
                self._following.open(left, go=False)
        else:
            self._following.end(left)

    def _keep(self) -> None:
        taking = self._course()
        try:
            taking.progress = self._record.keep(taking.progress)
        except CnntuiError as error:
            if self._problem != f"{error}":
                self._problem = f"{error}"
                self._app.warn(self._problem)
