"""The bar of modes at every width: the current image always has room, and names if there is more."""

from __future__ import annotations

import pytest

from cnntui.explore.views import MODES, View
from cnntui.ui.widgets.bars.mode_bar import ModeBar
from cnntui.ui.widgets.text.line import plain

ABOUT = (
    "bundled   image #9999 · true 9 · predicted 9 ✓ (100.0%)",
    "image #9999 · true 9 · predicted 9 ✓",
    "true 9 · predicted 9 ✓",
)


def written(mode: str, width: int) -> str:
    return plain(ModeBar(mode)._written(ABOUT, width))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_all_modes_and_what_is_looked_at_fit(mode: View, width: int) -> None:
    text = written(mode.name, width)
    assert len(text) < width
    assert "true 9 · predicted 9 ✓" in text
    assert all(f" {other.key}" in text for other in MODES)
    assert (mode.short or mode.title) in text


def test_names_are_whole_where_there_is_room_and_short_where_there_is_less() -> None:
    assert "2 Network  3 Convolve  4 Pool" in written("train", 120)
    assert "0 Learn 1 Train 2 Net 3 Conv 4 Pool 5 Labs 6 Draw 7 Runs" in written("convolve", 80)
    assert "1 2 3 Convolve 4" in written("convolve", 60)


def test_a_lesson_takes_the_place_of_the_modes() -> None:
    bar = ModeBar("convolve")
    bar.lend(lambda size: ["Lesson 2"])
    assert bar.text == "Lesson 2"
    bar.tell("image #3 · true 0")
    assert bar.text == "Lesson 2"
    bar.lend(None)
    assert "Lesson" not in bar.text
