"""A digit keeps its shape on terminals with fewer colours, and on those with none."""

from __future__ import annotations

import sys

import pytest

from tests.terminal.terminal import Cell, Terminal

WINDOW = {(0, 0), (0, 1)}
"""Where the window lies: in a corner that is blank in every digit, so that its marking hides nothing."""

SIDE, LINES = 28, 14
"""The digit in half-blocks."""

BLANKS = {" ", "·", "×"}

PALETTES: dict[str, dict[str, str | None]] = {
    "256 colours": {"TERM": "xterm-256color", "COLORTERM": None},
    "16 colours": {"TERM": "xterm", "COLORTERM": None},
    "no colour": {"NO_COLOR": "1"},
}

Grid = dict[tuple[int, int], Cell]

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("preloaded_apps")]


def digit(env: dict[str, str | None]) -> Grid:
    """The places of the digit on the Convolve screen, by line and column, without those under the window."""
    command = [sys.executable, "-m", "cnntui", "open", "bundled", "--screen", "convolve", "--digit", "0", "--at", "0,0"]
    with Terminal(command, env=env) as terminal:
        terminal.wait_for("position 1/", quiet=0.4)
        lines = terminal.text.splitlines()
        top = next(number for number, line in enumerate(lines) if "image #0 28×28" in line)
        left = lines[top].index("image #0 28×28")
        cells = terminal.cells()
    places = {(y, x): cells[top + 1 + y][left + x] for y in range(LINES) for x in range(SIDE)}
    return {place: cell for place, cell in places.items() if place not in WINDOW}


def lightness(colour: str) -> float:
    """0 for black, 1 for white."""
    red, green, blue = bytes.fromhex(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def brightest(cell: Cell) -> float:
    """The lightness of the lighter of a place's two pixels."""
    character, foreground, background = cell
    return max(lightness(background), lightness(foreground) if character not in BLANKS else 0.0)


def lit(cells: Grid, glyphs: bool) -> set[tuple[int, int]]:
    """The visible places."""
    if glyphs:
        return {place for place, (character, _, _) in cells.items() if character not in BLANKS}
    return {place for place, cell in cells.items() if brightest(cell) > 0.2}


@pytest.fixture(scope="module")
def truecolor() -> Grid:
    return digit({})


@pytest.mark.parametrize("palette", PALETTES)
def test_a_digit_keeps_its_shape(palette: str, truecolor: Grid) -> None:
    ink = {place for place, cell in truecolor.items() if brightest(cell) > 0.5}
    void = {place for place, cell in truecolor.items() if brightest(cell) < 0.06}
    assert len(ink) > 40
    assert len(void) > 200
    shown = lit(digit(PALETTES[palette]), glyphs=palette != "256 colours")
    assert ink <= shown
    assert not void & shown


def test_without_colour_everything_is_grey() -> None:
    colours = {colour for _, *both in digit(PALETTES["no colour"]).values() for colour in both}
    assert colours
    for colour in colours - {"default"}:
        red, green, blue = bytes.fromhex(colour)
        assert red == green == blue, f"{colour} has a hue"
