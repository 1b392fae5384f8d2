"""cnntui whose key `t` starts the fake trainer: `python -m tests.app_with_fake_trainer RUNS_DIR [ARGUMENT …]`.

It says in a sequence that terminals ignore when it has got as far as the key F12, on every screen, and writes into the
file that `CNNTUI_SEEN` names, a line each, which screen every event came to.
"""

from __future__ import annotations

import os
import sys

from cnntui.runs import directory, process
from tests.fake_trainer import MODULE

SO_FAR = "\x1b]777;so far\x1b\\"
"""What it writes when it comes to F12."""

SEEN_VARIABLE = "CNNTUI_SEEN"

TRAINING = " while training"
"""Follows the name of a screen where a network trained meanwhile."""


def main() -> int:
    """Run the command line."""
    # Before the settings of a training are defined, which name the trainer as their default.
    process.TRAINER = MODULE
    os.environ[directory.RUNS_DIR_VARIABLE] = sys.argv.pop(1)
    from textual import events

    from cnntui.__main__ import run
    from cnntui.base_app import BaseApp

    give_out = BaseApp._give_out
    seen = open(os.environ.get(SEEN_VARIABLE, os.devnull), "a", buffering=1)  # noqa: SIM115  # as long as the app

    async def tell(app: BaseApp) -> None:
        event = app._typed[0]
        if isinstance(event, events.Key) and event.key == "f12":
            if app._driver is not None:
                app._driver.write(SO_FAR)
        else:
            training = TRAINING if getattr(app, "is_training", False) else ""
            seen.write(f"{type(app.screen).__name__}{training}\n")
        await give_out(app)

    BaseApp._give_out = tell  # type: ignore[method-assign]
    return run()


if __name__ == "__main__":
    sys.exit(main())
