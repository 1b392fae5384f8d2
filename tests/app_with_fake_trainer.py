"""cnntui whose key `t` starts the fake trainer: `python -m tests.app_with_fake_trainer RUNS_DIR [ARGUMENT …]`."""

from __future__ import annotations

import os
import sys

from cnntui.runs import directory, process
from tests.fake_trainer import MODULE

if __name__ == "__main__":
    # Before the settings of a training are defined, which name the trainer as their default.
    process.TRAINER = MODULE
    os.environ[directory.RUNS_DIR_VARIABLE] = sys.argv.pop(1)
    from cnntui.__main__ import run

    sys.exit(run())
