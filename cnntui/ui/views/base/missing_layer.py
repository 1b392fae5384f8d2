"""The text of a screen with nothing to show: the network has no layer of its kind, no answer, or no weights yet."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from cnntui.cnn.arithmetic import counted, in_a_list
from cnntui.cnn.layers import Conv2D, Dense, Flatten, Layer, Pool2D, times
from cnntui.cnn.network import Network
from cnntui.explore.focus import maps_of
from cnntui.ui.widgets.text.line import Line, in_lines

_WORDS: dict[type[Layer], str] = {Conv2D: "convolution", Pool2D: "pool", Flatten: "flatten layer", Dense: "dense layer"}

_KEYS = (
    ("2", "Network: its layers", "Network: its layers"),
    ("7", "Runs: open another run there, with enter", "Runs: enter opens another run"),
    ("t", "train another network: the recipe has convolutions and pools", "train another network"),
)
"""The ways out: each key, and what it does, in more and in fewer words."""

TO_COME = "The first weights of {run} do not exist yet"

UNOPENED = "The network of {run} cannot be opened; its curves can"

_WAITING = "Loading TensorFlow takes a few seconds. The weights appear here as soon as they exist."
_WAITING_KEYS = (("1", "Train: watch it start"), ("7", "Runs: open another run there, with enter"))

_GONE = "Its trainer ended before it began to learn; Train says why."
_GONE_KEYS = (("1", "Train: what went wrong"), _WAITING_KEYS[1], ("t", "train another network"))


def awaited(run: str, is_active: bool, width: int) -> list[Line]:
    """The text for a run that has no weights yet, with the keys that lead elsewhere."""
    if is_active:
        return _page(TO_COME.format(run=run), _WAITING, _WAITING_KEYS, width)
    return _page(f"{run} has no weights", _GONE, _GONE_KEYS, width)


def unopened(run: str, problem: str, width: int) -> list[Line]:
    """The text for a run whose network cannot be opened: why, and the keys that lead elsewhere."""
    return _page(UNOPENED.format(run=run), problem, (("1", "Train: its curves"), _WAITING_KEYS[1]), width)


def unanswered(run: str, network: Network, width: int) -> list[Line]:
    """The text for a network that gives no answer: why, and the keys that lead elsewhere."""
    return _page(f"{run} gives no answer", without_answer(network), _KEYS[:2], width)


def page(run: str, network: Network, kind: type[Layer], width: int) -> list[Line]:
    """The text for a network without some kind of layer: what it does instead, and the keys that lead elsewhere."""
    return _page(f"{run} has no {_WORDS[kind]}", instead(network, kind), _KEYS, width)


def _page(title: str, said: str, ways: Sequence[tuple[str, ...]], width: int) -> list[Line]:
    """A title, sentences, and the ways out: each key, and the longest words for it that fit."""
    keys: list[Line] = [
        ((f"{key}  ", "accent"), (next((does for does in words if len(does) + 3 <= width), words[-1]), "dim"))
        for key, *words in ways
    ]
    return [((f"{title}.", "strong"),), (), *in_lines(said, width), (), *keys]


def without_answer(network: Network) -> str:
    """Why a network gives no answer, and how much of the network is shown, in two sentences."""
    count = len(network)
    seen = f"The {count} layers that can be computed are shown" if count > 1 else "The one layer before it is shown"
    return f"{network.unanswered} {seen} in the other views."


def reason(run: str, kind: type[Layer] | None) -> str:
    """Why a key does nothing on a screen with nothing to show.

    Args:
        run: the name of the run or the file.
        kind: the kind of layer that is missing; None if the network gives no answer.
    """
    return f"{run} has no {_WORDS[kind]}" if kind is not None else f"{run} gives no answer"


def instead(network: Network, kind: type[Layer]) -> str:
    """How the network manages without a kind of layer, worded for its own layers and shapes."""
    convolutions = network.of_kind(Conv2D)
    if kind is Pool2D and convolutions:
        return _without_pools(network, convolutions)
    names = f"Its layers are {in_a_list([layer.name for layer in network])}."
    dense = next(iter(network.of_kind(Dense)), None)
    if dense is None or maps_of(network):
        return names
    what = "slides across the image" if kind is Conv2D else "makes feature maps for a pool to shrink"
    return (
        f"{names} Each unit of {dense.name} weighs all {dense.kernel.shape[0]:,} pixels of the image at once, every "
        f"pixel with a weight of its own: nothing {what}."
    )


def _without_pools(network: Network, convolutions: Sequence[Conv2D]) -> str:
    sizes = " → ".join(times(shape[:2]) for shape in (network.input_shape, *network.shapes) if len(shape) == 3)
    left = f"{counted(next(prod(shape) for shape in network.shapes if len(shape) == 1), 'number')} to flatten."
    strided = [layer for layer in convolutions if max(layer.stride) > 1]
    if not strided:
        borders = " but their borders" if any(layer.padding == "valid" for layer in convolutions) else ""
        return f"Nothing makes its maps smaller{borders}: {sizes}. {left}"
    names, many = in_a_list([layer.name for layer in strided]), len(strided) > 1
    by = {max(layer.stride) for layer in strided}
    cells = f"{min(by)} cells" if len(by) == 1 else "several cells"
    windows = f"The windows of {names} move" if many else f"The window of {names} moves"
    return f"{windows} by {cells} at a time instead, and so the maps get smaller: {sizes}. {left}"
