"""Pictures are of what a screen is about alone, see `tests.screens.cropped`; and what the shift lab has read once is
not read again by networks with the same weights."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray
from textual.app import App
from textual.strip import Strip

from cnntui.labs.shift import Race
from cnntui.ui.views.labs.shift import screen as shift_screen
from tests.screens.cropped import picture, subject


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """Compare with the accepted picture of the screen's subject, or of lines that a test has cropped."""

    def compare(app: App[None], lines: list[Strip] | None = None, **how: object) -> bool:
        app.export_screenshot = lambda **_: picture(subject(app) if lines is None else lines)  # type: ignore[method-assign]
        return snap_compare(app, **how)

    return compare


class SharedRace(Race):
    """A race that reuses the results of networks with the same weights on the same images."""

    known: ClassVar[dict[bytes, NDArray[np.int64]]] = {}

    def read(self, is_wanted: Callable[[], bool] = lambda: True) -> None:
        networks = [(reader.network.layers, reader.network.scale) for reader in self.readers]
        key = pickle.dumps((networks, self.data.images, self.data.labels))
        if key in self.known and is_wanted():
            self._right[:] = self.known[key]
            self._done = len(self._parts)
        super().read(is_wanted)
        if self.is_finished:
            self.known[key] = self._right.copy()


@pytest.fixture(autouse=True)
def _shared_races(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shift_screen, "Race", SharedRace)
