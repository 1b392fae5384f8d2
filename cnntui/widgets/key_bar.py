"""The bottom line: the keys that matter most on this screen now, each a button as well."""

from __future__ import annotations

from textual import events
from textual.dom import DOMNode
from textual.screen import Screen

from cnntui.widgets.lines import Lines


class KeyBar(Lines):
    """The bindings of the screen that are meant to be shown and apply at the moment; a click does what the key does.

    One line of text rather than Textual's Footer, a widget for each key made anew whenever a binding changes: that
    costs a second painting of the whole screen at every start.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; width: 100%; dock: bottom; background: $panel; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._buttons: list[tuple[int, str, DOMNode]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._tell)
        self._tell(self.screen)

    def _tell(self, screen: Screen[object]) -> None:
        if screen is not self.screen:
            return
        pieces: list[tuple[str, str]] = []
        self._buttons = []
        end = 0
        for active in screen.active_bindings.values():
            binding = active.binding
            if not (binding.show and active.enabled) or any(binding.action == action for _, action, _ in self._buttons):
                continue
            key = self.app.get_key_display(binding)
            pieces += [(f" {key}", "accent"), (f" {binding.description}", "")]
            end += len(key) + len(binding.description) + 2
            self._buttons.append((end, binding.action, active.node))
        self.set(tuple(pieces))

    async def on_click(self, event: events.Click) -> None:
        for end, action, node in self._buttons:
            if event.x < end:
                await self.app.run_action(action, node)
                return
