"""The words of Draw: the brush, the prediction, and the effect of MNIST's form."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from cnntui.cnn.layers import times
from cnntui.cnn.network import Activations
from cnntui.cnn.ops import Floats
from cnntui.explore.scene import Scene
from cnntui.images.drawing import FINENESS, Brush, Canvas
from cnntui.images.mnist_form import Formed, centre_of_mass
from cnntui.ui.views.base.image_text import share
from cnntui.ui.widgets.text.line import FILL, Line, line_width

if TYPE_CHECKING:
    from cnntui.images.pictures import Picture

FIGURES = (
    "111 101 101 101 111", "010 110 010 010 111", "111 001 111 100 111", "111 001 111 001 111", "101 101 111 001 001",
    "111 100 111 001 111", "111 100 111 101 111", "111 001 001 001 001", "111 101 111 101 111", "111 101 111 001 111",
)  # fmt: skip
"""The figures 0 to 9 on five rows of three."""


def tools(brush: Brush, erasing: bool, as_mnist: bool, down: bool, pen: tuple[int, int]) -> Line:
    """The brush, whether MNIST's form is applied, and where the pen is."""
    size = brush.name.lower()
    what: Line = (("eraser", "negative"), (f", {size}", "")) if erasing else ((f"{size} brush", ""),)
    form = "MNIST's form" if as_mnist else "as it is"
    where = f"at row {pen[0]}, column {pen[1]}"
    state = ("down ", "strong") if down else ("up ", "dim")
    return *what, (" · ", "dim"), (form, ""), FILL, ("pen ", "dim"), state, (where, "dim")


def canvas_title(canvas: Canvas) -> Line:
    """The title of the canvas and its drawing."""
    return (("canvas", "strong"), ("" if canvas.is_empty else f": {canvas.title}", "dim"))


def given_title(scene: Scene, as_mnist: bool, width: int) -> Line:
    """The title of the network's input, with the true class only if there is room for all of it."""
    if not scene.focus.own:
        title: Line = (("given: ", "dim"), (scene.title, "strong"))
        truth: Line = ((f"  {scene.truth}", "dim"),)
        return (*title, *truth) if line_width((*title, *truth)) <= width else title
    return ("given to the network", "strong"), ("" if as_mnist else " as is", "dim")


def figure(number: int) -> list[str]:
    """A large figure: three lines of six columns."""
    rows = [*FIGURES[number].split(), "000"]
    return [
        "".join(
            2 * {"00": " ", "10": "▀", "01": "▄", "11": "█"}[upper + lower] for upper, lower in zip(*pair, strict=True)
        )
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]


def answer(activations: Activations, label: int | None, name: str = "") -> list[Line]:
    """The prediction with a large figure and its probability, in three lines of 17 columns."""
    if not is_answer(activations):
        return [(("no answer:", "bad"),), (("its numbers", "dim"),), (("are no numbers", "dim"),)]
    said = activations.predicted
    role = "strong" if label is None else "winner" if said == label else "bad"
    if name:
        sure = share(float(activations.probabilities[said]))
        return [(("predicted", "dim"),), ((name, role),), ((sure, "strong"),)]
    beside = ("predicted", "dim"), (share(float(activations.probabilities[said])), "strong"), ("", "dim")
    return [((large, role), ("  ", ""), words) for large, words in zip(figure(said), beside, strict=True)]


def is_answer(activations: Activations) -> bool:
    """Whether the network gives probabilities; a network whose training has diverged gives none."""
    return bool(np.isfinite(activations.probabilities).all())


def effect(as_mnist: bool, formed: Activations, as_is: Activations, names: Sequence[str]) -> Line:
    """The predictions with and without MNIST's form, with ▸ before the one in use."""
    line: list[tuple[str, str]] = []
    for words, activations, chosen in (("in MNIST's form", formed, as_mnist), ("as it is", as_is, not as_mnist)):
        said, sure = activations.predicted, float(activations.probabilities[activations.predicted])
        read = f"{names[said]} ({share(sure)})" if is_answer(activations) else "no number"
        line += [("▸ " if chosen else "  ", "strong"), (f"{words}: ", "" if chosen else "dim")]
        line += [(read, "strong" if chosen else "dim"), ("   ", "")]
    return tuple(line)


def change(canvas: Canvas, formed: Formed) -> Line:
    """The change that MNIST's form makes to a drawing: its size in pixels, and the position of its centre."""
    source = formed.source
    size = f"{source.height / FINENESS:.3g}×{source.width / FINENESS:.3g}"
    return (
        ("  ink ", "dim"), (f"{size} → {times((formed.box.height, formed.box.width))}", ""), (" pixels, ", "dim"),
        ("centre of mass ", "dim"), (f"{_centre(canvas.image)} → {_centre(formed.image)}", ""),
    )  # fmt: skip


def _centre(image: Floats) -> str:
    return "({:.1f}, {:.1f})".format(*centre_of_mass(image))


def made_of(picture: Picture) -> list[Line]:
    """How a picture was read, and the first reason for doubt, if there is one."""
    box, ink, page = picture.box, *(("light", "dark") if picture.light_on_dark else ("dark", "light"))
    return [
        (
            (f"{picture.width}×{picture.height} pixels", ""), (": ", "dim"), (f"{ink} ink on a {page} page", "strong"),
            (f", {box.width}×{box.height} from column {box.left}, row {box.top}", "dim"),
        ),
        (
            ("  ink begins ", "dim"), (f"{picture.threshold:.0%}", ""),
            (f" of the way from the page around it to {'white' if picture.light_on_dark else 'black'}", "dim"),
        ) if not picture.doubts else ((picture.doubts[0], "bad"),),
    ]  # fmt: skip


def empty(title: str) -> list[Line]:
    """The words about an empty canvas."""
    return [
        (("The canvas is empty", "strong"), (f"; the other views still show {title}.", "dim")),
        (("Draw a digit and watch the network's prediction.", ""),),
    ]


def kept(canvas: Canvas, title: str) -> list[Line]:
    """The words shown while a test image is current and there is a drawing on the canvas."""
    name = canvas.title[:1].upper() + canvas.title[1:]
    return [
        ((name, "strong"), (" is kept: ", "dim"), ("enter", "accent"), (" looks at it again", "dim")),
        (("I", "accent"), (f" puts {title} on the canvas, to be changed", "dim")),
    ]


LESSON = """\
The network has only ever seen digits of one form. Those of MNIST were all scaled to fit a box of 20×20 pixels, and \
moved so that the centre of mass of their ink lies in the middle.

Convolutions find the same strokes everywhere; but the dense layers behind them have learned where each has to be. A \
digit that is small, or in a corner, is often predicted wrongly as drawn, and rightly in MNIST's form: v switches."""
"""Why a drawing is brought into MNIST's form, shown if there is room."""


def lesson(width: int) -> list[Line]:
    """The lesson, wrapped to a width."""
    paragraphs = [wrap(paragraph, max(width, 1)) for paragraph in LESSON.split("\n\n")]
    return [((text, "dim"),) for text in [*paragraphs[0], "", *paragraphs[1]]]


HOW: tuple[Line, Line] = (
    (("mouse  ", "dim"), ("left button draws, right button erases", "")),
    (("keys   ", "dim"), ("arrows move the pen, space puts it down and lifts it", "")),
)
"""How to draw."""
