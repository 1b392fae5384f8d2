"""The list of labs, and all labs on other networks, including one whose training diverged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import Network, weights_of, with_weights
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.explore.views import VIEWS
from cnntui.images.data import DataSet
from cnntui.labs import LABS
from cnntui.ui.views.form.screen import FormScreen
from cnntui.ui.views.labs.lab_list import NAMES
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.pointed_lines import PointedLines
from tests.networks import mnist_network, other_network
from tests.screens.apps import app_on, shown

KEYS = (
    "right", "down", "f", "f", "F", "c", "right_square_bracket", "left_square_bracket", "enter", "backspace", "b", "s",
    "a", "o", "i", "v", "plus", "space", "minus", "full_stop", "comma", "end", "pagedown", "g", "g", "r", "n", "x", "z",
    "right_parenthesis", "tab", "f", "left_parenthesis", "1", "5", "enter", "escape",
)  # fmt: skip


def diverged_network() -> Network:
    network = mnist_network()
    weights = {layer: {role: np.full_like(array, np.nan) for role, array in own.items()}
               for layer, own in weights_of(network).items()}  # fmt: skip
    return with_weights(network, weights)


def test_every_lab_can_be_opened_by_its_name() -> None:
    for lab in LABS:
        assert VIEWS[lab.mode].screen == lab.screen
        assert len("▸ ") + NAMES + len(lab.claim) <= 78


@pytest.mark.slow
async def test_below_the_list_stands_the_whole_experiment_of_the_selected_lab(runs_dir: Path) -> None:
    app = app_on("labs", runs_dir)
    async with app.run_test(size=(100, 30)) as pilot:
        for place, lab in enumerate(LABS):
            await pilot.pause()
            card = app.screen.query_one(f"#card-{place}", Lines)
            assert " ".join(card.text.split()) == lab.experiment
            assert len(card.text.splitlines()) <= card.size.height
            assert app.screen.query_one(f"#picture-{place}").display
            assert sum(bool(card.display) for card in app.screen.query(PointedLines)) == 2
            more = app.screen.query_one("#more", Lines)
            assert "settings of your own" in more.text.splitlines()[more.size.height - 1]
            await pilot.press("down")
        await pilot.click("#labs", offset=(4, 4))
        assert f"▸ {LABS[1].name}" in shown(app, "#labs")
        await pilot.click("#labs", offset=(4, 4))
        assert app.mode == LABS[1].mode


@pytest.mark.slow
async def test_labs_are_chosen_and_opened_by_keys_and_clicks(runs_dir: Path) -> None:
    app = app_on("train", runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("5", "up")
        assert f"▸ {LABS[-1].name}" in shown(app, "#labs")
        await pilot.press("down", "down", "enter")
        assert app.mode == LABS[1].mode
        await pilot.press("escape")
        await pilot.click("#labs", offset=(4, 2))
        assert app.mode == "labs"
        await pilot.click("#labs", offset=(4, 2))
        assert app.mode == LABS[0].mode
        await pilot.press("backspace")
        assert app.mode == "labs"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["other", "diverged"])
@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.mode)
async def test_a_lab_bears_any_network(runs_dir: Path, digits: DataSet, lab: object, kind: str) -> None:
    mode = lab.mode  # type: ignore[attr-defined]
    network = other_network() if kind == "other" else diverged_network()
    few = digits.first(10)
    app = app_on(mode, runs_dir)
    focus = Focus(layer=network.layers[0].name)
    app.navigator.look(compose("made up", None, network, few, focus))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in KEYS:
            await pilot.press(key)
            await pilot.pause()
            if isinstance(app.screen, FormScreen):
                # Nothing is trained here.
                await pilot.press("escape")
            if app.mode != mode and key not in ("1", "5"):
                await app.run_action(f"mode('{mode}')")
        for size in ((60, 18), (40, 10), (130, 45), (80, 24)):
            await pilot.resize_terminal(*size)
        activations = mnist_network().forward(app.scene.activations.image)
        app.showing.look_at(
            replace(app.scene, network=mnist_network(), activations=activations, focus=Focus(), steps=None)
        )
        await pilot.pause()
