"""What people and terminals send, drawn at random: keys, bursts, pastes, mouse events, bytes that mean nothing; and the
ways that lead to every screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from cnntui.labs import LABS
from tests.terminal.terminal import KEYS

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/?.,<>+-=![](){} "
NAMED = [name for name in KEYS if name not in ("f1", "f12", "space")]
CONTROLS = ["ctrl+p", "ctrl+r", "ctrl+j", "ctrl+a", "ctrl+e", "ctrl+k", "ctrl+u", "ctrl+w", "ctrl+d"]
LEAVING = ["q", "ctrl+c"]
AWAY = {*"01234567q?", "escape", "backspace", "ctrl+p"}
"""Keys that lead to another screen from nearly everywhere."""

SIZES = [(80, 24), (120, 40), (100, 30), (80, 25), (60, 18), (176, 48), (40, 10), (1, 1), (200, 60)]
BROKEN = [
    b"\xff\xfe", b"\xc3", b"\xe2\x82", b"\xf0\x9f", b"\x80", b"\xed\xa0\x80", b"\x00", b"\x1b[", b"\x1b[<0;",
    b"\x1b[<0;10;", b"\x1b[<;;M", b"\x1bO", b"\x1b[200", b"\x1bP", b"\x1b]52;c;", b"\x1b[?1;", b"\x1b[999999999~",
    b"\x1b[1114112u", b"\x1b[55296u", b"\x1b[9;9R", b"\x1b[M", b"\x1b[201~", b"\x1b[?2026;2$y", b"\x1b\x1b\x1b",
    b"\x1b[8;0;0t", b"\x1b[48;0;0;0;0t", b"\x1b]11;rgb:0000/0000/0000\x07", b"\x1bP>|xterm(388)\x1b\\",
    b"\x1b_Gi=31;OK\x1b\\", b"\x1b^q\x1b\\", b"\x1bXq",
]  # fmt: skip
"""Bytes that are no UTF-8, answers to questions that were not asked, and sequences that do not end or mean nothing."""

UNFINISHED_PASTE, END_OF_PASTE = b"\x1b[200~12\nq", b"\x1b[201~"

PASTED = [
    "3", "0.01", "12345678901234567890", "a name", "../..", "/", "line one\nline two\n", "ä漢字🙂", "\t", "x" * 3000,
    "t\nq\nt\n", "1e308", "-5", "",
]  # fmt: skip

PICTURE, BROKEN_PICTURE, NETWORK = "p.png", "b.png", "n.keras"
"""Names of files that the ways lead to."""

LESSONS = 13
"""Lines of the course, with the questions before and after it."""

HOME = ["escape", "escape", "escape"]


@dataclass(frozen=True)
class Step:
    """A step of a way.

    Attributes:
        keys: what is pressed, all at once.
        until: what the app must say of where it is before the way goes on; pressed again where it does not come to it.
    """

    keys: tuple[str, ...]
    until: str = ""


def _step(keys: str, until: str = "") -> Step:
    return Step(tuple(keys.split()), until)


TRAINING = " while training"
"""What the app says after the name of a screen where a network is being trained."""
PAUSED = " paused"
"""And where that training waits."""

START = [_step("1"), _step("t t", TRAINING)]
"""Start a training, unless one is under way."""

WAYS: list[list[Step]] = [
    [_step("1")],
    [_step("1 t", "FormScreen")],
    START,
    [*START, _step("q", "QuitDialog")],
    [*START, _step("L", "RateDialog")],
    [*START, _step("L up enter")],
    [*START, _step("space", PAUSED), _step(".", "OneBatchScreen")],
    [*START, _step("space", PAUSED), _step(". f down ] right")],
    [*START, _step("space", PAUSED), _step("q", "QuitDialog")],
    [*START, _step("x", "StopDialog")],
    [*START, _step("x y")],
    [_step("1 m", "ClassesScreen")],
    [_step("1 m m"), _step("enter")],
    [_step("d", "ImagesScreen")],
    [_step("d v")],
    [_step("d / 7 enter")],
    [_step("2")],
    *([_step(f"2 home {'down ' * layer} enter")] for layer in range(8)),
    [_step("3")],
    [_step("3 space")],
    [_step("3 W", "KernelTimeScreen")],
    [_step("3 e", "FieldScreen")],
    [_step("3 w", "WhyScreen")],
    [_step("3 w v")],
    [_step("4")],
    [_step("4 space")],
    [_step("5", "LabListScreen")],
    *([_step("5"), _step(f"{'up ' * len(LABS)} {'down ' * lab} enter")] for lab in range(len(LABS))),
    [_step("5"), _step(f"{'up ' * len(LABS)} enter"), _step("E", "CodePage")],
    [_step("5"), _step(f"{'up ' * len(LABS)} {'down ' * 4} enter"), _step("enter", "FormScreen")],
    [_step("6")],
    [_step("6 space right right down down")],
    [_step("6"), _step("i", "PictureDialog")],
    [_step(f"6 i {' '.join(PICTURE)} enter")],
    [_step(f"6 i {' '.join(BROKEN_PICTURE)} enter")],
    [_step("7")],
    [_step("7 home down x", "RemoveDialog")],
    [_step("7 home down x y")],
    [_step("7 home down N")],
    [_step("7 /")],
    [_step("7 E")],
    [_step("7 home down R")],
    [_step("7 down enter")],
    [_step("7 end space up space v", "ComparisonScreen")],
    [_step("0", "LearnScreen")],
    *([_step(f"0 {'up ' * LESSONS} {'down ' * lesson} enter")] for lesson in range(LESSONS)),
    [_step(f"0 {'up ' * LESSONS} down enter"), _step("= enter enter ! 1 enter")],
    [_step("0 tab"), _step("= enter = enter")],
    [_step("3 Q"), _step("1 enter enter")],
    [_step("4 Q"), _step("right enter")],
    [_step("6 Q"), _step("7 enter")],
    [_step("d Q"), _step("7 enter n")],
    [_step("T")],
    [_step("< <")],
    [_step("?", "HelpScreen")],
    [_step("? /"), _step("r e l u enter", "TermPage")],
    [_step("ctrl+p", "Palette")],
    [_step("ctrl+p t h e enter")],
]
"""Keys that lead to every page, lab, form and dialog."""


def coded(key: str) -> bytes:
    """A key as a terminal sends it."""
    prefix, _, letter = key.rpartition("+")
    return KEYS.get(key, chr(ord(letter.upper()) & 0x1F) if prefix == "ctrl" else key).encode()


def joined(keys: Iterator[str] | tuple[str, ...] | list[str]) -> bytes:
    """Keys as they arrive in one write."""
    return b"".join(map(coded, keys))


class OddEvents:
    """Events from a seed: the same ones from the same seed."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.size = SIZES[0]
        """The window that the mouse is in."""
        self.is_pasting = False
        """Whether a paste was begun that has not ended."""

    def burst(self, stays: bool) -> tuple[bytes, int]:
        """The bytes of an event or a burst of them, and how many there are.

        Args:
            stays: whether keys are left out that lead to another screen.
        """
        chance = self._random
        kinds: dict[Callable[[], Iterator[bytes]], int] = {
            lambda: iter([self._key(stays)]): 50,
            lambda: (self._key(stays) for _ in range(chance.randint(2, 20))): 14,
            lambda: iter([self._key(stays)] * chance.randint(2, 30)): 8,
            lambda: iter([self._paste()]): 3,
            lambda: iter([chance.choice(BROKEN)]): 4,
            lambda: iter([self._unfinished_paste()]): 1,
            lambda: self._mouse(): 20,
            lambda: iter([b"\x1b[O", b"\x1b[I"]): 1,
        }
        if not stays:
            kinds[lambda: (coded(key) for step in chance.choice(WAYS) for key in (*HOME, *step.keys))] = 6
            kinds[lambda: (coded(key) for step in chance.choice(WAYS) for key in step.keys)] = 3
            kinds[lambda: iter([coded(chance.choice(LEAVING))])] = 1
        events = list(chance.choices([*kinds], [*kinds.values()])[0]())
        return b"".join(events), len(events)

    def _key(self, stays: bool) -> bytes:
        while True:
            kind = self._random.random()
            key = self._random.choice(LETTERS if kind < 0.55 else NAMED if kind < 0.95 else CONTROLS)
            if not (stays and key in AWAY):
                return coded(key)

    def _paste(self) -> bytes:
        return f"\x1b[200~{self._random.choice(PASTED)}\x1b[201~".encode()

    def _unfinished_paste(self) -> bytes:
        self.is_pasting = True
        return UNFINISHED_PASTE

    def _mouse(self) -> Iterator[bytes]:
        chance, (columns, rows) = self._random, self.size
        column, row = chance.randint(1, columns), chance.choice((1, rows, chance.randint(1, rows)))
        if chance.random() < 0.05:
            # Outside of the screen, as after a resize that the app has not heard of yet.
            column, row = chance.choice(((0, 0), (columns + 1, rows + 1), (9999, 1), (1, 9999), (10**20, 10**20)))
        button = chance.choice((0, 0, 0, 0, 2, 64, 65, 35))
        yield f"\x1b[<{button};{column};{row}M".encode()
        if button in (0, 2):
            for _ in range(chance.choice((0, 0, 0, 5, 30))):
                column, row = chance.randint(1, columns), chance.randint(1, rows)
                yield f"\x1b[<{button + 32};{column};{row}M".encode()
            yield f"\x1b[<{button};{column};{row}m".encode()
