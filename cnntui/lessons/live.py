"""The state that answers are computed from: the network on screen, and its run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from cnntui.explore.scene import Scene
from cnntui.runs.reading.follow import RunView
from cnntui.values import dataclass


@dataclass(frozen=True, eq=False)
class Live:
    """The state of the app in which a question is asked or answered.

    Attributes:
        scene: the network, image and focus on the screen.
        run: the run's state; None if the network does not come from a run.
        keys: the key of each command, as written for people, by the command's name.
    """

    scene: Scene
    run: RunView | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
