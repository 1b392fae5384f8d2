"""Draw: a canvas, the network's input computed from it, and the network's prediction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from cnntui.cnn.network import Activations
from cnntui.cnn.window import Window
from cnntui.explore.scene import Scene
from cnntui.images.data import Image
from cnntui.images.drawing import Brush, Canvas, Drawing, Point
from cnntui.images.mnist import SIDE
from cnntui.images.mnist_form import mnist_form
from cnntui.palette import Colormap, Scale
from cnntui.ui.keys import views
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base import image_text
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.overlay import lay_over
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.draw import layout as draw_layout
from cnntui.ui.views.draw import text as draw_text
from cnntui.ui.widgets.grids.draw_pad import DrawPad
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText

if TYPE_CHECKING:
    from cnntui.images.pictures import Picture

READ_SECONDS = 0.03
"""Seconds between two predictions while drawing: a stroke should be answered within 0.05 seconds."""


class DrawScreen(ExplorerScreen):
    """Owns the drawing, which is kept while other views are open."""

    WORDS: ClassVar[tuple[str, ...]] = ("#answer", "#talk")
    MODE = "draw"
    TEXT = """
Draw on the left canvas and watch the network's prediction change with every stroke. Your own drawings show how far
what it learned carries beyond its training images.

The left mouse button draws and the right one erases. Without a mouse, the arrows move the pen and space puts it down.
The other screens show your drawing as well.

The network has only ever seen digits in one form: MNIST scaled each to fit a box of 20×20 pixels and centred it by
the mass of its ink. Your drawing is put into that form first, and the picture beside the canvas shows the result. v
turns this off: then a digit that is small or in a corner is often predicted wrongly. A convolution finds the same
strokes everywhere, but the dense layers after it have learned where each stroke has to be.

The network always answers with one of its classes, and the probabilities of the classes always add up to 1. There is
no "none of these": draw a letter and see.

i opens a picture; a photo of a digit on paper will do. Light ink on dark paper is recognised, and uneven light is
removed. I puts the current test image on the canvas: erase a little of an 8 and see when it becomes a 3.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(views.DRAW)

    class Drawn(Message):
        """There is a new drawing, which all views should show."""

        def __init__(self, own: Image) -> None:
            super().__init__()
            self.own = own

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._drawing = Drawing()
        self._picture: Picture | None = None
        self.drawing = 0
        """The number of the drawing on the canvas: strokes change a drawing, clearing begins another."""
        self._brush = Brush.FINE
        self._erasing = False
        self._pen = (SIDE // 2, SIDE // 2)
        self._pen_down = False
        self._mouse_at: Point = (0.0, 0.0)
        self._as_mnist = True
        self._reading: Timer | None = None
        self._unread = False

    def places(self, room: Size) -> Places:
        return draw_layout.places(room, (SIDE, SIDE), self.scene.network.shapes[-1][0])

    def compose_stage(self) -> Iterable[Widget]:
        yield Lines("", id="tools")
        yield Lines("", id="canvas-title")
        yield DrawPad(ink=Colormap.PIXELS, id="canvas")
        yield ResponsiveText(id="given-title")
        yield MapGrid(ink=Colormap.PIXELS, id="given", large=Large.WHOLE)
        yield Lines("", id="answer")
        yield ResponsiveText(id="probabilities")
        yield ResponsiveText(id="lesson")
        yield Lines("", id="talk")

    # Drawing

    @property
    def canvas(self) -> Canvas:
        """The drawing."""
        return self._drawing.canvas

    def on_draw_pad_stroked(self, event: DrawPad.Stroked) -> None:
        """The left mouse button draws, the right one erases."""
        event.stop()
        here = event.row, event.col
        self._stroke(here if event.begins else self._mouse_at, here, event.begins, self._erasing or event.right)
        self._mouse_at = here
        self._pen = _on_canvas(int(event.row)), _on_canvas(int(event.col))
        self._pen_down = False
        self._show_tools()

    def action_move(self, down: int, right: int) -> None:
        """Move the pen, which draws while it is down."""
        before, (row, col) = self._pen, self._pen
        self._pen = _on_canvas(row + down), _on_canvas(col + right)
        if self._pen_down:
            self._stroke(_middle(before), _middle(self._pen), False, self._erasing)
        self._show_tools()

    def action_pen(self) -> None:
        """Put the pen down, or lift it."""
        self._pen_down = not self._pen_down
        if self._pen_down:
            self._stroke(_middle(self._pen), _middle(self._pen), True, self._erasing)
        self._show_tools()

    def _stroke(self, start: Point, end: Point, begins: bool, erase: bool) -> None:
        canvas = self.canvas.stroked(start, end, self._brush, erase)
        self._draw(self._drawing.step(canvas) if begins else self._drawing.continued_on(canvas))

    def action_brush(self, step: int) -> None:
        """Use the broad brush, or the fine one."""
        self._brush = Brush.BROAD if step > 0 else Brush.FINE
        self._show_tools()

    def action_eraser(self) -> None:
        """Erase, or draw again."""
        self._erasing = not self._erasing
        self._show_tools()

    def action_undo(self) -> None:
        """Undo a stroke."""
        self._turn_to(self._drawing.undone(), "nothing to undo")

    def action_redo(self) -> None:
        """Redo a stroke."""
        self._turn_to(self._drawing.redone(), "nothing to redo")

    def _turn_to(self, drawing: Drawing, otherwise: str) -> None:
        if drawing is self._drawing:
            self.hint(otherwise)
        else:
            self._lift_and_draw(drawing)

    def action_clear(self) -> None:
        """Clear the canvas; undo restores the drawing."""
        if self.canvas.is_empty:
            self.hint("the canvas is empty")
        else:
            self._begin_another()
            self._lift_and_draw(self._drawing.step(Canvas()))

    def action_use(self) -> None:
        """Put the network's input on the canvas."""
        title = self.canvas.title if self.scene.focus.own else f"your {self.scene.title}"
        self._begin_another()
        self._lift_and_draw(self._drawing.step(Canvas.of_digit(self.scene.image.pixels, title)))

    def _begin_another(self) -> None:
        self.drawing += 1

    def _lift_and_draw(self, drawing: Drawing) -> None:
        self._pen_down = False
        self._draw(drawing)
        self._show_tools()

    def _draw(self, drawing: Drawing) -> None:
        """Show another canvas at once, and predict its class soon."""
        if drawing is self._drawing:
            return
        self._drawing = drawing
        self._show_canvas()
        if self._reading is None:
            self._read()
            self._reading = self.set_timer(READ_SECONDS, self._read_rest)
        else:
            self._unread = True

    def _read_rest(self) -> None:
        """Predict the class of what was drawn since the last prediction."""
        self._reading = None
        if self._unread:
            self._unread = False
            self._read()
            self._reading = self.set_timer(READ_SECONDS, self._read_rest)

    def _read(self) -> None:
        """Predict the class of the drawing, if there is one."""
        if self.canvas.is_empty:
            self._show_talk()
        else:
            # Straight to the app: bubbling up to it would take another turn of the event loop.
            self.app.post_message(self.Drawn(self.canvas.own(self._as_mnist)))

    def action_look_again(self) -> None:
        """Show the drawing instead of the test image."""
        self._read()

    def action_form(self) -> None:
        """Give the network the drawing in MNIST's form, or unchanged."""
        self._as_mnist = not self._as_mnist
        self._show_tools()
        self._read()

    # Pictures

    async def action_picture(self) -> None:
        """Choose a picture."""
        from cnntui.ui.views.draw.picture_dialog import PictureDialog

        await lay_over(self.app, PictureDialog(), self._take)

    def _take(self, picture: Picture | None) -> None:
        if picture is not None:
            self._picture = picture
            self._begin_another()
            self._lift_and_draw(self._drawing.step(picture.canvas))

    def take(self, picture: Picture) -> None:
        """Put a picture on the canvas when the app starts."""
        self._picture = picture
        self._drawing = Drawing(picture.canvas)

    # Showing

    def show_scene(self, before: Scene | None) -> None:
        scene = self.scene
        if before is None:
            self._show_canvas()
            self._show_tools()
            self.write("lesson", lambda room: draw_text.lesson(room.width))
        if before is None or before.activations is not scene.activations:
            self.query_one("#given", MapGrid).show_image(scene.image.pixels)
            as_mnist = self._as_mnist
            self.write("given-title", lambda room: [draw_text.given_title(scene, as_mnist, room.width)])
            name = "" if scene.data.is_digits else scene.named(scene.activations.predicted)
            self.query_one("#answer", Lines).set(*draw_text.answer(scene.activations, scene.label, name))
            self.write("probabilities", lambda room: image_text.probabilities(scene, room))
            self._show_talk()

    def style_grids(self) -> None:
        """Draw both grids in the preferred style, unless it lacks room for all pixels."""
        for grid in self.query(MapGrid):
            grid.prefer(GridStyle.AUTO if self.style in (GridStyle.BLOCKS, GridStyle.NUMBERS) else self.style)

    def _show_canvas(self) -> None:
        self.query_one("#canvas-title", Lines).set(draw_text.canvas_title(self.canvas))
        self.query_one("#canvas", DrawPad).show(self.canvas.image, Scale(1.0))

    def _show_tools(self) -> None:
        self.query_one("#canvas", DrawPad).mark(Window(*self._pen, 1, 1))
        tools = draw_text.tools(self._brush, self._erasing, self._as_mnist, self._pen_down, self._pen)
        self.query_one("#tools", Lines).set(tools)

    def _show_talk(self) -> None:
        self.query_one("#talk", Lines).set(*self._talk())

    def _talk(self) -> list[Line]:
        scene, canvas = self.scene, self.canvas
        if canvas.is_empty:
            return [*draw_text.empty(scene.title), (), *draw_text.HOW]
        if not scene.focus.own:
            return [*draw_text.kept(canvas, scene.title), (), *draw_text.HOW]
        formed = mnist_form(canvas.ink)
        assert formed is not None
        other = self._activations_of(canvas.own(not self._as_mnist))
        now = scene.activations
        reads = (now, other) if self._as_mnist else (other, now)
        effect = [
            draw_text.effect(self._as_mnist, *reads, self.scene.class_names),
            draw_text.change(canvas, formed),
            (),
        ]
        picture = self._picture
        return [*effect, *(draw_text.made_of(picture) if picture and picture.name == canvas.title else draw_text.HOW)]

    def _activations_of(self, own: Image) -> Activations:
        network = self.scene.network
        return network.forward(network.input_of(own.pixels))


def _on_canvas(place: int) -> int:
    return min(max(place, 0), SIDE - 1)


def _middle(pixel: tuple[int, int]) -> Point:
    return pixel[0] + 0.5, pixel[1] + 0.5
