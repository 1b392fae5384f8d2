"""cnntui whose key `t` starts the fake trainer: `python -m tests.app_with_fake_trainer RUNS_DIR [ARGUMENT …]`.

When it has got as far as the key F12 it says on which screen that was, in a sequence that terminals ignore, and writes
into the file that `CNNTUI_SEEN` names, a line each, which screen every event came to.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from typing import Any

from cnntui.runs.directory import run_directory as directory
from cnntui.runs.directory.status import Status
from cnntui.runs.starting import process
from tests.fake_trainer import MODULE
from tests.odd_events import PAUSED, TRAINING

SO_FAR = re.compile(rb"\x1b\]777;so far ([^\x1b]*)\x1b\\")
"""What it writes when it comes to F12: the screen in front, and whether a network is being trained."""

SEEN_VARIABLE = "CNNTUI_SEEN"


def _tell_tasks(*_: object) -> None:
    """Write what each task is waiting for, to find out why something hangs."""
    with open(f"{os.environ[SEEN_VARIABLE]}-tasks", "a") as file:
        for task in asyncio.all_tasks():
            file.write(f"{task.get_name()}\n")
            waiting: Any = task.get_coro()
            # A task's own stack ends at its outermost coroutine, which waits for the next one inwards.
            while (frame := getattr(waiting, "cr_frame", None)) is not None:
                file.write(f"  {frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_qualname}\n")
                waiting = waiting.cr_await


def main() -> int:
    """Run the command line."""
    launch = process._launch
    process._launch = lambda run, lock, _, device: launch(run, lock, MODULE, device)
    os.environ[directory.RUNS_DIR_VARIABLE] = sys.argv.pop(1)
    from textual import events

    from cnntui.__main__ import run
    from cnntui.ui.app.app import CnntuiApp
    from cnntui.ui.app.base_app import BaseApp

    give_out = BaseApp._dispatch_next
    seen = open(os.environ.get(SEEN_VARIABLE, os.devnull), "a", buffering=1)  # noqa: SIM115  # as long as the app

    async def tell(app: BaseApp) -> None:
        event = app._typed[0]
        screen = type(app.screen).__name__
        if isinstance(app, CnntuiApp) and app.session.is_training:
            screen += TRAINING
        if isinstance(event, events.Key) and event.key == "f12":
            paused = (
                isinstance(app, CnntuiApp) and app.session.view is not None and app.session.view.status is Status.PAUSED
            )
            if app._driver is not None:
                app._driver.write(f"\x1b]777;so far {screen}{PAUSED if paused else ''}\x1b\\")
        else:
            seen.write(f"{screen}\n")
        await give_out(app)

    BaseApp._dispatch_next = tell  # type: ignore[method-assign]
    signal.signal(signal.SIGUSR1, _tell_tasks)
    return run()


if __name__ == "__main__":
    sys.exit(main())
