"""The layout of Runs: the list and, if it leaves room, the selected run's settings and curves."""

from __future__ import annotations

from math import ceil

from textual.geometry import Size

from cnntui.runs.config.settings import SETTINGS
from cnntui.ui.views.base.sizes import holds
from cnntui.ui.widgets.places import Places, Room, is_small

LARGE = Size(116, 30)
"""The smallest stage with a column for the curves of one run."""

LIST_WIDTH = 80
"""The width of the list beside that column."""

ENTRY_WIDTH = 36
"""The number of columns of a setting beside other settings."""

LEAST_SETTINGS = 4
"""The fewest lines of settings that are worth showing."""

CHARTS = 10
"""The fewest lines for both curves side by side, including the name of their run."""

HIGHEST_CHARTS = 32
"""The most lines for both curves side by side."""


def places(size: Size, runs: int, is_asking: bool) -> Places:
    """The layout of Runs in a stage of some size.

    Args:
        size: columns and lines.
        runs: the number of runs: a short list leaves more room for the selected run.
        is_asking: whether the user is typing into a line.
    """
    room = Room.of(size)
    # A reason may take two lines if the list leaves them free.
    placed: Places = {"details": room.bottom(2 + (is_small(size) and runs + 6 <= size.height))}
    gap = room.bottom(1)
    if is_asking:
        placed["typed"] = gap
    listed = 1 + runs
    is_large = holds(size, LARGE)
    if is_small(size):
        return placed | {"title": room.top(1), "table": room.rest()}
    # Settings that differ come first, so that the last may be cut for the curves; a column of its own shows all.
    settings = _lines_of_settings(room.width) if is_large else LEAST_SETTINGS
    if room.height >= 1 + listed + 1 + CHARTS + 1 + settings:
        return placed | {"title": room.top(1), "table": room.top(listed, gap=1)} | _below(room)
    if is_large:
        width = max(36, min(room.width - LIST_WIDTH - 3, room.width // 2))
        placed |= _beside(Room(room.right(width, gap=3)))
    placed["title"] = room.top(1)
    if not is_large and room.height >= listed + 1 + LEAST_SETTINGS:
        placed["table"] = room.top(listed, gap=1)
        placed["settings"] = room.rest()
    else:
        placed["table"] = room.rest()
    return placed


def columns_of_settings(width: int) -> int:
    """How many columns of settings fit into a width."""
    return max(1, width // ENTRY_WIDTH)


def _lines_of_settings(width: int) -> int:
    """The number of lines of all settings except the name, including their heading."""
    return 1 + ceil((len(SETTINGS) - 1) / columns_of_settings(width))


def _below(room: Room) -> Places:
    """Place the curves side by side, and the settings in as many columns as fit."""
    lines = max(CHARTS, room.height - 1 - _lines_of_settings(room.width))
    charts = Room(room.top(min(HIGHEST_CHARTS, lines), gap=1))
    placed = {"of-run": charts.top(1)}
    placed["loss"] = charts.left((charts.width - 3) // 2, gap=3)
    return placed | {"accuracy": charts.rest(), "settings": room.rest()}


def _beside(column: Room) -> Places:
    """Place the curves one below the other, and the settings below them."""
    placed = {"of-run": column.top(1), "settings": column.bottom(_lines_of_settings(column.width), gap=1)}
    placed["loss"] = column.top((column.height - 1) // 2, gap=1)
    return placed | {"accuracy": column.rest()}
