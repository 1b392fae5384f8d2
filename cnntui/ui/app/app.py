"""The app: puts its parts together, and passes on to each what the user and the screens ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from cnntui.explore.scene import Scene, refocus, with_own
from cnntui.explore.views import OF_AN_IMAGE, VIEWS
from cnntui.files.settings import NOTHING_CHOSEN, UserSettings
from cnntui.lessons.course_request import BUNDLED_COURSE, CourseRequest
from cnntui.runs.directory.control import TrainerCommand
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.app.asking import Asking
from cnntui.ui.app.base_app import BaseApp
from cnntui.ui.app.choices import Choices
from cnntui.ui.app.desk import Desk, words
from cnntui.ui.app.edges import Edges
from cnntui.ui.app.following import Following
from cnntui.ui.app.learning import Learning
from cnntui.ui.app.measuring import Measuring
from cnntui.ui.app.navigator import Navigator
from cnntui.ui.app.origin import Origin
from cnntui.ui.app.playback import Playback
from cnntui.ui.app.predicting import Predicting
from cnntui.ui.app.scaling import Scaling
from cnntui.ui.app.session import Session
from cnntui.ui.app.showing import Showing
from cnntui.ui.app.switcher import Switcher
from cnntui.ui.app.time_travel import TimeTravel
from cnntui.ui.app.training import Training
from cnntui.ui.keys import general
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.explorer import NO_IMAGE, ExplorerScreen
from cnntui.ui.views.base.leaving_text import left
from cnntui.ui.views.base.requests import CopyText, Follow, LookAt, OpenNumber, ScreenReady, Travel
from cnntui.ui.views.base.state import AppState
from cnntui.ui.widgets import design
from cnntui.ui.widgets.bars.mode_bar import ModeBar
from cnntui.ui.widgets.text.last_gate import LastGate

if TYPE_CHECKING:
    from cnntui.images.pictures import Picture
    from cnntui.images.scale_evidence import ScaleEvidence
    from cnntui.ui.views.base.lesson.done import LessonDone
    from cnntui.ui.views.classes.screen import ClassesScreen
    from cnntui.ui.views.draw.screen import DrawScreen
    from cnntui.ui.views.form.screen import FormScreen
    from cnntui.ui.views.labs.lab import LabScreen
    from cnntui.ui.views.one_batch.screen import OneBatchScreen
    from cnntui.ui.views.runs.screen import RunsScreen
    from cnntui.ui.views.why.screen import WhyScreen

LAST_GATE = LastGate()


class CnntuiApp(BaseApp):
    """Puts the app's parts together. What can be seen belongs to them; the keys and messages come here."""

    TITLE = "cnntui"
    CSS_PATH: ClassVar = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar = BaseApp.COMMANDS | {words}
    # A selection would copy the pieces that lines are painted in; y and Y copy what the user means.
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority over the focused widget: dialogs hide the app's keys, and text fields would copy.
        Binding("ctrl+c,ctrl+q", "quit", "Quit", show=False, system=True, priority=True),
        *bindings(general.APP),
    ]

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
        evidence: ScaleEvidence | None = None,
        course: CourseRequest = BUNDLED_COURSE,
        settings: UserSettings = NOTHING_CHOSEN,
    ) -> None:
        """Show a scene.

        Args:
            scene: the network, image and focus to show first.
            mode: the view to show first.
            run: the run that the scene's network comes from; None if it comes from a file.
            options: the settings of the training that t starts; by default, the recipe.
            picture: the picture that Draw has on its canvas at first.
            held: whether the network is that of a requested step, which stays on screen while the run continues.
            label: the class whose logit Why takes apart at first; by default, the predicted one.
            model_path: the network's file; None if the network comes from a run.
            picture_path: the picture's file.
            evidence: where the input scale of a network from a file comes from.
            course: how to take the course.
            settings: the user's permanent settings.
        """
        super().__init__()
        self.register_theme(design.THEME)
        self.choices = Choices(settings, self.available_themes, design.THEME.name)
        self.session = Session(options or TrainOptions(), scene.data)
        self.time = TimeTravel()
        self.navigator = Navigator(mode, scene)
        self.switcher = Switcher(self, self._make_screen, mode)
        self.showing = showing = Showing(
            self, self.session, self.time, self.navigator, self.switcher,
            self.choices.style, self.choices.language, evidence,
        )  # fmt: skip
        self._edges = Edges(showing)
        self.following = Following(showing)
        self.playback = Playback(showing)
        self._training = Training(showing, self.following)
        self._scaling = Scaling(showing, model_path)
        self._measuring = Measuring(showing)
        learning = Learning(showing, course, self.choices.keys, self.following, self.playback, self.switcher)
        self.asking = showing.questions = Asking(learning, Predicting(showing, learning))
        self.desk = Desk(showing, Origin(model_path, picture_path))
        self._first_run, self._held_first, self._first_label = run, held, label
        self._picture = picture
        if self.choices.keys:
            self.set_keymap(self.choices.keys)
        # Set before anything is styled: a later change of theme would style everything again.
        self.set_reactive(CnntuiApp.theme, self.choices.theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme; none at first, for Textual's own theme, which the user's replaces at once."""
        return super().get_css_variables() if hasattr(self, "choices") else {}

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The variables that style sheets and titles need beyond those of a theme."""
        return design.variables(self.current_theme, among_16=self.console.color_system == "standard")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters that every line of every widget passes before it is painted."""
        return [*super().get_line_filters(), LAST_GATE]

    @property
    def scene(self) -> Scene:
        """The network, image and focus on screen."""
        return self.showing.scene

    @property
    def mode(self) -> str:
        """The view in front, or the one beneath an overlay."""
        return self.showing.mode

    # Screens

    def get_default_screen(self) -> Screen[None]:
        """The first screen, showing the run that the app was opened on."""
        self._scaling.say()
        self.following.begin(self._first_run, held=self._held_first)
        return self.switcher.screen_of(self.mode)

    def on_mount(self) -> None:
        # Paint the first screen before parsing the styles of the others, which takes a tenth of the start.
        self.call_after_refresh(self.switcher.look_ahead)
        if self._picture is not None and self._picture.doubts and self.mode != "draw":
            # Draw says it beside the picture; other views would not say it at all.
            name, doubts = self._picture.name, self._picture.doubts
            self.warn(f"{name}: {' '.join(doubts)}", f"{name}: {doubts[0]}", doubts[0], seconds=20)
        for problem in self.choices.problems:
            self.warn(problem, seconds=20)
        self.asking.learning.first()

    def push_screen(self, *arguments: Any, **options: Any) -> Any:
        """Push a screen as Textual does, with its styles read first."""
        self.switcher.read_styles()
        return super().push_screen(*arguments, **options)

    def _make_screen(self, mode: str, state: AppState | None) -> Screen[Any]:
        screen: ExplorerScreen = VIEWS[mode].load()(state or self.showing.state)
        if mode == "draw" and self._picture is not None:
            cast("DrawScreen", screen).take(self._picture)
        elif mode == "why" and self._first_label is not None:
            cast("WhyScreen", screen).ask_about(self._first_label)
            self._first_label = None
        return screen

    @on(ScreenReady)
    def show_to(self, message: ScreenReady) -> None:
        # Otherwise the app has moved on to another screen, which is not ready yet.
        if self._is_current_view(message.screen):
            self.showing.show_state()
            self.switcher.ready()

    def _is_current_view(self, screen: Screen[Any]) -> bool:
        """Whether this screen is that of the current view, in front or beneath an overlay."""
        return self.is_screen_installed(screen) and self.get_screen(self.mode) is screen

    # Going from place to place

    def action_mode(self, mode: str) -> None:
        """Go to another view, at the nearest layer that it can show."""
        if self._measuring.may_show(mode):
            self.asking.learning.leave_for(mode)
            self.showing.go(mode)

    def action_return(self) -> None:
        """Go back to the previous place."""
        self._edges.back()

    def action_leave(self) -> None:
        """Return to the newest weights when back in training time; otherwise go back to the previous place."""
        if self.time.timeline.open:
            self.playback.to_the_end()
        else:
            self.showing.navigate(self.navigator.leave)

    @on(Follow)
    def follow(self) -> None:
        self._edges.follow()

    @on(OpenNumber)
    def open_number(self, message: OpenNumber) -> None:
        if self._is_current_view(message.screen):
            focus = message.change(self.scene.focus, self.scene.network)
            self.showing.navigate(lambda: self.navigator.open(focus))

    @on(LookAt)
    def look_at(self, message: LookAt) -> None:
        if message.screen is None or self._is_current_view(message.screen):
            self.showing.look_at(refocus(self.scene, message.change(self.scene.focus, self.scene.network)))
        if message.screen is None and not VIEWS[self.mode].shows_image:
            self.action_mode(OF_AN_IMAGE)

    def on_mode_bar_chosen(self, message: ModeBar.Chosen) -> None:
        self.action_mode(message.mode)

    # The image, the input scale and the grid style

    def action_random_image(self) -> None:
        """Look at a random image."""
        self.showing.look_at_random_image()

    def action_next_scale(self) -> None:
        """Rescale the network's input with the next input scale."""
        self._scaling.next()

    def action_style(self) -> None:
        """Draw grids in the next style."""
        showing = self.showing
        showing.style = showing.style.next()
        showing.show_state()
        self.hint(f"grids: {showing.style.said}")

    def on_draw_screen_drawn(self, message: DrawScreen.Drawn) -> None:
        self.showing.look_at(with_own(self.scene, message.own))

    # What the network predicts for all images

    async def action_browse(self) -> None:
        """Browse all images with their predictions."""
        await self._measuring.browse()

    async def action_classes(self) -> None:
        """Show how well the network of the last epoch recognises each class."""
        await self._measuring.by_class()

    def on_classes_screen_outdated(self, message: ClassesScreen.Outdated) -> None:
        self._measuring.read_on(message.screen)

    async def on_classes_screen_browse(self, message: ClassesScreen.Browse) -> None:
        await self._measuring.browse_from_classes(message)

    # The run and its trainer

    def on_runs_screen_open(self, message: RunsScreen.Open) -> None:
        self.following.open(message.run, go=message.go)

    def on_runs_screen_resume(self, message: RunsScreen.Resume) -> None:
        self._training.resume(message.run)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply in the current state; empty if it does."""
        if action in ("train", "mode") and self.is_covered:
            return "close this page first: press esc"
        if action in ("random_image", "time", "play_time") and not VIEWS[self.mode].shows_image:
            return NO_IMAGE
        if action in ("pause", "continue", "rate", "step", "stop"):
            return self.session.why_not(action)
        why_not = {"predict": self.asking.why_not, "next_scale": self._scaling.why_not}.get(action)
        return why_not() if why_not is not None else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the actions that apply."""
        return not self.why_not(action, parameters) and super().check_action(action, parameters)

    async def action_train(self) -> None:
        """Ask what to train; if a training is under way, say so and go to it."""
        await self._training.ask_what()

    async def on_lab_screen_propose(self, message: LabScreen.Propose) -> None:
        await self._training.ask_what(message.options)

    def on_form_screen_start(self, message: FormScreen.Start) -> None:
        self._training.start(message.options)

    def on_form_screen_left(self, message: FormScreen.Left) -> None:
        self._training.keep(message.draft)

    def action_pause(self) -> None:
        """Pause the training."""
        self._training.ask(TrainerCommand.PAUSE)

    def action_continue(self) -> None:
        """Resume the training."""
        self._training.ask(TrainerCommand.RUN)

    def action_stop(self) -> None:
        """Stop the training after asking; what it has learned is kept."""
        self._training.ask_to_stop()

    def action_rate(self) -> None:
        """Ask for a new learning rate."""
        self._training.ask_for_a_rate()

    async def action_step(self) -> None:
        """Train a paused network on one batch and show what happened."""
        await self._training.learn_one_batch()

    def on_one_batch_screen_another(self, message: OneBatchScreen.Another) -> None:
        self._training.learn_another(message.screen)

    # Training time

    def action_time(self, places: int) -> None:
        """Go back (-1) or forward (1) by kept steps."""
        self.playback.move(places)

    def action_play_time(self) -> None:
        """Play through the kept steps, from the first when at the end, or stop playing."""
        self.playback.play_or_stop()

    @on(Travel)
    def travel(self, message: Travel) -> None:
        self.playback.to(message.step)

    # Questions, the clipboard and the glossary

    def action_predict(self) -> None:
        """Turn predicting on or off."""
        self.asking.predicting.turn()

    def on_lesson_done(self, message: LessonDone) -> None:
        self.asking.done(message)

    @on(CopyText)
    def copy_text(self, message: CopyText) -> None:
        self.desk.copy(message.text, "Copied")

    def action_copy_place(self) -> None:
        """Copy the command line that opens this place."""
        self.desk.copy_place()

    def action_glossary(self) -> None:
        """Look up a term."""
        self.desk.look_up()

    async def action_word(self, name: str) -> None:
        """Show a term's page."""
        await self.desk.explain(name)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette's entries: every command that has a key on this screen, and those that have none."""
        return self.desk.commands(screen)

    # Leaving

    async def action_quit(self) -> None:
        """Leave the app; while a network trains, ask what should become of it."""
        self._training.quit()

    def facts(self) -> dict[str, object]:
        view = self.session.view
        run = {} if view is None else {"run": f"{view.status.name.lower()}, {view.config.model}"}
        return super().facts() | run

    def how_to_continue(self) -> str:
        view = self.session.view
        return left(view) if view is not None and view.status.is_active else super().how_to_continue()
