"""The bar of modes at every width: what is being looked at always has room, and names as far as there is more."""

from __future__ import annotations

import pytest

from cnntui.widgets import mode_bar
from cnntui.widgets.lines import plain
from cnntui.widgets.mode_bar import MODES, ModeBar

ABOUT = ("bundled   digit 9999 is a 9, read as 9 (100.0%)", "digit 9999 is a 9, read as 9", "#9999 is a 9, read as 9")

SEVEN = MODES | {"runs": ("7", "Runs")}


def written(mode: str, width: int) -> str:
    return plain(ModeBar(mode)._written(ABOUT, width))


@pytest.mark.parametrize("mode", SEVEN)
@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_seven_modes_and_what_is_looked_at_fit(monkeypatch: pytest.MonkeyPatch, mode: str, width: int) -> None:
    monkeypatch.setattr(mode_bar, "MODES", SEVEN)
    text = written(mode, width)
    assert len(text) < width
    assert "9999 is a 9, read as 9" in text
    assert all(f" {key}" in text for key, _ in SEVEN.values())
    assert SEVEN[mode][1] in text


def test_names_are_whole_where_there_is_room_and_short_where_there_is_less() -> None:
    assert "2 Network  3 Convolve  4 Pool" in written("train", 120)
    assert "2 Net 3 Convolve 4 Pool" in written("convolve", 80)
    assert "1 2 3 Convolve 4" in written("convolve", 60)
