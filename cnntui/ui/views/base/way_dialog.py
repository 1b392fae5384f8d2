"""Asks which edge of the network to go along, where there are several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cnntui.cnn.layers import times
from cnntui.cnn.network import Network
from cnntui.printable import set_width, shortened
from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.overlay import Overlay
from cnntui.ui.widgets.text.choices import ChoiceList
from cnntui.ui.widgets.text.lines import Lines

LONGEST_NAME = 24
"""Columns that a layer's name may take."""

MOST_SEEN = 10
"""Layers that are seen at once; the list scrolls to others."""


class WayDialog(ModalScreen[str], Overlay[str]):
    """The layers at the other ends of the edges, to choose with the arrow keys and enter, or with the mouse."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.WAY_DIALOG)

    DEFAULT_CSS = """
    WayDialog { align: center middle; background: transparent; }
    WayDialog #question { width: 58; height: auto; padding: 1 2; background: $panel; }
    WayDialog #question Lines { width: 100%; height: 2; }
    WayDialog #question OptionList { width: 100%; background: $panel; }
    """

    def __init__(self, network: Network, layer: str, verb: str, ways: Sequence[str]) -> None:
        """Ask for one of several layers.

        Args:
            network: the network.
            layer: the layer that is looked at.
            verb: what it does with the others: "reads", "is read by".
            ways: their names.
        """
        super().__init__()
        self._network = network
        self._layer = layer
        self._verb = verb
        self._ways = ways

    def compose(self) -> ComposeResult:
        network = self._network
        name = shortened(self._layer, LONGEST_NAME)
        with Vertical(id="question"):
            yield Lines(((name, "strong"), (f" {self._verb} {len(self._ways)} layers. Which way?", "")))
            rows = [
                f"{set_width(shortened(way, LONGEST_NAME), LONGEST_NAME)}  {times(network.output_shape_of(way)):>11}  "
                f"{network[way].KIND}"
                for way in self._ways
            ]
            choices = ChoiceList(*(Option(row) for row in rows), markup=False, compact=True)
            choices.styles.height = min(len(rows), MOST_SEEN)
            yield choices

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._ways[event.option_index])

    def action_leave(self) -> None:
        """Stay where one is."""
        self.dismiss(None)
