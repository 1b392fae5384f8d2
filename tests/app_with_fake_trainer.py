"""cnntui whose key `t` starts the fake trainer: `python -m tests.app_with_fake_trainer RUNS_DIR`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from cnntui.launch import Wanted, build_app
from tests.fake_trainer import MODULE

if __name__ == "__main__":
    app = build_app(Wanted(runs_dir=Path(sys.argv[1])))
    app.options = replace(app.options, module=MODULE)
    app.run()
