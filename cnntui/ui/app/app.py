"""The app: its modes, what is being looked at, and who is told when that changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.screen import Screen

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.modes import mode_of, seen_from
from cnntui.explore.place import Source, command_line, target_of
from cnntui.explore.scene import Scene, follow, refocus, relearned, retrace, with_data, with_own
from cnntui.explore.views import MODES, VIEWS
from cnntui.images.data import DataSet
from cnntui.printable import shortened
from cnntui.runs.directory import RunDirectory, default_runs_dir
from cnntui.runs.options import TrainOptions
from cnntui.ui.app.evaluations import Evaluations
from cnntui.ui.app.theme import THEME
from cnntui.ui.app.time_app import TimeApp
from cnntui.ui.views.base.commands import commands_of
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.missing_layer import TO_COME
from cnntui.ui.views.base.overlay import lay_over, uncover
from cnntui.ui.views.train.screen import TrainScreen
from cnntui.ui.views.train.text import invitation
from cnntui.ui.widgets.bars.mode_bar import ModeBar
from cnntui.ui.widgets.grids.geometry import GridStyle

if TYPE_CHECKING:
    from cnntui.images.pictures import Picture
    from cnntui.ui.views.classes.screen import ClassesScreen
    from cnntui.ui.views.draw.screen import DrawScreen
    from cnntui.ui.views.why.screen import WhyScreen

LONGEST_TRAIL = 1000
"""Places that can be gone back to."""

VIEWS_PATH = Path(__file__).with_name("views.tcss")


class CnntuiApp(TimeApp):
    """Owns the scene. Screens show it and ask for another; nothing else holds state that two screens share."""

    TITLE = "cnntui"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(view.key, f"mode('{view.name}')", view.title, show=False) for view in MODES),
        Binding("question_mark", "screen.help", "Help", tooltip="What this screen shows, and all its keys"),
    ]

    scene: var[Scene] = var(None, init=False)  # type: ignore[arg-type]
    grid_style: var[GridStyle] = var(GridStyle.AUTO, init=False)

    def __init__(
        self,
        scene: Scene,
        mode: str = "train",
        run: RunDirectory | None = None,
        options: TrainOptions | None = None,
        picture: Picture | None = None,
        held: bool = False,
        label: int | None = None,
        model_path: Path | None = None,
        picture_path: Path | None = None,
    ) -> None:
        """The app on a scene.

        Args:
            scene: what is looked at first.
            mode: the screen that is shown first.
            run: the run that the scene's network is from; None where it is from a file.
            options: what pressing t trains; by default the recipe.
            picture: what Draw has on its canvas to begin with.
            held: whether the network is that of a step that was asked for, to be looked at while the run goes on.
            label: the class whose logit Why takes apart at first; by default the predicted one.
            model_path: the file that the network is from, where it is from no run.
            picture_path: the file that the picture is from.
        """
        super().__init__(run, scene.data, options or TrainOptions(), held)
        self.mode = self._first_mode = mode
        """The screen in front, or the one below what lies over it."""
        self._unpainted: ExitStack | None = None
        self._random = Random()
        self._picture = picture
        self._trail: deque[tuple[str, Focus]] = deque(maxlen=LONGEST_TRAIL)
        self._first_label = label
        self._model_path = model_path
        self._picture_path = picture_path
        self._evaluations = Evaluations(self._begin_to_read)
        self._by_class: ClassesScreen | None = None
        self.set_reactive(CnntuiApp.scene, seen_from(mode, scene))
        self.register_theme(THEME)
        # Before anything is styled: changing the theme later styles everything again.
        self.set_reactive(CnntuiApp.theme, THEME.name)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> Screen[None]:
        """The first screen, showing the run that the app was opened on."""
        self.follow_first()
        return self._screen_of(self.mode)

    def _screen_of(self, mode: str) -> Screen[Any]:
        """The screen of a mode, made when it is first gone to and kept from then on."""
        if not self.is_screen_installed(mode):
            if mode != "train":
                self._read_styles()
            self.install_screen(self._make_screen(mode), mode)
        return self.get_screen(mode)

    def on_mount(self) -> None:
        # The first screen is painted before the styles of all others are parsed, which takes a tenth of a start.
        self.call_after_refresh(self._read_styles)
        if self._picture is not None and self._picture.doubts and self.mode != "draw":
            # Draw says it beside the picture; elsewhere nothing else would.
            doubts = " ".join(self._picture.doubts)
            self.notify(f"{self._picture.name}: {doubts}", severity="warning", timeout=20, markup=False)

    def push_screen(self, *arguments: Any, **options: Any) -> Any:
        """As Textual's. Whatever comes, its styles have been read."""
        self._read_styles()
        return super().push_screen(*arguments, **options)

    def _read_styles(self) -> None:
        """Learn where things lie on the pages and screens that are gone to from Train."""
        if not self.stylesheet.has_source(str(VIEWS_PATH)):
            self.stylesheet.read(VIEWS_PATH)
            self.stylesheet.parse()

    def _make_screen(self, mode: str) -> Screen[None]:
        screen: ExplorerScreen = VIEWS[mode].load()(self.scene, self.grid_style)
        screen.show_time(self.timeline, self.view, self.moment)
        if isinstance(screen, TrainScreen):
            screen.show_run(self.view, self.asked, invitation(self.options))
        elif mode == "draw" and self._picture is not None:
            cast("DrawScreen", screen).take(self._picture)
        elif mode == "runs":
            self._show_runs(screen)
        elif mode == "why" and self._first_label is not None:
            cast("WhyScreen", screen).ask_about(self._first_label)
            self._first_label = None
        return screen

    def _show_runs(self, screen: Screen[Any]) -> None:
        """Tell Runs where to look, and which run is looked at."""
        from cnntui.ui.views.runs.screen import RunsScreen

        if isinstance(screen, RunsScreen):
            screen.look_in(self.options.runs_dir or default_runs_dir(), self.view.run.path if self.view else None)

    # Showing

    def watch_scene(self) -> None:
        self._show()

    def watch_grid_style(self) -> None:
        self._show()

    def _show(self) -> None:
        if isinstance(front := self.front, ExplorerScreen):
            front.show_time(self.timeline, self.view, self.moment)
            front.show(self.scene, self.grid_style)
            self.run_changed()

    # The run

    def network_now(self) -> Network:
        return self.scene.network

    def data_now(self) -> DataSet:
        return self.scene.data

    def data_changed(self, data: DataSet) -> None:
        if data is not self.scene.data:
            # What was said of those before is not true of these.
            self.clear_notifications()
            self.scene = with_data(self.scene, data)

    def looked_at(self) -> tuple[Focus, GridStyle]:
        return self.scene.focus, self.grid_style

    def run_changed(self) -> None:
        super().run_changed()
        front, by_class = self.front, self._by_class
        if isinstance(front, TrainScreen):
            front.show_run(self.view, self.asked, invitation(self.options))
        elif by_class is not None and by_class.is_current and self._epochs() != by_class.epochs:
            by_class.read(*self._evaluations.of_tested(self.view, self.scene), self._epochs())
        elif self.mode == "runs" and front is not None:
            self._show_runs(front)

    def network_changed(self, run: str, network: Network, step: int | None, is_awaited: bool = False) -> None:
        # Another run's network may have no such layer as the screen in front is about.
        self.scene = seen_from(self.mode, relearned(self.scene, run, step, network, is_awaited))

    def step_now(self) -> int | None:
        return self.scene.step

    def time_changed(self) -> None:
        if isinstance(front := self.front, ExplorerScreen):
            front.show_time(self.timeline, self.view, self.moment)

    def on_explorer_screen_travel(self, message: ExplorerScreen.Travel) -> None:
        self.to_step(message.step)

    def show_training(self) -> None:
        self.action_mode("train")

    def action_mode(self, mode: str) -> None:
        """Go to another screen, at the nearest layer that it can show."""
        if VIEWS[mode].measures and not self._may_measure():
            return
        self._switch(mode, seen_from(mode, self.scene))

    def _switch(self, mode: str, scene: Scene) -> None:
        """Look at a scene on the screen of a mode, and close what lies over it."""
        uncover(self)
        if mode == self.mode:
            self.scene = scene
            return
        self.set_reactive(CnntuiApp.scene, scene)
        # Not as one of Textual's modes: going to one parses all styles again, twice where it is new, paints nothing
        # for 50 ms, and paints twice then.
        self.mode = mode
        # Textual paints a screen when it comes, when its widgets do, and when they have found their places: let it be
        # painted once, when all that is done and `on_explorer_screen_ready` has been told of it.
        if self._unpainted is None:
            self._unpainted = ExitStack()
            self._unpainted.enter_context(self.batch_update())
        if mode == self._first_mode:
            # It lies below all others, as Textual can switch any screen but the first.
            self.pop_screen()
        elif self.screen_stack[-1] is self.screen_stack[0]:
            self.push_screen(self._screen_of(mode))
        else:
            self.switch_screen(self._screen_of(mode))

    def on_explorer_screen_ready(self, message: ExplorerScreen.Ready) -> None:
        if not self._is_looked_at(message.screen):
            # Another one has been gone to since, which is not ready yet.
            return
        self._show()
        if self._unpainted is not None:
            self._unpainted.close()
            self._unpainted = None
            self.screen.refresh()

    # What is being looked at

    def on_explorer_screen_look_at(self, message: ExplorerScreen.LookAt) -> None:
        if message.screen is None or self._is_looked_at(message.screen):
            self.scene = seen_from(self.mode, refocus(self.scene, message.change(self.scene.focus, self.scene.network)))

    def _is_looked_at(self, screen: Screen[Any]) -> bool:
        """Whether a screen is that of the mode: in front, or covered by nothing but pages."""
        return self.is_screen_installed(screen) and self.get_screen(self.mode) is screen

    def on_explorer_screen_random_digit(self) -> None:
        digit = self._random.randrange(len(self.scene.data))
        self.scene = refocus(self.scene, replace(self.scene.focus, digit=digit, own=False))

    async def on_explorer_screen_browse(self) -> None:
        from cnntui.ui.views.digits.screen import DigitsScreen

        if not self._may_measure():
            return
        scene = self.scene
        await lay_over(self, DigitsScreen(scene, self._evaluations.of(scene.network, scene.data), self.grid_style))

    def _begin_to_read(self, read: Callable[[], None]) -> None:
        # Once the screen is painted, which reading would hold up. Exclusive: a network that has learned on since ends
        # the reading of the one before.
        self.call_after_refresh(self.run_worker, read, group="reading", exclusive=True, thread=True)

    async def action_classes(self) -> None:
        """Show how well each class is read by the network of the last epoch."""
        from cnntui.ui.views.classes.screen import ClassesScreen

        if not self._may_measure():
            return
        self._by_class = ClassesScreen(
            self.scene, *self._evaluations.of_tested(self.view, self.scene), self._epochs(), self.grid_style
        )
        await lay_over(self, self._by_class)

    def _epochs(self) -> int:
        """How many epochs of the run have ended."""
        return len(self.view.history.epochs) if self.view is not None else 0

    async def on_classes_screen_browse(self, message: ClassesScreen.Browse) -> None:
        """All digits in place of the page of classes, from where they were asked for."""
        from cnntui.ui.views.digits.screen import DigitsScreen

        with self.batch_update():
            uncover(self)
            await lay_over(
                self, DigitsScreen(self.scene, message.evaluation, self.grid_style, message.choice, message.matrix)
            )

    def on_explorer_screen_next_style(self) -> None:
        self.grid_style = self.grid_style.next()

    def on_draw_screen_drawn(self, message: DrawScreen.Drawn) -> None:
        self.scene = with_own(self.scene, message.own)

    # Going from number to number

    def on_explorer_screen_open(self, message: ExplorerScreen.Open) -> None:
        if not self._is_looked_at(message.screen):
            return
        self._mark_the_way()
        self._go(message.change(self.scene.focus, self.scene.network))

    def on_explorer_screen_follow(self) -> None:
        focus = follow(self.scene)
        if focus is not None:
            self._mark_the_way()
            self._go(focus)
        elif self.mode == "dense":
            self.action_visit("softmax")

    def action_visit(self, mode: str) -> None:
        """Look at what is in focus on another screen, from which backspace leads back."""
        if mode != self.mode and (not VIEWS[mode].measures or self._may_measure()):
            self._mark_the_way()
            self.action_mode(mode)

    def _may_measure(self) -> bool:
        """Whether it can be said how well the network reads these digits; says why not."""
        awaited = f"{TO_COME.format(run=self.scene.run)}." if self.scene.is_awaited else ""
        if reason := awaited or self.scene.data.reason:
            self.clear_notifications()
            self.notify(reason, severity="warning", timeout=12, markup=False)
        return not reason

    def _mark_the_way(self) -> None:
        self._trail.append((self.mode, self.scene.focus))

    def on_explorer_screen_back(self) -> None:
        if self._trail:
            mode, focus = self._trail.pop()
            # The way leads back through layers. A digit that was chosen since stays.
            now = self.scene.focus
            self._switch(mode, seen_from(mode, refocus(self.scene, replace(focus, digit=now.digit, own=now.own))))
        elif (back := retrace(self.scene)) is not None:
            self._go(back)

    def _go(self, focus: Focus) -> None:
        """Look at a focus on the screen that shows its kind of layer."""
        self._switch(mode_of(self.scene.network[focus.layer]), refocus(self.scene, focus))

    # What is taken away

    def on_explorer_screen_copy(self, message: ExplorerScreen.Copy) -> None:
        """Put a text into the terminal's clipboard, and say so."""
        self.copy_to_clipboard(message.text)
        self.notify(shortened(f"{message.what}: {message.text.splitlines()[0]}", 200), markup=False, timeout=4)

    def action_copy_place(self) -> None:
        """Copy the command line that opens what is looked at."""
        screen, scene = self.screen, self.scene
        if not isinstance(screen, ExplorerScreen):
            return
        own = scene.own if scene.focus.own else None
        is_from_file = own is not None and self._picture is not None and own.name == self._picture.name
        runs_dir = self.options.runs_dir
        opened = self._model_path or scene.run
        target = str(opened) if self.view is None else target_of(self.view.run, runs_dir or default_runs_dir())
        source = Source(
            target, None if runs_dir in (None, default_runs_dir()) else runs_dir, self.options.data,
            self._picture_path if is_from_file else None,
        )  # fmt: skip
        step = None if self.timeline.following else scene.step
        line = command_line(source, self.mode, scene.network, scene.focus, step, screen.label)
        what = "Copied" if own is None or is_from_file else "Copied, with a test digit in place of your drawing"
        self.on_explorer_screen_copy(ExplorerScreen.Copy(line, what))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: everything that a key does on this screen, and the themes."""
        for command in commands_of(screen):
            yield SystemCommand(command.title, f"key: {command.keys}", command.run)
        yield SystemCommand("Theme", "Choose other colours for the texts", self.action_change_theme)

    def on_mode_bar_chosen(self, message: ModeBar.Chosen) -> None:
        self.action_mode(message.mode)
