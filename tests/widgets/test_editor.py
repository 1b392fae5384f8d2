"""The line editor, key by key."""

from __future__ import annotations

import pytest

from cnntui.printable import text_width
from cnntui.ui.widgets.text.editor import Editor


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


SENTENCE = "read /tmp/7 digits"


@pytest.mark.parametrize(
    ("keys", "cursor"),
    [
        (("home",), 0), (("ctrl+a",), 0), (("home", "end"), 18), (("ctrl+a", "ctrl+e"), 18), (("ctrl+b",), 17),
        (("ctrl+left",), 12), (("alt+b", "alt+b"), 10), (("alt+left",) * 3, 6), (("ctrl+left",) * 9, 0),
        (("home", "ctrl+right"), 4), (("home", "alt+f", "alt+f"), 9), (("home", *("alt+right",) * 9), 18),
        (("home", "ctrl+f", "right", "left"), 1),
    ],
)  # fmt: skip
def test_moving(keys: tuple[str, ...], cursor: int) -> None:
    after = typed(Editor.after(SENTENCE), *keys)
    assert (after.text, after.cursor) == (SENTENCE, cursor)


@pytest.mark.parametrize(
    ("keys", "text", "cursor"),
    [
        (("ctrl+w",), "read /tmp/7 ", 12), (("alt+backspace",) * 2, "read /tmp/", 10),
        (("home", "alt+d"), " /tmp/7 digits", 0), (("home", "ctrl+delete", "alt+d"), "/7 digits", 0),
        (("ctrl+left", "ctrl+u"), "digits", 0), (("ctrl+left", "left", "ctrl+k"), "read /tmp/7", 11),
        (("ctrl+h", "ctrl+d"), "read /tmp/7 digit", 17), (("home", "ctrl+d"), "ead /tmp/7 digits", 0),
        (("home", "ctrl+w", "ctrl+u", "backspace"), SENTENCE, 0), (("alt+d", "ctrl+k", "delete"), SENTENCE, 18),
    ],
)  # fmt: skip
def test_deleting(keys: tuple[str, ...], text: str, cursor: int) -> None:
    after = typed(Editor.after(SENTENCE), *keys)
    assert (after.text, after.cursor) == (text, cursor)


def test_all_that_is_chosen_goes_at_once() -> None:
    for key in ("backspace", "delete", "ctrl+w", "alt+d", "ctrl+u", "ctrl+k"):
        assert typed(Editor.on("64"), key) == Editor()
    assert Editor.on("64").paste("7\nmore") == Editor("7", 1)
    assert Editor.on("64").paste("\n") == Editor.on("64")


def test_a_paste_is_one_line_of_what_prints() -> None:
    assert Editor("ab", 1).paste("1\x1b2\t3\r\nmore") == Editor("a123b", 4)
    assert Editor("ab", 1).paste("") == Editor("ab", 1)


def test_marks_belong_to_the_character_that_they_are_written_over() -> None:
    text = "e\u0301a"
    assert typed(Editor(text, 0), "right").cursor == 2
    assert typed(Editor(text, 2), "left").cursor == 0
    assert typed(Editor(text, 2), "backspace") == Editor("a", 0)
    assert typed(Editor(text, 0), "delete") == Editor("a", 0)


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


@pytest.mark.parametrize("width", [4, 5, 8])
def test_wide_characters_take_two_columns_of_the_box(width: int) -> None:
    text = "手写数字a识别"
    for cursor in range(len(text) + 1):
        drawn = Editor(text, cursor).drawn(width)
        assert sum(text_width(part) for part, _ in drawn) == width
        (under,) = [part for part, role in drawn if role == "cursor"]
        assert under == (text[cursor : cursor + 1] or " ")
    assert sum(text_width(part) for part, _ in Editor.on(text).drawn(width)) == width


def test_the_mouse_puts_the_cursor_on_the_character_that_it_points_at() -> None:
    assert [Editor("a手b", 0).to(column, 9).cursor for column in range(6)] == [0, 1, 1, 2, 3, 3]
    assert Editor.after("0123456789").to(0, 5) == Editor("0123456789", 6)
