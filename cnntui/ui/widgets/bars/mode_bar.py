"""The top line: the modes, which of them is current, and the subject of the screen."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message

from cnntui.explore.views import MODES, View
from cnntui.printable import text_width
from cnntui.ui.widgets.text.line import FILL, Line, line_width
from cnntui.ui.widgets.text.responsive import ResponsiveText, Writer

BRAND = " cnntui "

ROOMY = 100
"""The least width at which the program's name is shown."""

WORDS = len(" true 9 · predicted 9 ✓")
"""Columns kept free for the subject of the screen."""

Label = tuple[str, str, str]
"""A mode's name in `MODES`, then its key and its title as they are shown, with blanks around them."""


class ModeBar(ResponsiveText):
    """The names of the modes with their number keys; a click on one switches to it."""

    DEFAULT_CSS = """
    ModeBar { height: 1; width: 100%; background: $bar; }
    """

    class Chosen(Message):
        """A mode was clicked."""

        def __init__(self, mode: str) -> None:
            super().__init__()
            self.mode = mode

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode
        self._instead: Writer | None = None
        self._about: tuple[str, ...] = ()
        self.tell("")

    def tell(self, *about: str) -> None:
        """Show the subject of the screen at the right edge.

        Args:
            about: the same text in decreasing length; the first that fits is shown.
        """
        self._about = about
        self._say()

    def lend(self, instead: Writer | None) -> None:
        """Show another text in place of the modes, or the modes again."""
        self._instead = instead
        self._say()

    def _say(self) -> None:
        about = self._about
        self.write(self._instead or (lambda size: [self._written(about, size.width)]))

    def _written(self, about: tuple[str, ...], width: int) -> Line:
        left: list[tuple[str, str]] = [(_brand(width), "dim")]
        for mode, key, name in self._labels(width, about):
            left.append((key, "accent"))
            left.append((name, "strong" if mode == self._mode else "dim"))
        room = width - line_width(tuple(left)) - 1
        words = next((words for words in about if text_width(words) <= room), "")
        return (*left, FILL, (words + " " * (text_width(words) < room), ""))

    def _labels(self, width: int, about: tuple[str, ...]) -> list[Label]:
        """The modes with full, short or no names, depending on the room; the current mode always has a name."""
        room = width - len(_brand(width)) - (WORDS if any(about) else 0)
        forms: tuple[tuple[Callable[[View], str], Callable[[View], str], str], ...] = (
            (_title, _title, " "),
            (_title, _short, ""),
            (_short, _short, ""),
            (_title, lambda view: "", ""),
        )
        for lit, title, gap in forms:
            labels = []
            for view in MODES:
                called = lit(view) if view.name == self._mode else title(view)
                labels.append((view.name, f" {view.key} " if called else f" {view.key}", called + gap))
            if sum(len(key + name) for _, key, name in labels) <= room:
                break
        return labels

    def on_click(self, event: events.Click) -> None:
        if self._instead is not None:
            return
        column = len(_brand(self.size.width))
        for mode, key, name in self._labels(self.size.width, self._about):
            width = len(key + name)
            if column <= event.x < column + width:
                self.post_message(self.Chosen(mode))
                return
            column += width


def _title(view: View) -> str:
    return view.title


def _short(view: View) -> str:
    return view.short or view.title


def _brand(width: int) -> str:
    return BRAND if width >= ROOMY else ""
