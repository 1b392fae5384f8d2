"""Limits how large the files of a trainer may grow, as a full disk does."""

from __future__ import annotations

import os
import resource

LIMIT = "CNNTUI_FILE_LIMIT"
"""The variable that tells a preloaded trainer how many bytes a file may have."""


def limit_files() -> None:
    """Let no file of this process grow further than the variable says, if there is one."""
    if limit := os.environ.get(LIMIT):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
