"""The one table of commands: dispatch, key bar, help, palette and README agree with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.actions import parse
from textual.screen import Screen

from cnntui.explore.views import VIEWS
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.keys.table import COMMANDS, as_markdown, every
from cnntui.ui.views.base.dialogs.edge_dialog import EdgeDialog
from cnntui.ui.views.base.dialogs.quit_dialog import QuitDialog
from cnntui.ui.views.base.help import HelpScreen
from cnntui.ui.views.classes.screen import ClassesScreen
from cnntui.ui.views.form.screen import FormScreen
from cnntui.ui.views.images.screen import ImagesScreen
from cnntui.ui.views.one_batch.screen import OneBatchScreen
from cnntui.ui.views.runs.comparison import ComparisonScreen
from cnntui.ui.views.runs.remove_dialog import RemoveDialog
from cnntui.ui.views.train.rate_dialog import RateDialog

README = Path(__file__).resolve().parents[2] / "README.md"

PAGES: tuple[type[Screen[object]], ...] = (
    ClassesScreen, ImagesScreen, FormScreen, OneBatchScreen, ComparisonScreen, HelpScreen, QuitDialog, EdgeDialog,
    RemoveDialog, RateDialog,
)  # type: ignore[assignment]  # fmt: skip

GOOD_REASONS = {
    "b": "nothing plays in the Kernel lab, whose kernels are built in",
    "d": "what it opens it closes",
    "q": "the way out, which is called by where it leads",
    "S": "capitals in the Kernel lab are the initials of what they set: stride, dilation, padding",
}
"""Letters with more than one meaning, and why."""


def letters() -> Iterator[tuple[str, str, str]]:
    """Every key that is a letter, with what it means, and where."""
    for place, commands in COMMANDS.items():
        for command in commands:
            for key in command.keys.split(","):
                if len(key) == 1 and key.isalpha():
                    yield key, command.meaning, place


def test_a_letter_means_one_thing_or_has_a_good_reason() -> None:
    meanings = defaultdict(set)
    for key, meaning, _ in letters():
        # Arrows have letters as well, which are not about words.
        if key.lower() not in "hjkl":
            meanings[key].add(meaning)
    several = {key: sorted(found) for key, found in meanings.items() if len(found) > 1}
    assert set(several) == set(GOOD_REASONS), several


@pytest.mark.parametrize(
    "screen", [*(view.load() for view in VIEWS.values()), *PAGES], ids=lambda screen: screen.__name__
)
def test_every_command_can_be_carried_out(screen: type[Screen[object]]) -> None:
    for key, bindings in screen._merge_bindings().key_to_bindings.items():
        for binding in bindings:
            where, action, _ = parse(binding.action)
            target = CnntuiApp if where == "app" else screen
            names = (f"action_{action}", f"_action_{action}")
            assert any(hasattr(target, name) for name in names), f"{key}: {binding.action}"


def test_a_command_has_one_name_and_one_name_one_command() -> None:
    for commands in COMMANDS.values():
        keys = [(command.name, command.action) for command in commands]
        assert len(keys) == len(set(keys))
    assert all(command.title and command.title[0].isupper() and not command.title.endswith(".") for command in every())


def test_the_readme_has_the_table_as_it_is() -> None:
    assert as_markdown() in README.read_text(), "put in what `python -m cnntui.ui.keys.table` prints"
