"""The image browser: all test images with their predictions, and the confusion matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from cnntui.explore.scene import Scene, refocus
from cnntui.files.errors import CnntuiError
from cnntui.images.evaluation import Evaluation, Indices, Selection, class_in, index_in
from cnntui.images.thumbnails import Thumbnails
from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import predictions_text
from cnntui.ui.views.base.background import Looking
from cnntui.ui.views.base.lesson import place as lesson_place
from cnntui.ui.views.base.lesson.done import LessonDone
from cnntui.ui.views.base.lesson.panel import LessonPanel
from cnntui.ui.views.base.page import Page
from cnntui.ui.views.base.requests import LookAt
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.images import text as images_text
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.grids.confusion_grid import ConfusionGrid
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.image_wall import ImageWall, WallPicture
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText
from cnntui.ui.widgets.text.typed_line import TypedLine

TELLS = "that would tell something of the classes that you are to predict"


class ImagesScreen(Page):
    """A page over the screen that opened it, which closes with the selected image.

    It shows the predictions of the network that was current when the page opened, even while that network is being
    trained: nobody could look through predictions that keep changing.
    """

    TOPIC = "Test images"
    TEXT = """
These are all test images with the network's prediction for each. Looking through its mistakes is the quickest way to
see what it has not learned.

Each cell of a small picture is the mean of 2×2 pixels. Below it are the index, the true class and the probability of
the prediction. A mistake is marked with a cross, and an arrow leads from the true class to the predicted one.

The number keys choose a class, and m only the mistakes. s puts the least certain predictions first, S the most
certain. [ and ] step through the classes. / goes to an index, or to a class by its name or as "class 12". Enter
selects the image on every screen.

The confusion matrix (v) counts predictions: one row per true class, one column per predicted class. The diagonal is
right; everything else is a mistake, and lighter means more of them. Two classes that are mistaken for each other in
both directions look alike to the network. Enter on a cell shows its images.

The network reads a few thousand images a second. A network trained here has never learned from the test images, so
this is how well it does on images that are new to it.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.BROWSER)

    def __init__(
        self,
        scene: Scene,
        evaluation: Evaluation,
        style: GridStyle,
        choice: Selection | None = None,
        matrix: bool = False,
    ) -> None:
        """A browser that points at the current image.

        Args:
            scene: the network, the image and the focus.
            evaluation: the network's evaluation, which may still be running.
            style: the style of grids.
            choice: the images to show first; None for all.
            matrix: whether to show the confusion matrix first.
        """
        super().__init__()
        self._scene = scene
        self._evaluation = evaluation
        self._predictions = evaluation.predictions
        self._style = style
        self._thumbnails = Thumbnails.of(scene.data.images)
        self._choice = choice or Selection()
        self._order: Indices = self._choice.indices(self._predictions)
        self._place = scene.focus.index if choice is None else 0
        self.set_class(matrix, "-matrix")
        said = scene.activations.predicted
        self._cell = (said if scene.label is None else scene.label, said)
        self._looking = Looking(self, self._look)
        self._is_predicted: Callable[[int], bool] | None = None
        self._pointed: Scene | None = None

    def compose_page(self) -> Iterable[Widget]:
        yield ResponsiveText(id="title")
        yield Lines("", id="choice")
        yield TypedLine(id="index")
        yield ImageWall(*self._thumbnails.shape, ink=self._thumbnails.ink, id="wall")
        yield ConfusionGrid(id="matrix")
        yield Lines("", id="findings")

    def on_mount(self) -> None:
        self.query_one(ImageWall).prefer(self._style)
        self._show()
        self._looking.keep(not self._predictions.is_complete)

    # Predicting

    @property
    def pointed_scene(self) -> Scene | None:
        if self._in_matrix or self._index is None:
            return None
        if self._pointed is None or self._pointed.focus.index != self._index:
            self._pointed = refocus(self._scene, replace(self._scene.focus, index=self._index, own=False))
        return self._pointed

    def point_at_another(self) -> None:
        self._point(self._place + 1)

    def show_state(self, state: AppState) -> None:
        super().show_state(state)
        if self.is_mounted:
            was_asking, self._is_predicted = self._is_asking, state.predicted
            if self._is_asking and self._choice.needs_predictions:
                self._choose(Selection(label=self._choice.label))
            if self._is_asking is not was_asking:
                self.refresh_bindings()
            # A lesson's page stays below, with its view.
            lesson_place.show_below(self, state.sheet if state.predicted is not None else None)
            self._show()

    @property
    def _is_asking(self) -> bool:
        """Whether the user is to predict classes."""
        return self._is_predicted is not None

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply: selecting or sorting images by prediction would give the predictions away."""
        tells = action in ("mistakes", "unsure", "surest") or (action == "choose" and self._in_matrix)
        return TELLS if self._is_asking and tells else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only actions that apply."""
        return not self.why_not(action, parameters)

    def _is_covered(self, index: int) -> bool:
        return self._is_predicted is not None and not self._is_predicted(index)

    # Showing

    @property
    def _index(self) -> int | None:
        """The selected image; None if none is shown."""
        return int(self._order[self._place]) if self._place < len(self._order) else None

    @property
    def _in_matrix(self) -> bool:
        return self.has_class("-matrix")

    def _look(self) -> None:
        """Show the results that have arrived since the last look."""
        self._predictions = self._evaluation.predictions
        self._looking.keep(not self._predictions.is_complete)
        if self._choice.needs_predictions:
            self._order_anew(self._index)
        self._show()

    def _show(self) -> None:
        predictions, scene = self._predictions, self._scene
        self.write("title", lambda size: [predictions_text.title(predictions, scene.run, scene.step, size.width)])
        if self._in_matrix:
            counts = predictions.confusion
            self.query_one(ConfusionGrid).show(counts, self._cell, scene.data.classes)
            self.query_one("#findings", Lines).set(*images_text.findings(scene.data, counts))
            self._say(images_text.cell_line(scene.data, counts, *self._cell))
            return
        index = self._index
        self.query_one(ImageWall).show(len(self._order), self._pictures(), self._place)
        self._say(
            images_text.choice_line(
                self._choice, predictions, len(self._order), index, index is not None and self._is_covered(index)
            )
            if len(self._order)
            else images_text.nothing(self._choice, predictions)
        )

    def _say(self, line: Line) -> None:
        self.query_one("#choice", Lines).set(line)

    def _pictures(self) -> Callable[[int], WallPicture]:
        """The pictures on the wall, in their present order and with their present predictions."""
        order, predictions, thumbnails = self._order, self._predictions, self._thumbnails
        width = thumbnails.shape[1]

        def picture(place: int) -> WallPicture:
            index = int(order[place])
            caption = images_text.caption(predictions, index, width, self._is_covered(index))
            return WallPicture(thumbnails.levels(index), *caption)

        return picture

    def _choose(self, choice: Selection) -> None:
        """Show other images, keeping the selected one if it is among them."""
        self._choice = choice
        self._order_anew(self._index)
        self._show()
        self._tell()

    def _order_anew(self, index: int | None) -> None:
        self._order = self._choice.indices(self._predictions)
        found = np.flatnonzero(self._order == index)[:1].tolist() if index is not None else []
        self._place = found[0] if found else 0

    def _point(self, place: int) -> None:
        self._place = max(0, min(place, len(self._order) - 1))
        self._show()
        self._tell()

    def _tell(self) -> None:
        """Report that another image is selected, which the question is now about if the user is to predict classes."""
        if self._is_asking:
            self.app.post_message(LessonDone("look"))

    # Keys

    def action_move(self, right: int, down: int) -> None:
        """Go to the neighbouring image or cell."""
        if self._in_matrix:
            rows, cols = self._predictions.confusion.shape
            row, col = self._cell[0] + down, self._cell[1] + right
            self._cell = max(0, min(row, rows - 1)), max(0, min(col, cols - 1))
            self._show()
        else:
            self._point(self._place + right + down * self.query_one(ImageWall).tiling.across)

    def action_page(self, pages: int) -> None:
        """Move by a number of pages."""
        if self._in_matrix:
            self.action_move(0, pages * len(self._predictions.confusion))
        else:
            self._point(self._place + pages * self.query_one(ImageWall).tiling.capacity)

    def action_end(self, end: int) -> None:
        """Go to the first (0) or the last (1) image, or cell of the row."""
        if self._in_matrix:
            self.action_move((2 * end - 1) * self._predictions.confusion.shape[1], 0)
        else:
            self._point(end * len(self._order))

    def action_all(self) -> None:
        """Show all images in the order of the data set."""
        self._to_wall(Selection())

    def action_label(self, label: int) -> None:
        """Show only one class."""
        classes = len(self._scene.data.classes)
        if label < classes:
            self._to_wall(self._choice.of_class(label))
        else:
            self.app.post_message(KeyBar.Hint(f"the classes are 0 to {classes - 1}"))

    def action_next_class(self, step: int) -> None:
        """Show the next or the previous class; from all images, the first or the last class."""
        count, label = len(self._scene.data.classes), self._choice.label
        after = (label + step) % count if label is not None else 0 if step > 0 else count - 1
        self._to_wall(replace(self._choice, label=after, read_as=None))

    def action_mistakes(self) -> None:
        """Show only the mistakes, or all images."""
        self._to_wall(replace(self._choice, mistakes=not self._choice.mistakes, read_as=None))

    def action_unsure(self) -> None:
        """Show the least certain predictions first, or the original order."""
        self._sort(replace(self._choice, unsure_first=not self._choice.unsure_first, surest_first=False))

    def action_surest(self) -> None:
        """Show the most certain predictions first, or the original order."""
        self._sort(replace(self._choice, surest_first=not self._choice.surest_first, unsure_first=False))

    def _sort(self, choice: Selection) -> None:
        self._to_wall(choice)
        if choice.unsure_first or choice.surest_first:
            self._point(0)

    def action_matrix(self) -> None:
        """Show the confusion matrix, or the images again."""
        self.toggle_class("-matrix")
        self.refresh_bindings()
        self._show()
        self._tell()

    def _to_wall(self, choice: Selection) -> None:
        self.remove_class("-matrix")
        self._choose(choice)

    def action_choose(self) -> None:
        """Close the browser with the selected image; in the matrix, show the cell's images."""
        if self._in_matrix:
            row, col = self._cell
            self._to_wall(Selection(label=row, read_as=col, unsure_first=self._choice.unsure_first))
        elif (index := self._index) is not None:
            self.dismiss()
            self.app.post_message(LookAt(lambda focus, _: replace(focus, index=index, own=False)))

    def action_leave(self) -> None:
        """Go back by one level: from the matrix, or from the browser."""
        if self._in_matrix:
            self.action_matrix()
        else:
            self.dismiss()

    # Going to an index

    def action_ask(self) -> None:
        """Ask for an index."""
        self.remove_class("-matrix")
        self._show()
        self.add_class("-asking")
        data = self._scene.data
        asked = " image index:" if data.is_digits else " image index, or a class:"
        self.query_one(TypedLine).ask(asked, "", "enter goes there, esc does not")

    def _end_asking(self) -> None:
        self.remove_class("-asking")
        self.set_focus(next(iter(self.query(LessonPanel)), None))

    def on_typed_line_left(self, event: TypedLine.Left) -> None:
        event.stop()
        self._end_asking()

    def on_typed_line_submitted(self, event: TypedLine.Submitted) -> None:
        """Go to the index or the class, or say why that is not possible."""
        event.stop()
        self._end_asking()
        try:
            index = index_in(event.value, self._scene.data)
        except CnntuiError as error:
            if (label := class_in(event.value, self._scene.data)) is not None:
                self._to_wall(replace(self._choice, label=label, read_as=None))
                return
            self._say(((f" {error.message}", "bad"),))
            return
        self._order_anew(index)
        if self._index != index:
            # The image is not among those on the wall.
            self._choice = Selection()
            self._order_anew(index)
        self._show()
        self._tell()

    # Mouse

    @on(Grid.Pointed, "#wall")
    def on_image(self, event: Grid.Pointed) -> None:
        """A press selects an image; a second press opens it."""
        if event.tile == self._place:
            self.action_choose()
        else:
            self._point(event.tile)

    @on(Grid.Pointed, "#matrix")
    def on_cell(self, event: Grid.Pointed) -> None:
        """A press selects a cell; a second press shows its images."""
        if (event.row, event.col) == self._cell:
            self.action_choose()
        else:
            self._cell = event.row, event.col
            self._show()

    def on_mouse_scroll_down(self) -> None:
        self.action_page(1)

    def on_mouse_scroll_up(self) -> None:
        self.action_page(-1)
