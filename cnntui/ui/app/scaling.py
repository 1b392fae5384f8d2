"""Lets the user change the input scale of a network file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnntui.explore.scene import relearned
from cnntui.ui.app.showing import Showing
from cnntui.ui.widgets.bars.key_bar import MARGIN

HOW = "; i on Network changes it"
"""The words that follow a guess."""


class Scaling:
    """Says what was guessed about the input scale of the opened file, and chooses another."""

    def __init__(self, showing: Showing, path: Path | None) -> None:
        self._app, self._showing, self._path = showing.app, showing, path
        self._first = showing.file_evidence

    def say(self) -> None:
        """Until the first key, say in place of the keys what was guessed; Network always says it in its first line."""
        app, showing, evidence = self._app, self._showing, self._showing.evidence
        if evidence is not None and evidence.is_guessed and showing.mode != "network":
            said = evidence.fitting(app.size.width - MARGIN - len(HOW)).removesuffix(".")
            app.warn(f"{said}{HOW}")

    def why_not(self) -> str:
        """Why there is no other scale to try; empty if there is one."""
        return (
            ""
            if self._showing.evidence is not None
            else "a run knows its input scale; only that of a network file can be changed"
        )

    def next(self) -> None:
        """Use the next scale and remember it for the file; back at the measured scale, forget it again."""
        from cnntui.runs.reading.scaling import remember_scale

        showing, evidence, first = self._showing, self._showing.evidence, self._first
        if evidence is None or first is None:
            return
        scales = evidence.choices
        scale = scales[(scales.index(evidence.scale) + 1) % len(scales)]
        showing.file_evidence = chosen = first if scale == first.scale else evidence.chosen(scale)
        if self._path is not None:
            remember_scale(self._path, scale if chosen is not first or not first.is_guessed else None)
        scene = showing.scene
        showing.look_at(relearned(scene, scene.run, scene.step, replace(scene.network, scale=scale)))
