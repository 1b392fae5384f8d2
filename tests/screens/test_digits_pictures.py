"""Pictures of the digit browser: look at each before accepting it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import pytest
from textual.app import App
from textual.pilot import Pilot

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.images.data import DataSet
from cnntui.ui.app.app import CnntuiApp
from tests.screens.apps import shown, until

SMALL, LARGE, COMPACT = (80, 24), (120, 40), (60, 18)

Prepare = Callable[[Pilot[None]], Awaitable[None]]


class Compare(Protocol):
    def __call__(self, app: App[None], *, run_before: Prepare, terminal_size: tuple[int, int]) -> bool: ...


@pytest.fixture
def app(network: Network, digits: DataSet) -> CnntuiApp:
    return app_with(network, digits)


def app_with(network: Network, digits: DataSet) -> CnntuiApp:
    """The app on the first thousand digits, which are read in a moment."""
    some = digits.first(1000)
    return CnntuiApp(compose("bundled", 4690, network, some, Focus()), "pool")


def browsing(*keys: str) -> Prepare:
    """Open the browser, wait until all digits have been read, and press keys."""

    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.press("d")
        await until(pilot, lambda: "accuracy" in shown(pilot.app, "#title"))  # type: ignore[arg-type]
        await pilot.press(*keys)

    return prepare


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_least_sure_first(snap_compare: Compare, app: CnntuiApp, size: tuple[int, int]) -> None:
    assert snap_compare(app, run_before=browsing("s", "right"), terminal_size=size)


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
def test_the_confusion_matrix(snap_compare: Compare, app: CnntuiApp, size: tuple[int, int]) -> None:
    assert snap_compare(app, run_before=browsing("v", "up"), terminal_size=size)


@pytest.mark.slow
def test_without_colour(
    snap_compare: Compare, network: Network, digits: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_with(network, digits)
    assert snap_compare(app, run_before=browsing("m", "9"), terminal_size=SMALL)
