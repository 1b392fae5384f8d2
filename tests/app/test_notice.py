"""A notification disappears again, however late it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.notifications import Notification
from textual.widgets._toast import Toast

from cnntui.ui.app.notice import LEAST_SECONDS, Notice
from tests.screens.apps import app_on, until


def test_no_time_is_left_to_run_backwards() -> None:
    late = Notice("late", timeout=-1.0)
    assert late.has_expired
    assert late.time_left == LEAST_SECONDS


async def test_a_message_whose_time_is_up_when_it_is_shown_goes_away(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Textual's timer never returns for a negative time."""
    app, boxes = app_on("start", runs_dir), list[Toast]()
    make = Toast.__init__

    def made(box: Toast, notification: Notification) -> None:
        make(box, notification)
        boxes.append(box)

    monkeypatch.setattr(Toast, "__init__", made)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(Notice, "has_expired", False)
            app.notify("late", timeout=-1.0)
            await until(pilot, lambda: len(boxes) == 1)
        await until(pilot, lambda: boxes[0].is_mounted and not app.screen.query(Toast))
