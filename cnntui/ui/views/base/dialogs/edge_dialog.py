"""Asks which edge of the network to follow if there are several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from cnntui.cnn.layers import times
from cnntui.cnn.network import Network
from cnntui.printable import set_width, shortened
from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.dialogs.question_dialog import QuestionDialog

LONGEST_NAME = 24
"""The most columns for a layer's name."""


class EdgeDialog(QuestionDialog[str]):
    """A dialog that lists the layers at the other ends of the edges."""

    LINES = 2

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.EDGE_DIALOG)

    def __init__(self, network: Network, layer: str, verb: str, others: Sequence[str]) -> None:
        """Ask for one of several layers.

        Args:
            network: the network.
            layer: the current layer.
            verb: the relation of the layer to the others: "reads", "is read by".
            others: the names of the other layers.
        """
        rows = [
            f"{set_width(shortened(other, LONGEST_NAME), LONGEST_NAME)}  {times(network.output_shape_of(other)):>11}  "
            f"{network[other].KIND}"
            for other in others
        ]
        name = shortened(layer, LONGEST_NAME)
        question = ((name, "strong"), (f" {verb} {len(others)} layers. Which way?", ""))
        super().__init__((question,), tuple(zip(rows, others, strict=True)))

    def action_leave(self) -> None:
        """Close without going anywhere."""
        self.dismiss(None)
