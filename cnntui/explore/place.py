"""The command line that opens exactly the place on screen."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from cnntui.cnn.network import Network
from cnntui.explore.focus import Aim, Focus, aim_at
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.values import dataclass


@dataclass(frozen=True)
class SceneSource:
    """The source of what is shown.

    Attributes:
        target: the name or folder of a run, or a model file.
        runs_dir, data: the folder of runs and the data set, unless they are the default ones.
        classes: the file with the names of the classes, if one was given.
        image: the file of the picture; None if a test image is shown, or a drawing, which is not in a file.
        scale: the input scale, if it was chosen by hand.
    """

    target: str
    runs_dir: Path | None = None
    data: str | None = None
    classes: Path | None = None
    image: Path | None = None
    scale: str | None = None


def command_line(
    source: SceneSource, mode: str, network: Network, focus: Focus, step: int | None = None, label: int | None = None
) -> str:
    """The command that shows the same place again, quoted for a shell.

    Args:
        source: where the network and the images come from.
        mode: the name of the screen.
        network: the network of the focus.
        focus: the current place.
        step: the chosen training step; None if the newest weights are shown.
        label: the class whose logit is taken apart, if any.
    """
    words = ["cnntui", "open", source.target]
    words += _option("--runs-dir", source.runs_dir) + _option("--data", source.data)
    words += _option("--classes", source.classes)
    words += [f"--scale={source.scale}"] if source.scale is not None else []
    words += ["--screen", mode, *_where(network, focus)]
    words += _option("--class", label) + _option("--step", step)
    words += ["--image", str(source.image)] if source.image is not None else ["--index", str(focus.index)]
    return shlex.join(words)


def _where(network: Network, focus: Focus) -> Sequence[str]:
    """The options for the layer, and for the numbers that identify the place on it."""
    aim = aim_at(network, focus.layer)
    words = ["--layer", focus.layer]
    if aim is Aim.UNIT:
        words += ["--unit", str(focus.unit), "--term", str(focus.source)]
    if aim is Aim.CELL or focus.filter:
        words += ["--filter", str(focus.filter)]
    if aim is Aim.CELL and network[focus.layer].MIXES_MAPS:
        words += ["--channel", str(focus.channel)]
    return [*words, "--at", f"{focus.row},{focus.col}"]


def _option(name: str, value: object) -> list[str]:
    return [] if value is None else [name, str(value)]


def target_of(run: RunDirectory, folder: Path) -> str:
    """How the command line names a run: by name if that finds it in the folder of runs, otherwise by path."""
    is_found = run.read_only or run.path.absolute().parent == folder.absolute()
    return run.path.name if is_found else str(run.path.absolute())
