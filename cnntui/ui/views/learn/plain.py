"""The course as plain text: its lessons, and the progress in each."""

from __future__ import annotations

import os

from cnntui.cnn.arithmetic import counted
from cnntui.files.settings import load_settings
from cnntui.lessons.bundled import bundled_course
from cnntui.lessons.language import language_of
from cnntui.lessons.outline import DUE, Entry, outline
from cnntui.lessons.progress import progress_path, read_progress
from cnntui.ui.views.base.plain import everything, paragraph, table, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.learn import text as learn_text

HOW = "cnntui learn LESSON opens a lesson in the app."


def as_text(state: AppState, width: int) -> list[str]:
    """The outline of the course, as on Learn.

    Raises:
        CnntuiError: the course or the user's progress cannot be read.
    """
    language = language_of(load_settings().language, os.environ)
    course = bundled_course(language)
    whole = outline(course, read_progress(progress_path(course.name)), language)
    rows = [(learn_text.title(entry, language).strip(), entry.about, _done(entry)) for entry in whole.entries]
    return everything(
        texts([learn_text.head(whole)]), table(("lesson", "about", "pages"), rows, left=3), paragraph(HOW, width)
    )


def _done(entry: Entry) -> str:
    if entry.id == DUE:
        return ""
    wrong = f", {counted(entry.wrong, 'question')} to answer again" if entry.wrong else ""
    return f"{entry.done} of {entry.pages}{wrong}"
