"""Every accepted picture belongs to a test that compares with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy.location import PyTestLocation

from tests.conftest import COLLECTED


def test_every_snapshot_is_compared_with(request: pytest.FixtureRequest) -> None:
    """Of those test files of which all tests were collected, whether or not they run."""
    collected = request.config.stash[COLLECTED]
    partly = {Path(each.split("::")[0]).resolve() for each in request.config.args if "::" in each}
    whole = {item.path for item in collected} - partly
    compared = {
        Path(SVGImageExtension().get_location(test_location=PyTestLocation(item), index=0))
        for item in collected
        if "snap_compare" in item.fixturenames
    }
    tests = Path(__file__).parents[1]
    unused = []
    for snapshot in tests.rglob("__snapshots__/*/*"):
        of = snapshot.parents[2] / f"{snapshot.parent.name}.py"
        if snapshot not in compared and (of in whole or not of.exists()):
            unused.append(str(snapshot.relative_to(tests)))
    assert not unused, f"no test compares with these: {unused}"
