"""The bottom line: the keys that matter most now, each also a button."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate

from textual import events
from textual.binding import Binding
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen

from cnntui.printable import shortened, text_width
from cnntui.ui.keys import general
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.responsive import ResponsiveText, Writer
from cnntui.values import dataclass

MARGIN = 2
"""Columns that a hint leaves free: a blank on each side."""


@dataclass(frozen=True)
class Button:
    """A key in the bar, and what it does."""

    key: str
    description: str
    action: str
    node: DOMNode
    name: str = ""

    @property
    def width(self) -> int:
        """How many columns it takes."""
        return text_width(f" {self.key} {self.description}")


WAYS_OUT = ("back", "quit", "close", "help")
"""The commands always at the end of the bar: the way back, and help, which lists all keys."""

_GENERAL = {command.name for command in general.VIEW}


class KeyBar(ResponsiveText):
    """The screen's bindings that are shown in the bar and apply at the moment; a click does what the key does.

    This is one line of text rather than Textual's Footer, which recreates a widget for each key whenever a binding
    changes: that costs a second painting of the whole screen at every start.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; width: 100%; dock: bottom; background: $bar; }
    """

    class Pointed(Message):
        """The mouse was pressed on the text shown in place of the keys."""

        def __init__(self, bar: KeyBar, x: int) -> None:
            super().__init__()
            self.bar = bar
            self.x = x

    class Hint(Message):
        """A request to show a hint in place of the keys until the next key."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__()
        self._known_buttons: Sequence[Button] | None = None
        self._instead: Writer | None = None
        self._hint = ""

    def lend(self, instead: Writer | None) -> None:
        """Show another text in place of the keys, or the keys again."""
        self._instead = instead
        self._say()

    def hint(self, text: str) -> None:
        """Show a hint in place of everything else; empty restores it."""
        self._hint = text
        self._say()

    def _say(self) -> None:
        hint = self._hint
        if hint:
            self.write(lambda size: [((" " + shortened(hint, size.width - MARGIN), "strong"),)])
        else:
            self.write(self._instead or (lambda size: [_keys(fitting(self._buttons, size.width))]))

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._tell)
        self._tell(self.screen)

    def _tell(self, screen: Screen[object]) -> None:
        if screen is self.screen:
            self._known_buttons = None
            self._say()

    @property
    def _buttons(self) -> Sequence[Button]:
        """The buttons that apply at the moment, found only when they are shown: finding them asks every command."""
        if self._known_buttons is None:
            self._known_buttons = self._found()
        return self._known_buttons

    def _found(self) -> Sequence[Button]:
        screen = self.screen
        buttons: list[Button] = []
        for active in screen.active_bindings.values():
            binding = active.binding
            if not (binding.show and active.enabled) or any(binding.action == button.action for button in buttons):
                continue
            key = self.app.get_key_display(binding)
            buttons.append(Button(key, binding.description, binding.action, active.node, binding.id or ""))
        places = _places(type(screen))
        # Textual lists keys of its own, such as tab, before all others.
        buttons.sort(key=lambda button: places.get(button.name, len(places)))
        return in_order(buttons, self.app)

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


@cache
def _places(screen: type[Screen[object]]) -> dict[str, int]:
    """The position of each of a screen's commands, by name, in the order of declaration."""
    declared = (
        binding.id
        for part in reversed(screen.__mro__)
        for binding in part.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding) and binding.id is not None
    )
    return {name: place for place, name in enumerate(dict.fromkeys(declared))}


def in_order(buttons: Sequence[Button], app: DOMNode) -> Sequence[Button]:
    """The buttons in order: those of this screen, of every view, of the app, and last the ways out."""

    def rank(button: Button) -> int:
        if button.name in WAYS_OUT:
            return 3 + WAYS_OUT.index(button.name)
        return 2 if button.node is app else int(button.name in _GENERAL)

    return sorted(buttons, key=rank)


def fitting(buttons: Sequence[Button], width: int) -> Sequence[Button]:
    """The buttons that fit uncut: always the ways out, and as many of the others, from the first, as fit."""
    out = [button for button in buttons if button.name in WAYS_OUT]
    others = [button for button in buttons if button.name not in WAYS_OUT]
    if sum(button.width for button in out) > width:
        return out[-1:]
    room = width - sum(button.width for button in out)
    ends = accumulate(button.width for button in others)
    return [*(button for button, end in zip(others, ends, strict=True) if end <= room), *out]


def _keys(buttons: Sequence[Button]) -> Line:
    return tuple(
        piece for button in buttons for piece in ((f" {button.key}", "accent"), (f" {button.description}", "dim"))
    )
