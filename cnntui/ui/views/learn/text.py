"""The words of the outline of the course."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted
from cnntui.lessons.outline import DUE, Entry, Outline
from cnntui.lessons.phrases import phrase
from cnntui.lessons.wording import wrapped
from cnntui.printable import set_width, shortened
from cnntui.ui.widgets.text.line import FILL, Line, line_width

TITLE_WIDTH = 27
"""The number of columns of a lesson's number and title."""

MOST_DOTS = 9

ABOUT_WIDTH = 30
"""The least width for the subject of a lesson: in less, most of the words would be cut."""


def head(outline: Outline) -> Line:
    """One line that introduces the course."""
    lessons = sum(entry.number is not None for entry in outline.entries)
    return ((phrase(outline.language, "map_title", count=lessons, lessons=counted(lessons, "lesson")), "strong"),)


def rows(outline: Outline, chosen: int, width: int) -> list[Line]:
    """A line for each entry, with the selected one marked."""
    return [_row(entry, outline.language, place == chosen, width) for place, entry in enumerate(outline.entries)]


def title(entry: Entry, language: str) -> str:
    """An entry's title."""
    if entry.id == DUE:
        return phrase(language, "map_due", count=entry.pages)
    return f"{entry.number:>2} {entry.title}" if entry.number is not None else f"   {entry.title}"


def _row(entry: Entry, language: str, is_chosen: bool, width: int) -> Line:
    mark = ("▸ ", "window") if is_chosen else ("  ", "")
    if entry.id == DUE:
        return (mark, (f"   {title(entry, language)}", "positive"))
    name = (set_width(title(entry, language), TITLE_WIDTH), "strong" if is_chosen else "")
    dots: Line = (("●" * entry.done, "good"), ("○" * (entry.pages - entry.done), "dim"))
    if entry.pages > MOST_DOTS:
        dots = ((f"{entry.done}/{entry.pages}", "dim"),)
    about = entry.about if has_abouts(width) else ""
    return (mark, name, (shortened(about, _about_width(width)), "dim"), FILL, *dots, (" ", ""))


def _about_width(width: int) -> int:
    return width - 2 - TITLE_WIDTH - max(MOST_DOTS, 5) - 2


def has_abouts(width: int) -> bool:
    """Whether the lines have room for the lessons' subjects; if not, only the selected one is named, below the list."""
    return _about_width(width) >= ABOUT_WIDTH


def below(outline: Outline, chosen: int, width: int) -> list[Line]:
    """The result or subject of the selected entry, and a note about how answers are kept."""
    entry, said = outline.entries[chosen], outline.language
    lines: list[Line] = []
    if outline.problem:
        return [((line, "bad"),) for line in wrapped(outline.problem, width)]
    if entry.is_done and entry.is_test:
        right = entry.pages - entry.wrong
        lines.append(((phrase(said, "test_over", right=right, count=entry.pages), "good"),))
    elif entry.is_done:
        lines.append(((phrase(said, "map_done"), "good"),))
    elif entry.done or entry.page:
        lines.append(((phrase(said, "map_goes_on", page=entry.page + 1), "window"),))
    else:
        lines.append(((entry.about if not has_abouts(width) else "", ""),))
    kept: Line = ((phrase(said, "map_kept"), "dim"),)
    return [*lines, kept] if line_width(kept) <= width else lines
