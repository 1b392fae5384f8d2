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
    """Where what is looked at comes from.

    Attributes:
        target: a run's name or folder, or a model file.
        runs_dir, data: where runs are kept and the digits, where they are not the default ones.
        classes: the file with the names of the classes, where one was given.
        image: the picture's file; None where a digit is looked at, or a drawing, which is in no file.
        scale: the input scale that was chosen by hand.
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
    """What to type to look at the same place again, quoted for a shell.

    Args:
        source: where the network and the digits come from.
        mode: the screen.
        network: its network.
        focus: what is looked at.
        step: the training step that was chosen; None where the newest weights are looked at.
        label: the class whose logit is taken apart, where one is.
    """
    words = ["cnntui", "open", source.target]
    words += _option("--runs-dir", source.runs_dir) + _option("--data", source.data)
    words += _option("--classes", source.classes)
    words += [f"--scale={source.scale}"] if source.scale is not None else []
    words += ["--screen", mode, *_where(network, focus)]
    words += _option("--class", label) + _option("--step", step)
    words += ["--image", str(source.image)] if source.image is not None else ["--index", str(focus.digit)]
    return shlex.join(words)


def _where(network: Network, focus: Focus) -> Sequence[str]:
    """The layer, and the numbers that identify the place on it."""
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
    """How the command line names a run: by name where that finds it in the folder of runs, otherwise by path."""
    is_found = run.read_only or run.path.absolute().parent == folder.absolute()
    return run.path.name if is_found else str(run.path.absolute())
