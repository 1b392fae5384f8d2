"""`cnntui show`: a place as plain text, without TensorFlow and without a terminal that can place a cursor."""

from __future__ import annotations

import shutil

from cnntui.commands.streams import complain, say
from cnntui.commands.wanted import Found, Wanted, find
from cnntui.runs.directory.run_directory import default_runs_dir
from cnntui.runs.reading.follow import RunFollower
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.app.time_travel import TimeTravel
from cnntui.ui.views.base.plain import place_as_text
from cnntui.ui.views.base.state import AppState


def show(wanted: Wanted) -> int:
    """Print what a place shows, and return the exit status.

    Raises:
        CnntuiError: the place does not exist, cannot be read, or cannot be described as text.
    """
    found = find(wanted, wanted.runs_dir or default_runs_dir())
    if found.scene.data.reason and not found.scene.focus.own:
        complain(f"cnntui: {found.scene.data.reason}")
    width = shutil.get_terminal_size((80, 24)).columns
    say("\n".join(place_as_text(found.mode, _state(found, wanted), width)), at_once=True)
    return 0


def _state(found: Found, wanted: Wanted) -> AppState:
    """The state of an app that is opened at the same place."""
    opened, scene, time = found.opened, found.scene, TimeTravel()
    view = None
    if opened.run is not None:
        view = RunFollower(opened.run).poll()
        time.open(opened.run, scene.network, scene.step, held=wanted.step is not None)
        time.grown(view)
    return AppState(
        scene,
        time.network,
        timeline=time.timeline,
        run=view,
        options=TrainOptions(runs_dir=wanted.runs_dir),
        evidence=opened.evidence,
        label=found.label,
    )
