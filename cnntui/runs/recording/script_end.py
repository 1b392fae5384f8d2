"""Reports to a run how its script ended, if the script ends before the training does."""

from __future__ import annotations

import atexit
import os
import sys
import weakref
from types import TracebackType
from typing import Any, Protocol

from cnntui.printable import printable


class Watching(Protocol):
    """Something that watches a training."""

    def end(self, error: BaseException | None) -> None:
        """Called when the script ends, because of an error or normally."""

    def let_go(self) -> None:
        """Called in a process that the script has forked, which does not own the runs."""


_OPEN: weakref.WeakSet[Watching] = weakref.WeakSet()
_HOOKED: list[bool] = []


def script_name() -> str:
    """The script's name, made printable."""
    return printable(os.path.basename(sys.argv[0])) or "a script"


def end_with_script(watching: Watching) -> None:
    """Call an object's `end` when the script ends, unless the object is gone by then."""
    _OPEN.add(watching)
    if _HOOKED:
        return
    _HOOKED.append(True)
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _end_all(error)
        before(kind, error, trace)

    sys.excepthook = hook
    atexit.register(_end_all, None)
    os.register_at_fork(after_in_child=_let_go)
    # A notebook catches what a cell raises, and continues.
    if (shell := getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()) is not None:
        shell.events.register("post_run_cell", _end_cell)


def _end_cell(result: Any) -> None:
    if (error := getattr(result, "error_in_exec", None)) is not None:
        _end_all(error)


def _end_all(error: BaseException | None) -> None:
    for watching in [*_OPEN]:
        watching.end(error)


def _let_go() -> None:
    for watching in [*_OPEN]:
        watching.let_go()
