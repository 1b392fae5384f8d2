"""The words of Runs: its table, how that is sorted and filtered, and details about one run, all from summaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from math import ceil
from operator import itemgetter
from pathlib import Path
from textwrap import wrap
from typing import Any

from cnntui.cnn.arithmetic import counted, percent
from cnntui.printable import set_width, shortened
from cnntui.runs.config.config_text import (
    batches_in_words,
    epochs_in_words,
    network_in_words,
    not_understood,
    optimizer_in_words,
    others_in_words,
    training_images_in_words,
)
from cnntui.runs.directory.status import Status
from cnntui.runs.listing.summary import RunSummary
from cnntui.ui.widgets.design import CURVES
from cnntui.ui.widgets.text.line import FILL, Line, line_width
from cnntui.values import dataclass

MARK_WIDTH = 4
"""The number of columns left of the names: the cursor, the number in the comparison, and the mark of the open run."""

LONGEST_NAME = 48
"""The widest column of names: in a wider one the eye would lose the row between a name and its numbers."""

LONGEST_SCRIPT = 30
"""The widest name of a script in a sentence."""

TEST, UNSEEN = "test", "unseen"
"""The headings of the column of accuracies: on test images, and on those or validation data."""

EPOCHS_WIDTH = 7
BEST_WIDTH = 6

_STATUS_ROLES = {
    Status.STARTING: "strong", Status.RUNNING: "strong", Status.PAUSED: "strong", Status.FINISHED: "",
    Status.STOPPED: "dim", Status.CRASHED: "bad", Status.DAMAGED: "bad",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes:
        title: the heading of the column.
        width: the column's width on screen; 0 for the width that the other columns leave.
        text: returns the column's text about a run.
        value: returns the value that runs are sorted by; None if a run has no such value, which sorts last either way.
        left: whether the text is left-aligned.
        least, most: the widths of the table between which the column is shown.
        largest_first: whether the larger value comes first until the user reverses the order.
    """

    title: str
    width: int
    text: Callable[[RunSummary], str]
    value: Callable[[RunSummary], Any]
    left: bool = False
    least: int = 0
    most: int = 10_000
    largest_first: bool = True


def _percent(summary: RunSummary) -> str:
    return "" if summary.test_accuracy is None else percent(summary.test_accuracy, 2)


def _best(summary: RunSummary) -> str:
    text = "" if summary.better is None else percent(summary.better, 2)
    return text if len(text) <= BEST_WIDTH else "100%"


def _epochs(summary: RunSummary) -> str:
    if summary.config is None:
        return ""
    done, both = f"{summary.epochs_done:,}", f"{summary.epochs_done:,}/{summary.config.words('epochs')}"
    return both if len(both) <= EPOCHS_WIDTH and summary.config.epochs is not None else done


def _parameters(summary: RunSummary) -> str:
    count = summary.parameters
    if count is None:
        return ""
    return f"{count:,}" if count < 1e6 else f"{count / 1e6:.4g} M" if count < 1e9 else "over 1 G"


def duration(seconds: float | None) -> str:
    """`58 s`, `12:05`, `3:02:07`, `12 days`; empty if the duration is unknown."""
    if seconds is None or not 0 <= seconds < 1e11:
        return ""
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 100:
        return f"{hours // 24:,} days"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _made(summary: RunSummary) -> str | None:
    return summary.created or None


def _status(summary: RunSummary) -> str:
    return "damaged" if summary.status is None else summary.status.value


@lru_cache(maxsize=20_000)
def settings(summary: RunSummary) -> str:
    """The most important settings in a few words; cached, since thousands of runs may be sorted by them."""
    config = summary.config
    if config is None:
        return ""
    learns = f"{optimizer_in_words(config)}, {batches_in_words(config)}{others_in_words(config)}"
    return learns if config.model == "cnn" else f"{network_in_words(config)}, {learns}"


def _brief(summary: RunSummary) -> str:
    """The same settings, shortened to the width of a column."""
    config = summary.config
    if config is None or config.model == "cnn":
        return settings(summary)
    return f"{network_in_words(config)}, {optimizer_in_words(config)}"


COLUMNS = (
    Column("name", 0, lambda run: run.name, lambda run: run.folded_name, left=True, largest_first=False),
    Column("status", 8, _status, _status, left=True, largest_first=False),
    Column(TEST, 7, _percent, lambda run: run.test_accuracy),
    Column("best", BEST_WIDTH, _best, lambda run: run.best_accuracy, least=100),
    Column("parameters", 10, _parameters, lambda run: run.parameters, least=70),
    Column("epochs", EPOCHS_WIDTH, _epochs, lambda run: run.epochs_done if run.config is not None else None),
    Column("took", 7, lambda run: duration(run.seconds), lambda run: run.seconds),
    Column("made", 10, lambda run: run.created[:10], _made, left=True, least=76, most=127),
    Column("made (UTC)", 16, lambda run: run.created[:16].replace("T", " "), _made, left=True, least=128),
    Column("settings", 31, _brief, settings, left=True, least=117, largest_first=False),
)  # fmt: skip

NEWEST_FIRST = 7
"""The column that runs are sorted by at first, which is their age."""


@dataclass(frozen=True)
class Arrangement:
    """The choice of runs that are listed, and their order.

    Attributes:
        column: the place in `COLUMNS` of the column that runs are sorted by.
        turned: whether the column's initial order is reversed.
        wanted: text that a run's name must contain; case does not matter.
    """

    column: int = NEWEST_FIRST
    turned: bool = False
    wanted: str = ""

    def of(self, summaries: Sequence[RunSummary]) -> tuple[RunSummary, ...]:
        """The runs that match, sorted; runs without a value come last in either direction."""
        column, wanted = COLUMNS[self.column], self.wanted.casefold()
        valued = [(column.value(run), run) for run in summaries if wanted in run.folded_name]
        known = [pair for pair in valued if pair[0] is not None]
        # Sorted by name first: runs with equal values keep that order.
        known.sort(key=lambda pair: pair[1].folded_name)
        known.sort(key=itemgetter(0), reverse=column.largest_first != self.turned)
        return (*(run for _, run in known), *(run for value, run in valued if value is None))


def shown_columns(width: int) -> tuple[int, ...]:
    """The indices in `COLUMNS` of the columns that fit a width."""
    return tuple(place for place, column in enumerate(COLUMNS) if column.least <= width <= column.most)


def page(cursor: int, rows: int) -> int:
    """The index of the first run on the cursor's page of the table."""
    return cursor // rows * rows if rows > 0 else 0


def table(
    runs: Sequence[RunSummary],
    cursor: int,
    chosen: Sequence[Path],
    opened: Path | None,
    arrangement: Arrangement,
    width: int,
    height: int,
    accuracy: str = TEST,
) -> list[Line]:
    """The heading, and below it the page of runs that contains the cursor.

    Args:
        runs: all runs in the list.
        cursor: the place of the selected run.
        chosen: the folders of the runs chosen for the chart, in their order.
        opened: the folder of the run that the app has open; None if it has none open.
        arrangement: the order of the runs.
        width, height: the columns and lines available.
        accuracy: the heading of the column of accuracies, as `accuracy_heading` finds it.
    """
    places = shown_columns(width)
    taken = MARK_WIDTH + sum(COLUMNS[place].width + 1 for place in places if COLUMNS[place].width)
    name_width = max(4, min(width - taken, LONGEST_NAME))
    lines = [_heading(places, name_width, arrangement, accuracy)]
    first = page(cursor, height - 1)
    for place, run in enumerate(runs[first : first + height - 1], first):
        number = chosen.index(run.run.path) + 1 if run.run.path in chosen else 0
        lines.append(_row(run, places, name_width, place == cursor, number, run.run.path == opened))
    return lines


def accuracy_heading(runs: Iterable[RunSummary]) -> str:
    """What accuracies are measured on, in one word for a list: a script's are on its validation data."""
    return UNSEEN if any(run.config is not None and run.config.unseen != TEST for run in runs) else TEST


def _heading(places: Sequence[int], name_width: int, arrangement: Arrangement, accuracy: str) -> Line:
    pieces: list[tuple[str, str]] = [(" " * MARK_WIDTH, "dim")]
    for place in places:
        column = COLUMNS[place]
        sorted_by = column.value is COLUMNS[arrangement.column].value
        down = column.largest_first != arrangement.turned
        title = (accuracy if column.title == TEST else column.title) + (("▾" if down else "▴") if sorted_by else "")
        pieces.append((_cell(title, place, name_width), "strong" if sorted_by else "dim"))
    return tuple(pieces)


def _row(run: RunSummary, places: Sequence[int], name_width: int, pointed: bool, number: int, is_open: bool) -> Line:
    plain_role = "dim" if run.config is None else ""
    pieces: list[tuple[str, str]] = [
        ("▸" if pointed else " ", "selected" if pointed else ""),
        (f"{number}" if number else " ", CURVES[number - 1] if number else "selected" if pointed else ""),
        ("● " if is_open else "  ", "winner" if is_open else "selected" if pointed else ""),
    ]
    for place in places:
        column = COLUMNS[place]
        role = plain_role
        if place == 0:
            role = "strong" if is_open else plain_role
        elif column.title == "status":
            role = "bad" if run.status is None else _STATUS_ROLES[run.status]
        text = _cell(column.text(run), place, name_width)
        if pointed:
            role = "selected bad" if role == "bad" else "selected"
        pieces.append((text, role))
    return tuple(pieces)


def _cell(text: str, place: int, name_width: int) -> str:
    """Text in a column, with a blank before the next one."""
    column = COLUMNS[place]
    width = column.width or name_width
    text = shortened(text, width)
    return " " * (place > 0) + (set_width(text, width) if column.left else text.rjust(width))


def title(count: int, total: int, cursor: int, chosen: int, arrangement: Arrangement, width: int, rows: int,
          accuracy: str = TEST) -> Line:  # fmt: skip
    """The number of runs, how many of them are shown, and what they are sorted by."""
    left: Line = ((counted(total, "run"), "strong"),)
    if arrangement.wanted:
        left = ((f"{count:,} of {total:,} runs", "strong"), (f" with “{arrangement.wanted}” in their name", "dim"))
    column = COLUMNS[arrangement.column]
    right: Line = ((f"sorted by {_words(accuracy if column.title == TEST else column.title)}", "dim"),)
    pages = ceil(count / rows) if rows > 0 else 1
    if pages > 1:
        right = ((f"page {cursor // rows + 1} of {pages}", "dim"), (", ", "dim"), *right)
    if chosen:
        right = ((f"{chosen} chosen for the chart", "strong"), (", ", "dim"), *right)
    for words in (right, right[:-2], right[:1]):
        if words and line_width(left) + line_width(words) < width:
            return *left, FILL, *words
    return left


def _words(heading: str) -> str:
    """The meaning of a column's heading, as used in a sentence."""
    return {
        TEST: "test accuracy",
        UNSEEN: "accuracy on unseen images",
        "took": "duration",
        "made": "when made",
        "made (UTC)": "when made",
    }.get(heading, heading)


def details(run: RunSummary | None, wanted: str, width: int, height: int = 2) -> list[Line]:
    """The details of the selected run, in two or three lines."""
    if run is None:
        nothing = f"No run has “{wanted}” in its name." if wanted else "There is no run yet."
        return [((nothing, "bad"),), (("esc lists all again", "dim"),) if wanted else (("t trains one", "dim"),)]
    if run.config is None:
        return _reason(run.problem, width, height)
    config = run.config
    made = settings(run)
    if run.problem:
        return [*_reason(run.problem, width, height - 1), _remark(run)]
    parts = training_images_in_words(config), epochs_in_words(config.epochs), f"seed {config.words('seed')}"
    for part in filter(None, parts):
        made += f", {part}" if len(made) + len(part) + 2 <= width else ""
    return [((made, "dim"),), _remark(run)]


def _reason(problem: str, width: int, height: int) -> list[Line]:
    """The problem with a run, on separate lines; the last line is cut if there are too few."""
    lines, full = wrap(problem, max(20, width)), max(1, height) - 1
    said = [*lines[:full], shortened(" ".join(lines[full:]), width)] if len(lines) > full else lines
    return [((line, "bad"),) for line in said]


def _remark(run: RunSummary) -> Line:
    if run.config is not None and (words := not_understood(run.config)):
        return ((words, "positive"),)
    if not why_not_resumed(run):
        return (("R", "accent"), (" resumes it, N renames it, x deletes it", "dim"))
    if run.run.read_only:
        return (("comes with cnntui and cannot be changed; E exports it", "dim"),)
    if run.is_active:
        return (("E exports it; once it has ended, N renames it and x deletes it", "dim"),)
    return (("N renames it, E exports it, x deletes it", "dim"),)


def why_not_resumed(run: RunSummary) -> str:
    """Why a run cannot be resumed, as far as the list tells; empty if it can be."""
    if run.config is None:
        return "a damaged run cannot be resumed"
    if run.run.read_only:
        return "what comes with cnntui cannot be trained further"
    if not run.config.can_be_resumed:
        return f"{shortened(run.config.script, LONGEST_SCRIPT)} trains this run: start it again"
    return "" if run.status in (Status.CRASHED, Status.STOPPED) else f"this run is {run.status}"


def why_not_changed(run: RunSummary) -> str:
    """Why a run can be neither renamed nor deleted, as far as the list tells; empty if it can be."""
    if run.run.read_only:
        return "what comes with cnntui cannot be changed"
    return "this run is being trained: stop it, or wait for its end" if run.is_active else ""


WHY_NOT: Mapping[str, Callable[[RunSummary], str]] = {
    "resume": why_not_resumed,
    "rename": why_not_changed,
    "remove": why_not_changed,
}
"""The actions that do not apply to every run, each with the function that says why not."""


def result(run: RunSummary) -> str:
    """What would be lost with a run, in a few words."""
    if run.config is None:
        return "It is damaged."
    if run.test_accuracy is None:
        return "It has not been tested yet."
    right = f"{percent(run.test_accuracy, 2)} of the {run.config.unseen} images right"
    return f"{right} after {epochs_in_words(run.epochs_done)}."
