"""Experiments on the claims of the lesson, each with a file of pure computation here and a folder in `ui/views/labs`.

To add one, write these, with a `screen` and a `plain` module in the folder, and add an entry to `LABS`; the list of
views takes it from there.
"""

from __future__ import annotations

from cnntui.values import dataclass


@dataclass(frozen=True)
class Lab:
    """One experiment.

    Attributes:
        mode: its name on the command line.
        name: its name on the screen.
        claim: a common claim about convolutional networks, in one line, which the experiment tests.
        experiment: what the user does there.
        screen: the module and class of its screen.
        kind: the class in `cnntui.cnn.layers` of the layers that it is about; empty if there is no single kind.
        measures: whether it measures on the network's test images.
        answers: whether it is about the network's answers.
    """

    mode: str
    name: str
    claim: str
    experiment: str
    screen: str
    kind: str = ""
    measures: bool = False
    answers: bool = False


LABS = (
    Lab(
        "kernel",
        "Kernel",
        "Window size and number of filters define a convolution.",
        "Give kernels any size and weights, or load known ones: blur, edges, emboss, or those that the network has "
        "learned, up to 16. The output follows at once, its size as a sum, and this step as code you can copy.",
        "cnntui.ui.views.labs.kernel.screen:KernelLab",
    ),
    Lab(
        "downsampling",
        "Downsampling",
        "Pooling makes maps smaller and windows wider.",
        "One map made smaller by max and average pooling and by a stride, side by side; what stays of it when the "
        "image moves by a pixel; and what became of networks that were trained with each.",
        "cnntui.ui.views.labs.downsampling.screen:DownsamplingLab",
        measures=True,
    ),
    Lab(
        "shift",
        "Shift",
        "A learned pattern is found wherever it occurs in the image.",
        "Slide the image and see when it is no longer recognised, by this network and by one without convolutions; and "
        "how many of 1,000 shifted images each still gets right, in all directions.",
        "cnntui.ui.views.labs.shift.screen:ShiftLab",
        measures=True,
        answers=True,
    ),
    Lab(
        "hierarchy",
        "Hierarchy",
        "Each layer learns wider patterns, built from smaller ones.",
        "Of all test images, the patches that excite a filter most, for filters of several layers side by side. A "
        "patch opens its image, at its place.",
        "cnntui.ui.views.labs.hierarchy.screen:HierarchyLab",
        kind="Conv2D",
        measures=True,
    ),
    Lab(
        "overfitting",
        "Overfitting",
        "Without pooling, parameters explode and small models overfit.",
        "Real runs with and without pooling, with a small head and a large one, on 500 to 60,000 images: their "
        "curves side by side, and where train and test part. Start your own from any of them.",
        "cnntui.ui.views.labs.overfitting.screen:OverfittingLab",
    ),
)
"""All labs, in the order of the list."""
