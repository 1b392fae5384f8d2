"""The bottom line: the keys that matter most on this screen now, each a button as well."""

from __future__ import annotations

from textual import events
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen

from cnntui.widgets.fitted import FittedLines, Writer
from cnntui.widgets.lines import Line


class KeyBar(FittedLines):
    """The bindings of the screen that are meant to be shown and apply at the moment; a click does what the key does.

    One line of text rather than Textual's Footer, a widget for each key made anew whenever a binding changes: that
    costs a second painting of the whole screen at every start.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; width: 100%; dock: bottom; background: $panel; }
    """

    class Pointed(Message):
        """The mouse was pressed on what stands in place of the keys."""

        def __init__(self, bar: KeyBar, x: int) -> None:
            super().__init__()
            self.bar = bar
            self.x = x

    def __init__(self) -> None:
        super().__init__()
        self._buttons: list[tuple[int, str, DOMNode]] = []
        self._keys: Line = ()
        self._instead: Writer | None = None

    def lend(self, instead: Writer | None) -> None:
        """Say something else in place of the keys, or the keys again."""
        self._instead = instead
        self._say()

    def _say(self) -> None:
        self.write(self._instead or (lambda size: [self._keys]))

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
        self._keys = tuple(pieces)
        self._say()

    async def on_click(self, event: events.Click) -> None:
        if self._instead is not None:
            self.post_message(self.Pointed(self, event.x))
            return
        for end, action, node in self._buttons:
            if event.x < end:
                await self.app.run_action(action, node)
                return
