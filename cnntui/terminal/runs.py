"""The order in which a line's runs are written, so that colours are set as rarely as possible.

Setting a colour takes 12 to 16 bytes, moving within a line 4 or 5. So runs that share their colours are written
together, wherever in the line they stand. And where a cell shows two colours, one above the other, either may be the
character's: ▄ looks like ▀ with its colours exchanged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cnntui.terminal.looks import Look, change, turned

_UPPER_HALF, _LOWER_HALF = "▀", "▄"


class Run(NamedTuple):
    """Neighbouring cells of one look.

    Attributes:
        x: the column of the first.
        text: a character for each cell.
        look: of all of them.
    """

    x: int
    text: str
    look: Look


def in_turn(runs: Iterable[Run], y: int, look: Look) -> tuple[str, Look]:
    """What is written for a line's runs, and the look that the terminal is left with.

    Args:
        runs: in the order in which they are written.
        y: the line.
        look: the look that the terminal has before.
    """
    parts: list[str] = []
    at = -1
    for x, text, wanted in runs:
        if at < 0:
            parts.append(f"\x1b[{y + 1};{x + 1}H")
        elif at < x < at + 10:
            parts.append(f"\x1b[{x - at}C")
        elif at != x:
            parts.append(f"\x1b[{x + 1}G")
        sequence, look = change(look, wanted)
        parts += sequence, text
        at = x + len(text)
    return "".join(parts), look


def briefly(runs: list[Run], y: int, look: Look) -> tuple[str, Look]:
    """Like `in_turn`, but in the order and with the half blocks that take the fewest bytes, for slow lines."""
    ways = [in_turn(_with_halves_turned(order, look), y, look) for order in (runs, _by_colour(runs, look))]
    return min(ways, key=lambda way: len(way[0]))


def _with_halves_turned(runs: Iterable[Run], look: Look) -> Iterator[Run]:
    """Each run of half blocks as ▀ or as ▄, whichever is closer to the look before it."""
    for run in runs:
        sequence, after = change(look, run.look)
        if sequence and not run.text.strip(_UPPER_HALF) and (other := turned(run.look)):
            shorter, other_after = change(look, other)
            if len(shorter) < len(sequence):
                run, after = Run(run.x, _LOWER_HALF * len(run.text), other), other_after
        look = after
        yield run


def _by_colour(runs: list[Run], look: Look) -> Iterator[Run]:
    """Runs with the same two colours together, followed by runs that share one of them."""
    alike: defaultdict[frozenset[str], list[Run]] = defaultdict(list)
    for run in runs:
        # The first digit only tells foreground from background; a blank has no foreground.
        alike[frozenset(filter(None, (run.look.foreground[1:], run.look.background[1:])))].append(run)
    having: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for colours in reversed(alike):
        for colour in colours:
            having[colour].append(colours)
    had = look.background[1:], look.foreground[1:]
    while alike:
        colours, kept = next(iter(alike)), ""
        for colour in had:
            sharing = having[colour]
            while sharing and sharing[-1] not in alike:
                sharing.pop()
            if sharing:
                colours, kept = sharing[-1], colour
                break
        yield from (group := alike.pop(colours))
        had = kept or group[-1].look.background[1:], next(iter(colours - {kept}), had[1])
