"""Reports a bug: a file without the contents of any array, and three lines for the terminal."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path

from cnntui import __version__
from cnntui.files.remembered import state_dir
from cnntui.printable import printable, shortened

MOST_REPORTS = 10
"""How many reports are kept; the oldest make room for new ones."""

MOST_LINE = 300
"""The longest line, in characters: error messages can contain whole arrays."""

MOST_FRAMES = 40
"""How many calls of an error's traceback are listed, from the innermost."""

MOST_ERRORS = 4
"""How many errors are listed if one led to another."""

PACKAGES = ("textual", "rich", "numpy", "keras", "tensorflow", "h5py", "pillow")

SAFE = "Your runs are safe, and a training that is under way continues: run `cnntui` to go on."


def give_up(error: BaseException, facts: Mapping[str, object] | None = None, how_to_continue: str = SAFE) -> str:
    """Write a report about an unexpected error; never fails itself.

    Args:
        error: the bug.
        facts: the circumstances by name; only their `str` is written.
        how_to_continue: one sentence on how the user can continue.

    Returns:
        three lines for the terminal: what happened, where the report is, and how to continue.
    """
    path = _write(report(error, facts or {}))
    if path is None:
        where = "No report could be written: no folder for it accepts files."
    else:
        where = f"The report is in {one_line(str(path), 1000)}; please attach it when you report the bug."
    return f"cnntui: A bug in cnntui ended it: {_said(error)}\n{where}\n{how_to_continue}"


def report(error: BaseException, facts: Mapping[str, object]) -> str:
    """The text of a report: the circumstances, the machine, and the place in the program."""
    lines = [
        f"cnntui {__version__}: {_said(error)}",
        "",
        *(f"{name}: {one_line(str(value))}" for name, value in facts.items()),
        f"command: {one_line(' '.join(sys.argv[1:]))}",
        f"terminal: TERM={os.environ.get('TERM', '')} COLORTERM={os.environ.get('COLORTERM', '')}",
        f"system: Python {platform.python_version()} on {platform.platform()}",
        f"packages: {', '.join(_versions())}",
    ]
    for link in _chain(error):
        lines += ["", *_calls(link), _said(link)]
    return "\n".join(one_line(line) for line in lines) + "\n"


def reports_dir() -> Path:
    """Where reports are kept: the folder `bugs` in the platform's folder for a user's state."""
    return state_dir() / "bugs"


def one_line(text: str, most: int = MOST_LINE) -> str:
    """A text as a single line of limited length, without anything that a terminal would take for a command."""
    return shortened(printable(text[: most + 1]), most)


def _said(error: BaseException) -> str:
    """The kind of an error and the first line of its message."""
    try:
        message = str(error)
    except Exception:  # The message of a foreign error is code, which may fail too.
        message = ""
    first = message.partition("\n")[0]
    return one_line(f"{type(error).__name__}: {first}" if first else type(error).__name__)


def _chain(error: BaseException) -> list[BaseException]:
    """The errors that led to this one, starting with the first cause."""
    errors: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in errors and len(errors) < MOST_ERRORS:
        errors.insert(0, link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return errors


def _calls(error: BaseException) -> list[str]:
    """The calls that led to an error, the innermost last: lines of source and no values."""
    frames = traceback.extract_tb(error.__traceback__, limit=-MOST_FRAMES)
    return [line for text in frames.format() for line in text.splitlines()]


def _versions() -> list[str]:
    try:
        # Not at start-up: this imports half of the standard library, which most sessions never need.
        from importlib import metadata
    except OSError:
        return []  # Perhaps no file can be opened any more; that may even be the bug.
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return found


def _write(text: str) -> Path | None:
    """Keep a report and delete the oldest ones; None if no folder can be written to."""
    name = f"{time.strftime('%Y-%m-%d-%H%M%S')}-{os.getpid()}.txt"
    for folder in (reports_dir(), Path(tempfile.gettempdir())):
        path = folder / f"cnntui-{name}"
        if path.is_file():
            return path  # The same process has already reported a bug this second; the first one counts.
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", errors="replace") as file:
                file.write(text)
            if folder == reports_dir():
                for old in sorted(folder.glob("cnntui-*.txt"))[:-MOST_REPORTS]:
                    old.unlink(missing_ok=True)
        except OSError:
            continue
        return path
    return None
