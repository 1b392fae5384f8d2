"""A canvas updates a terminal to the same screen as painting everything would, in fewer bytes."""

from __future__ import annotations

from random import Random

import pyte
import pytest
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cnntui.terminal.screen_buffer import ScreenBuffer

WIDTH, HEIGHT = 23, 7

WORDS = ["step", "▀▀", " ", "   ", "▀▀▀▄", "−0.37", "数", "字が", "e\u0301", "×", "🙂", "  σ  "]
STYLES = [
    Style(color="#d6dae4", bgcolor="#1b1d22"), Style(color="#3cd6c8", bgcolor="#1b1d22"), Style(bgcolor="#3cd6c8"),
    Style(bold=True), Style(underline=True, color="red"), Style(reverse=True), Style(italic=True, bold=True), Style(),
    Style(strike=True, bgcolor="#202020"),
]  # fmt: skip


class Watched:
    """A model of a terminal that a canvas is written to."""

    def __init__(self) -> None:
        self.canvas = ScreenBuffer(WIDTH, HEIGHT, ColorSystem.TRUECOLOR)
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.screen.reset_mode(pyte.modes.DECAWM)
        self._stream = pyte.Stream(self.screen)

    def see(self, *, is_slow: bool = False) -> str:
        written = self.canvas.changes(is_slow=is_slow)
        self._stream.feed(written)
        return written


def cells(screen: pyte.Screen) -> list[list[pyte.screens.Char]]:
    """The cells of a screen, without the invisible attributes of blanks."""

    def seen(cell: pyte.screens.Char) -> pyte.screens.Char:
        is_bare = cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough)
        return cell._replace(fg="default", bold=False, italics=False) if is_bare else cell

    return [[seen(screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def line(random: Random) -> Strip:
    segments = [Segment(random.choice(WORDS), random.choice(STYLES)) for _ in range(random.randint(1, 9))]
    return Strip(segments).crop_extend(0, WIDTH, None)


def painted_plainly(lines: dict[int, Strip]) -> pyte.Screen:
    screen = pyte.Screen(WIDTH, HEIGHT)
    screen.reset_mode(pyte.modes.DECAWM)
    stream, console = pyte.Stream(screen), Console(color_system="truecolor", force_terminal=True)
    for y, strip in lines.items():
        stream.feed(f"\x1b[{y + 1};1H" + strip.render(console))
    return screen


@pytest.mark.parametrize("is_slow", [False, True])
@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 20))])
def test_the_difference_is_enough(seed: int, is_slow: bool) -> None:
    random, watched, lines = Random(seed), Watched(), dict[int, Strip]()
    for _ in range(25):
        for y in random.sample(range(HEIGHT), random.randint(1, 3)):
            lines[y] = line(random)
            watched.canvas.put(0, y, lines[y])
        watched.see(is_slow=is_slow)
        assert cells(watched.screen) == cells(painted_plainly(lines))


def test_what_is_shown_is_not_written_again() -> None:
    watched, text = Watched(), [Segment("position 262/729", STYLES[0])]
    watched.canvas.put(0, 0, text)
    assert "position 262/729" in watched.see()
    watched.canvas.put(0, 0, text)
    assert not watched.canvas.has_changes
    assert watched.see() == ""


def test_only_what_differs_is_written() -> None:
    watched = Watched()
    watched.canvas.put(0, 2, [Segment("cell (9, 18) of 27×27", STYLES[0])])
    watched.see()
    watched.canvas.put(0, 2, [Segment("cell (9, 19) of 27×27", STYLES[0])])
    assert watched.see() == "\x1b[3;11H\x1b[38;2;214;218;228;48;2;27;29;34m9\x1b[m"


def test_a_colour_is_set_where_it_changes() -> None:
    watched = Watched()
    watched.canvas.put(0, 0, [Segment(word, STYLES[0]) for word in ("one", "two", "three")])
    assert watched.see().count("38;2;214;218;228") == 1


def test_on_a_slow_line_cells_in_the_same_colours_are_written_together() -> None:
    fast, slow = Watched(), Watched()
    red, blue = Style(color="#c81e1e", bgcolor="#1b1d22"), Style(color="#1e1ec8", bgcolor="#1b1d22")
    for watched in (fast, slow):
        watched.canvas.put(0, 0, [Segment("▀", style) for style in (red, blue) * 5])
    slowly = slow.see(is_slow=True)
    assert len(slowly) < len(fast.see())
    assert slowly.count("200;30;30") == slowly.count("30;30;200") == 1
    assert cells(slow.screen) == cells(fast.screen)


def test_what_came_and_went_between_two_paintings_is_never_written() -> None:
    watched = Watched()
    watched.canvas.put(0, 0, [Segment("digit 0")])
    watched.see()
    watched.canvas.put(0, 0, [Segment("digit 1")])
    watched.canvas.put(0, 0, [Segment("digit 0")])
    assert watched.see() == ""


def test_a_canvas_that_was_forgotten_is_written_whole() -> None:
    watched = Watched()
    watched.canvas.put(0, 3, [Segment("digit 0", STYLES[0])])
    first = watched.see()
    watched.canvas.forget()
    again = watched.see()
    assert "digit 0" in again
    assert len(again) >= len(first)


def test_no_control_character_reaches_the_terminal() -> None:
    watched = Watched()
    watched.canvas.put(0, 0, [Segment("a\x1b]52;c;eA==\x07b\x9bc\u202ed\r\ne")])
    written = watched.see()
    assert "\x1b]" not in written
    assert not {"\x07", "\x9b", "\r", "\n", "\u202e"} & {*written}
    assert watched.screen.display[0].startswith("a]52;c;eA==bcde")


@pytest.mark.parametrize("wide", ["数字", "👩‍🔬", "🙂"])
def test_what_comes_behind_a_wide_character_stays_in_its_place(wide: str) -> None:
    """Also on a terminal that takes it to be as narrow as any other."""
    watched = Watched()
    behind = Strip([Segment(wide)]).cell_length
    watched.canvas.put(0, 0, [Segment(wide), Segment("|")])
    before, _, _ = watched.see().partition("|")
    assert before.endswith(f"\x1b[1;{behind + 1}H")


@pytest.mark.parametrize(
    ("x", "text", "seen"),
    [(2, "|", "a | 数b"), (3, "|", "a  |数b"), (2, "|字", "a |字 b"), (3, "|字", "a  |字b"), (3, "字", "a  字 b")],
)
def test_no_half_of_a_wide_character_is_left_beside_what_is_put_over_it(x: int, text: str, seen: str) -> None:
    watched = Watched()
    watched.canvas.put(0, 0, [Segment("a 数数b")])
    watched.see()
    watched.canvas.put(x, 0, [Segment(text)])
    watched.see()
    assert watched.screen.display[0].rstrip() == seen


def test_what_does_not_fit_is_cut_off() -> None:
    watched = Watched()
    watched.canvas.put(WIDTH - 2, 0, [Segment("abcd"), Segment("e")])
    watched.canvas.put(0, HEIGHT, [Segment("below")])
    watched.see()
    assert watched.screen.display[0] == " " * (WIDTH - 2) + "ab"


def test_colours_are_those_that_the_terminal_has() -> None:
    canvas = ScreenBuffer(WIDTH, HEIGHT, ColorSystem.EIGHT_BIT)
    canvas.put(0, 0, [Segment("a", STYLES[0])])
    assert "38;5;" in canvas.changes()
