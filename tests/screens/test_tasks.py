"""Three typical tasks by keys alone: the screen offers each key when it is pressed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from cnntui.cnn.arithmetic import number
from cnntui.cnn.layers import Conv2D
from cnntui.runs.directory.writing import write_atomically
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.images.screen import ImagesScreen
from cnntui.ui.views.runs.comparison import ComparisonScreen
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.bars.mode_bar import ModeBar
from tests.canned import canned_run
from tests.screens.apps import app_on, lines_of, shown, until

pytestmark = pytest.mark.slow

AT_80 = (80, 24)

A_MISTAKE = slice(1225, 1240)
"""Test images of which a single 9 is read as another digit: #1232, as 4."""


def offered(app: CnntuiApp) -> set[str]:
    """The keys that the bars of the screen name."""
    words = [word for bar in app.screen.query(KeyBar) for word in bar.text.split()]
    words += [word for bar in app.screen.query(ModeBar) for word in bar.text.split()]
    keys = set(words)
    for word in words:
        if set(word) <= set("←↑↓→"):
            keys |= set(word)
    return keys | ({*"0123456789"} if "0–9" in keys else set())


async def press(pilot: Pilot[None], app: CnntuiApp, *keys: str) -> None:
    """Press keys, each of which must be on the screen."""
    as_named = {"⏎": "enter", "esc": "escape", "→": "right", "←": "left", "↑": "up", "↓": "down", "<": "less_than_sign"}
    for key in keys:
        assert key in offered(app), f"the screen does not offer {key}"
        await pilot.press(as_named.get(key, key))
        await pilot.pause()


async def test_why_a_9_was_read_as_4(runs_dir: Path) -> None:
    app = app_on("start", runs_dir)
    data = app.scene.data
    few = replace(data, images=data.images[A_MISTAKE], labels=data.labels[A_MISTAKE])
    app.navigator.look(replace(app.scene, data=few, focus=replace(app.scene.focus, index=0)))
    async with app.run_test(size=AT_80) as pilot:
        await press(pilot, app, "d")
        browser = app.screen
        assert isinstance(browser, ImagesScreen)
        await until(pilot, lambda: browser._predictions.is_complete)
        await press(pilot, app, "m", "9")
        assert "true 9 · predicted 4 ✗" in shown(app, "#choice")
        await press(pilot, app, "⏎")
        assert app.mode == "network", "the first start shows no image"
        await press(pilot, app, "w")
        assert shown(app, "#head").startswith("Why 4?")
        assert shown(app, "#comparison").startswith("4 leads 9, the true class, by ")
        await press(pilot, app, "→", "↓")
        assert "for logit of 4" in shown(app, "#details")
        await press(pilot, app, "f")
        assert shown(app, "#head").startswith("Why not 9?")
        assert shown(app, "#comparison").startswith("9 is behind 4 by ")


async def test_two_runs_are_compared_by_their_learning_rates(runs_dir: Path) -> None:
    for name, rate in (("fast", 0.01), ("slow", 0.0001)):
        run = canned_run(runs_dir, 40, name=name)
        write_atomically(run.config_path, replace(run.read_config(), learning_rate=rate).to_json().encode())
    app = app_on("train", runs_dir)
    async with app.run_test(size=AT_80) as pilot:
        await press(pilot, app, "7")
        await until(pilot, lambda: "fast" in shown(app, "#table"))
        for line in shown(app, "#table").splitlines()[1:]:
            if {"fast", "slow"} & {*line.split()}:
                await press(pilot, app, "space")
            await press(pilot, app, "↓")
        await press(pilot, app, "v")
        assert isinstance(app.screen, ComparisonScreen)
        await until(pilot, lambda: "fast" in shown(app, "#legend"))
        heading, *runs = shown(app, "#legend").splitlines()
        assert "rate" in heading
        assert {("fast", "0.01"), ("slow", "0.0001")} <= {(row.split()[1], row.split()[3]) for row in runs}


async def test_a_kernel_is_seen_at_batch_16(runs_dir: Path) -> None:
    app = app_on("start", runs_dir)
    async with app.run_test(size=AT_80) as pilot:
        await press(pilot, app, "3", "<")
        for _ in range(20):
            if "batch 16 " in shown(app, "KeyBar"):
                break
            await press(pilot, app, "<")
        assert app.scene.step == 16
        kernel = app.scene.network.get("conv2d", Conv2D).kernel[..., 0, app.scene.focus.filter]
        weights = " ".join(lines_of(app.screen.query_one("#kernel")))
        assert all(number(float(weight)) in weights for weight in kernel.ravel())
        await press(pilot, app, "esc")
        assert app.time.timeline.following
