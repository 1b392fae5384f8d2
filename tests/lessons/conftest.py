"""The course, and the state that its answers are computed from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose, relearned
from cnntui.images.data import DataSet
from cnntui.lessons.live import Live
from cnntui.lessons.page import LessonPage
from cnntui.lessons.place import scene_at
from cnntui.lessons.targets import run_of
from cnntui.runs.directory.run_directory import bundled_run
from cnntui.runs.reading.opening import open_run
from cnntui.runs.reading.watching import Watcher
from cnntui.ui.keys.table import shown

KEYS = shown({})

At = Callable[[LessonPage], Live]
"""Returns the state of the bundled run at the place of a page."""


@pytest.fixture(scope="session")
def at(network: Network, digits: DataSet) -> At:
    """The bundled run at the place of a page."""
    view = Watcher(bundled_run(), network).look().view
    scene = compose("bundled", None, network, digits, Focus())

    def at(page: LessonPage) -> Live:
        there = scene
        if page.place.target is not None:
            opened = open_run(run_of(page.place.target, None))
            there = relearned(scene, opened.name, opened.step, opened.network)
            return Live(
                scene_at(page.place, there), Watcher(opened.run or bundled_run(), opened.network).look().view, KEYS
            )
        if page.place.step is not None:
            opened = open_run(bundled_run(), page.place.step)
            there = relearned(scene, opened.name, opened.step, opened.network)
        return Live(scene_at(page.place, there), view, KEYS)

    return at
