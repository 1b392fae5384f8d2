"""Ink is found on any paper, in any light."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.cnn.ops import Floats
from cnntui.images.data import DataSet
from cnntui.images.ink import Doubt, _otsu, find_ink
from cnntui.images.mnist_form import Box, mnist_form
from cnntui.images.ruling import without_lines


def page(digit: np.ndarray, side: int = 120) -> Floats:
    """A page with a digit on it, four cells to a pixel: 0 for paper, 1 for ink."""
    ink = np.zeros((side, side + 40), np.float32)
    ink[5 : 5 + 112, 30 : 30 + 112] = np.kron(digit.astype(np.float32) / 255, np.ones((4, 4), np.float32))
    return ink


def likeness(one: Floats, other: Floats) -> float:
    """How similar two drawings are in MNIST's form, give or take a shift by a pixel; 1 is identical."""
    here, there = mnist_form(one), mnist_form(other)
    assert here is not None
    assert there is not None
    moved = [np.roll(there.image, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(float(np.corrcoef(here.image.ravel(), image.ravel())[0, 1]) for image in moved)


@pytest.mark.parametrize("light_on_dark", [True, False])
@pytest.mark.slow
def test_on_an_even_page_the_ink_is_what_it_was(digits: DataSet, light_on_dark: bool) -> None:
    for index in range(4):
        ink = page(digits.images[index, :, :, 0])
        found = find_ink(ink if light_on_dark else 1 - ink)
        assert found is not None
        assert found.light_on_dark is light_on_dark
        assert likeness(found.ink, ink) > 0.99
        assert 0.2 < found.threshold < 0.8


@pytest.mark.slow
@pytest.mark.parametrize("dark", [0.2, 0.55])
@pytest.mark.parametrize("light_on_dark", [True, False])
def test_in_uneven_light_on_grainy_paper(digits: DataSet, dark: float, light_on_dark: bool) -> None:
    random = np.random.default_rng(5)
    for index in range(4):
        ink = page(digits.images[index, :, :, 0])
        y, x = (axis / 120 for axis in np.indices(ink.shape, np.float32))
        light = (0.95 - 0.25 * x - 0.1 * y * y) * (1 - (1 - dark) * ink) + random.normal(0, 0.02, ink.shape)
        light = light.clip(0, 1).astype(np.float32)
        found = find_ink(1 - light if light_on_dark else light)
        assert found is not None
        assert found.light_on_dark is light_on_dark
        assert likeness(found.ink, ink) > 0.97


def test_specks_of_dirt_do_not_count() -> None:
    ink = np.zeros((100, 100), np.float32)
    ink[30:80, 40:50] = 1
    for row, col in ((3, 3), (95, 90), (10, 60)):
        ink[row : row + 2, col : col + 2] = 1
    found = find_ink(ink)
    assert found is not None
    assert found.box == Box(30, 40, 50, 10)


def test_a_digit_of_two_pieces_keeps_both() -> None:
    ink = np.zeros((100, 100), np.float32)
    # The bar of a 5 does not always meet the rest.
    ink[20:26, 34:66] = ink[34:80, 30:38] = 1
    found = find_ink(ink)
    assert found is not None
    assert found.box == Box(20, 30, 60, 36)
    assert not found.doubts


@pytest.mark.parametrize("height", [60, 40])
def test_of_two_digits_the_largest_is_read_and_both_are_told_of(height: int) -> None:
    ink = np.zeros((100, 100), np.float32)
    ink[20:80, 30:38] = ink[20 : 20 + height, 60:66] = 1
    found = find_ink(1 - ink)
    assert found is not None
    assert found.box == Box(20, 30, 60, 8)
    assert found.doubts == (Doubt.SEVERAL,)


def test_ink_that_touches_the_edge_is_doubtful() -> None:
    ink = np.zeros((100, 120), np.float32)
    ink[20:100, 50:58] = 1
    found = find_ink(ink)
    assert found is not None
    assert found.doubts == (Doubt.RUNS_OFF,)


def test_ink_that_is_wider_than_a_digit_is_doubtful() -> None:
    ink = np.zeros((100, 120), np.float32)
    ink[40:70, 20:26] = ink[40:46, 20:100] = ink[40:70, 94:100] = 1
    found = find_ink(ink)
    assert found is not None
    assert found.doubts == (Doubt.WIDE,)


def test_ink_that_is_hardly_darker_than_its_page_is_doubtful() -> None:
    light = np.full((100, 120), 0.9, np.float32)
    light[20:80, 50:58] = 0.8
    found = find_ink(light)
    assert found is not None
    assert found.doubts == (Doubt.FAINT,)


def loop(height: int, width: int) -> Floats:
    """The ink of a loop of that size in the middle of a page of 100×120."""
    ink, top, left = np.zeros((100, 120), np.float32), (100 - height) // 2, (120 - width) // 2
    ink[top : top + height, left : left + width] = 1
    ink[top + 6 : top + height - 6, left + 6 : left + width - 6] = 0
    return ink


def strokes(dark: float, light: float) -> Floats:
    """A grey page with two strokes of one shape, as far from it as these."""
    page = np.full((100, 120), 0.5, np.float32)
    page[20:80, 30:38], page[20:80, 80:88] = 0.5 - dark, 0.5 + light
    return page


@pytest.mark.parametrize(
    ("page", "doubts"),
    [(1 - loop(96, 100), ()), (1 - loop(96, 101), (Doubt.FILLS,)),
     (1 - loop(50, 70), ()), (1 - loop(50, 71), (Doubt.WIDE,)),
     (0.9 - 0.9 * 0.151 * loop(60, 40), ()), (0.9 - 0.9 * 0.149 * loop(60, 40), (Doubt.FAINT,)),
     (strokes(0.2, 0.23), ()), (strokes(0.2, 0.24), (Doubt.EITHER,)),
     (strokes(0.173, 0.4), ()), (strokes(0.183, 0.4), (Doubt.EITHER,))],
    ids=["fits", "fills", "tall", "wide", "plain", "faint", "dark", "rather dark", "light", "rather light"],
)  # fmt: skip
def test_doubts_begin_where_they_say(page: Floats, doubts: tuple[Doubt, ...]) -> None:
    found = find_ink(page.astype(np.float32))
    assert found is not None
    assert found.doubts == doubts


@pytest.mark.parametrize("side", range(4))
def test_ink_beside_any_edge_is_doubtful_only_where_it_touches(side: int) -> None:
    for gap, doubts in ((0, (Doubt.RUNS_OFF,)), (1, ())):
        ink = np.zeros((110, 110), np.float32)
        ink[30 : 110 - gap, 50:58] = 1
        found = find_ink(np.rot90(ink, side).copy())
        assert found is not None
        assert Doubt.RUNS_OFF in found.doubts if doubts else Doubt.RUNS_OFF not in found.doubts


def test_a_digit_that_fills_its_page_is_still_ink(digits: DataSet) -> None:
    for index in range(4):
        tight = 255 - digits.images[index, 4:24, 4:24, 0]
        found = find_ink(tight.astype(np.float32) / 255)
        assert found is not None
        assert not found.light_on_dark


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (30, 20), (500, 3)])
@pytest.mark.parametrize("light", [0.0, 0.4, 1.0])
def test_one_flat_colour_has_no_ink(shape: tuple[int, int], light: float) -> None:
    random = np.random.default_rng(1)
    assert find_ink(np.full(shape, light, np.float32)) is None
    assert find_ink((light + random.uniform(-0.01, 0.01, shape)).astype(np.float32)) is None


def test_light_from_one_side_alone_is_no_ink() -> None:
    y, x = (axis / 100 for axis in np.indices((100, 100), np.float32))
    assert find_ink((0.2 + 0.6 * x + 0.1 * y * y).astype(np.float32)) is None


@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (2, 2), (3, 200)])
def test_pictures_of_a_few_pixels(shape: tuple[int, int]) -> None:
    light = np.zeros(shape, np.float32)
    light[0, 0] = 1
    found = find_ink(light)
    assert found is None or (found.ink.shape == shape and found.ink.max() == 1)


@pytest.mark.slow
def test_the_edge_of_a_table_is_no_ink(digits: DataSet) -> None:
    for index in range(4):
        ink = page(digits.images[index, :, :, 0], side=200)
        light = np.where(np.arange(ink.shape[1]) > 225, 0.2, 0.9 - 0.6 * ink).astype(np.float32)
        found = find_ink(light)
        assert found is not None
        assert not found.light_on_dark
        assert likeness(found.ink, ink) > 0.97


def grey(shape: tuple[int, int], level: float) -> Floats:
    return np.full(shape, level, np.float32)


def test_the_tip_of_a_shadow_at_the_ink_is_no_ink() -> None:
    light, ink = grey((200, 200), 0.9), np.zeros((200, 200), np.float32)
    ink[60:140, 95:107] = 1
    row, col = np.indices(light.shape)
    light[(row < 100) & (col < 95 - (100 - row) * 0.2)] = 0.45
    found = find_ink(np.where(ink > 0, 0.1 * light, light).astype(np.float32))
    assert found is not None
    assert not found.light_on_dark
    assert likeness(found.ink, ink) > 0.97


def test_what_a_shadow_leaves_light_inside_a_digit_is_no_digit() -> None:
    light, ink = grey((200, 200), 0.9), np.zeros((200, 200), np.float32)
    ink[50:150, 60:140], ink[64:136, 74:126] = 1, 0
    light[110:] = 0.35
    found = find_ink(np.where(ink > 0, 0.1 * light, light).astype(np.float32))
    assert found is not None
    assert not found.light_on_dark
    assert likeness(found.ink, ink) > 0.97


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_a_card_is_not_the_digit_on_it(light_on_dark: bool) -> None:
    light, ink = grey((240, 240), 0.3), np.zeros((240, 240), np.float32)
    ink[100:150, 100:110] = ink[100:108, 100:135] = 1
    light[60:180, 60:170] = 0.85
    light[ink > 0] = 0.3
    found = find_ink(1 - light if light_on_dark else light)
    assert found is not None
    assert found.light_on_dark is light_on_dark
    assert likeness(found.ink, ink) > 0.97


def test_the_hole_of_a_broad_digit_is_not_written_on_it() -> None:
    light, ink = grey((200, 200), 0.9), np.zeros((200, 200), np.float32)
    ink[50:150, 60:110], ink[64:130, 80:92] = 1, 0
    light[ink > 0] = 0.1
    found = find_ink(light)
    assert found is not None
    assert not found.light_on_dark
    assert found.box == Box(50, 60, 100, 50)


def variance_between(contrast: Floats, weights: Floats, threshold: float) -> float:
    """Between what is above a threshold and what is not, from the values themselves."""
    values, amounts = contrast.astype(np.float64), weights.astype(np.float64)
    above = values > threshold
    (high, strong), (low, weak) = (
        (amounts[part].sum(), np.average(values[part], weights=amounts[part])) for part in (above, ~above)
    )
    return float(high * low * (strong - weak) ** 2)


def test_the_threshold_parts_ink_and_paper_best() -> None:
    random = np.random.default_rng(4)
    contrast = np.abs(random.normal(0, 0.02, (90, 130))).astype(np.float32)
    contrast[40:60, 50:56] = random.normal(0.5, 0.05, (20, 6))
    weights = (random.uniform(0.2, 1, contrast.shape) ** 2).astype(np.float32)
    found = variance_between(contrast, weights, _otsu(contrast, weights))
    others = [variance_between(contrast, weights, threshold) for threshold in np.linspace(0.01, 0.5, 99)]
    assert found > 0.999 * max(others)


def test_between_ink_and_paper_without_any_grain_the_threshold_is_in_the_middle() -> None:
    contrast = np.zeros((40, 60), np.float32)
    contrast[10:30, 20:25] = 0.8
    assert _otsu(contrast, np.ones_like(contrast)) == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("fall", [-37, -28, 31, 17])
def test_all_lines_of_paper_that_lies_askew_are_taken_off(fall: int) -> None:
    """Even those that are found some pixels beside where they are."""
    y, x = np.indices((320, 320)).astype(np.float64)
    from_line = np.abs((y - fall * x / 320 + 3) % 16.6 - 8.3)
    grain = np.abs(np.random.default_rng(2).normal(0, 0.01, y.shape))
    contrast = (0.04 + grain + 0.4 * np.clip(1.2 - from_line, 0, 1)).astype(np.float32)
    assert (without_lines(contrast) > 0.2).sum() < 0.05 * (contrast > 0.2).sum()
