"""Lets the workers of a test run share the compiling of a fresh clone, most of which is that of assertions.

Each worker collects all tests and compiles what nobody has compiled yet; from the same first file on, all would compile
the same files at the same time.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def import_own_part_first(config: pytest.Config) -> None:
    """In a worker that collects all tests: import their files, beginning at another than every other worker."""
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    files = sorted(TESTS.rglob("test_*.py"))
    first = int(worker["workerid"].removeprefix("gw")) * len(files) // worker["workercount"]
    for path in files[first:] + files[:first]:
        # Collection imports it again and reports the error.
        with suppress(Exception, pytest.skip.Exception):
            import_module(".".join(path.relative_to(TESTS.parent).with_suffix("").parts))
