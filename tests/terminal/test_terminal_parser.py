"""Everything that a terminal sends becomes keys, an answer, or nothing."""

from __future__ import annotations

from random import Random

import pytest
from textual import events

from cnntui.terminal import parser as parsing
from cnntui.terminal.parser import LONGEST_PASTE, LONGEST_STRING, MOST_AT_ONCE, TerminalParser


class Listener:
    """A parser that is told some text in parts, and what it makes of them.

    Attributes:
        now: the time that it takes it to be.
        answers: how many answers to its question it has heard.
        events: what people did.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, has_room: bool = True) -> None:
        self.now = 100.0
        self.answers = 0
        self.events: list[events.Event] = []
        monkeypatch.setattr(parsing.time, "monotonic", lambda: self.now)
        self._parser = TerminalParser(self._answered, has_room=lambda: has_room)

    def _answered(self) -> None:
        self.answers += 1

    def hear(self, *texts: str, after: float = 0.0) -> list[str]:
        """The keys from some texts in quick succession, and from the silence that follows."""
        begin = len(self.events)
        for text in texts:
            self.events += [event for event in self._parser.feed(text) if isinstance(event, events.Event)]
        self.now += after
        self.events += [event for event in self._parser.tick() if isinstance(event, events.Event)]
        return [event.key for event in self.events[begin:] if isinstance(event, events.Key)]

    def pasted(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, events.Paste)]


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    return Listener(monkeypatch)


def test_an_answer_is_no_key(listener: Listener) -> None:
    assert listener.hear("n\x1b[0nn") == ["n", "n"]
    assert listener.answers == 1


UNASKED = [
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x07", "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", "\x1b]52;c;cXEyNA==\x07", "\x1b]lq2\x1b\\",
    "\x1bP>|xterm(388)\x1b\\", "\x1bP1$r0 q\x1b\\", "\x1bP1+r544e=787465726d\x1b\\", "\x1bP!|7E565445\x1b\\",
    "\x1b_Gi=31;OK\x1b\\", "\x1b^q2?\x1b\\", "\x1bXq2?\x1b\\", "\x1b]2;caf\xe9 漢\x9c",
    "\x1b[?62;22;52c", "\x1b[>41;388;0c", "\x1b[4;600;800t", "\x1b[?997;1n", "\x1b[?1u", "\x1b[?2026;0$y", "\x1b[M !!",
    "\x1b[<0;100000000000000000000;100000000000000000000M", "\x1b[<0;-3;5M",
]  # fmt: skip


@pytest.mark.parametrize("unasked", UNASKED, ids=repr)
def test_what_a_terminal_says_unasked_is_no_key(listener: Listener, unasked: str) -> None:
    assert listener.hear(f"j{unasked}k") == ["j", "k"]
    for cut in range(1, len(unasked)):
        assert listener.hear(unasked[:cut], unasked[cut:] + "k") == ["k"], cut
    assert listener.hear(*unasked, "k") == ["k"]


@pytest.mark.parametrize(
    "begun", ["\x1b]11;rgb:1e", "\x1bP>|xterm", "\x1bP1$", "\x1b_Gi=1;q", "\x1b[<0;10;", "\x1b[?6"]
)
def test_what_does_not_end_is_given_up_and_the_next_key_is_one(listener: Listener, begun: str) -> None:
    assert listener.hear(begun, after=1.0) == []
    assert listener.hear("q") == ["q"]


@pytest.mark.parametrize("begun", ["\x1b]11;rgb:1e", "\x1b]11;rgb:1e\x1b", "\x1b[<0;10;"])
def test_a_key_ends_what_does_not_end(listener: Listener, begun: str) -> None:
    assert listener.hear(f"{begun}\x1b[Aq")[-2:] == ["up", "q"]


def test_what_goes_on_without_end_is_given_up(listener: Listener) -> None:
    for _ in range(40):
        listener.hear("\x1b]11;" if listener.now == 100.0 else "x", after=0.1)
    assert listener.hear("q", after=1.0) == ["q"]


def test_a_long_answer_is_swallowed_to_its_end(listener: Listener) -> None:
    assert listener.hear("\x1b]52;c;", *["q" * LONGEST_STRING] * 5, "q\x1b", "\\j") == ["j"]


@pytest.mark.parametrize("key", [*"q3]PX_^O[\r\x7f\t", "\x1b[A", "\x1b"])
def test_escape_and_a_key_are_two_keys_together_or_apart(listener: Listener, key: str) -> None:
    together = listener.hear(f"\x1b{key}", after=1.0)
    apart = listener.hear("\x1b", after=0.2) + listener.hear(key, after=0.2)
    assert together == apart
    assert together[0] == "escape"
    assert len(together) == 2


def test_escape_waits_for_no_more_than_a_tenth_of_a_second(listener: Listener) -> None:
    assert listener.hear("\x1b", after=0.05) == []
    assert listener.hear("", after=0.06) == ["escape"]


def test_letters_that_only_a_terminal_puts_after_escape_are_typed_as_well(listener: Listener) -> None:
    assert listener.hear("\x1bPjj", after=1.0) == ["escape", "P", "j", "j"]


@pytest.mark.parametrize("size", ["48;24;80;480;640", "48;24;80;0;0"])
def test_the_mouse_points_at_cells_after_a_size_in_pixels(listener: Listener, size: str) -> None:
    listener.hear(f"\x1b[?2048;2$y\x1b[{size}t", "\x1b[<0;42;9M")
    resize, press = listener.events[-2:]
    assert isinstance(resize, events.Resize)
    assert resize.size == (80, 24)
    assert isinstance(press, events.MouseDown)
    assert (press.x, press.y) == (41, 8)


@pytest.mark.parametrize("number", ["99999999999999999999", "1114112", "57344;1;55296"])
def test_a_key_that_is_no_character_is_none(listener: Listener, number: str) -> None:
    assert listener.hear(f"\x1b[{number}uq")[-1] == "q"


@pytest.mark.parametrize("cut", [1, 3, 5, 6, 8, 10, 12, 15])
def test_a_paste_may_come_in_parts_with_answers_in_it(listener: Listener, cut: int) -> None:
    text = "\x1b[200~caf\ufffd\x1b[0n!\x00\x1b[201~q"
    assert listener.hear(text[:cut], text[cut:]) == ["q"]
    assert listener.pasted() == ["caf\ufffd!"]
    assert listener.answers == 1


def test_a_paste_that_does_not_end_ends_in_silence_whatever_the_terminal_answers(listener: Listener) -> None:
    listener.hear("\x1b[200~12\nq")
    for _ in range(25):
        listener.hear("\x1b[0n", after=0.1)
    assert listener.pasted() == ["12\nq"]
    assert listener.answers == 25
    assert listener.hear("q") == ["q"]


def test_much_at_once_is_cut(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    megabyte = "x\x1by" * 350_000
    listener.hear(
        "\x1b[200~", *(megabyte[place : place + 4096] for place in range(0, len(megabyte), 4096)), "\x1b[201~"
    )
    (pasted,) = listener.pasted()
    assert pasted == megabyte[:LONGEST_PASTE]
    assert len(listener.hear("j" * 4096)) == MOST_AT_ONCE
    full = Listener(monkeypatch, has_room=False)
    assert (
        full.hear("j" * 4096, "\x1b[B" * 100, "\x1b" * 100, "\x1b[<0;5;5M\x1b[<0;5;5m\x1b[200~x\x1b[201~", after=1.0)
        == []
    )
    assert [type(event) for event in full.events] == [events.MouseUp, events.Paste]


@pytest.mark.parametrize("seed", range(5))
def test_no_text_is_too_odd(listener: Listener, seed: int) -> None:
    random = Random(seed)
    parts = [
        "\x1b", "[", "<", "0", "9", "99999999999999", "48", ";", ":", "t", "u", "M", "m", "?", "$", "y", "R", "n",
        "200~", "201~", "~", "A", "é", "\ufffd", "\x00", "-", "I", "]", "P", "\\", "\x07", "55296",
    ]  # fmt: skip
    for _ in range(100):
        listener.hear("\x1b[" + "".join(random.choices(parts, k=random.randint(1, 14))) + "\x1b[<0;5;5M", after=3.0)
        assert listener.hear("q") == ["q"]
