"""Receptive field: the marked cells are always those that it depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from cnntui.cnn.cells import Cells
from cnntui.cnn.layers import Conv2D, Dense, Flatten, MaxPool2D
from cnntui.cnn.lineage import lineage
from cnntui.cnn.network import Network
from cnntui.cnn.reach import dependencies, dependents, read_at_all
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.palette import Mark
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.convolve.screen import ConvolveScreen
from cnntui.ui.views.field.screen import FieldScreen
from cnntui.ui.widgets.grids.map_grid import MapGrid
from tests.networks import other_network
from tests.screens.apps import app_on, explorer, lines_of, shown
from tests.screens.test_network_text import foreign_network

MAPS = ("conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "conv2d_2")


def grid(app: CnntuiApp, id: str) -> MapGrid:
    return app.screen.query_one(f"#{id}", MapGrid)


def marked(app: CnntuiApp, id: str, mark: Mark = Mark.WINDOW) -> list[list[bool]]:
    """The cells of a grid with a given mark."""
    marks: list[list[bool]] = (grid(app, id)._marks == mark).tolist()
    return marks


def assert_true_to_the_network(app: CnntuiApp) -> None:
    """Every grid has the marks that the network's windows say."""
    focus, network = app.scene.focus, app.scene.network
    cell = Cells.one(focus.row, focus.col, focus.filter)
    before, after = dependencies(network, focus.layer, cell), dependents(network, focus.layer, cell)
    assert marked(app, "digit") == before[0].mask(network.input_shape).tolist()
    assert isinstance(app.screen, FieldScreen)
    for slot, layer in enumerate(app.screen.layers_drawn):
        place, shape = network.index(layer.name), network.output_shape_of(layer.name)
        sees, reads = np.zeros((2, *shape[:2]), np.bool_)
        if place < len(before) - 1:
            sees = before[place + 1].mask(shape)
        else:
            reads = after[place - len(before) + 2].mask(shape)
        if grid(app, f"map-{slot}")._marks.shape != sees.shape:
            continue  # Several cells are drawn as one.
        assert marked(app, f"map-{slot}") == sees.tolist()
        assert marked(app, f"map-{slot}", Mark.WINNER) == reads.tolist()


@pytest.mark.slow
async def test_e_shows_what_the_cell_in_focus_sees_and_backspace_leads_back(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_2", filter=30, cell=(1, 2), index=4)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("e")
        assert isinstance(app.screen, FieldScreen)
        assert "11×11 = 121 of 784 pixels, 15.4%" in shown(app, "#story")
        assert "rows 4–14, columns 8–18" in shown(app, "#story")
        assert "1 +1×1→ 2 +1×1→ 3 +1×2→ 5 +1×2→ 7 +1×4→ 11 pixels" in shown(app, "#story")
        assert np.argwhere(marked(app, "digit")).min(axis=0).tolist() == [4, 8]
        assert int(np.sum(marked(app, "digit"))) == 121
        assert_true_to_the_network(app)
        await pilot.press("right", "down")
        assert "rows 8–18, columns 12–22" in shown(app, "#story")
        assert_true_to_the_network(app)
        await pilot.press("backspace")
        assert isinstance(app.screen, ConvolveScreen)
        assert (app.scene.focus.row, app.scene.focus.col) == (1, 2)


async def walk(app: CnntuiApp, pilot: Pilot[None], keys: list[str]) -> None:
    for key in keys:
        await pilot.press(key)
        assert_true_to_the_network(app)


@pytest.mark.slow
async def test_a_walk_over_all_maps(runs_dir: Path) -> None:
    app = app_on("field", runs_dir, layer="conv2d_2", filter=30, cell=(1, 2), index=4)
    async with app.run_test(size=(120, 40)) as pilot:
        maps = lineage(app.scene.activations, "conv2d_2", 30)
        for place, name in reversed(list(enumerate(MAPS))):
            assert (app.scene.focus.layer, app.scene.focus.filter) == (name, maps[place + 1])
            assert f"{name} map {maps[place + 1]} of" in shown(app, f"#title-{place}").replace("5×5 ", "").replace(
                "12×12 ", ""
            ).replace("27×27 ", "")
            output = app.scene.activations[name].output[..., maps[place + 1]]
            assert (grid(app, f"map-{place}")._values == output).all()
            await walk(app, pilot, ["shift+right", "L", "up", "home", "pagedown", "k"])
            await pilot.press("left_square_bracket")
        await walk(app, pilot, ["end", "pageup", "f"])


@pytest.mark.slow
async def test_a_cell_that_nothing_reads(runs_dir: Path) -> None:
    app = app_on("field", runs_dir, cell=(26, 3))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "No window of max_pooling2d reads it" in shown(app, "#story")
        assert_true_to_the_network(app)
        await pilot.press("k")
        assert "read by 1×1 of max_pooling2d" in shown(app, "#story")


@pytest.mark.slow
async def test_flat_layers_see_what_their_cell_sees_or_everything(runs_dir: Path, network: Network) -> None:
    app = app_on("field", runs_dir, layer="conv2d_2", filter=5, cell=(4, 0), index=3)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right_square_bracket")
        assert "slot 1285" in shown(app, "#head")
        assert "11×11 = 121" in shown(app, "#story")
        await pilot.press("f")
        assert app.scene.focus.filter == 6
        await pilot.press("right_square_bracket")
        assert "unit 0 of 64" in shown(app, "#head")
        assert "27×27 = 729 of 784" in shown(app, "#story")
        assert marked(app, "digit") == read_at_all(network)[0].mask((28, 28, 1)).tolist()
        await pilot.press("right", "down")
        assert app.scene.focus.unit == 2
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert f"unit {app.scene.activations.predicted} of 10" in shown(app, "#head")
        assert "answer itself" in shown(app, "#story")
        await pilot.press(*["left_square_bracket"] * 3)
        assert app.scene.focus.layer == "conv2d_2"


@pytest.mark.slow
async def test_what_is_never_read_is_marked_and_explained(runs_dir: Path, network: Network) -> None:
    app = app_on("field", runs_dir, layer="conv2d", cell=(3, 3))
    async with app.run_test(size=(120, 40)) as pilot:
        assert not np.any(marked(app, "digit", Mark.UNREAD))
        await pilot.press("u")
        alive = read_at_all(network)
        for id, place in (("digit", 0), *((f"map-{slot}", slot + 1) for slot in range(5))):
            shape = network.shapes[place - 1] if place else network.input_shape
            assert marked(app, id, Mark.UNREAD) == (~alive[place].mask(shape)).tolist()
        assert lines_of(grid(app, "digit"))[27].rstrip() == "× " * 27 + "×"
        story = " ".join(shown(app, "#story").split())
        assert "never read: row 27 and column 27 of the image" in story
        assert "55 of 784 pixels" in story
        assert "Row 27 goes only into row 26 of conv2d." in story
        assert "max_pooling2d has 13 windows of 2 on conv2d: they take 26 of 27 rows, not row 26." in story
        await pilot.press("down", "u")
        assert not np.any(marked(app, "digit", Mark.UNREAD))
        assert_true_to_the_network(app)


@pytest.mark.slow
async def test_maps_are_chosen_for_the_whole_map_or_for_the_cell(runs_dir: Path) -> None:
    app = app_on("field", runs_dir, layer="conv2d_2", filter=9, cell=(2, 2), index=4)
    async with app.run_test(size=(80, 24)) as pilot:

        def drawn() -> list[int]:
            screen = explorer(app)
            assert isinstance(screen, FieldScreen)
            outputs = [app.scene.activations[name].output for name in MAPS]
            grids = [grid(app, f"map-{slot}")._values for slot in range(5)]
            return [
                next(map for map in range(output.shape[-1]) if (output[..., map] == values).all())
                for output, values in zip(outputs, grids, strict=True)
            ]

        activations = app.scene.activations
        of_the_map = lineage(activations, "conv2d_2", 9)
        assert drawn() == list(of_the_map[1 : 1 + len(MAPS)])
        await pilot.press("right")
        assert drawn() == list(of_the_map[1 : 1 + len(MAPS)]), "the pictures stay while the cell moves"
        await pilot.press("v")
        chosen = []
        for key in ("left", "down", "left", "up", "right"):
            await pilot.press(key)
            focus = app.scene.focus
            cells = dependencies(app.scene.network, "conv2d_2", Cells.one(focus.row, focus.col, 9))
            chosen.append(lineage(activations, "conv2d_2", 9, cells)[1 : 1 + len(MAPS)])
            assert drawn() == list(chosen[-1])
        assert len(set(chosen)) > 1


@pytest.mark.slow
async def test_the_mouse_selects_a_cell_on_any_grid(runs_dir: Path) -> None:
    app = app_on("field", runs_dir, layer="conv2d_2", filter=30, cell=(0, 0), index=4)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#digit", offset=(13, 8))
        assert (app.scene.focus.layer, app.scene.focus.row, app.scene.focus.col) == ("conv2d_2", 3, 2)
        assert marked(app, "digit")[16][13]
        map = lineage(app.scene.activations, "conv2d_2", 30)[3]
        await pilot.click("#map-2", offset=(4, 3))
        assert app.scene.focus == Focus(index=4, layer="conv2d_1", filter=map, row=6, col=4)
        assert_true_to_the_network(app)
        await pilot.press("enter")
        assert isinstance(app.screen, ConvolveScreen)
        assert (app.scene.focus.layer, app.scene.focus.row, app.scene.focus.col) == ("conv2d_1", 6, 4)


def deep_network() -> Network:
    """More layers than there is room for, with maps as large as the digit."""
    convolutions = [
        Conv2D(f"c{place}", np.full((3, 3, 2 if place else 1, 2), 0.1, np.float32), np.zeros(2, np.float32),
               padding="same")
        for place in range(7)
    ]  # fmt: skip
    dense = Dense("classes", np.full((28 * 28 * 2, 10), 0.1, np.float32), np.zeros(10, np.float32), "softmax")
    return Network((*convolutions, Flatten("flat"), dense), mnist.SHAPE)


def broken_network() -> Network:
    """A network whose training has diverged."""
    first = other_network().layers[0]
    assert isinstance(first, Conv2D)
    return Network((replace(first, bias=np.full(6, np.nan, np.float32)), *other_network().layers[1:]), mnist.SHAPE)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 18), (120, 40)])
@pytest.mark.parametrize("make", [foreign_network, other_network, broken_network, deep_network])
async def test_other_networks(size: tuple[int, int], make: Callable[[], Network], digits: DataSet) -> None:
    network = make()
    app = CnntuiApp(compose("own", None, network, digits, Focus(layer=network.layers[0].name, row=4)), mode="field")
    async with app.run_test(size=size) as pilot:
        for layer in network.layers:
            assert app.scene.focus.layer == layer.name
            if isinstance(layer, Conv2D | MaxPool2D):
                assert_true_to_the_network(app)
                await pilot.press("right", "end")
                assert_true_to_the_network(app)
                await pilot.press("u", "v", "f")
                assert_true_to_the_network(app)
            await pilot.press("u", "v", "right_square_bracket")
        assert app.scene.focus.layer == network.layers[-1].name
        await pilot.click("#digit", offset=(3, 3))
        assert isinstance(network[app.scene.focus.layer], Conv2D)


@pytest.mark.slow
async def test_a_short_window_and_back(runs_dir: Path) -> None:
    app = app_on("field", runs_dir, layer="conv2d_2", filter=30, index=4)
    async with app.run_test(size=(60, 18)) as pilot:
        assert [grid(app, f"map-{slot}").display for slot in range(5)] == [False, False, False, False, True]
        assert shown(app, "#story") == "receptive field 11×11 = 121 of 784 pixels, 15.4%"
        await pilot.press("left_square_bracket")
        assert [grid(app, f"map-{slot}").display for slot in range(5)] == [False, False, False, True, False]
        await pilot.press("u")
        assert shown(app, "#story") == "× never read: row 27 and column 27 of the image"
        await pilot.resize_terminal(80, 24)
        assert all(grid(app, f"map-{slot}").display for slot in range(5))
        assert "change the answer" in shown(app, "#story")
