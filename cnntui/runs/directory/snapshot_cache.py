"""Reads the networks at the steps that a run has kept, and caches the last few."""

from __future__ import annotations

from collections import OrderedDict

from cnntui.cnn.network import Network, with_weights
from cnntui.cnn.weights import weights_from_npz
from cnntui.runs.directory.run_directory import RunDirectory

MOST_BYTES = 32 * 1024**2
"""How many bytes of networks may be cached: enough for all steps of a run, unless its network is large."""


class SnapshotCache:
    """The networks of one run at its kept steps."""

    def __init__(self, run: RunDirectory, network: Network) -> None:
        self.run = run
        self._architecture = network
        self._read: OrderedDict[int, Network] = OrderedDict()

    def network(self, step: int) -> Network:
        """The network at a kept step; the identical object as long as it is cached.

        Raises:
            CnntuiError: the snapshot is missing or damaged, or belongs to another network.
        """
        if step not in self._read:
            self._read[step] = with_weights(self._architecture, weights_from_npz(self.run.snapshot_path(step)))
            # Four bytes a parameter; the network that was just requested stays, however large it is.
            most = max(1, MOST_BYTES // (4 * max(1, self._architecture.parameters)))
            while len(self._read) > most:
                self._read.popitem(last=False)
        self._read.move_to_end(step)
        return self._read[step]
