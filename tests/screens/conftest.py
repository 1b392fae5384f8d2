"""Pictures are of what a screen is about alone: see `tests.screens.cropped`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.app import App
from textual.strip import Strip

from tests.screens.cropped import picture, subject


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """Compare with the accepted picture of what the screen in front is about, or of lines that a test has cropped."""

    def compare(app: App[None], lines: list[Strip] | None = None, **how: object) -> bool:
        app.export_screenshot = lambda **_: picture(subject(app) if lines is None else lines)  # type: ignore[method-assign]
        return snap_compare(app, **how)

    return compare
