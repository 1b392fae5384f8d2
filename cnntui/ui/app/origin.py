"""Where the network and the picture come from, for the command line that opens the place again."""

from __future__ import annotations

from pathlib import Path

from cnntui.explore.place import SceneSource, command_line, target_of
from cnntui.printable import printable
from cnntui.runs.directory.run_directory import default_runs_dir
from cnntui.ui.views.base.state import AppState
from cnntui.values import dataclass


@dataclass(frozen=True)
class Origin:
    """The files that the app was opened on, if not on a run.

    Attributes:
        model_path: the network's file; None if the network comes from a run.
        picture_path: the picture's file; None if there is none.
    """

    model_path: Path | None
    picture_path: Path | None

    def command_line(self, state: AppState, mode: str, label: int | None) -> tuple[str, str]:
        """The command line that opens this place, and a message about it.

        Args:
            state: the state of the app.
            mode: the view.
            label: the class that the place is about; None if it is not about a class.
        """
        scene, options, run = state.scene, state.options, state.run
        own = scene.own if scene.focus.own else None
        is_from_file = (
            own is not None and self.picture_path is not None and own.name == printable(self.picture_path.name)
        )
        evidence = state.evidence
        scale = evidence.scale.written if evidence is not None and evidence.is_chosen else None
        runs_dir, default = options.runs_dir, default_runs_dir()
        target = str(self.model_path or scene.run) if run is None else target_of(run.run, runs_dir or default)
        source = SceneSource(
            target, None if runs_dir in (None, default) else runs_dir, options.data, options.classes,
            self.picture_path if is_from_file else None, scale,
        )  # fmt: skip
        step = None if state.timeline.following else scene.step
        line = command_line(source, mode, scene.network, scene.focus, step, label)
        is_told = own is None or is_from_file
        return line, "Copied" if is_told else "Copied, with a test digit in place of your drawing"
