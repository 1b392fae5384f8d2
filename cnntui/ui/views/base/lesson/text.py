"""The texts of a lesson's panel, of the bar above it and of the keys below it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from cnntui.lessons.phrases import phrase
from cnntui.lessons.taking import Phase, Sheet
from cnntui.lessons.wording import wrapped
from cnntui.ui.widgets.text.line import FILL, Line, line_width

CURSOR = "▏"


def bar(sheet: Sheet, width: int) -> Line:
    """The line at the top: which lesson and which page this is, and how far the user has come."""
    left: Line = ((f" {sheet.title}", "strong"),)
    if sheet.score is not None:
        return (*left, FILL, (score(sheet), ""), (" ", ""))
    where = phrase(sheet.language, "page", page=sheet.page, pages=sheet.pages)
    dots: Line = (("●" * sheet.page, "accent"), ("○" * (sheet.pages - sheet.page), "dim"))
    full: Line = (*left, FILL, (f"{where}  ", "dim"), *dots, (" ", ""))
    return full if line_width(full) < width else (*left, FILL, (f"{sheet.page}/{sheet.pages} ", "dim"))


def score(sheet: Sheet) -> str:
    """How many answers were right; empty before the first and in a course."""
    right, asked = sheet.score or (0, 0)
    return phrase(sheet.language, "score", right=right, asked=asked) if asked else ""


def keys_and_score(sheet: Sheet, width: int) -> Line:
    """The line at the bottom if the line at the top belongs to something else."""
    said: Line = (FILL, (score(sheet), "dim"), (" ", ""))
    return (*keys(sheet, width - line_width(said)), *said)


def keys(sheet: Sheet, width: int) -> Line:
    """The line at the bottom: the keys of the page."""
    said = sheet.language
    forward = "key_enter_answer" if sheet.phase is Phase.ASKING else "key_enter_next"
    if sheet.is_last and sheet.phase is not Phase.ASKING:
        forward = "key_enter_finish"
    buttons = [("answer", phrase(said, forward))] if sheet.takes_enter else []
    if sheet.phase is Phase.ASKING:
        if sheet.more_hints:
            buttons.append(("hint", phrase(said, "key_hint")))
        if sheet.has_answer:
            buttons.append(("show-answer", phrase(said, "key_show")))
        if sheet.score is None:
            buttons.append(("tab-page", phrase(said, "key_tab")))
    if sheet.score is not None:
        buttons.append(("tab-page", phrase(said, "key_another")))
    elif sheet.page > 1:
        buttons.append(("tab-page-back", phrase(said, "key_back")))
    buttons.append(("leave-lesson", phrase(said, "key_leave" if sheet.score is None else "key_stop")))
    line: Line = ()
    for command, does in buttons:
        key = {"enter": "⏎"}.get(pressed := sheet.key(command), pressed)
        longer: Line = (*line, (f" {key}", "accent"), (f" {does}", ""))
        if line_width(longer) <= width:
            line = longer
    return line


def lines(sheet: Sheet, room: Size) -> list[Line]:
    """The page in a given room: with blank lines between its parts if they fit; if not even the parts fit, without what
    the user has already read."""
    for parts in (_parts(sheet, room.width, wide=True), _parts(sheet, room.width, wide=False)):
        for gap in (1, 0):
            said = _joined(parts, gap)
            if len(said) <= room.height:
                return said
    return _joined(_parts(sheet, room.width, wide=False, brief=True), 0)


def fits(sheet: Sheet, room: Size) -> bool:
    """Whether a whole page fits into a room. Once a hint has been requested, earlier text may give way."""
    return len(_joined(_parts(sheet, room.width, wide=False, brief=bool(sheet.hints)), 0)) <= room.height


def _joined(parts: Sequence[Sequence[Line]], gap: int) -> list[Line]:
    said: list[Line] = []
    for part in parts:
        if said and part:
            said += [((" ", ""),)] * gap
        said += part
    return said


def _parts(sheet: Sheet, width: int, *, wide: bool, brief: bool = False) -> list[list[Line]]:
    if sheet.phase is Phase.ANSWERED:
        said, role = sheet.verdict
        return [_paragraph(said, width, role or "strong"), _paragraph(sheet.why, width)]
    parts = [] if brief and sheet.ask else [_paragraph(sheet.text, width)]
    parts += [
        _paragraph(phrase(sheet.language, "hint", hint=hint), width, "dim")
        for hint in (sheet.hints[-1:] if brief else sheet.hints)
    ]
    if not sheet.ask:
        return parts
    asked = _paragraph(sheet.ask, width, "strong")
    options = [f"{number} {option}" for number, option in enumerate(sheet.options, 1)]
    chosen = _options(options, width, wide=wide)
    answer = _answer(sheet)
    if not chosen and asked and line_width((*asked[-1], ("  ", ""), *answer)) <= width:
        return [*parts, [*asked[:-1], (*asked[-1], ("  ", ""), *answer)]]
    if chosen and not wide and line_width((*chosen[-1], ("   ", ""), *answer)) <= width:
        return [*parts, [*asked, *chosen[:-1], (*chosen[-1], ("   ", ""), *answer)]]
    return [*parts, [*asked, *chosen, *_fitted(answer, width)]]


def _paragraph(text: str, width: int, role: str = "") -> list[Line]:
    return [((line, role),) for line in wrapped(text, width)] if text else []


def _options(options: Sequence[str], width: int, *, wide: bool) -> list[Line]:
    """The options, each with its number, in a column or in a row."""
    rows: list[Line] = []
    for option in options:
        number, _, said = option.partition(" ")
        first, *rest = wrapped(said, width - 4)
        line: Line = ((f"  {number} ", "accent"), (first, ""))
        if not wide and rows and not rest and line_width((*rows[-1], *line)) <= width:
            rows[-1] = (*rows[-1], *line)
        else:
            rows.append(line)
            rows += [((f"    {more}", ""),) for more in rest]
    return rows


def _answer(sheet: Sheet) -> Line:
    if sheet.notice:
        return ((sheet.notice, "bad"),)
    assert sheet.kind is not None
    how = phrase(sheet.language, sheet.kind.value, count=len(sheet.options))
    if not sheet.takes_typing:
        return (("▸ ", "accent"), (how, "dim"))
    if sheet.typed:
        return (("▸ ", "accent"), (sheet.typed, "window"), (CURSOR, "accent"))
    return (("▸ ", "accent"), (CURSOR, "accent"), (f" {how}", "dim"))


def _fitted(line: Line, width: int) -> list[Line]:
    """A line, wrapped if it is too long."""
    if line_width(line) <= width:
        return [line]
    first, *rest = wrapped("".join(text for text, _ in line), width)
    return [((first, line[-1][1]),), *(((more, line[-1][1]),) for more in rest)]
