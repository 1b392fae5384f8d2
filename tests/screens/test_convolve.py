"""Convolve: every key and click leads to the right place, and every number is the network's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.convolve.screen import ConvolveScreen
from cnntui.ui.views.pool.screen import PoolScreen
from cnntui.ui.widgets.bars.bars import Bars
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.grids.style import GridStyle
from tests.screens.apps import app_on, lines_of, shown, until

MOVES = {
    "right": (10, 11), "l": (10, 11), "left": (10, 9), "h": (10, 9), "up": (9, 10), "k": (9, 10), "down": (11, 10),
    "j": (11, 10), "shift+right": (10, 15), "L": (10, 15), "shift+left": (10, 5), "H": (10, 5), "shift+up": (5, 10),
    "K": (5, 10), "shift+down": (15, 10), "J": (15, 10), "home": (10, 0), "end": (10, 26), "pageup": (0, 10),
    "pagedown": (26, 10), "full_stop": (10, 11), "comma": (10, 9),
}  # fmt: skip


@pytest.mark.slow
async def test_keys_move_the_window(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, cell=(10, 10))
    start = app.scene
    async with app.run_test(size=(80, 24)) as pilot:
        for key, (row, col) in MOVES.items():
            app.showing.look_at(start)
            await pilot.press(key)
            assert (key, app.scene.focus.row, app.scene.focus.col) == (key, row, col)
            assert f"cell ({row}, {col})" in shown(app, "#where")


@pytest.mark.slow
async def test_no_step_is_lost_however_fast_the_keys(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, cell=(3, 0))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["right"] * 9, *["down"] * 4)
        assert (app.scene.focus.row, app.scene.focus.col) == (7, 9)


@pytest.mark.slow
async def test_the_numbers_are_the_networks(runs_dir: Path, network: Network, digits: DataSet) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_1", filter=9, cell=(4, 6), index=3)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        expected = network.forward(network.input_of(digits.images[3]))["conv2d_1"]
        output = float(expected.output[4, 6, 9])
        before = float(expected.pre_activation[4, 6, 9])
        sums = [float(line.replace("−", "-")) for line in shown(app, "#sums").split("\n")]
        assert sums[-2:] == pytest.approx([before, output], abs=5.1e-5)
        patch = [number for line in lines_of(app.screen.query_one("#patch")) for number in line.split()]
        assert [float(number) for number in patch] == pytest.approx(
            expected.input[4:6, 6:8, 1].ravel().tolist(), abs=5.1e-4
        )


@pytest.mark.slow
async def test_the_output_fills_up_to_the_window_and_completes_on_request(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, cell=(0, 4))
    async with app.run_test(size=(80, 24)) as pilot:
        output = app.screen.query_one("#output", MapGrid)
        output.prefer(GridStyle.GLYPHS)
        assert lines_of(output)[5] == "·" * 27
        await pilot.press("M")
        assert "·" not in "".join(lines_of(output)[1:])
        await pilot.press("M")
        assert lines_of(output)[5] == "·" * 27


@pytest.mark.slow
async def test_filter_channel_layer_and_digit_keep_the_position(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, cell=(4, 3))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f", "f", "F", "right_square_bracket", "c", "c", "C", "n", "n", "p")
        assert app.scene.focus == Focus(index=1, layer="conv2d_1", filter=1, channel=1, row=4, col=3)
        assert "conv2d_1   filter 1 of 64   channel 1 of 32" in shown(app, "#head")
        await pilot.press("left_square_bracket")
        assert app.scene.focus.layer == "conv2d"
        assert (app.scene.focus.row, app.scene.focus.col) == (4, 3)


@pytest.mark.slow
async def test_a_random_digit_is_another_digit_of_the_set(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        seen = set()
        for _ in range(5):
            await pilot.press("r")
            seen.add(app.scene.focus.index)
        assert len(seen) > 1
        assert all(0 <= digit < 10_000 for digit in seen)


@pytest.mark.slow
async def test_pointing_at_a_cell_goes_there(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_1", cell=(0, 0))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#output", offset=(2 * 7, 5))
        assert (app.scene.focus.row, app.scene.focus.col) == (5, 7)
        await pilot.click("#input", offset=(2 * 3 + 1, 9))
        assert (app.scene.focus.row, app.scene.focus.col) == (9, 3)
        await pilot.click("#input", offset=(2 * 12, 12))
        assert (app.scene.focus.row, app.scene.focus.col) == (11, 11)
        await pilot.click("#sentence")
        assert (app.scene.focus.row, app.scene.focus.col) == (11, 11)


@pytest.mark.slow
async def test_a_click_on_a_bar_chooses_its_channel_or_filter(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_2")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#channels", offset=(40, 0))
        await pilot.click("#vector", offset=(13, 0))
        assert app.screen.query_one("#channels", Bars).bar_width == 1
        assert (app.scene.focus.channel, app.scene.focus.filter) == (40, 13)


@pytest.mark.slow
async def test_playing_walks_in_reading_order_and_stops_at_the_end(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, cell=(0, 0))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["plus"] * 9, "space")
        assert "▶ 10/s" in shown(app, "#where")
        await pilot.press("end", "pagedown", "comma", "comma")
        assert (app.scene.focus.row, app.scene.focus.col) == (26, 24)
        await pilot.press("space")
        await until(pilot, lambda: app.scene.focus.row == app.scene.focus.col == 26)
        await until(pilot, lambda: "▶" not in shown(app, "#where"))


@pytest.mark.slow
async def test_playing_backwards_faster_slower_and_stopping(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, cell=(0, 0))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("b")
        assert app.scene.focus.row == 26, "before the first cell comes the last"
        assert app.scene.focus.col > 13
        assert "◀ 3/s" in shown(app, "#where")
        await pilot.press("plus")
        assert "◀ 5/s" in shown(app, "#where")
        await pilot.press("minus", "minus", "minus", "minus")
        assert "◀ 1/s" in shown(app, "#where")
        await pilot.press("b")
        assert "/s" not in shown(app, "#where")
        await pilot.press("space", "right")
        assert "/s" not in shown(app, "#where")


@pytest.mark.slow
async def test_nothing_plays_behind_another_screen(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, cell=(0, 0))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "4", "3")
        assert "/s" not in shown(app, "#where")


@pytest.mark.slow
async def test_a_cell_is_followed_into_the_pool_the_next_layer_and_back(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, filter=6, cell=(11, 20))
    async with app.run_test(size=(80, 24)) as pilot:
        start = app.scene.focus
        await pilot.press("enter")
        assert isinstance(app.screen, PoolScreen)
        assert app.scene.focus == Focus(layer="max_pooling2d", filter=6, row=5, col=10)
        await pilot.press("enter")
        assert isinstance(app.screen, ConvolveScreen)
        assert app.scene.focus == Focus(layer="conv2d_1", filter=6, channel=6, row=5, col=10)
        await pilot.press("n", "backspace", "backspace")
        assert isinstance(app.screen, ConvolveScreen)
        assert app.scene.focus == replace(start, index=1), "the way leads back, and the digit that was chosen stays"


async def test_a_cell_that_goes_nowhere_says_why(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, cell=(26, 3))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        assert isinstance(app.screen, ConvolveScreen)
        assert shown(app, "#sentence") == "max_pooling2d never reads row 26: no complete window fits there."
        await pilot.press("up")
        assert "never reads" not in shown(app, "#sentence")


@pytest.mark.slow
async def test_every_style_shows_the_digit(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        for style in GridStyle:
            presses = [*GridStyle].index(style) - [*GridStyle].index(app.showing.style)
            await pilot.press(*["g"] * (presses % len(GridStyle)))
            assert app.showing.style is style
            painted = {(s.text, s.style) for y in range(14) for s in app.screen.query_one("#input").render_line(y)}
            assert len(painted) > 5, style


def painted(app: CnntuiApp) -> list[str]:
    """All lines of the screen."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


@pytest.mark.slow
async def test_a_small_window_says_what_is_needed_and_growing_brings_all_back(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        before = painted(app)
        for size in ((1, 1), (40, 10), (59, 24), (80, 17)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: "cnntui needs 60×18".startswith(painted(app)[0][:18].rstrip(" …")))
            assert not app.screen.query_one("#stage").display
            await pilot.resize_terminal(80, 24)
            await until(pilot, lambda: painted(app) == before)


@pytest.mark.slow
async def test_a_foreign_network_with_larger_kernels_and_same_padding_is_shown(runs_dir: Path, digits: DataSet) -> None:
    from cnntui.cnn.layers import Conv2D, Dense, Flatten
    from cnntui.explore.scene import compose

    rng = np.random.default_rng(1)
    layers = (
        Conv2D("wide", rng.standard_normal((5, 5, 1, 3), np.float32), np.zeros(3, np.float32), padding="same"),
        Flatten("flatten"),
        Dense("dense", rng.standard_normal((28 * 28 * 3, 10), np.float32), np.zeros(10, np.float32), "softmax"),
    )
    app = CnntuiApp(compose("foreign", None, Network(layers, mnist.SHAPE), digits, Focus(layer="wide")), "convolve")
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(3):
            await pilot.press("right", "down")
        await pilot.press("4")
        assert shown(app, "#lack").startswith("foreign has no pool.")
        await pilot.press("3")
        assert isinstance(app.screen, ConvolveScreen)
        await pilot.press("enter")
        assert app.scene.focus.layer == "flatten"


@pytest.mark.slow
async def test_help_lists_every_key_and_closes(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        from cnntui.ui.views.base.commands import commands_of

        titles = {command.title for command in commands_of(app.screen)}
        assert {
            "Go to the next filter", "Go to the next image", "Go to the first cell of the row",
            "Follow this number into the next layer",
        } <= titles  # fmt: skip
        await pilot.press("question_mark")
        assert "HelpScreen" in repr(app.screen)
        await pilot.press("escape")
        assert isinstance(app.screen, ConvolveScreen)


@pytest.mark.slow
async def test_the_palette_does_what_the_keys_do(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", *"next filter")
        await app.workers.wait_for_complete()
        await pilot.press("enter")
        await pilot.pause()
        assert app.scene.focus.filter == 1
