"""What networks read in all digits: the newest one's reading, read beside what is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from cnntui.cnn.network import Network
from cnntui.explore.scene import Scene
from cnntui.images.data import Digits
from cnntui.runs.follow import RunView
from cnntui.runs.watching import tested

if TYPE_CHECKING:
    from cnntui.images.census import Reading


class Readings:
    """Keeps the last network's reading, and reads nothing twice.

    Args:
        begin: runs a function in a thread worker; another function ends the one before.
    """

    def __init__(self, begin: Callable[[Callable[[], None]], None]) -> None:
        self._begin = begin
        self.last: Reading | None = None
        """The newest one, if anything was read."""
        self._tested: tuple[str, int | None, Network] | None = None

    def of(self, network: Network, digits: Digits) -> Reading:
        """What a network reads in all digits; another network than the last one's begins to read."""
        from cnntui.images.census import Reading

        reading = self.last
        if reading is None or (reading.network, reading.digits) != (network, digits):
            reading = self.last = Reading(network, digits)
            self._begin(partial(_read_on, reading))
        return reading

    def of_tested(self, view: RunView | None, scene: Scene) -> tuple[Reading, int | None]:
        """What the network of a run's last epoch reads, and its step."""
        before = self._tested
        network, step = tested(view, scene.network, scene.step)
        if before is not None and before[:2] == (scene.run, step):
            # It has been read from its file again, and would say the same.
            network = before[2]
        self._tested = scene.run, step, network
        return self.of(network, scene.digits), step


def _read_on(reading: Reading) -> None:
    worker = get_current_worker()
    reading.read(lambda: not worker.is_cancelled)
