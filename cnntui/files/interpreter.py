"""Starts modules of cnntui as processes of their own."""

from __future__ import annotations

import os
from pathlib import Path

import cnntui


def environment() -> dict[str, str]:
    """This process's environment, so that `python -P -m cnntui.…` finds the same modules."""
    environment = dict(os.environ)
    # `-P` keeps the current folder, which may be a stranger's, off the module path; a checkout is found by name.
    root = Path(cnntui.__file__).resolve().parent.parent
    if root.name not in ("site-packages", "dist-packages"):
        paths = [str(root), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment
