"""The place of a page, written as the options of `cnntui open`."""

from __future__ import annotations

import shlex
from dataclasses import fields
from functools import lru_cache
from typing import Any

from cnntui.cnn.network import Network
from cnntui.explore.focus import Aim, Focus, aim_at, clamped, to_term
from cnntui.explore.modes import kind_of, scene_in
from cnntui.explore.scene import Scene, refocus, strongest
from cnntui.explore.views import VIEWS
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass


@dataclass(frozen=True)
class Place:
    """What to show; None leaves it to cnntui. The names are those of the options of `cnntui open`.

    Attributes:
        target: the name of a run; by default, the one that the course is taken on.
        screen: the name of the view.
        index: the index of the test image.
        layer, filter, channel, unit, term: the focused number.
        at: the cell; by default, the one where the map is largest.
        step: how many batches the weights have learned from.
    """

    target: str | None = None
    screen: str = "convolve"
    index: int = 0
    layer: str | None = None
    filter: int | None = None
    channel: int | None = None
    unit: int | None = None
    term: int | None = None
    at: tuple[int, int] | None = None
    step: int | None = None


_OPTIONS = {field.name for field in fields(Place)} - {"target"}

NUMBERS = {"index", "filter", "channel", "unit", "term", "step"}


@lru_cache(maxsize=1000)
def parse_place(text: str) -> Place:
    """Parse a place from options.

    Raises:
        CnntuiError: there is no such option, or its value is missing or invalid.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise CnntuiError("A quotation mark is not closed.") from None
    given: dict[str, Any] = {}
    if words and not words[0].startswith("--"):
        given["target"] = words.pop(0)
    while words:
        option = words.pop(0)
        name = option.removeprefix("--")
        if not option.startswith("--") or name not in _OPTIONS:
            raise CnntuiError(
                f"'{option}' is not an option of a place.", f"There are --{', --'.join(sorted(_OPTIONS))}."
            )
        if not words:
            raise CnntuiError(f"{option} has no value.")
        given[name] = _value(name, words.pop(0))
    place = Place(**given)
    if place.screen not in VIEWS:
        raise CnntuiError(f"There is no screen '{place.screen}'.", f"There are {', '.join(VIEWS)}.")
    return place


def _value(name: str, text: str) -> object:
    if name in NUMBERS:
        if not text.isdigit():
            raise CnntuiError(f"--{name} is a whole number from 0, not '{text}'.")
        return int(text)
    if name == "at":
        row, _, col = text.partition(",")
        if not (row.isdigit() and col.isdigit()):
            raise CnntuiError(f"--at is written as ROW,COL such as 5,12, not '{text}'.")
        return int(row), int(col)
    return text


def scene_at(place: Place, scene: Scene) -> Scene:
    """The scene at a place.

    Raises:
        CnntuiError: the network has no such layer.
    """
    network = scene.network
    layer = network[place.layer].name if place.layer is not None else _first_layer(place, network)
    row, col = place.at or (0, 0)
    focus = Focus(
        index=place.index % len(scene.data), layer=layer, filter=place.filter or 0, channel=place.channel or 0,
        row=row, col=col, unit=place.unit or 0,
    )  # fmt: skip
    focus = clamped(focus, network)
    if place.term is not None and aim_at(network, layer) is Aim.UNIT:
        focus = to_term(focus, network, place.term)
    seen = scene_in(place.screen, refocus(scene, focus))
    return strongest(seen) if place.at is None and place.term is None else seen


def _first_layer(place: Place, network: Network) -> str:
    kind = kind_of(place.screen)
    layers = network.of_kind(kind) if kind is not None else ()
    return (layers or network.layers)[0].name
