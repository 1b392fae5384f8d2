"""What a person wishes reaches the trainer, and a damaged wish changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.runs.control import ControlReader, Wish, ask
from cnntui.runs.directory import RunDirectory


def test_the_newest_wish_counts(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    reader = ControlReader(run.control_path)
    assert reader.wish() is Wish.RUN
    for wish in (Wish.PAUSE, Wish.RUN, Wish.STOP):
        ask(run, wish)
        assert reader.wish() is wish
        assert reader.wish() is wish


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b"{}", b'{"wish": "explode"}', b'{"wish": 3}', b"\xff"])
def test_a_wish_that_makes_no_sense_changes_nothing(tmp_path: Path, damaged: bytes) -> None:
    run = RunDirectory(tmp_path)
    reader = ControlReader(run.control_path)
    ask(run, Wish.PAUSE)
    assert reader.wish() is Wish.PAUSE
    run.control_path.write_bytes(damaged)
    assert reader.wish() is Wish.PAUSE
