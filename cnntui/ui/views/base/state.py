"""The app's state, as one value for the screen in front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from cnntui.cnn.network import Network
from cnntui.explore.scene import Scene
from cnntui.explore.timeline import Timeline
from cnntui.runs.directory.control import TrainerCommand
from cnntui.runs.reading.follow import RunView
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.values import dataclass

if TYPE_CHECKING:
    from cnntui.images.scale_evidence import ScaleEvidence
    from cnntui.lessons.outline import Outline
    from cnntui.lessons.taking import Sheet


@dataclass(frozen=True, eq=False)
class AppState:
    """Everything that any screen shows.

    Attributes:
        scene: the network, the image and the focus.
        network_at: returns the network at one of the time line's stops; raises CnntuiError if it cannot be read.
        style: the preferred style of grids.
        timeline: the kept steps of the run, and the step that is shown.
        run: the run's state; None if the network does not come from a run.
        asked: the command that the trainer has not answered yet; None if there is none.
        options: the settings of the training that t starts.
        sheet: the page of the course that is open, or the question outside it; None if there is none.
        outline: the course at a glance; None unless it is on screen.
        predicted: returns whether the class of a test image has been predicted; None if no predictions are requested.
        evidence: the source of the network's input scale; None if the network comes from a run, which states the scale.
        label: the class that Why is asked about, for its plain text; None for the predicted class.
    """

    scene: Scene
    network_at: Callable[[int], Network]
    style: GridStyle = GridStyle.AUTO
    timeline: Timeline = field(default_factory=Timeline)
    run: RunView | None = None
    asked: TrainerCommand | None = None
    options: TrainOptions = field(default_factory=TrainOptions)
    evidence: ScaleEvidence | None = None
    sheet: Sheet | None = None
    outline: Outline | None = None
    predicted: Callable[[int], bool] | None = None
    label: int | None = None

    @property
    def network_problem(self) -> str:
        """Why the run's network, in whose place another stands, cannot be opened; empty if it can be."""
        return self.run.config.network_problem if self.run is not None and self.scene.is_awaited else ""


class StateScreen(Protocol):
    """A screen that the app informs of every change."""

    def show_state(self, state: AppState) -> None:
        """Show the app's state."""
