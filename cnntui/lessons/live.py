"""What answers are computed from: the network on screen, and its run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from cnntui.explore.scene import Scene
from cnntui.runs.reading.follow import RunView
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class Live:
    """The moment at which something is asked or answered.

    Attributes:
        scene: what is looked at.
        run: what is known of the run that it is from; None where it is from none.
        keys: the key of each command, as a person reads it, by the command's name.
    """

    scene: Scene
    run: RunView | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
