"""The bottom line: the keys that matter most on this screen now, each a button as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from textual import events
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen

from cnntui.printable import text_width
from cnntui.ui.widgets.text.lines import Line
from cnntui.ui.widgets.text.responsive import ResponsiveText, Writer


@dataclass(frozen=True)
class Button:
    """A key in the bar, and what it does."""

    key: str
    description: str
    action: str
    node: DOMNode

    @property
    def width(self) -> int:
        """Columns that it takes."""
        return text_width(f" {self.key} {self.description}")


class KeyBar(ResponsiveText):
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
        self._buttons: list[Button] = []
        self._instead: Writer | None = None

    def lend(self, instead: Writer | None) -> None:
        """Say something else in place of the keys, or the keys again."""
        self._instead = instead
        self._say()

    def _say(self) -> None:
        buttons = self._buttons
        self.write(self._instead or (lambda size: [_keys(fitting(buttons, size.width))]))

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._tell)
        self._tell(self.screen)

    def _tell(self, screen: Screen[object]) -> None:
        if screen is not self.screen:
            return
        buttons: list[Button] = []
        for active in screen.active_bindings.values():
            binding = active.binding
            if not (binding.show and active.enabled) or any(binding.action == button.action for button in buttons):
                continue
            key = self.app.get_key_display(binding)
            buttons.append(Button(key, binding.description, binding.action, active.node))
        self._buttons = buttons
        self._say()

    async def on_click(self, event: events.Click) -> None:
        if self._instead is not None:
            self.post_message(self.Pointed(self, event.x))
            return
        end = 0
        for button in fitting(self._buttons, self.size.width):
            end += button.width
            if event.x < end:
                await self.app.run_action(button.action, button.node)
                return


def fitting(buttons: Sequence[Button], width: int) -> Sequence[Button]:
    """The buttons that there is room for, whole: the last one, which is help and lists all keys, and the first ones."""
    if sum(button.width for button in buttons) <= width:
        return buttons
    *others, last = buttons
    ends = accumulate(button.width for button in others)
    return [*(button for button, end in zip(others, ends, strict=True) if end + last.width <= width), last]


def _keys(buttons: Sequence[Button]) -> Line:
    return tuple(
        piece for button in buttons for piece in ((f" {button.key}", "accent"), (f" {button.description}", "dim"))
    )
