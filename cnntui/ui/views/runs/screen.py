"""Runs: all runs in a table, to open, compare, rename, remove and export."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual.geometry import Size
from textual.message import Message

from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.manage import remove, rename, why_unchangeable
from cnntui.runs.directory.run_directory import LONG_BYTES, RunDirectory, bundled_run, events_size
from cnntui.runs.listing.summary import RunSummary
from cnntui.runs.reading.export import export
from cnntui.ui.views.base.background import fetch
from cnntui.ui.views.base.overlay import lay_over
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.runs import layout as runs_layout
from cnntui.ui.views.runs import text as runs_text
from cnntui.ui.views.runs.run_list import RunList
from cnntui.ui.widgets.places import Places
from cnntui.ui.widgets.text.typed_line import TypedLine

NO_RUN = "there is no run here"

MOST_CHOSEN = 6
"""The most curves that can be told apart in one chart."""


class RunsScreen(RunList):
    """The commands for the selected run, and for the runs chosen for comparison."""

    MODE = "runs"
    AUTO_FOCUS = ""
    TEXT = """
These are all runs, your own and those that come with cnntui. Opening one shows its network on every screen, live
while it trains.

Test is the accuracy on the test images, which the network never learned from; with scripts' runs in the list, unseen
is that on test images or a script's validation data. Parameters is how many numbers it learns.
Epochs is how many passes over the training images are done, of how many planned.

Enter opens a run. s sorts by the next column, S reverses the order, and / keeps only the runs whose name contains
what you type.

Choose up to six runs with space, and v draws their curves in one chart with the settings that differ: the way to find
out what a learning rate or an optimizer does.

A run of cnntui that was stopped or whose trainer crashed can be resumed (R) from its last checkpoint, with the state
of the optimizer and the order of the images, so that it ends with exactly the weights it would have had. Only its
script can resume the run of a script.

A run is a folder. N renames it, x deletes it after asking, and E exports its network, its history as tables and its
settings. Runs that are training, and those that come with cnntui, cannot be changed.
"""

    class Open(Message):
        """A request to open a run on all screens."""

        def __init__(self, run: RunDirectory, *, go: bool = True) -> None:
            super().__init__()
            self.run = run
            self.go = go
            """Whether to go to Train as well."""

    class Resume(Message):
        """A request to resume a run."""

        def __init__(self, run: RunDirectory) -> None:
            super().__init__()
            self.run = run

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._asked = ""
        """The purpose of the text being typed: "filter", "rename", "export"; empty if none is being typed."""
        self._subject: RunSummary | None = None
        """The run to rename or export, even if another run is selected by then."""

    def places(self, room: Size) -> Places:
        return runs_layout.places(room, len(self._all), bool(self._asked))

    def action_filter(self) -> None:
        """Ask for a part of the runs' names."""
        self._ask("filter", "names with", self._arrangement.wanted, "enter keeps it, esc lists all")

    async def action_leave(self) -> None:
        """Show all runs again; if all are shown, clear the choice; if none are chosen, go back."""
        if self._arrangement.wanted:
            self._arrange(replace(self._arrangement, wanted=""))
        elif not self._chosen:
            await self.run_action("app.leave")
        else:
            self._chosen = []
            self._show_runs()

    # One run

    def action_open(self) -> None:
        """Open the run on all screens."""
        run = self._pointed
        if run is None:
            self.hint(NO_RUN)
        elif run.config is None:
            self._tell((run.problem, "bad"))
        elif not (run.is_active or os.path.lexists(run.run.checkpoint_path)):
            self._tell((f"{run.name} has not saved a network; v shows its curves.", "bad"))
        else:
            if events_size(run.run) > LONG_BYTES:
                self._tell((f"opening {run.name} …", "strong"))
            self.app.post_message(self.Open(run.run))

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply to the selected run."""
        why_not = runs_text.WHY_NOT.get(action)
        if why_not is not None and self._pointed is not None:
            return why_not(self._pointed)
        return super().why_not(action, parameters)

    def action_resume(self) -> None:
        """Resume the run, or say why that is not possible."""
        run = self._pointed
        if run is None:
            self.hint(NO_RUN)
        elif run.config is None:
            self._tell((run.problem, "bad"))
        else:
            self.app.post_message(self.Resume(run.run))

    def action_choose(self) -> None:
        """Add the run to the comparison, or remove it."""
        run = self._pointed
        if run is None:
            self.hint(NO_RUN)
            return
        path = run.run.path
        if path in self._chosen:
            self._chosen.remove(path)
        elif len(self._chosen) == MOST_CHOSEN:
            self._tell((f"The chart holds {MOST_CHOSEN} runs: press space on one of them to make room.", "bad"))
            return
        elif run.config is None:
            self._tell((run.problem, "bad"))
            return
        else:
            self._chosen.append(path)
        self._point(self._cursor)

    async def action_compare(self) -> None:
        """Compare the curves of the chosen runs; if none are chosen, show those of the selected run."""
        from cnntui.ui.views.runs.comparison import ComparisonScreen

        by_path = {run.run.path: run for run in self._all}
        chosen = [by_path[path] for path in self._chosen] or ([self._pointed] if self._pointed is not None else [])
        try:
            comparison = ComparisonScreen([run.run for run in chosen])
        except CnntuiError as error:
            self._tell((f"{error}", "bad"))
            return
        if chosen:
            await lay_over(self.app, comparison)
        else:
            self.hint(NO_RUN)

    def action_rename(self) -> None:
        """Ask for another name."""
        if (run := self._to_change("renamed")) is not None:
            self._ask("rename", f"new name for {run.name}", run.name, "enter renames, esc keeps the old name")

    def action_export(self) -> None:
        """Ask for a folder to copy the run to."""
        run = self._pointed
        if run is None or run.config is None:
            self.action_open()  # This says why not.
            return
        self._ask("export", f"copy {run.name} to", f"./{run.name}-export", "enter copies, esc does not")

    def action_remove(self) -> None:
        """Remove the run after asking."""
        run = self._to_change("removed")
        if run is None:
            return
        from cnntui.ui.views.runs.remove_dialog import RemoveDialog

        self.app.push_screen(RemoveDialog(run.name, runs_text.result(run)), lambda yes: self._remove(run, bool(yes)))

    def _to_change(self, what: str) -> RunSummary | None:
        """The selected run, if it may be renamed or removed; otherwise say why it may not."""
        run = self._pointed
        if run is None:
            self.hint(NO_RUN)
            return None
        if (reason := why_unchangeable(run.run, self._runs_dir, what)) is not None:
            self._tell((f"{reason}", "bad"))
            return None
        return run

    def _remove(self, run: RunSummary, is_wanted: bool) -> None:
        if not is_wanted:
            return
        try:
            remove(run.run, self._runs_dir)
        except CnntuiError as error:
            self._tell((f"{error}", "bad"))
            return
        if run.run.path == self._opened:
            # The app always has some run open.
            self.app.post_message(self.Open(bundled_run(), go=False))
        self._take(tuple(other for other in self._all if other.run.path != run.run.path))
        self._look()
        self._tell((f"{run.name} was deleted.", "good"))

    def _rename(self, run: RunSummary, name: str) -> None:
        try:
            renamed = rename(run.run, name.strip(), self._runs_dir)
        except CnntuiError as error:
            self._tell((f"{error}", "bad"))
            return
        self._chosen = [renamed.path if path == run.run.path else path for path in self._chosen]
        if run.run.path == self._opened:
            self.app.post_message(self.Open(renamed, go=False))
        self._summaries.rename(run.run, renamed)
        self._take(tuple(replace(other, run=renamed) if other.run == run.run else other for other in self._all))
        self._look()
        self._point_at(renamed.path)

    def _export(self, run: RunSummary, folder: str) -> None:
        target = Path(folder.strip()).expanduser()
        if not folder.strip():
            self._tell(("No folder was named: nothing is copied.", "bad"))
            return
        self._tell((f"{run.name} is being copied to {target} …", "strong"))

        def copied(files: Sequence[str]) -> None:
            self._tell((f"{run.name} is in {target}: {', '.join(files)}", "good"))

        copy = partial(export, run.run, target)
        fetch(self, copy, copied, lambda error: self._tell((f"{error}", "bad")), "export", exclusive=False)

    # Typing

    def _ask(self, what: str, question: str, value: str, hint: str) -> None:
        self._asked, self._subject = what, self._pointed
        self.arrange_anew()
        self.query_one(TypedLine).ask(question, value, hint)

    def _end_asking(self) -> None:
        self._asked = ""
        self.arrange_anew()
        self.set_focus(None)

    def on_typed_line_changed(self, event: TypedLine.Changed) -> None:
        """Filter while typing."""
        event.stop()
        if self._asked == "filter":
            self._arrange(replace(self._arrangement, wanted=event.value))

    def on_typed_line_left(self, event: TypedLine.Left) -> None:
        event.stop()
        if self._asked == "filter":
            self._arrange(replace(self._arrangement, wanted=""))
        self._end_asking()

    def on_typed_line_submitted(self, event: TypedLine.Submitted) -> None:
        event.stop()
        asked = self._asked
        self._end_asking()
        run = self._subject
        if asked == "rename" and run is not None:
            self._rename(run, event.value)
        elif asked == "export" and run is not None:
            self._export(run, event.value)
