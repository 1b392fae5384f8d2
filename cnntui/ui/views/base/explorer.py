"""The parts that all views share: the bar of modes, the stage, the key bar, and the keys that change the scene."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.cnn.layers import Layer
from cnntui.explore.focus import with_image
from cnntui.explore.modes import kind_of
from cnntui.explore.scene import Scene
from cnntui.explore.timeline import Timeline
from cnntui.explore.views import VIEWS
from cnntui.runs.reading.follow import RunView
from cnntui.ui.keys import general
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import missing_layer, time_text
from cnntui.ui.views.base.about_text import about
from cnntui.ui.views.base.commands import commands_of
from cnntui.ui.views.base.overlay import lay_over
from cnntui.ui.views.base.requests import Change, CopyText, LookAt, OpenNumber, ScreenReady, Travel
from cnntui.ui.views.base.sizes import BARS, LARGE, LESSON_LINES, WIDE, holds, is_compact, too_small
from cnntui.ui.views.base.state import AppState
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.bars.mode_bar import ModeBar
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.kept import BlankScreen
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.stage import PlacedStage
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText, Writer

if TYPE_CHECKING:
    from cnntui.lessons.taking import Sheet

NO_IMAGE = "this view shows no image: press 2"
"""Why there is no other image to go to."""

ONE_CHANNEL = "this layer reads a single channel"
"""Why there is no other channel to go to."""

CELL = "cell"
"""The name that a page of the course has for the focused cell, in order to cover it."""

COVERED = "part of this view is covered"
"""Why nothing can be copied from it."""


class ExplorerScreen(BlankScreen):
    """A screen that shows a scene: it keeps the newest scene that the app gave it, and asks the app for changes."""

    MODE: ClassVar[str]
    """The name of the view in the list of views."""
    TEXT: ClassVar[str]
    """The text of the view's help page: paragraphs with a blank line between them."""

    NEEDS_WEIGHTS: ClassVar[bool] = True
    """Whether the stage needs the network's weights. Until there are any, the stage only says that they are missing."""
    WORDS: ClassVar[tuple[str, ...]] = ("#sentence",)
    """The widgets whose text describes the focus, which y copies."""

    OWN_TIMELINE: ClassVar[bool] = False
    """Whether the stage shows the time line itself, so that the key bar need not make room for it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(general.VIEW)

    def __init__(self, state: AppState) -> None:
        super().__init__()
        self.state = state

    @property
    def scene(self) -> Scene:
        """The scene on screen."""
        return self.state.scene

    @property
    def style(self) -> GridStyle:
        """The style of the screen's grids."""
        return self.state.style

    @property
    def run(self) -> RunView | None:
        """The run's state; None if the network does not come from a run."""
        return self.state.run

    @property
    def timeline(self) -> Timeline:
        """The kept steps of the run, and the step that is shown."""
        return self.state.timeline

    def on_mount(self) -> None:
        """Fill the widgets before their first painting."""
        self._say_too_small(self.app.size)
        self.style_grids()
        self._show(None)
        if self.state.sheet is not None:
            from cnntui.ui.views.base.lesson import place as lesson_place

            lesson_place.show(self, self.state.sheet, None)
        self._show_timeline()

    def on_screen_resume(self) -> None:
        """Request the scene, which may have changed while another screen was in front."""
        self.post_message(ScreenReady(self))

    def compose(self) -> ComposeResult:
        # Done before there are widgets: a change of layout would restyle them all.
        self._choose_layout(self.app.size)
        yield ModeBar(VIEWS[self.MODE].lit)
        with PlacedStage(self._places_above_lesson, id="stage"):
            yield from self.compose_stage()
        if self.kind is not None or self.NEEDS_WEIGHTS:
            yield ResponsiveText(id="lack")
        yield Lines("", id="too-small")
        yield KeyBar()

    def _places_above_lesson(self, room: Size) -> Places:
        """The layout of the stage. A lesson above does not count: it covers the last lines of the view."""
        return self.places(room.with_height(room.height + LESSON_LINES) if self.has_class("-above") else room)

    @abstractmethod
    def places(self, room: Size) -> Places:
        """The layout of the stage's parts in a room."""

    def has_room_for(self, part: str) -> bool:
        """Whether a part has a place in the present room."""
        return bool(self.places(self.room).get(part))

    @property
    def room(self) -> Size:
        """The columns and lines of the stage, or those that it will have once it is laid out."""
        if size := self.query_one("#stage").size:
            return size
        size = self.app.size
        if self.state.sheet is not None:
            from cnntui.ui.views.base.lesson import place as lesson_place

            _, size = lesson_place.lent_room(size)
        return size.with_height(size.height - BARS)

    def on_placed_stage_rearranged(self) -> None:
        """Update the stage, whose content may depend on the room."""
        if not self.is_lacking:
            self.show_scene(None)

    def arrange_anew(self) -> None:
        """Lay out the stage again because something that its layout depends on has changed."""
        if self.query_one("#stage", PlacedStage).arrange_anew():
            self.require_layout()

    @abstractmethod
    def compose_stage(self) -> Iterable[Widget]:
        """The widgets between the bar of modes and the key bar; `places` lays them out."""

    def show_state(self, state: AppState) -> None:
        """Show the app's state, now or as soon as there are widgets."""
        before, self.state = self.state, state
        if self.is_mounted:
            self.state_changed(before)

    def state_changed(self, before: AppState) -> None:
        """Update what has changed since an earlier state."""
        timeline, scene = self.timeline, self.scene
        if timeline.is_live != before.timeline.is_live:
            self.query_one(ModeBar).tell(*self.about())
        if self.is_waiting:
            self._say_what_lacks()
        if timeline.open or before.timeline.open:
            self._show_timeline()
        if self.state.style is not before.style:
            self.style_grids()
        if scene is not before.scene:
            self._show(before.scene)
        if self.state.sheet is not before.sheet:
            self._show_sheet(before.sheet)

    # The page of the course that is open

    def _show_sheet(self, before: Sheet | None) -> None:
        """Show the lesson's page, or remove it."""
        from cnntui.ui.views.base.lesson import place as lesson_place

        if (self.state.sheet is None) != (before is None):
            self._refit(self.app.size)
        if lesson_place.show(self, self.state.sheet, before) and not self.is_lacking:
            self.show_scene(self.scene)
        self._show_timeline()

    @property
    def covers_cell(self) -> bool:
        """Whether the focused cell is covered on its map."""
        return self.state.sheet is not None and CELL in self.state.sheet.covers

    def _show_timeline(self) -> None:
        if (sheet := self.state.sheet) is not None:
            from cnntui.ui.views.base.lesson import text as lesson_text

            self.query_one(KeyBar).lend(lambda size: [lesson_text.keys(sheet, size.width)])
            return
        timeline, run = self.timeline, self.run
        lend = timeline.open and not (self.OWN_TIMELINE and not self.is_lacking)
        self.query_one(KeyBar).lend((lambda size: [time_text.line(timeline, run, size.width)]) if lend else None)

    async def on_key_bar_pointed(self, event: KeyBar.Pointed) -> None:
        """Go to a place on the time line; the arrows at its ends act like their keys."""
        if self.state.sheet is not None:
            return
        step = time_text.step_at(self.timeline, self.size.width, event.x)
        places = time_text.places_at(self.timeline, self.size.width, event.x)
        if step is not None:
            self.app.post_message(Travel(step))
        elif places:
            await self.run_action(f"app.time({places})")

    def write(self, part: str, writer: Writer) -> None:
        """Set the function that writes a part's lines."""
        self.query_one(f"#{part}", ResponsiveText).write(writer)

    def style_grids(self) -> None:
        """Draw every grid in the preferred style."""
        for grid in self.query(Grid):
            grid.prefer(self.style)

    def _show(self, before: Scene | None) -> None:
        if before is None or before.network is not self.scene.network:
            before = self._show_lack(before)
        if not self.is_lacking:
            self.show_scene(before)
        if before is None or before.activations is not self.scene.activations:
            self.query_one(ModeBar).tell(*self.about())

    # Networks with nothing to show here

    @property
    def kind(self) -> type[Layer] | None:
        """The kind of layer that the whole stage is about. If the network has none, the stage says so."""
        return kind_of(self.MODE)

    @property
    def is_lacking(self) -> bool:
        """Whether there is nothing to show: no layer of this kind, no answer to explain, or no weights yet."""
        kind = self.kind
        return self.is_waiting or self.is_unanswered or (kind is not None and not self.scene.network.of_kind(kind))

    @property
    def is_waiting(self) -> bool:
        """Whether there is nothing to show because there are no weights yet."""
        return self.NEEDS_WEIGHTS and self.scene.is_awaited

    @property
    def is_unanswered(self) -> bool:
        """Whether there is nothing to show because the network gives no answer."""
        return VIEWS[self.MODE].answers and self.scene.network.answer is None

    def _show_lack(self, before: Scene | None) -> Scene | None:
        """Say what the new network lacks, or show the stage again. Returns the scene that the stage shows, if any."""
        lacked = self.has_class("-lacking")
        self.set_class(self.is_lacking, "-lacking")
        if self.is_lacking:
            self._say_what_lacks()
        kinds = [*map(type, self.scene.network)]
        if before is None or lacked != self.is_lacking or [*map(type, before.network)] != kinds:
            # The commands that apply may depend on the kinds of layers.
            self.refresh_bindings()
        return None if lacked else before

    def _say_what_lacks(self) -> None:
        run, network, kind = self.scene.run, self.scene.network, self.kind
        if self.is_waiting and (problem := self.state.network_problem):
            self.write("lack", lambda room: missing_layer.unopened(run, problem, room.width))
        elif self.is_waiting:
            is_active = self.run is None or self.run.status.is_active
            self.write("lack", lambda room: missing_layer.awaited(run, is_active, room.width))
        elif self.is_unanswered:
            self.write("lack", lambda room: missing_layer.unanswered(run, network, room.width))
        elif kind is not None:
            self.write("lack", lambda room: missing_layer.page(run, network, kind, room.width))

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply; if there is nothing to show, only the commands of every view apply."""
        if action == "copy_words" and self.state.sheet is not None and self.state.sheet.covers:
            return COVERED
        if action == "image" and not VIEWS[self.MODE].shows_image:
            return NO_IMAGE
        if not self.is_lacking or hasattr(ExplorerScreen, f"action_{action}"):
            return ""
        if self.is_waiting:
            return missing_layer.TO_COME.format(run=self.scene.run)
        return missing_layer.reason(self.scene.run, None if self.is_unanswered else self.kind)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only actions that apply."""
        return not self.why_not(action, parameters)

    # Showing

    @abstractmethod
    def show_scene(self, before: Scene | None) -> None:
        """Update the widgets from `self.scene`; `before` is the scene that they show so far."""

    def about(self) -> tuple[str, ...]:
        """A few words about the screen's content, in decreasing length."""
        return about(self.scene, self.timeline.is_live, bool(self.state.network_problem))

    def hint(self, text: str) -> None:
        """Say in place of the key bar what an action did out of sight, or why a key did nothing."""
        self.app.post_message(KeyBar.Hint(text))

    def look(self, change: Change) -> None:
        """Ask the app for another focus."""
        # Straight to the app: bubbling up to it would take another turn of the event loop.
        self.app.post_message(LookAt(change, self))

    def open(self, change: Change) -> None:
        """Ask the app to open the view of a number."""
        self.app.post_message(OpenNumber(change, self))

    def action_image(self, step: int) -> None:
        """Go to the next or the previous image."""
        self.look(lambda focus, _: with_image(focus, step))

    @property
    def label(self) -> int | None:
        """The class that this view is about; None if it is not about a class."""
        return None

    def words(self) -> str:
        """The equation or sentence in focus, as plain text."""
        said = [self.query_one(selector, Lines) for selector in self.WORDS]
        texts = [widget.text for widget in said if widget.display and widget.size]
        lines = [line.strip() for text in texts for line in text.splitlines()]
        return "\n".join(line for line in lines if line)

    def action_copy_words(self) -> None:
        """Copy the equation or sentence in focus."""
        if text := self.query_one("#lack", Lines).text if self.is_lacking else self.words():
            self.post_message(CopyText(text))

    async def action_help(self) -> None:
        """Explain this view."""
        from cnntui.ui.views.base.help import HelpScreen

        await lay_over(self.app, HelpScreen(VIEWS[self.MODE].title, self.TEXT, commands_of(self)))

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout for another size."""
        self._refit(event.size)

    def _refit(self, size: Size) -> None:
        before = self.classes
        self._choose_layout(size)
        self._say_too_small(size)
        if self.classes != before and not self.is_lacking:
            # Texts may depend on the room.
            self.show_scene(None)

    def _choose_layout(self, size: Size) -> None:
        """Tell style sheets and texts the size class of the window; `places` lays out the stage."""
        is_so = {"-tiny": bool(too_small(size)), "-compact": is_compact(size)}
        is_so |= dict.fromkeys(("-beside", "-under", "-above"), False)
        if self.state.sheet is not None:
            from cnntui.ui.views.base.lesson import place as lesson_place

            where, size = lesson_place.lent_room(size)
            is_so[where] = True
        is_so |= {"-large": holds(size, LARGE), "-wide": holds(size, WIDE)}
        # All classes at once, since every change restyles every widget.
        self.remove_class(*(name for name, holds_now in is_so.items() if not holds_now))
        self.add_class(*(name for name, holds_now in is_so.items() if holds_now))

    def _say_too_small(self, size: Size) -> None:
        self.query_one("#too-small", Lines).set(too_small(size))


class InnerScreen(ExplorerScreen):
    """A view that is part of a mode and has no key of its own: q leads back from it rather than out of the app."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(general.INNER)
