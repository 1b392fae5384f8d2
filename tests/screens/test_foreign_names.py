"""Names from a stranger's file on screen: no escape sequence works, and wide ones shift nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.geometry import Size

from cnntui.cnn.network import Network
from cnntui.cnn.readers.keras.file import read_network
from cnntui.printable import is_printable, printable
from cnntui.ui.views.field import text as field_text
from cnntui.ui.views.network import table as network_table
from cnntui.ui.widgets.text.line import line_width
from tests.keras_files import model_config, write_keras_file
from tests.screens.apps import app_on

WIDE = "卷积层一"
CLIPBOARD = "layer\x1b]52;c;cm0gLXJmIH4=\x07"
NAMES = (WIDE, CLIPBOARD, "e\u0301" * 30, "😀" * 20, "\u202eevil", "畳み込み" * 12)


def renamed(network: Network, *names: str) -> Network:
    """The network with its first layers called otherwise."""
    rest = network.layers[len(names) :]
    firsts = [replace(layer, name=name) for layer, name in zip(network.layers, names, strict=False)]
    return replace(network, layers=(*firsts, *rest))


@pytest.mark.parametrize("width", [60, 80, 120, 176])
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_the_table_of_layers_stays_aligned(network: Network, name: str, width: int) -> None:
    odd = renamed(network, printable(name))
    widths = {line_width(line) for line in network_table.table(odd, "conv2d_1", width, 16, "")[1:4]}
    usual = {line_width(line) for line in network_table.table(network, "conv2d_1", width, 16, "")[1:4]}
    assert len(widths) == len(usual) == 1
    assert max(widths) <= width


@pytest.mark.parametrize("width", range(8, 40, 3))
def test_titles_of_maps_fit_in_columns(network: Network, width: int) -> None:
    odd = renamed(network, WIDE * 3)
    assert line_width(field_text.map_title(odd, odd.layers[0], 3, False, width)) <= width


@pytest.mark.slow
@pytest.mark.parametrize("screen", ["train", "network", "convolve", "field", "why", "dense", "kernel-time", "runs"])
async def test_no_screen_passes_on_what_a_name_holds(
    screen: str, network: Network, tmp_path: Path, runs_dir: Path
) -> None:
    path = write_keras_file(tmp_path / "a\x1b[31mb.keras", renamed(network, CLIPBOARD, WIDE, "\u202e" + CLIPBOARD))
    app = app_on(screen, runs_dir, target=str(path), layer=None)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.notify(CLIPBOARD, title=CLIPBOARD, markup=False)
        await pilot.pause()
        strips = app.screen._compositor.render_strips(Size(120, 40))
        assert len(strips) == 40
        assert all(is_printable(strip.text) for strip in strips)
        assert {cell_len(strip.text) for strip in strips} == {120}


def test_a_layer_is_found_by_the_name_that_is_shown(network: Network, tmp_path: Path) -> None:
    read = read_network(write_keras_file(tmp_path / "odd.keras", renamed(network, CLIPBOARD)))
    assert read.layers[0].name == printable(CLIPBOARD) == r"layer\x1b]52;c;cm0gLXJmIH4=\x07"
    assert read[printable(CLIPBOARD)].parameters == network.layers[0].parameters


def test_two_names_that_look_alike_are_not_two_layers(network: Network, tmp_path: Path) -> None:
    config = model_config(renamed(network, "a\x1b", r"a\x1b"))
    path = write_keras_file(tmp_path / "alike.keras", network, json.loads(json.dumps(config)))
    assert [layer.name for layer in read_network(path)][:2] == [r"a\x1b", r"a\x1b:2"]
