"""The one list of views: what each is called, with which key one comes to it, and which layers it shows.

The command line, the bar of modes, the palette, help and navigation read it. It names screens and kinds of layer and
imports neither, so that `cnntui --help` need not wait for them.
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
        name: how it is called on the command line.
        title: how it is called on the screen.
        screen: module and class, imported when it is first gone to.
        key: the key that leads to it from everywhere, which makes it a mode; empty for none.
        short: the title where there is no room for the whole one.
        mode: the mode that is lit in the bar meanwhile; empty for its own.
        kind: class of the layers that it is about, of `cnntui.cnn.layers`; empty where it is about no kind alone.
        shows_one: whether it shows one such layer, at which one has to be then.
        measures: whether it measures on labelled images, and so needs those that belong to the network.
        answers: whether it is about the network's answer, which a network that is not known to its end does not have.
        shows_image: whether the image in focus, or what the network makes of it, is to be seen.
        predicts: whether there is something on it to predict, as the number of a cell; so there is on all test images.
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
        """The module beside its screen that renders the view as text."""
        folder, _, _ = self.screen.rpartition(".")
        return f"{folder}.plain"

    @property
    def lit(self) -> str:
        """The mode that is highlighted in the bar."""
        return self.mode or self.name

    def load(self) -> type[Any]:
        """The class of its screen."""
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
"""Every view by name. Of those for one kind of layer, the first shows how it computes."""

OF_AN_IMAGE = "network"
"""The view that shows a chosen image where the present one shows none."""

ANY_LAYER = "calculation"
"""The view that shows how a number of any layer is computed."""

MODES = tuple(view for view in VIEWS.values() if view.key)
"""The views with a key, in the order of their keys."""
