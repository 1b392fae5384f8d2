"""The network that the shift lab compares with the current one."""

from __future__ import annotations

from cnntui.cnn.layers import times
from cnntui.files.errors import CnntuiError
from cnntui.labs.shift import Reader
from cnntui.runs.directory.run_directory import DENSE, RECIPE, bundled_run
from cnntui.runs.reading.opening import open_run

COUNT = 1000
"""How many images both networks read at first."""


def other_run(own: Reader) -> str:
    """The run to compare with: the bundled one without convolutions, or else the bundled one with them."""
    return DENSE if own.is_convolutional else RECIPE


def other_reader(own: Reader) -> Reader | CnntuiError:
    """The network to compare with, or the reason why there is none."""
    try:
        other = Reader(run := other_run(own), open_run(bundled_run(run)).network)
    except CnntuiError as error:
        return error
    return incomparable(own, other) or other


def incomparable(own: Reader, other: Reader) -> CnntuiError | None:
    """Why two networks cannot be compared; None if they can."""
    if other.network.input_shape == own.network.input_shape:
        return None
    read = times(other.network.input_shape)
    return CnntuiError(f"{other.run} reads images of {read}, so it cannot be compared with {own.run}.")
