"""Labs: the experiments, and the claim that each of them tests."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from textwrap import wrap
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.widget import Widget

from cnntui.explore.scene import Scene
from cnntui.labs import LABS
from cnntui.palette import Colormap, Scale
from cnntui.ui.keys import labs
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs import lab_list_layout
from cnntui.ui.views.labs.lab_list_layout import TOP
from cnntui.ui.views.labs.pictures import pictures
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.overview import Large
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText

NAMES = max(len(lab.name) for lab in LABS) + 2
"""The number of columns of the names."""


MORE = (
    ("6", "draw a digit that the network misreads"),
    ("d", "find an image that it misreads, then ask why with w"),
    ("T", "play through the training, and watch a kernel form"),
    ("t", "train a network with settings of your own"),
)
"""Things to try besides the labs, by their keys."""

EXPERIMENT = 7
"""The most lines at the end of the list: a claim and an experiment, with a blank line before them."""


class LabListScreen(ExplorerScreen):
    """All labs, one of them selected."""

    WORDS: ClassVar[tuple[str, ...]] = ("#labs",)
    MODE = "labs"
    NEEDS_WEIGHTS = False
    TEXT = """
Each lab puts a common claim about convolutional networks to the test. You change something and watch real numbers
respond.

What a lab concludes is measured here, with the network and the images you are looking at, even where the result is
weaker than the claim.

Choose a lab with the arrows and open it with Enter; esc or 5 returns to this list.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(labs.LAB_LIST)

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._chosen = 0

    def compose_stage(self) -> Iterable[Widget]:
        yield PointedLines(id="labs")
        yield Lines((("Common claims about CNNs, put to the test:", "dim"),), id="labs-title")
        for place in range(len(LABS)):
            yield MapGrid(large=Large.WHOLE, id=f"picture-{place}")
            yield PointedLines(id=f"card-{place}")
        yield ResponsiveText(id="more")

    def places(self, room: Size) -> Places:
        rows, cols = self.scene.image.grey.shape
        return lab_list_layout.places(room, (rows, cols), len(LABS), self._chosen)

    def words(self) -> str:
        """The claims, in a list or on cards."""
        return super().words() or "\n".join(lab.claim for lab in LABS)

    def show_scene(self, before: Scene | None) -> None:
        if before is None:
            self._show_labs()
        pictured = [(place, lab) for place, lab in enumerate(LABS) if self.has_room_for(f"picture-{place}")]
        if pictured:
            made = pictures(self.scene)
            for place, lab in pictured:
                values, ink = made[lab.mode]
                brightest = Scale(1.0) if ink is Colormap.PIXELS else None
                self.query_one(f"#picture-{place}", MapGrid).show(values, brightest, ink=ink)

    def _show_labs(self) -> None:
        self.write("labs", self._lines)
        for place in range(len(LABS)):
            self.query_one(f"#card-{place}", PointedLines).write(partial(self._card, place))
        self.write("more", _more)

    def _card(self, place: int, room: Size) -> list[Line]:
        """One lab: its name, its claim, and the experiment; below the list, which has the others, only the last."""
        lab, chosen = LABS[place], place == self._chosen
        if self.has_room_for("labs"):
            return [((line, ""),) for line in wrap(lab.experiment, max(20, room.width))]
        width = max(20, room.width - 2)
        claim: list[Line] = [((f"  {line}", ""),) for line in wrap(lab.claim, width)]
        return [
            (("▸ " if chosen else "  ", "accent"), (lab.name, "accent" if chosen else "strong")),
            *claim, (), *[((f"  {line}", "dim"),) for line in wrap(lab.experiment, width)],
        ]  # fmt: skip

    def _apart(self, room: Size) -> int:
        """The number of lines from one lab to the next: two if there is room."""
        below = 0 if self.has_room_for(f"card-{self._chosen}") else EXPERIMENT
        return 2 if room.height >= TOP + 2 * len(LABS) + below else 1

    def _lines(self, room: Size) -> list[Line]:
        lines: list[Line] = [(("Common claims about CNNs, put to the test:", "dim"),), ()]
        width = max(20, room.width - 2)
        fits = all(NAMES + len(lab.claim) <= width for lab in LABS)
        for place, lab in enumerate(LABS):
            chosen = place == self._chosen
            claim = (lab.claim if fits else "").ljust(width - NAMES if chosen else 0)
            lines.append((
                ("▸ " if chosen else "  ", "selected" if chosen else ""),
                (lab.name.ljust(NAMES), "selected" if chosen else "strong"), (claim, "selected" if chosen else "dim"),
            ))  # fmt: skip
            lines += [()] * (self._apart(room) - 1)
        chosen_lab = LABS[self._chosen]
        if self.has_room_for(f"card-{self._chosen}"):
            return lines
        claimed = [] if fits else [((f"  {line}", ""),) for line in wrap(chosen_lab.claim, width)]
        return [*lines, (), *claimed, *[((f"  {line}", "dim"),) for line in wrap(chosen_lab.experiment, width)]]

    def _choose(self, place: int) -> None:
        self._chosen = place % len(LABS)
        self._show_labs()
        if self.has_room_for("labs"):
            # Below a list, only the selected lab has a card.
            self.arrange_anew()
            self.show_scene(self.scene)

    def action_choose(self, step: int) -> None:
        """Select the next or the previous lab."""
        self._choose(self._chosen + step)

    async def action_open(self) -> None:
        """Open the selected lab."""
        await self.app.run_action(f"mode('{LABS[self._chosen].mode}')")

    async def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """Select a lab; open it if it is already selected."""
        card = (event.lines.id or "").removeprefix("card-")
        place = int(card) if card.isdigit() else (event.line - TOP) // self._apart(event.lines.size)
        if place == self._chosen:
            await self.action_open()
        elif 0 <= place < len(LABS):
            self._choose(place)


def _more(room: Size) -> list[Line]:
    """Things to try besides the labs, separated by blank lines."""
    lines: list[Line] = [(("More to try", "strong"),)]
    for key, what in MORE:
        first, *others = wrap(what, max(20, room.width - 3))
        lines += [(), ((f"{key}  ", "accent"), (first, "")), *(((f"   {line}", ""),) for line in others)]
    return lines
