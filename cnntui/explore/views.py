"""The one list of views: their names, the keys that open them, and the layers that they show.

The command line, the bar of modes, the palette, the help and the navigation all read this list. It names screens and
kinds of layer but imports neither, so that `cnntui --help` does not wait for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cnntui.labs import LABS, Lab
from cnntui.values import dataclass


@dataclass(frozen=True)
class View:
    """One way to look at a network.

    Attributes:
        name: the view's name on the command line.
        title: the view's name on the screen.
        screen: the module and class of the screen, imported when the screen is first opened.
        key: the key that opens the view from everywhere, which makes the view a mode; empty if there is none.
        short: the title where there is no room for all of it.
        mode: the mode that is highlighted in the bar meanwhile; empty for the view's own.
        kind: the class in `cnntui.cnn.layers` of the layers that the view is about; empty if there is no single kind.
        shows_one: whether it shows one such layer, which then has to be in focus.
        measures: whether it measures on labelled images, and so needs images that belong to the network.
        answers: whether it is about the network's answer, which a network that is only read in part does not have.
        shows_image: whether it shows the image in focus, or what the network computes from it.
        predicts: whether it shows something to predict, such as the number in a cell; pages of images always do.
    """

    name: str
    title: str
    screen: str
    key: str = ""
    short: str = ""
    mode: str = ""
    kind: str = ""
    shows_one: bool = True
    measures: bool = False
    answers: bool = False
    shows_image: bool = True
    predicts: bool = False

    @property
    def plain(self) -> str:
        """The module, next to that of the screen, that renders the view as text."""
        folder, _, _ = self.screen.rpartition(".")
        return f"{folder}.plain"

    @property
    def lit(self) -> str:
        """The mode that is highlighted in the bar."""
        return self.mode or self.name

    def load(self) -> type[Any]:
        """The class of the view's screen."""
        module, _, name = self.screen.partition(":")
        screen: type[Any] = getattr(import_module(module), name)
        return screen


def view_of(lab: Lab) -> View:
    """The view of an experiment."""
    return View(
        lab.mode, f"{lab.name} lab", lab.screen, mode="labs", kind=lab.kind, shows_one=False, measures=lab.measures,
        answers=lab.answers,
    )  # fmt: skip


VIEWS = {
    view.name: view
    for view in (
        View("learn", "Learn", "cnntui.ui.views.learn.screen:LearnScreen", "0", shows_image=False),
        View("train", "Train", "cnntui.ui.views.train.screen:TrainScreen", "1"),
        View("network", "Network", "cnntui.ui.views.network.screen:NetworkScreen", "2", "Net"),
        View(
            *("convolve", "Convolve", "cnntui.ui.views.convolve.screen:ConvolveScreen", "3", "Conv"),
            kind="Conv2D", predicts=True,
        ),
        View("pool", "Pool", "cnntui.ui.views.pool.screen:PoolScreen", "4", kind="Pool2D", predicts=True),
        View("labs", "Labs", "cnntui.ui.views.labs.lab_list:LabListScreen", "5"),
        View("draw", "Draw", "cnntui.ui.views.draw.screen:DrawScreen", "6", answers=True, predicts=True),
        View("runs", "Runs", "cnntui.ui.views.runs.screen:RunsScreen", "7", shows_image=False),
        View(
            *("start", "Start", "cnntui.ui.views.start.screen:StartScreen"),
            mode="learn", shows_image=False,
        ),
        View("flatten", "Flatten", "cnntui.ui.views.flatten.screen:FlattenScreen", mode="network", kind="Flatten"),
        View("dense", "Dense", "cnntui.ui.views.dense.screen:DenseScreen", mode="network", kind="Dense"),
        View("softmax", "Softmax", "cnntui.ui.views.softmax.screen:SoftmaxScreen", mode="network", answers=True),
        View("field", "Receptive field", "cnntui.ui.views.field.screen:FieldScreen", mode="network"),
        View("why", "Why this answer", "cnntui.ui.views.why.screen:WhyScreen", mode="network", answers=True),
        View(
            *("kernel-time", "A kernel through time", "cnntui.ui.views.kernel_time.screen:KernelTimeScreen"),
            mode="convolve", kind="Conv2D",
        ),
        View(
            *("calculation", "One number, taken apart", "cnntui.ui.views.calculation.screen:CalculationScreen"),
            mode="network",
        ),
        *map(view_of, LABS),
    )
}  # fmt: skip
"""All views by name. Of the views for one kind of layer, the first shows how it computes."""

OF_AN_IMAGE = "network"
"""The view that shows a chosen image if the current view shows none."""

ANY_LAYER = "calculation"
"""The view that shows how a number of any layer is computed."""

MODES = tuple(view for view in VIEWS.values() if view.key)
"""The views with a key, in the order of their keys."""
