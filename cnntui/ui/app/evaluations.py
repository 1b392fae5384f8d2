"""The predictions of networks for all images, evaluated in the background."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from cnntui.cnn.network import Network
from cnntui.explore.scene import Scene
from cnntui.images.data import DataSet
from cnntui.runs.reading.follow import RunView
from cnntui.runs.reading.watching import tested
from cnntui.ui.views.base.background import while_wanted

if TYPE_CHECKING:
    from cnntui.images.evaluation import Evaluation


class Evaluations:
    """Keeps the last network's evaluation, and evaluates nothing twice.

    Args:
        begin: runs a function in a thread worker; running another ends the one before.
    """

    def __init__(self, begin: Callable[[Callable[[], None]], None]) -> None:
        self._begin = begin
        self.last: Evaluation | None = None
        """The newest evaluation; None before the first."""
        self._tested: tuple[str, int | None, Network] | None = None

    def of(self, network: Network, data: DataSet) -> Evaluation:
        """The evaluation of a network; if the network is not the last one, its evaluation starts now."""
        from cnntui.images.evaluation import Evaluation

        evaluation = self.last
        if evaluation is None or (evaluation.network, evaluation.data) != (network, data):
            evaluation = self.last = Evaluation(network, data)
            self._begin(partial(while_wanted, evaluation.read))
        return evaluation

    def of_tested(self, view: RunView | None, scene: Scene) -> tuple[Evaluation, int | None]:
        """The evaluation of the network at the end of a run's last completed epoch, with its step."""
        before = self._tested
        network, step = tested(view, scene.network, scene.step)
        if before is not None and before[:2] == (scene.run, step):
            # The same network, read from its file again, would give the same predictions.
            network = before[2]
        self._tested = scene.run, step, network
        return self.of(network, scene.data), step
