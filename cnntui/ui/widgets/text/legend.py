"""The legend of a map's colours, as text."""

from __future__ import annotations

from cnntui.palette import TOP

LEVEL = "level "
"""The beginning of the role of a legend's square, which the level follows."""


def scale_legend(lowest: float, limit: str, squares: int) -> tuple[tuple[str, str], ...]:
    """The colours of a map between the values at both ends of its scale.

    Args:
        lowest: the lowest value; below 0 the scale has both signs.
        limit: the value that has the strongest colour.
        squares: the number of colours to show for each sign.
    """
    levels = [round(TOP * (place + 1) / squares) for place in range(squares)]
    if lowest < 0:
        levels = [*(-level for level in reversed(levels)), *levels]
    colours = [("■", f"{LEVEL}{level}") for level in levels]
    return (f"−{limit} " if lowest < 0 else "0 ", "dim"), *colours, (f" {limit}", "dim")
