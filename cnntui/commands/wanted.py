"""Finds what a command line asks to see: the network, the image, and the place in the network."""

from __future__ import annotations

import shlex
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.cnn.layers import Layer
from cnntui.cnn.network import Network
from cnntui.explore.focus import Aim, Focus, aim_at, clamped, maps_shape, to_term
from cnntui.explore.modes import layers_of, mode_of
from cnntui.explore.scene import Scene, compose, strongest
from cnntui.explore.views import VIEWS
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.images.data import DataSet, Image
from cnntui.lessons.course_request import BUNDLED_COURSE, CourseRequest
from cnntui.printable import printable
from cnntui.runs.directory.run_directory import find_run
from cnntui.runs.reading.opening import (
    Opened,
    data_for,
    data_of_picture,
    file_of,
    open_file,
    open_newest,
    open_or_await,
    reads_digits,
)
from cnntui.values import dataclass

if TYPE_CHECKING:
    from cnntui.cnn.input_scale import InputScale
    from cnntui.images.pictures import Picture


@dataclass(frozen=True)
class Wanted:
    """What to show first; None leaves the choice to cnntui.

    Attributes:
        target: the name of a run, the path of a run directory, or the path of a network file.
        data: the data set; None for the one that the run was trained on.
        classes: a text file with the names of the classes; None for the names in the data.
        runs_dir: the folder of runs.
        screen: the name of a view.
        index, layer, filter, channel, unit, term, cell: the place to show.
        label: the class whose logit Why takes apart.
        step: the training step whose weights to show.
        image: a picture file to show instead of a test image.
        scale: the input scale of a network file.
        course: how to take the course.
    """

    target: str | None = None
    data: Path | None = None
    classes: Path | None = None
    runs_dir: Path | None = None
    screen: str | None = None
    index: int | None = None
    layer: str | None = None
    filter: int | None = None
    channel: int | None = None
    unit: int | None = None
    term: int | None = None
    label: int | None = None
    cell: tuple[int, int] | None = None
    step: int | None = None
    image: Path | None = None
    scale: InputScale | None = None
    course: CourseRequest = BUNDLED_COURSE

    @property
    def asks_for_nothing(self) -> bool:
        """Whether both the network and the place are left to cnntui."""
        return self == Wanted(data=self.data, classes=self.classes, runs_dir=self.runs_dir, course=self.course)

    @property
    def names_a_place(self) -> bool:
        """Whether a place in the network is given."""
        places = (self.layer, self.filter, self.channel, self.unit, self.term, self.cell)
        return any(place is not None for place in places)


_OPTIONS = {
    "--screen": "screen", "--layer": "layer", "--filter": "filter", "--channel": "channel", "--unit": "unit",
    "--term": "term", "--class": "label", "--at": "cell", "--index": "index",
}  # fmt: skip


def place_of(arguments: str) -> Wanted | None:
    """The place in the settings file; None if the text cannot be understood."""
    try:
        target, *words = shlex.split(arguments)
        named = {_OPTIONS[name]: text for name, text in zip(words[::2], words[1::2], strict=True)}
        row, _, col = named.pop("cell", "").partition(",")
        cell = (int(row), int(col)) if row else None
        numbers: dict[str, Any] = {name: int(text) for name, text in named.items() if name not in ("screen", "layer")}
    except (ValueError, KeyError):
        return None
    screen = named.get("screen")
    if screen not in VIEWS or any(number < 0 for number in (*numbers.values(), *(cell or ()))):
        return None
    place = Wanted(target=target, screen=screen, layer=named.get("layer"), cell=cell)
    return replace(place, **numbers)


@dataclass(frozen=True, eq=False)
class Found:
    """What to show.

    Attributes:
        opened: the network, and where it comes from.
        scene: the network applied to the image, at the requested place.
        mode: the view that shows the scene.
        picture: the user's own picture of a digit, as Draw shows it.
        label: the requested class for Why.
    """

    opened: Opened
    scene: Scene
    mode: str
    picture: Picture | None = None
    label: int | None = None


def find(wanted: Wanted, runs_dir: Path, last: str = "") -> Found:
    """Find what was requested.

    Args:
        wanted: the request.
        runs_dir: the folder of runs.
        last: the arguments that open the place shown last; used if nothing is requested and they name the run that is
            opened.

    Raises:
        CnntuiError: something requested does not exist, or cannot be read.
    """
    opened, data, own, picture = _read(wanted, runs_dir)
    if last and wanted.asks_for_nothing and (place := place_of(last)) is not None and place.target == opened.name:
        # The network may have other layers than it had then.
        with suppress(CnntuiError):
            return _found(replace(place, data=wanted.data, runs_dir=runs_dir), opened, data, own, picture)
    return _found(wanted, opened, data, own, picture)


def _found(wanted: Wanted, opened: Opened, data: DataSet, own: Image | None, picture: Picture | None) -> Found:
    """Find the place, and the view that shows it."""
    if wanted.screen == "draw":
        from cnntui.images.drawing import cannot_draw_for

        if reason := cannot_draw_for(opened.network.input_shape):
            raise CnntuiError(reason, "Or look at a test image: --index N.")
    scene = _scene(wanted, opened, data, own)
    # Train shows how a network was trained, which a file does not say.
    is_of_a_file = opened.run is None
    mode = wanted.screen or (
        "draw" if picture is not None else "network" if is_of_a_file or own is not None else "train"
    )
    if wanted.screen is None and wanted.names_a_place:
        mode = mode_of(scene.network[scene.focus.layer])
    view = VIEWS[mode]
    if view.measures and (data.reason or (view.answers and opened.network.unanswered)):
        mode = "labs"
    return Found(opened, scene, mode, picture, _label(wanted, scene))


def _label(wanted: Wanted, scene: Scene) -> int | None:
    return None if wanted.label is None else _within("class", wanted.label, len(scene.activations.logits))


def _read(wanted: Wanted, runs_dir: Path) -> tuple[Opened, DataSet, Image | None, Picture | None]:
    """The network, the images to show, and the user's own picture: in MNIST's format, or whole."""
    opened = _opened(wanted, runs_dir)
    data, own, picture = _shown(wanted, opened)
    if opened.run is None or wanted.scale is not None:
        # A run records its scale: nothing need be imported for that.
        from cnntui.runs.reading.scaling import at_its_scale, remember_scale

        opened = at_its_scale(opened, wanted.scale, lambda: data)
        if wanted.scale is not None and opened.file is not None:
            remember_scale(opened.file, wanted.scale)
    return opened, data, own, picture


def _shown(wanted: Wanted, opened: Opened) -> tuple[DataSet, Image | None, Picture | None]:
    if wanted.image is None:
        return data_for(opened, wanted.data, wanted.classes), None, None
    from cnntui.images.picture_file import load_img

    shape, name = opened.network.input_shape, printable(wanted.image.name)
    if opened.run is None and wanted.data is None and shape != mnist.SHAPE:
        own = Image(name, load_img(wanted.image, shape))
        return data_of_picture(opened.network, own, wanted.classes), own, None
    data = data_for(opened, wanted.data, wanted.classes)
    if not reads_digits(opened, data):
        return data, Image(name, load_img(wanted.image, shape)), None
    from cnntui.images.pictures import load_picture

    picture = load_picture(wanted.image)
    return data, picture.canvas.own(as_mnist=True), picture


def _opened(wanted: Wanted, runs_dir: Path) -> Opened:
    if wanted.target is None:
        return open_newest(runs_dir)
    if (path := file_of(wanted.target, runs_dir)) is not None:
        return open_file(path)
    return open_or_await(find_run(wanted.target, runs_dir), wanted.step)


def _scene(wanted: Wanted, opened: Opened, data: DataSet, own: Image | None) -> Scene:
    network = opened.network
    index = _within("test image", wanted.index or 0, len(data))
    focus = Focus(index=index, own=own is not None, layer=wanted.layer or _layer_meant(wanted, network))
    focus = _chosen(wanted, network, focus)
    if wanted.cell is not None:
        rows, cols, _ = maps_shape(network, focus.layer)
        focus = replace(focus, row=_within("row", wanted.cell[0], rows), col=_within("column", wanted.cell[1], cols))
    scene = compose(opened.name, opened.step, network, data, clamped(focus, network), own, opened.is_awaited)
    return strongest(scene) if wanted.cell is None and wanted.term is None else scene


def _layer_meant(wanted: Wanted, network: Network) -> str:
    """The layer of a place that names none: the first that the view shows and that has everything the place names."""
    layers = tuple(network)
    if wanted.names_a_place and wanted.screen is not None:
        layers = layers_of(wanted.screen, network) or layers
    return next((layer.name for layer in layers if not _lacking(wanted, network, layer)), layers[0].name)


def _lacking(wanted: Wanted, network: Network, layer: Layer) -> str:
    """The option that names something a layer does not have; empty if there is none."""
    aim = aim_at(network, layer.name)
    named = (("--unit", wanted.unit), ("--term", wanted.term)) if aim is not Aim.UNIT else ()
    if aim is not Aim.CELL or not layer.MIXES_MAPS:
        named = (*named, ("--channel", wanted.channel))
    return next((option for option, number in named if number is not None), "")


def _chosen(wanted: Wanted, network: Network, focus: Focus) -> Focus:
    """The focus at the requested filter, or, on a dense layer, at the unit with that number."""
    layer, filter = network[focus.layer], wanted.filter or 0
    if option := _lacking(wanted, network, layer):
        is_of_maps = aim_at(network, layer.name) is Aim.CELL
        reads = "reads each map on its own" if is_of_maps else "outputs no maps"
        why = reads if option == "--channel" else "has no units"
        fitting = [other.name for other in network if not _lacking(wanted, network, other)]
        raise CnntuiError(
            f"{layer.name} {why}, so {option} means nothing there.",
            f"Choose another layer: --layer {shlex.quote(fitting[0])}." if fitting else "",
        )
    *_, inputs = network.input_shape_of(layer.name)
    aim = aim_at(network, layer.name)
    if aim is Aim.CELL and layer.MIXES_MAPS:
        read = len(layer.maps_read(filter, inputs))
        focus = replace(focus, channel=_within("channel", wanted.channel or 0, read))
    if aim is Aim.UNIT:
        unit = filter if wanted.unit is None else wanted.unit
        focus = replace(focus, unit=_within("unit", unit, network.output_shape_of(layer.name)[-1]))
        focus = to_term(focus, network, _within("term", wanted.term or 0, inputs))
        # If the unit is given, the filter is that of the cell below.
        return focus if wanted.unit is None or wanted.filter is None else _on_map(focus, network, filter)
    return _on_map(focus, network, filter)


def _on_map(focus: Focus, network: Network, filter: int) -> Focus:
    return replace(focus, filter=_within("filter", filter, maps_shape(network, focus.layer)[-1]))


def _within(what: str, number: int, count: int) -> int:
    if number >= count:
        raise CnntuiError(f"There is no {what} {number:,}.", f"They go from 0 to {count - 1:,}.")
    return number
