"""Lets the user change the input scale of a network file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui.explore.scene import relearned
from cnntui.ui.app.core_app import CoreApp
from cnntui.ui.widgets.bars.key_bar import MARGIN

if TYPE_CHECKING:
    from cnntui.images.scale_evidence import ScaleEvidence

HOW = "; i on Network changes it"
"""The words that follow a guess."""


class Scaling:
    """Owns the evidence for the input scale of the opened file, and the choice of another."""

    def __init__(self, app: CoreApp, path: Path | None, evidence: ScaleEvidence | None) -> None:
        self._app, self._path = app, path
        self._first, self._evidence = evidence, evidence

    @property
    def evidence(self) -> ScaleEvidence | None:
        """The evidence for the current input scale; None if a run is open."""
        return self._evidence if self._app.session.view is None else None

    def say(self) -> None:
        """Until the first key, say in place of the keys what was guessed; Network always says it in its first line."""
        app, evidence = self._app, self.evidence
        if evidence is not None and evidence.is_guessed and app.mode != "network":
            said = evidence.fitting(app.size.width - MARGIN - len(HOW)).removesuffix(".")
            app.warn(f"{said}{HOW}")

    def why_not(self) -> str:
        """Why there is no other scale to try; empty if there is one."""
        return (
            ""
            if self.evidence is not None
            else "a run knows its input scale; only that of a network file can be changed"
        )

    def next(self) -> None:
        """Use the next scale and remember it for the file; back at the measured scale, forget it again."""
        from cnntui.runs.reading.scaling import remember_scale

        app, evidence, first = self._app, self.evidence, self._first
        if evidence is None or first is None:
            return
        scales = evidence.choices
        scale = scales[(scales.index(evidence.scale) + 1) % len(scales)]
        self._evidence = first if scale == first.scale else evidence.chosen(scale)
        if self._path is not None:
            remember_scale(self._path, scale if self._evidence is not first or not first.is_guessed else None)
        scene = app.scene
        app.look_at_scene(relearned(scene, scene.run, scene.step, replace(scene.network, scale=scale)))
