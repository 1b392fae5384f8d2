"""The outline of the course at different widths."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Size

from cnntui.lessons.outline import Entry, Outline
from cnntui.ui.views.base.lesson.place import lent_room
from cnntui.ui.views.base.sizes import BARS, NORMAL, holds
from cnntui.ui.views.learn import text as learn_text
from cnntui.ui.widgets.text.line import plain

OUTLINE = Outline((Entry("product", 2, "One product", "A patch, a kernel, a sum, a bias", 0, 7, 0),), 0, "en")


@pytest.mark.parametrize(("width", "is_beside"), [(58, False), (78, True)])
def test_what_a_lesson_is_about_stands_whole_beside_it_or_below_the_list(width: int, is_beside: bool) -> None:
    about = OUTLINE.entries[0].about
    (row,), below = learn_text.rows(OUTLINE, 0, width), learn_text.below(OUTLINE, 0, width)
    assert (about in plain(row), plain(below[0]) == about) == (is_beside, not is_beside)
    assert "…" not in "".join(map(plain, (row, *below)))
    assert all(len(plain(line)) <= width for line in below)


@pytest.mark.parametrize(("size", "where"), [
    ((80, 24), "-above"), ((100, 29), "-above"), ((80, 32), "-under"), ((100, 45), "-under"), ((120, 40), "-under"),
    ((140, 40), "-beside"), ((200, 55), "-beside"),
])  # fmt: skip
def test_a_page_leaves_the_view_whole_wherever_the_window_has_room_for_both(size: tuple[int, int], where: str) -> None:
    found, left = lent_room(Size(*size))
    assert found == where
    assert holds(left, NORMAL) is (where != "-above")
    assert left.height > BARS


@pytest.mark.parametrize(("lessons", "said"), [(1, "1 lesson"), (2, "2 lessons")])
def test_one_lesson_is_not_called_lessons(lessons: int, said: str) -> None:
    outline = replace(OUTLINE, entries=OUTLINE.entries * lessons)
    assert plain(learn_text.head(outline)) == f"A course in {said}: predict first, then see."
