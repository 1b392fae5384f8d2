"""Training time: which step of the run is shown, and whether the newest one is followed."""

from __future__ import annotations

from dataclasses import replace

from cnntui.cnn.network import Network
from cnntui.explore.timeline import Timeline, grown, learned
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.directory.snapshot_cache import SnapshotCache
from cnntui.runs.reading.follow import RunView


class TimeTravel:
    """Owns the time line of the run on screen, and reads the networks of its steps."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self._run: RunDirectory | None = None
        self._newest: tuple[int, Network] | None = None
        self._known: Network | None = None
        self._snapshots: SnapshotCache | None = None

    def open(self, run: RunDirectory, network: Network, shown: int | None, *, held: bool) -> None:
        """Show another run from now on.

        Args:
            run: the run.
            network: the network on screen, with the run's architecture as far as it is known.
            shown: the network's training step; None if unknown.
            held: whether that step was requested, so that newer steps are not followed.
        """
        self._run, self._known = run, network
        self._snapshots, self._newest = None, None
        self.timeline = Timeline(run.snapshot_steps(), shown=shown, following=not held, open=held)

    def close(self) -> None:
        """Show no run from now on, and so no time to travel in."""
        self.timeline = Timeline()
        self._run = self._known = self._newest = self._snapshots = None

    def learned(self, step: int, network: Network) -> bool:
        """Note that the run has newer weights. Returns whether they are the ones to show."""
        if self._newest is None:
            # Only now is the run's architecture known.
            self._snapshots = None
        self._newest, self._known = (step, network), network
        self.timeline = learned(self.timeline, step)
        return self.timeline.following

    def grown(self, view: RunView) -> None:
        """Note that the run has continued or ended."""
        # The folder says which snapshots can be read; the events, already read, say when to check it.
        kept = self.timeline.kept
        if not set(view.history.snapshots) <= set(kept):
            kept = view.run.snapshot_steps()
        self.timeline = grown(self.timeline, kept, view.total_steps, view.status.is_active)

    def network(self, step: int) -> Network:
        """The network of one of the time line's stops.

        Raises:
            CnntuiError: the snapshot is missing or damaged.
        """
        if self._newest is not None and step == self._newest[0]:
            return self._newest[1]
        assert self._run is not None
        assert self._known is not None
        if self._snapshots is None:
            self._snapshots = SnapshotCache(self._run, self._known)
        return self._snapshots.network(step)

    def travel(self, after: Timeline) -> Network | None:
        """Go to another moment. Returns its network, or None if that is already on screen.

        Raises:
            CnntuiError: the snapshot is missing or damaged; the moment on screen then stays.
        """
        is_other = after.shown is not None and after.shown != self.timeline.shown
        network = self.network(after.shown) if is_other and after.shown is not None else None
        self.timeline = after
        return network

    def play(self, playing: bool) -> None:
        """Note whether the steps are being played."""
        self.timeline = replace(self.timeline, playing=playing)
