"""The keys that move about a map, which are the same wherever a cell can be chosen."""

from __future__ import annotations

from textual.binding import Binding, BindingType

FAR = 10_000
"""More cells than any map has, and more lines than any table: to the edge."""


def moves(label: str, what: str) -> list[BindingType]:
    """Bindings for an action `move(direction, cells)`.

    Args:
        label: what the footer calls it.
        what: what is moved.
    """
    return [
        Binding("right,l", "move('right', 1)", label, key_display="←↑↓→", tooltip=f"{what} one cell right"),
        Binding("left,h", "move('left', 1)", f"{what} one cell left", show=False),
        Binding("up,k", "move('up', 1)", f"{what} one cell up", show=False),
        Binding("down,j", "move('down', 1)", f"{what} one cell down", show=False),
        Binding("shift+left,H", "move('left', 5)", f"{what} five cells left", show=False),
        Binding("shift+right,L", "move('right', 5)", f"{what} five cells right", show=False),
        Binding("shift+up,K", "move('up', 5)", f"{what} five cells up", show=False),
        Binding("shift+down,J", "move('down', 5)", f"{what} five cells down", show=False),
        Binding("home", f"move('left', {FAR})", "First cell of the row", show=False),
        Binding("end", f"move('right', {FAR})", "Last cell of the row", show=False),
        Binding("pageup", f"move('up', {FAR})", "First cell of the column", show=False),
        Binding("pagedown", f"move('down', {FAR})", "Last cell of the column", show=False),
    ]
