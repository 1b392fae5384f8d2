"""What every screen has: the bar of modes, the stage, the footer, and the keys that change what is being looked at."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from cnntui.cnn.network import Network
from cnntui.focus import Focus, with_digit
from cnntui.scene import Scene
from cnntui.screens.commands import commands_of
from cnntui.screens.over import lay_over
from cnntui.widgets.geometry import GridStyle
from cnntui.widgets.kept import BlankScreen, Stage
from cnntui.widgets.key_bar import KeyBar
from cnntui.widgets.lines import Lines
from cnntui.widgets.map_grid import MapGrid
from cnntui.widgets.mode_bar import MODES, ModeBar

LEAST = Size(60, 18)
NORMAL = Size(80, 24)
LARGE = Size(120, 40)
WIDE = Size(176, 40)

Change = Callable[[Focus, Network], Focus]
"""A move from one focus to another."""


class ExplorerScreen(BlankScreen):
    """A screen that shows a scene. It holds the newest scene that the app gave it and asks the app for changes."""

    MODE: ClassVar[str]
    TAB: ClassVar[str] = ""
    """The mode that is lit in the bar where this one has no key of its own."""
    NAME: ClassVar[str] = ""
    """The title of the help page where the mode's name in the bar is not."""
    TEXT: ClassVar[str]
    """What there is to see and to learn here, for the help page: paragraphs with a blank line between two."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "digit(1)", "Digit", tooltip="Next digit"),
        Binding("p", "digit(-1)", "Previous digit", show=False),
        Binding("r", "random_digit", "Random digit", show=False),
        Binding("d", "browse", "Browse all digits: by class, mistakes, least sure, confusion matrix", show=False),
        Binding("w", "app.visit('why')", "Why this answer", show=False),
        Binding("e", "app.visit('field')", "What this cell sees", show=False),
        Binding("backspace", "back", "Back to where you came from", show=False),
        Binding("g", "style", "How grids are drawn: automatic, blocks, half-blocks, glyphs, numbers", show=False),
    ]

    class LookAt(Message):
        """Someone wants to look at something else; changes are applied in the order in which they were asked for."""

        def __init__(self, change: Change) -> None:
            super().__init__()
            self.change = change

    class RandomDigit(Message):
        """Someone wants to look at any digit."""

    class Browse(Message):
        """Someone wants to choose among all digits."""

    class Open(Message):
        """Someone wants to see how a number comes about, on the screen for its kind of layer."""

        def __init__(self, change: Change) -> None:
            super().__init__()
            self.change = change

    class Follow(Message):
        """Someone follows the number in focus into the next layer."""

    class Back(Message):
        """Someone goes back to where they came from."""

    class NextStyle(Message):
        """Someone wants grids drawn in the next style."""

    class Ready(Message):
        """The screen has come to the front and wants to be given the scene."""

    def __init__(self, scene: Scene, style: GridStyle) -> None:
        """A screen on a scene.

        Args:
            scene: what is looked at first.
            style: how grids are drawn.
        """
        super().__init__()
        self.scene = scene
        self.style = style

    def on_mount(self) -> None:
        """Fill the widgets before they are painted for the first time."""
        self._choose_layout(self.app.size)
        self.style_grids()
        self._show(None)

    def on_screen_resume(self) -> None:
        """Ask for the scene, which may have changed behind another screen."""
        self.post_message(self.Ready())

    def compose(self) -> ComposeResult:
        yield ModeBar(self.TAB or self.MODE)
        with Stage(id="stage"):
            yield from self.compose_stage()
        yield Lines("", id="too-small")
        yield KeyBar()

    @abstractmethod
    def compose_stage(self) -> Iterable[Widget]:
        """The widgets between the bar of modes and the footer; where they lie is said in app.tcss."""

    def show(self, scene: Scene, style: GridStyle) -> None:
        """Show another scene, or the same one in another style."""
        before, style_before = self.scene, self.style
        self.scene, self.style = scene, style
        if style is not style_before:
            self.style_grids()
        if scene is not before:
            self._show(before)

    def style_grids(self) -> None:
        """Draw every grid in the style that is wished."""
        for grid in self.query(MapGrid):
            grid.wish(self.style)

    def _show(self, before: Scene | None) -> None:
        self.show_scene(before)
        if before is None or before.activations is not self.scene.activations:
            self.query_one(ModeBar).tell(*self.about())

    @abstractmethod
    def show_scene(self, before: Scene | None) -> None:
        """Bring the widgets up to date with `self.scene`; `before` is what they show until now."""

    def about(self) -> tuple[str, ...]:
        """A few words on what is being looked at, the longest first."""
        scene = self.scene
        says = scene.activations.predicted
        sure = float(scene.activations.probabilities[says])
        truth = f" is a {scene.label}" if scene.label is not None else ""
        digit = f"{scene.title}{truth}, read as {says}"
        shortest = f"#{scene.focus.digit}{truth}, read as {says}" if truth else f"read as {says}"
        return f"{scene.run}   {digit} ({sure:.1%})", f"{digit} ({sure:.1%})", digit, shortest

    def look(self, change: Change) -> None:
        """Ask for another focus."""
        # Straight to the app: bubbling up to it would take another turn of the event loop.
        self.app.post_message(self.LookAt(change))

    def action_digit(self, step: int) -> None:
        """The next or the previous digit."""
        self.look(lambda focus, _: with_digit(focus, step))

    def action_random_digit(self) -> None:
        """Any other digit."""
        self.post_message(self.RandomDigit())

    def action_browse(self) -> None:
        """All digits, with what the network reads in them."""
        self.app.post_message(self.Browse())

    async def action_help(self) -> None:
        """Explain this screen."""
        from cnntui.screens.help import HelpScreen

        name = self.NAME or MODES[self.MODE][1]
        await lay_over(self.app, HelpScreen(name, self.TEXT, commands_of(self)))

    def action_back(self) -> None:
        """Back to where one came from."""
        self.post_message(self.Back())

    def action_style(self) -> None:
        """Draw grids in the next style."""
        self.post_message(self.NextStyle())

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout for another size."""
        before = self.classes
        self._choose_layout(event.size)
        if self.classes != before:
            # What is written may depend on the room there is.
            self.show_scene(None)

    def _choose_layout(self, size: Size) -> None:
        """The largest layout that fits; app.tcss says where things lie in each."""
        tiny = bool(too_small(size.width, size.height))
        compact = not tiny and (size.width < NORMAL.width or size.height < NORMAL.height)
        self.set_class(tiny, "-tiny")
        self.set_class(compact, "-compact")
        for layout, least in (("-large", LARGE), ("-wide", WIDE)):
            self.set_class(size.width >= least.width and size.height >= least.height, layout)
        if tiny:
            self.query_one("#too-small", Lines).set(too_small(size.width, size.height))


def too_small(width: int, height: int) -> str:
    """What is to be said in a window that is too small to show anything; empty where it is not."""
    if width >= LEAST.width and height >= LEAST.height:
        return ""
    need = f"cnntui needs {LEAST.width}×{LEAST.height}"
    here = f"; this is {width}×{height}"
    return need + here if len(need + here) <= width else need
