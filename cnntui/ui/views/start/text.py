"""The words of the first screen: what cnntui is, and three ways to begin."""

from __future__ import annotations

from cnntui.lessons.phrases import phrase
from cnntui.lessons.wording import wrapped
from cnntui.printable import set_width
from cnntui.ui.widgets.text.line import Line

WAYS = ("learn", "look", "train")
"""The three ways to begin."""

KEYS = {"learn": "0", "look": "3", "train": "t"}
"""Their keys, which work everywhere."""

NAME_WIDTH = 10


def what_it_is(language: str, width: int) -> list[Line]:
    """What cnntui is, wrapped to a width."""
    return [((line, "strong"),) for line in wrapped(phrase(language, "start_what"), width)]


def ways(language: str, chosen: int, width: int) -> list[Line]:
    """The ways to begin, with a blank line after each and the chosen one marked."""
    lines: list[Line] = []
    for place, way in enumerate(WAYS):
        mark = ("▸ ", "window") if place == chosen else ("  ", "")
        name = set_width(phrase(language, f"start_{way}"), NAME_WIDTH)
        said = wrapped(phrase(language, f"start_{way}_about"), max(20, width - NAME_WIDTH - 6))
        lines.append((mark, (f"{KEYS[way]}  ", "accent"), (name, "strong"), (said[0], "")))
        lines += [((" " * (5 + NAME_WIDTH) + more, ""),) for more in said[1:]]
        lines.append(((" ", ""),))
    return lines


def way_at(language: str, line: int, width: int) -> int | None:
    """The way at a line; None if there is none."""
    lines = ways(language, 0, width)
    starts = [number for number, pieces in enumerate(lines) if any(role == "accent" for _, role in pieces)]
    before = [place for place, start in enumerate(starts) if start <= line]
    return before[-1] if before else None


def own(language: str, width: int) -> list[Line]:
    """What to do with a network of the user's own."""
    return [((line, "dim"),) for line in wrapped(phrase(language, "start_own"), width)]
