"""A line that is written in, key by key."""

from __future__ import annotations

import pytest

from cnntui.ui.widgets.text.form_lines import Editor


def typed(editor: Editor, *keys: str) -> Editor:
    for key in keys:
        editor = editor.press(key, key if len(key) == 1 else None) or editor
    return editor


@pytest.mark.parametrize(
    ("keys", "text", "cursor"),
    [
        (("7",), "7", 1),  # what is typed takes the place of what was there
        (("7", "8"), "78", 2),
        (("right", "7"), "647", 3),
        (("left", "7"), "674", 2),
        (("home", "7"), "764", 1),
        (("backspace",), "", 0),
        (("end", "backspace"), "6", 1),
        (("home", "delete"), "4", 0),
        (("home", "backspace"), "64", 0),
        (("end", "ctrl+u"), "", 0),
        (("left", "left", "left", "x"), "x64", 1),
        (("f5",), "64", 2),
    ],
)
def test_keys(keys: tuple[str, ...], text: str, cursor: int) -> None:
    after = typed(Editor.on("64"), *keys)
    assert (after.text, after.cursor) == (text, cursor)


def test_keys_without_meaning_are_left_to_others() -> None:
    assert Editor("a", 1).press("tab", "\t") is None
    assert Editor("a", 1).press("up", None) is None


def test_drawing_fills_the_box_and_keeps_the_cursor_in_view() -> None:
    def text(editor: Editor, width: int) -> str:
        return "".join(part for part, _ in editor.drawn(width))

    assert text(Editor.on("64"), 5) == "64   "
    assert Editor.on("64").drawn(5)[0] == ("64", "cursor")
    assert Editor("64", 1).drawn(5) == (("6", "box"), ("4", "cursor"), ("   ", "box"))
    assert text(Editor("0123456789", 10), 5) == "6789 "
    assert text(Editor("0123456789", 0), 5) == "01234"
    for cursor in range(11):
        drawn = Editor("0123456789", cursor).drawn(4)
        assert sum(len(part) for part, _ in drawn) == 4
        assert [role for part, role in drawn if part].count("cursor") == 1
