"""Whatever a terminal sends, it becomes keys, an answer, or nothing."""

from __future__ import annotations

from random import Random

import pytest
from textual import events

from cnntui.terminal.parser import TerminalParser


def heard(*texts: str) -> tuple[list[events.Event], int]:
    """What comes of some text, read in parts, and how many answers were in it."""
    answers: list[None] = []
    parser = TerminalParser(lambda: answers.append(None))
    return [event for text in texts for event in parser.feed(text) if isinstance(event, events.Event)], len(answers)


def test_an_answer_is_no_key() -> None:
    keys, answers = heard("n\x1b[0nn")
    assert [key.key for key in keys if isinstance(key, events.Key)] == ["n", "n"]
    assert answers == 1


@pytest.mark.parametrize("cut", range(1, 4))
def test_an_answer_may_come_in_two_parts(cut: int) -> None:
    assert heard("\x1b[0n"[:cut], "\x1b[0n"[cut:]) == ([], 1)


@pytest.mark.parametrize("size", ["48;24;80;480;640", "48;24;80;0;0"])
def test_the_mouse_points_at_cells_after_a_size_in_pixels(size: str) -> None:
    (resize, press), _ = heard(f"\x1b[?2048;2$y\x1b[{size}t", "\x1b[<0;42;9M")[0][-2:], 0
    assert isinstance(resize, events.Resize)
    assert resize.size == (80, 24)
    assert isinstance(press, events.MouseDown)
    assert (press.x, press.y) == (41, 8)


@pytest.mark.parametrize("number", ["99999999999999999999", "1114112", "57344;1;55296"])
def test_a_key_that_is_no_character_is_none(number: str) -> None:
    keys, _ = heard(f"\x1b[{number}uq")
    assert [key.key for key in keys if isinstance(key, events.Key)][-1] == "q"


def test_a_paste_that_has_not_ended_is_known() -> None:
    parser = TerminalParser(lambda: None)
    assert [*parser.feed("\x1b[20"), *parser.feed("0~caf\ufffd")] == []
    assert parser.is_pasting
    (paste,) = parser.feed(parser.END_OF_PASTE)
    assert isinstance(paste, events.Paste)
    assert paste.text == "caf\ufffd"
    assert not parser.is_pasting


@pytest.mark.parametrize("seed", range(5))
def test_no_text_is_too_odd(seed: int) -> None:
    random = Random(seed)
    parts = [
        "\x1b", "[", "<", "0", "9", "99999999999999", "48", ";", ":", "t", "u", "M", "m", "?", "$", "y", "R", "n",
        "200~", "201~", "~", "A", "é", "\ufffd", "\x00", "-", "I", "]", "P", "\\", "\x07", "55296",
    ]  # fmt: skip
    for _ in range(300):
        heard("\x1b[" + "".join(random.choices(parts, k=random.randint(1, 14))) + "\x1b[<0;5;5M")
