"""One batch: its images and their losses, and the arithmetic of its effect on each weight of a kernel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from cnntui.explore.focus import Focus
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.images.thumbnails import Thumbnails
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.own_data import own_train_data
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.history.one_step import OneStep, read_one_step
from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.background import Looking, fetch
from cnntui.ui.views.base.page import Page
from cnntui.ui.views.one_batch import text as one_batch_text
from cnntui.ui.views.one_batch.text import At
from cnntui.ui.widgets.grids.grid import Grid
from cnntui.ui.widgets.grids.image_wall import ImageWall, WallPicture
from cnntui.ui.widgets.grids.style import GridStyle
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from cnntui.ui.widgets.text.responsive import ResponsiveText

LOOK_SECONDS = 0.05
"""Seconds between two checks for the requested batch."""

WAITING: Line = (("the trainer is learning one batch …", "dim"),)
GONE: Line = (("The trainer has ended, so there is no next batch.", "bad"),)

Version = tuple[int, int] | None


class OneBatchScreen(Page):
    """A page over Train while a run is paused. It opens before the first batch is requested, and can request more."""

    TOPIC = "One batch"
    TEXT = """
This page shows what a single batch did to the network, by number. It is one update in slow motion: the trainer has
learned from one batch and is paused again.

At the top are the images of the batch, the one with the largest loss first. The loss of an image is −ln of the
probability of its true class: 0 would be certain and right. Training lowers the mean of these losses.

Below are the weights of one kernel. The gradient is a slope: changing the weight a little changes the mean loss by
about the gradient times that change. So each weight moves against its gradient, by learning rate × gradient ÷ a
divisor: rmsprop and adam divide by the recent size of this weight's gradients, sgd does not divide. adam uses a
recent mean of the gradients and corrects for means that have only just started. The last two lines are the arithmetic
for the chosen weight: = means that the numbers shown give the result exactly, ≈ that they are rounded.

. learns the next batch. The result is the same as if the run had not been paused.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.ONE_BATCH)

    class Another(Message):
        """A request to train on one more batch."""

        def __init__(self, screen: OneBatchScreen) -> None:
            super().__init__()
            self.screen = screen

    def __init__(self, run: RunDirectory, config: RunConfig, focus: Focus, style: GridStyle) -> None:
        """The page for a paused run.

        Args:
            run: the directory of the run.
            config: the settings of the run, which tell what images it learns from.
            focus: the layer and the filter to show first, if there are weights for them.
            style: the style of grids.
        """
        super().__init__()
        self._run = run
        self._config = config
        self._style = style
        self._at = At(focus.layer, focus.filter)
        self._step: OneStep | None = None
        self._order: list[int] = []
        self._place = 0
        self._train: DataSet | None = None
        self._thumbnails: Thumbnails | None = None
        self._said: Line = WAITING
        self._seen = self._version()
        self._looking = Looking(self, self._look, LOOK_SECONDS)

    @property
    def is_waiting(self) -> bool:
        """Whether a requested batch has not been trained on yet."""
        return self._looking.is_on

    def compose_page(self) -> Iterable[Widget]:
        yield ResponsiveText(id="title")
        yield Lines("", id="heading")
        yield ImageWall(12, 14, id="wall")
        yield Lines("", id="pointed")
        yield ResponsiveText(id="whose")
        yield PointedLines(id="weights")
        yield ResponsiveText(id="sums")
        yield ResponsiveText(id="why")

    def on_mount(self) -> None:
        self.query_one(ImageWall).prefer(self._style)
        self.wait()

    # The step

    def wait(self) -> None:
        """Show the requested batch as soon as it exists."""
        self._said = WAITING
        self._looking.keep(True)
        self._show()

    def _version(self) -> Version:
        try:
            stat = self._run.step_path.stat()
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns

    def _look(self) -> None:
        version = self._version()
        if version is not None and version != self._seen:
            self._seen = version
            self._looking.keep(False)
            fetch(self, partial(read_one_step, self._run.step_path), self._show_step, self._complain, "step")
        elif not is_held(self._run.lock_path):
            self._looking.keep(False)
            self._said = GONE
            self._show()

    def _show_step(self, step: OneStep) -> None:
        self._step = step
        self._order = one_batch_text.worst(step)
        self._at = one_batch_text.clamped(self._at, step)
        self._place = 0
        self._picture()
        self._show()
        if self._train is None:
            fetch(self, partial(own_train_data, self._run, self._config), self._show_data, self._complain, "data")

    def _show_data(self, train: DataSet) -> None:
        self._train = train
        self._picture()
        self._show()

    def _picture(self) -> None:
        """Make thumbnails of the batch's images, if the data still has them."""
        step, train = self._step, self._train
        self._thumbnails = None
        if step is not None and train is not None and int(step.indices.max(initial=-1)) < len(train):
            self._thumbnails = Thumbnails(train.images[step.indices], 24)

    def _complain(self, error: CnntuiError) -> None:
        self._said = ((str(error), "bad"),)
        self._show()

    # Showing

    def _show(self) -> None:
        step, at = self._step, self._at
        self.write("title", lambda room: [one_batch_text.title(step, room.width)])
        if step is None:
            self.query_one("#heading", Lines).set(self._said)
            return
        place = self._order[self._place] if self._order else None
        self.query_one("#heading", Lines).set(self._said if self.is_waiting else one_batch_text.heading(step))
        if place is not None:
            self.query_one("#pointed", Lines).set(one_batch_text.pointed(step, place, self._label(place)))
        self.write("whose", lambda room: [one_batch_text.whose(step, at, room.width)])
        self.write("weights", lambda room: one_batch_text.table(step, at, room)[0])
        self.write("sums", lambda _: one_batch_text.equations(step, at))
        self.write("why", lambda room: one_batch_text.sentence(step, at, room.width)[: room.height])
        if self._thumbnails is not None:
            self.query_one(ImageWall).show(len(self._order), self._picture_at, self._place)

    def _picture_at(self, place: int) -> WallPicture:
        assert self._thumbnails is not None
        assert self._step is not None
        own = self._order[place]
        return WallPicture(self._thumbnails.levels(own), one_batch_text.caption(self._step, own, self._label(own)))

    def _label(self, place: int) -> int | None:
        if self._thumbnails is None or self._train is None or self._step is None:
            return None
        return int(self._train.labels[self._step.indices[place]])

    # Keys

    def action_next(self) -> None:
        """Request one more batch."""
        if not self.is_waiting:
            self.app.post_message(self.Another(self))

    def _go(self, at: At) -> None:
        if self._step is not None:
            self._at = one_batch_text.clamped(at, self._step)
            self._show()

    def action_row(self, step: int) -> None:
        """Go to another weight of the kernel."""
        self._go(replace(self._at, row=self._at.row + step))

    def action_filter(self, step: int) -> None:
        """Go to another kernel."""
        self._go(replace(self._at, filter=self._at.filter + step))

    def action_channel(self, step: int) -> None:
        """Go to the kernel's weights for another input channel."""
        self._go(replace(self._at, channel=self._at.channel + step))

    def action_layer(self, step: int) -> None:
        """Go to another layer with weights."""
        if self._step is None:
            return
        layers = one_batch_text.layers_of(self._step)
        place = max(0, min(layers.index(self._at.layer) + step, len(layers) - 1))
        if layers[place] != self._at.layer:
            self._go(At(layers[place]))

    def action_image(self, step: int) -> None:
        """Go to another image of the batch."""
        self._place = max(0, min(self._place + step, len(self._order) - 1))
        self._show()

    # Mouse

    def on_grid_pointed(self, event: Grid.Pointed) -> None:
        """Select an image."""
        self.action_image(event.tile - self._place)

    def on_pointed_lines_pointed(self, event: PointedLines.Pointed) -> None:
        """Select a weight."""
        if self._step is not None and event.line:
            _, first = one_batch_text.table(self._step, self._at, event.lines.size)
            self._go(replace(self._at, row=first + event.line - 1))
