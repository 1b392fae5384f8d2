"""Turns a command line into an app that shows what was requested."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui.commands.wanted import Wanted, find
from cnntui.files.settings import NOTHING_CHOSEN, UserSettings
from cnntui.runs.directory.run_directory import default_runs_dir
from cnntui.runs.starting.options import TrainOptions

if TYPE_CHECKING:
    from cnntui.ui.app.app import CnntuiApp


def build_app(wanted: Wanted, settings: UserSettings = NOTHING_CHOSEN) -> CnntuiApp:
    """The app, with everything that its first screen shows already loaded.

    Args:
        wanted: the network, image and place to show first.
        settings: the user's permanent settings. If nothing is requested, and the newest run is the one that was shown
            last, the app opens at the place that was shown last.

    Raises:
        CnntuiError: something requested does not exist or cannot be read.
    """
    runs_dir = wanted.runs_dir or default_runs_dir()
    # Decompressing the images releases the interpreter, so it runs while Textual is imported, which takes longer.
    with ThreadPoolExecutor(1) as reader:
        finding = reader.submit(find, wanted, runs_dir, settings.place)
        from cnntui.ui.app.app import CnntuiApp

        found = finding.result()
    opened = found.opened
    options = TrainOptions(
        runs_dir=runs_dir, data=None if wanted.data is None else str(wanted.data), classes=wanted.classes
    )
    return CnntuiApp(
        found.scene, found.mode, run=opened.run, options=options, picture=found.picture,
        held=wanted.step is not None, label=found.label,
        model_path=Path(wanted.target).absolute() if opened.run is None and wanted.target else None,
        picture_path=wanted.image.absolute() if wanted.image is not None else None, evidence=opened.evidence,
        course=wanted.course, settings=settings,
    )  # fmt: skip
