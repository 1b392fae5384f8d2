"""Turns what was asked on the command line into an app that looks at it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui.cnn.layers import Conv2D
from cnntui.cnn.network import Network
from cnntui.data import Digits, load_test
from cnntui.errors import CnntuiError
from cnntui.focus import Focus, clamped, maps_of
from cnntui.opening import Opened, open_file, open_newest, open_run
from cnntui.runs.directory import default_runs_dir, find_run
from cnntui.runs.options import TrainOptions
from cnntui.scene import Scene, compose, strongest

if TYPE_CHECKING:
    from cnntui.app import CnntuiApp


@dataclass(frozen=True)
class Wanted:
    """What to look at first; None leaves the choice to cnntui.

    Attributes:
        target: name of a run, path of a run directory, or path of a `.keras` file.
        data: the digits.
        runs_dir: where runs are kept.
        screen: a mode.
        digit, layer, filter, cell: where to look.
        step: the training step whose weights to look at.
    """

    target: str | None = None
    data: Path | None = None
    runs_dir: Path | None = None
    screen: str | None = None
    digit: int | None = None
    layer: str | None = None
    filter: int | None = None
    cell: tuple[int, int] | None = None
    step: int | None = None


def build_app(wanted: Wanted) -> CnntuiApp:
    """The app, with everything that its first screen shows loaded.

    Raises:
        CnntuiError: what was asked for does not exist or cannot be read.
    """
    runs_dir = wanted.runs_dir or default_runs_dir()
    # Inflating the digits leaves the interpreter free, so it goes on beside importing Textual, which takes longer.
    with ThreadPoolExecutor(1) as reader:
        digits = reader.submit(load_test, wanted.data)
        from cnntui.app import CnntuiApp

        opened = _opened(wanted, runs_dir)
        scene = _scene(wanted, opened, digits.result())
    mode = wanted.screen or _mode(wanted, scene)
    return CnntuiApp(scene, mode, run=opened.run, options=TrainOptions(runs_dir=runs_dir, data=wanted.data))


def _opened(wanted: Wanted, runs_dir: Path) -> Opened:
    if wanted.target is None:
        return open_newest(runs_dir)
    if wanted.target.endswith(".keras"):
        return open_file(Path(wanted.target))
    return open_run(find_run(wanted.target, runs_dir), wanted.step)


def _scene(wanted: Wanted, opened: Opened, digits: Digits) -> Scene:
    network = opened.network
    if not maps_of(network):
        raise CnntuiError(f"{opened.name} has no convolution and no pool to look into.", "Open another network.")
    digit = _within("digit", wanted.digit or 0, len(digits))
    focus = Focus(digit=digit, layer=wanted.layer or maps_of(network)[0].name)
    focus = replace(focus, filter=_filter(wanted, network, focus.layer))
    if wanted.cell is not None:
        rows, cols, _ = network.output_shape_of(focus.layer)
        focus = replace(focus, row=_within("row", wanted.cell[0], rows), col=_within("column", wanted.cell[1], cols))
    scene = compose(opened.name, opened.step, network, digits, clamped(focus, network))
    return scene if wanted.cell is not None else strongest(scene)


def _filter(wanted: Wanted, network: Network, layer: str) -> int:
    if network[layer] not in maps_of(network):
        names = ", ".join(layer.name for layer in maps_of(network))
        raise CnntuiError(f"{layer} has no maps to look into.", f"Choose one of {names}.")
    return _within("filter", wanted.filter or 0, network.output_shape_of(layer)[-1])


def _within(what: str, number: int, count: int) -> int:
    if number >= count:
        raise CnntuiError(f"There is no {what} {number:,}.", f"They go from 0 to {count - 1:,}.")
    return number


def _mode(wanted: Wanted, scene: Scene) -> str:
    """The screen that shows what was asked for; without a wish, the first one."""
    if wanted.layer is None and wanted.cell is None and wanted.filter is None:
        return "train"
    return "convolve" if isinstance(scene.network[scene.focus.layer], Conv2D) else "pool"
