"""The commands of a screen: one list, built from its bindings, for the help page and the palette."""

from __future__ import annotations

from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from cnntui.ui.keys import general
from cnntui.values import dataclass

FOREIGN = ("app.focus_next", "app.focus_previous", "screen.copy_text")
"""The actions that Textual itself binds keys to."""


@dataclass(frozen=True)
class KeyCommand:
    """A command on a screen.

    Attributes:
        keys: the keys as a person reads them: "f", "→ l".
        title: what the command does.
        action, node: the action to run, and the node to run it on.
    """

    keys: str
    title: str
    action: str
    node: DOMNode

    async def run(self) -> None:
        await self.node.app.run_action(self.action, self.node)


_GENERAL = {command.name for command in (*general.VIEW, *general.INNER)}


def rank(binding: Binding, is_of_app: bool) -> int:
    """The position of a command's group in a list."""
    return 2 if is_of_app else int(binding.id in _GENERAL)


def commands_of(screen: Screen[Any]) -> list[KeyCommand]:
    """All commands that keys have on a screen now: first its own, then those of every view, then the app's."""
    found: dict[tuple[str, str], tuple[DOMNode, Binding, list[str]]] = {}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        if binding.action in FOREIGN or binding.system or not active.enabled or not binding.description:
            continue
        display = screen.app.get_key_display(Binding(key, binding.action))
        _, _, keys = found.setdefault((binding.action, binding.description), (active.node, binding, []))
        keys.append(display)
    in_order = sorted(found.values(), key=lambda each: rank(each[1], each[0] is screen.app))
    return [
        KeyCommand(" ".join(dict.fromkeys(keys)), binding.tooltip or binding.description, binding.action, node)
        for node, binding, keys in in_order
    ]
