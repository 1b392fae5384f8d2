"""What the app shows: one state made of its parts, and the ways to another. No screen is needed for that."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose, refocus
from cnntui.images.data import DataSet
from cnntui.images.scale_evidence import ScaleEvidence
from cnntui.runs.reading.watching import Watcher
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.app.base_app import BaseApp
from cnntui.ui.app.navigator import Navigator
from cnntui.ui.app.session import Session
from cnntui.ui.app.showing import Showing
from cnntui.ui.app.switcher import Switcher
from cnntui.ui.app.time_travel import TimeTravel
from cnntui.ui.views.base.state import AppState
from cnntui.ui.widgets.grids.style import GridStyle
from tests.canned import canned_run


class Recorder:
    """The app, its screen in front, its switcher and its questions at once: notes what it is told."""

    sheet = outline = predicted = None

    def __init__(self) -> None:
        self.front = self.screen = self
        self.told: list[str] = []
        self.states: list[AppState] = []

    def show_state(self, state: AppState) -> None:
        self.told.append("show")
        self.states.append(state)

    def screen_changed(self) -> None:
        self.told.append("changed")

    def switch(self, mode: str) -> None:
        self.told.append(mode)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def showing(recorder: Recorder, network: Network, digits: DataSet) -> Showing:
    showing = Showing(
        cast("BaseApp", recorder), Session(TrainOptions(), digits), TimeTravel(),
        Navigator("convolve", compose("a file", None, network, digits, Focus())), cast("Switcher", recorder),
        GridStyle.AUTO, "en", cast("ScaleEvidence", object()),
    )  # fmt: skip
    showing.questions = recorder
    return showing


def test_the_questions_hear_of_a_change_before_the_screen_shows_it(showing: Showing, recorder: Recorder) -> None:
    showing.look_at(refocus(showing.scene, Focus(filter=3)))
    assert recorder.told == ["changed", "show"]
    assert recorder.states[0].scene.focus.filter == 3
    showing.look_at(showing.scene)
    assert len(recorder.states) == 1


def test_another_view_is_switched_to_and_the_same_one_only_shown(showing: Showing, recorder: Recorder) -> None:
    showing.go("pool")
    assert (recorder.told, showing.mode) == (["changed", "pool"], "pool")
    showing.go("pool")
    assert recorder.told == ["changed", "pool", "changed", "show"]


def test_a_random_image_is_one_of_the_data(showing: Showing) -> None:
    seen = set()
    for _ in range(20):
        showing.look_at_random_image()
        seen.add(showing.state.scene.focus.index)
    assert len(seen) > 1
    assert seen <= {*range(len(showing.scene.data))}


def test_a_run_needs_no_evidence_of_its_input_scale(showing: Showing, runs_dir: Path) -> None:
    assert showing.state.evidence is showing.file_evidence
    showing.session.watch(Watcher(canned_run(runs_dir, 60), showing.scene.network))
    showing.session.look()
    assert showing.state.evidence is None
    showing.session.unwatch()
    assert showing.state.evidence is showing.file_evidence


def test_the_app_inherits_only_how_it_reads_keys_and_paints() -> None:
    own = [kind for kind in CnntuiApp.__mro__ if kind.__module__.startswith("cnntui")]
    assert own[:2] == [CnntuiApp, BaseApp]
    assert {kind.__module__.rpartition(".")[0] for kind in own[2:]} == {"cnntui.terminal"}
    # The run, the time, the place and what is shown of them are objects that it has, not classes that it is.
    assert not {"session", "time", "navigator", "showing"} & {name for kind in own for name in vars(kind)}
