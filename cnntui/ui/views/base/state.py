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
    """All that any screen shows.

    Attributes:
        scene: what is looked at.
        network_at: the network of one of the time line's stops; raises CnntuiError where it cannot be read.
        style: how grids are drawn.
        timeline: the steps of the training, and the one that is shown.
        run: what is known of the run; None where the network is from no run.
        asked: what the trainer was told, as long as it has not answered.
        options: what pressing t trains.
        sheet: the page of the course that is open, or the question outside it; None while there is none.
        outline: the course at a glance, where that is what is looked at.
        predicted: whether the class of a test image has been predicted; None while nothing is to be.
        evidence: where the network's input scale is from; None where it is from a run, which says it.
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


class StateScreen(Protocol):
    """A screen that the app informs of every change."""

    def show_state(self, state: AppState) -> None:
        """Show the app's state."""
