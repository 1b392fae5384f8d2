"""Facts that are remembered from one start to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.files import remembered as module
from cnntui.files.remembered import remember, remembered, state_dir


def test_what_is_kept_is_found_again_and_can_be_forgotten() -> None:
    assert remembered("scales") == {}
    remember("scales", "a", "0..1")
    remember("scales", "b", "1..0")
    assert remembered("scales") == {"a": "0..1", "b": "1..0"}
    remember("scales", "a", None)
    assert remembered("scales") == {"b": "1..0"}
    assert [path.name for path in state_dir().iterdir()] == ["scales.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b'{"a": 1}', b"[" * 100_000])
def test_a_broken_file_is_ignored_and_replaced(content: bytes) -> None:
    state_dir().mkdir(parents=True)
    (state_dir() / "scales.json").write_bytes(content)
    assert remembered("scales") == {}
    remember("scales", "a", "0..1")
    assert remembered("scales") == {"a": "0..1"}


def test_where_nothing_can_be_written_nothing_is_kept(runs_dir: Path) -> None:
    runs_dir.parent.mkdir(exist_ok=True)
    (runs_dir.parent / "state").write_text("a file where a folder should be")
    remember("scales", "a", "0..1")
    assert remembered("scales") == {}


def test_the_oldest_is_forgotten_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    for key in "abc":
        remember("scales", key, key)
    assert [*remembered("scales")] == ["b", "c"]
