"""The look of a cell, and the shortest control sequence from one look to the next."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style

_ATTRIBUTES = {
    "bold": "1", "dim": "2", "italic": "3", "underline": "4", "blink": "5", "blink2": "6", "reverse": "7",
    "conceal": "8", "strike": "9", "underline2": "21", "frame": "51", "encircle": "52", "overline": "53",
}  # fmt: skip

_ON_BLANKS = {"4", "7", "9", "21", "51", "52", "53"}
"""Attributes that show on a blank too: lines through the cell, and reversed colours."""


class Look(NamedTuple):
    """The parameters of the control sequence (SGR) for a look, each part empty if it makes no difference.

    Attributes:
        attributes: bold, underlined and the like, by ascending number.
        foreground: the colour of the character.
        background: the colour of the cell.
    """

    attributes: tuple[str, ...] = ()
    foreground: str = "39"
    background: str = "49"


PLAIN = Look()
"""The look after a reset."""


@lru_cache(maxsize=4096)
def look_of(style: Style | None, colours: ColorSystem) -> Look:
    """The look of characters in a style; equal looks are the same object."""
    if style is None:
        return PLAIN
    attributes = tuple(number for name, number in _ATTRIBUTES.items() if getattr(style, name))
    foreground = style.color.downgrade(colours).get_ansi_codes() if style.color else ("39",)
    background = style.bgcolor.downgrade(colours).get_ansi_codes(foreground=False) if style.bgcolor else ("49",)
    return _the(Look(attributes, ";".join(foreground), ";".join(background)))


@lru_cache(maxsize=4096)
def blank(look: Look) -> Look:
    """The look of a blank: without a character, its foreground does not matter."""
    return look if _ON_BLANKS & {*look.attributes} else _the(look._replace(attributes=(), foreground=""))


@lru_cache(maxsize=8192)
def change(before: Look, after: Look) -> tuple[str, Look]:
    """The sequence that changes one look into another, and the look that the terminal has after it."""
    is_blank = not after.foreground
    attributes = before.attributes if is_blank else after.attributes
    codes: list[str] = []
    if {*before.attributes} - {*attributes} or (is_blank and _ON_BLANKS & {*before.attributes}):
        codes, before, attributes = ["0"], PLAIN, after.attributes
    codes += [number for number in attributes if number not in before.attributes]
    foreground = after.foreground or before.foreground
    codes += [foreground] if foreground != before.foreground else []
    codes += [after.background] if after.background != before.background else []
    if codes == ["0"]:
        codes = [""]
    return (f"\x1b[{';'.join(codes)}m" if codes else ""), _the(Look(attributes, foreground, after.background))


_known: dict[Look, Look] = {PLAIN: PLAIN}


def _the(look: Look) -> Look:
    """The one shared object equal to this look, so that looks can be compared by identity."""
    return _known.setdefault(look, look)
