"""The cells of the screen, as they should be and as the terminal shows them; only the difference is written.

Textual repaints every region that may have changed: up to three times the whole screen when a page opens or closes, a
whole grid when ten of its cells differ. It also ends each run of colour with a reset. Here each cell is compared with
what was written last, and a colour is set only where it changes.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate

from cnntui.terminal.looks import PLAIN, Look, blank, change, look_of
from cnntui.terminal.spans import Span, in_given_order, shortest

Update = ChopsUpdate | LayoutUpdate
SpanWriter = Callable[[list[Span], int, Look], tuple[str, Look]]
"""How the spans of a line are written: `in_given_order` or `shortest`."""

_NARROW = re.compile("[ -~¡-¬®-˿\u0370-\u0377\u0384-ϿЀ-҂‐-‧‰-⁞₀-₎℀-⌙─-◼✁-✄✆-✉✌-✧✩-❋⠀-⣿]*").fullmatch
"""Text in which every character is certainly one cell wide."""

_is_narrow = lru_cache(maxsize=4096)(_NARROW)
"""The same, cached: runs of blanks and blocks recur all the time."""

_GAP = 4
"""Up to this many unchanged cells are cheaper to write again than to skip."""


class ScreenBuffer:
    """The cells of a screen as they should be and as they were last written.

    Args:
        width, height: the screen's size in cells.
        colours: the colours that the terminal can show.
    """

    def __init__(self, width: int, height: int, colours: ColorSystem) -> None:
        self.width, self.height, self.colours = width, height, colours
        self._text = [[" "] * width for _ in range(height)]
        self._looks = [[blank(PLAIN)] * width for _ in range(height)]
        self._shown_text: list[list[str]] = [[]] * height
        self._shown_looks: list[list[Look]] = [[]] * height
        self._touched: dict[int, tuple[int, int]] = {}
        """Lines that may differ from what is shown, each with the range of columns that may: the first, and the end."""
        self._odd: set[int] = set()
        """Lines that may contain a character that is not one cell wide."""

    def forget(self) -> None:
        """Forget what the terminal shows, so that everything is written again."""
        self._shown_text = [[]] * self.height
        self._shown_looks = [[]] * self.height
        self._touched = dict.fromkeys(range(self.height), (0, self.width))

    def apply(self, update: Update) -> None:
        """Apply what Textual has drawn."""
        if isinstance(update, LayoutUpdate):
            for y, strips in enumerate(update.strips, update.region.y):
                x = update.region.x
                for strip in strips:
                    self.put(x, y, strip)
                    x += strip.cell_length
            return
        for y, left, right in update.spans:
            for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=True):
                if chop is not None and x < right and end > left:
                    self.put(x, y, chop)

    def around_wide(self, y: int, left: int, right: int) -> tuple[int, int]:
        """A range of columns, widened by the other halves of the wide characters that it cuts in two."""
        if y in self._odd:
            line = self._text[y]
            while left and not line[left]:
                left -= 1
            while right < self.width and not line[right]:
                right += 1
        return left, right

    def put(self, x: int, y: int, segments: Iterable[Segment], left: int = 0, right: int = sys.maxsize) -> None:
        """Put text into a line, cut to the part between `left` and `right`."""
        if not 0 <= y < self.height:
            return
        line, looks, colours, right = self._text[y], self._looks[y], self.colours, min(right, self.width)
        first = max(x, left)
        for text, style, control in segments:
            if control:
                continue
            if x >= right:
                break
            cells: Sequence[str] = text
            if not _is_narrow(text):
                cells = _cells(text)
                self._odd.add(y)
            start, end = max(x, left), min(x + len(cells), right)
            if start < end:
                look = look_of(style, colours)
                if text.isspace():
                    look = blank(look)
                line[start:end] = cells if end - start == len(cells) else _part(cells, start - x, end - x)
                looks[start:end] = [look] * (end - start)
            x += len(cells)
        end = min(x, right)
        if y in self._odd and first < end:
            first, end = self._halved(line, first, end)
        before = self._touched.get(y, (first, first))
        self._touched[y] = min(before[0], first), max(before[1], end)

    def _halved(self, line: list[str], start: int, end: int) -> tuple[int, int]:
        """Blank the halves of wide characters beside text put from `start` to `end`; returns the range that changed."""
        if start and cell_len(line[start - 1]) > 1:
            line[start - 1] = " "
            start -= 1
        while end < self.width and not line[end]:
            line[end] = " "
            end += 1
        return start, end

    @property
    def has_changes(self) -> bool:
        """Whether the terminal shows something other than it should."""
        self._touched = {y: columns for y, columns in self._touched.items() if not self._is_shown(y)}
        return bool(self._touched)

    def changes(self, *, is_slow: bool = False) -> str:
        """The output that brings the terminal up to date; from then on it counts as written.

        Args:
            is_slow: whether the line is so slow that sending fewer bytes is worth the time it takes to find them.
        """
        parts: list[str] = []
        look = PLAIN
        for y in sorted(self._touched):
            if not self._is_shown(y):
                look = self._write(y, look, parts, shortest if is_slow else in_given_order)
                self._shown_text[y], self._shown_looks[y] = self._text[y].copy(), self._looks[y].copy()
        self._touched = {}
        if look != PLAIN:
            parts.append("\x1b[m")
        return "".join(parts)

    def _is_shown(self, y: int) -> bool:
        return self._text[y] == self._shown_text[y] and self._looks[y] == self._shown_looks[y]

    def _write(self, y: int, look: Look, parts: list[str], writer: SpanWriter) -> Look:
        """Write what differs in a line. Returns the look that the terminal is left with."""
        if y in self._odd:
            if any(len(cell) != 1 for cell in (*self._text[y], *self._shown_text[y])):
                return self._write_whole(y, look, parts)
            self._odd.discard(y)
        text, look = writer(self._spans(y), y, look)
        parts.append(text)
        return look

    def _write_whole(self, y: int, look: Look, parts: list[str]) -> Look:
        """Write a line in which not every character takes one cell."""
        line, looks = self._text[y], self._looks[y]
        parts.append(f"\x1b[{y + 1};1H")
        for x, cell in enumerate(line):
            if looks[x] is not look and cell:
                sequence, look = change(look, looks[x])
                parts.append(sequence)
            parts.append(cell)
            if not _NARROW(cell) and x + 1 < self.width:
                # Terminals disagree on this character's width; repositioning keeps the rest of the line in place.
                after = next((place for place in range(x + 1, self.width) if line[place]), self.width)
                parts.append(f"\x1b[{y + 1};{after + 1}H")
        return look

    def _spans(self, y: int) -> list[Span]:
        """The spans of a line that differ from what is shown."""
        line, looks, shown, shown_looks = self._text[y], self._looks[y], self._shown_text[y], self._shown_looks[y]
        if shown:
            left, right = self._touched[y]
            touched = slice(left, right)
            compared = zip(line[touched], looks[touched], shown[touched], shown_looks[touched], strict=True)
            places = [
                x for x, (cell, look, old, old_look) in enumerate(compared, left) if look is not old_look or cell != old
            ]
        else:
            places = [*range(self.width)]
        spans: list[Span] = []
        start, end, before = places[0], places[0], looks[places[0]]
        for x in places:
            look = looks[x]
            if (x > end or look is not before) and not (
                (look is before or line[x] == " ")
                and x - end <= _GAP
                and _goes_on(line[end : x + 1], looks[end : x + 1], before, line[start])
            ):
                spans.append(Span(start, "".join(line[start:end]), before))
                start, before = x, look
            end = x + 1
        return [*spans, Span(start, "".join(line[start:end]), before)]


def _goes_on(cells: list[str], looks: list[Look], before: Look, first: str) -> bool:
    """Whether cells can simply be appended to a run. Runs of half blocks contain nothing else."""
    if len("".join(cells[:-1]).encode()) > _GAP:
        return False
    return all(
        look is before or (cell == " " and first != "▀" and change(before, look) == ("", before))
        for cell, look in zip(cells, looks, strict=True)
    )


def _part(cells: Sequence[str], start: int, end: int) -> Sequence[str]:
    """A range of cells, with a blank in place of half a wide character."""
    if isinstance(cells, str):
        return cells[start:end]
    part = [*cells[start:end]]
    whole_from = next((place for place, cell in enumerate(part) if cell), len(part))
    part[:whole_from] = " " * whole_from
    if end < len(cells) and not cells[end]:
        last = max((place for place, cell in enumerate(part) if cell), default=0)
        part[last:] = " " * (len(part) - last)
    return part


def _cells(text: str) -> list[str]:
    """Text as cells: a wide character is followed by an empty cell, and a combining mark joins the character before it.

    Control characters, and those that change the direction of writing, have no place in a cell.
    """
    cells: list[str] = []
    for character in text:
        wide = cell_len(character)
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs"):
            cells += [" "] * wide
        elif wide:
            cells += [character, *[""] * (wide - 1)]
        elif cells:
            last = max(place for place, cell in enumerate(cells) if cell)
            cells[last] += character
    wide = cell_len(text)
    # Some sequences are drawn as one glyph, which is as wide as Textual assumes.
    return cells if len(cells) == wide else ["".join(cells), *[""] * (wide - 1)][:wide]
