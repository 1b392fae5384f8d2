"""By class: how well the network of the last epoch recognises each class, and its most certain mistakes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.images.evaluation import Evaluation, Selection
from cnntui.images.thumbnails import Thumbnails
from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import predictions_text
from cnntui.ui.views.base.background import Looking
from cnntui.ui.views.base.page import Page
from cnntui.ui.views.base.requests import LookAt
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.classes import text as classes_text
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.image_wall import ImageWall, WallPicture
from cnntui.ui.widgets.text.responsive import ResponsiveText

WORST = Selection(mistakes=True, surest_first=True)


class ClassesScreen(Page):
    """A page over Train. While it is open, the app passes it the network of each finished epoch."""

    TOPIC = "By class"
    TEXT = """
Each ◆ is the accuracy on one class of the test images. The total accuracy hides a class that is rarely recognised;
here you see it.

During training the marks show the network after the last epoch, and move when the next one ends. Where the accuracy
is high on every class, the scale does not start at 0: the line below it names both ends.

Beside each mark is the class it is most often mistaken for. The pictures below are the worst mistakes, those with the
highest probability for the wrong class. People would get some of them wrong, too; the others show what the network
has not learned.

Enter selects the image on every screen, m opens all mistakes, and v opens the confusion matrix: one row per true
class, one column per predicted class.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.CLASSES)

    class Browse(Message):
        """A request to browse some of the evaluated images."""

        def __init__(self, evaluation: Evaluation, choice: Selection, matrix: bool) -> None:
            super().__init__()
            self.evaluation = evaluation
            self.choice = choice
            self.matrix = matrix

    class Outdated(Message):
        """Another epoch has ended, so the page needs its network."""

        def __init__(self, screen: ClassesScreen) -> None:
            super().__init__()
            self.screen = screen

    def __init__(self, state: AppState, evaluation: Evaluation, step: int | None) -> None:
        """The page for an evaluation.

        Args:
            state: the app's state.
            evaluation: the evaluation of the last epoch's network, which may still be running.
            step: how many batches that network has learned from; None if that is unknown.
        """
        super().__init__()
        self._scene = scene = state.scene
        self._evaluation, self._step = evaluation, step
        self._epochs = _epochs(state)
        self._predictions = evaluation.predictions
        self._style = state.style
        self._worst: list[int] = []
        self._place = 0
        self._thumbnails = Thumbnails.of(scene.data.images)
        self._looking = Looking(self, self._look)

    def compose_page(self) -> Iterable[Widget]:
        yield ResponsiveText(id="title")
        yield ResponsiveText(id="bars")
        yield ResponsiveText(id="heading")
        yield ImageWall(*self._thumbnails.shape, id="wall")
        yield ResponsiveText(id="pointed")

    def on_mount(self) -> None:
        self.query_one(ImageWall).prefer(self._style)
        self._look()

    def show_state(self, state: AppState) -> None:
        """Request the evaluation of the newest network once another epoch has ended."""
        super().show_state(state)
        if (epochs := _epochs(state)) != self._epochs:
            self._epochs = epochs
            self.app.post_message(self.Outdated(self))

    def read(self, evaluation: Evaluation, step: int | None) -> None:
        """Show the evaluation of another network from its beginning."""
        self._evaluation, self._step = evaluation, step
        self._look()

    # Showing

    @property
    def _index(self) -> int | None:
        """The selected image; None if none is shown."""
        return self._worst[self._place] if self._worst else None

    def _look(self) -> None:
        """Show the results that have arrived since the last look."""
        self._predictions = predictions = self._evaluation.predictions
        self._looking.keep(not predictions.is_complete)
        # Until the user moves, the selection stays on the worst mistake so far.
        index = self._index if self._place else None
        self._worst = WORST.indices(predictions).tolist()
        self._place = self._worst.index(index) if index in self._worst else 0
        self._show()

    def _show(self) -> None:
        predictions, index, run, step = self._predictions, self._index, self._scene.run, self._step
        self.write("title", lambda room: [predictions_text.title(predictions, run, step, room.width, "By class")])
        self.write("bars", lambda room: classes_text.bars(predictions, room))
        self.write("heading", lambda room: [classes_text.heading(predictions, room.width)])
        self.write("pointed", lambda room: [classes_text.pointed(predictions, index, room)])
        worst, thumbnails = self._worst, self._thumbnails
        width = thumbnails.shape[1]

        def picture(place: int) -> WallPicture:
            return WallPicture(thumbnails.levels(worst[place]), classes_text.caption(predictions, worst[place], width))

        self.query_one(ImageWall).show(len(worst), picture, self._place)

    # Keys

    def action_point(self, step: int) -> None:
        """Go to another mistake."""
        self._place = max(0, min(self._place + step, len(self._worst) - 1))
        self._show()

    def action_choose(self) -> None:
        """Close the page and show the image in the view."""
        index = self._index
        if index is None:
            return

        def take(focus: Focus, _: Network) -> Focus:
            return replace(focus, index=index, own=False)

        self.dismiss()
        self.app.post_message(LookAt(take))

    def action_mistakes(self) -> None:
        """Browse all mistakes."""
        self.app.post_message(self.Browse(self._evaluation, WORST, matrix=False))

    def action_matrix(self) -> None:
        """Show the confusion matrix."""
        self.app.post_message(self.Browse(self._evaluation, Selection(), matrix=True))

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """A press selects an image; a second press opens it."""
        if event.tile == self._place:
            self.action_choose()
        else:
            self.action_point(event.tile - self._place)


def _epochs(state: AppState) -> int:
    """How many epochs of the run have ended."""
    return len(state.run.history.epochs) if state.run is not None else 0
