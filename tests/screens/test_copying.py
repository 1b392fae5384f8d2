"""y copies the sentence in focus, Y the command line that leads back to exactly this place."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from PIL import Image
from textual.pilot import Pilot

from cnntui.cnn.network import Network
from cnntui.commands.arguments import parse
from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.explore.views import VIEWS
from cnntui.files.settings import settings_path
from cnntui.ui.app.app import CnntuiApp
from tests.keras_files import write_keras_file
from tests.screens.apps import app_on, explorer, on_few

PLACES = ("network", "convolve", "pool", "flatten", "dense", "softmax", "field", "why", "kernel-time")


def opened_by(line: str, runs_dir: Path | None = None) -> CnntuiApp:
    """The app that a copied command line opens."""
    program, *arguments = shlex.split(line)
    assert program == "cnntui"
    options = parse(arguments)
    return build_app(Wanted(
        target=options.target, data=options.data, runs_dir=options.runs_dir or runs_dir, screen=options.screen,
        index=options.index, layer=options.layer, filter=options.filter, channel=options.channel, unit=options.unit,
        term=options.term, label=options.label, cell=options.at, step=options.step, image=options.image,
        scale=options.scale,
    ))  # fmt: skip


async def copied(pilot: Pilot[None], *keys: str) -> str:
    """The clipboard after some keys."""
    await pilot.press(*keys)
    await pilot.pause()
    return pilot.app.clipboard


@pytest.mark.slow
@pytest.mark.parametrize("screen", PLACES)
async def test_the_command_line_opens_the_same_place(screen: str, runs_dir: Path) -> None:
    app = app_on(screen, runs_dir, index=7)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        line = await copied(pilot, "n", "right", "down", "c", "right", "f", "Y")
        again = opened_by(line)
        assert again.mode == app.mode == screen
        assert again.scene.focus == app.scene.focus
        assert again.scene.step == app.scene.step
        assert again.scene.run == app.scene.run
        if screen == "why":
            async with again.run_test(size=(120, 40)) as other:
                await other.pause()
                assert explorer(again).label == explorer(app).label != app.scene.activations.predicted


@pytest.mark.slow
async def test_a_moment_of_the_training_is_part_of_the_place(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_1", filter=3, cell=(5, 6), index=7)
    async with app.run_test() as pilot:
        await pilot.pause()
        line = await copied(pilot, "<", "<", "<", "Y")
        assert f"--step {app.scene.step}" in line
        again = opened_by(line)
        assert (again.scene.step, again.scene.focus) == (app.scene.step, app.scene.focus)
        assert "--step" not in await copied(pilot, "escape", "Y")


@pytest.mark.slow
@pytest.mark.parametrize("screen", VIEWS)
async def test_every_screen_can_be_said_and_its_text_copied(screen: str, runs_dir: Path) -> None:
    app = on_few(app_on(screen, runs_dir), 50)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.1)
        line = await copied(pilot, "Y")
        assert parse(shlex.split(line)[1:]).screen == screen
        if screen == "draw":
            return
        text = await copied(pilot, "y")
        assert len(text) > 10
        assert text != line
        assert all(line == line.strip() for line in text.splitlines())
        assert any(f"{text.splitlines()[0]}"[:40] in str(each.message) for each in app._notifications)


async def test_the_palette_tells_where_the_settings_are(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test() as pilot:
        await pilot.pause()
        (settings,) = [each for each in app.desk.commands(app.screen) if each.title == "Settings"]
        settings.callback()
        assert app.clipboard == str(settings_path())


@pytest.mark.slow
async def test_a_file_with_a_name_for_no_shell(network: Network, tmp_path: Path, runs_dir: Path) -> None:
    path = write_keras_file(tmp_path / "my net'; rm $HOME.keras", network)
    app = app_on("convolve", runs_dir, target=str(path), layer="conv2d_2", filter=5, cell=(1, 2))
    async with app.run_test() as pilot:
        await pilot.pause()
        again = opened_by(await copied(pilot, "Y"))
        assert again.scene.focus == app.scene.focus


async def test_a_picture_is_part_of_the_place(tmp_path: Path, runs_dir: Path) -> None:
    picture = Image.new("L", (60, 60), 255)
    picture.paste(0, (25, 10, 32, 50))
    picture.save(tmp_path / "a one.png")
    app = app_on("convolve", runs_dir, image=tmp_path / "a one.png")
    async with app.run_test() as pilot:
        await pilot.pause()
        again = opened_by(await copied(pilot, "Y"))
        assert again.scene.focus == app.scene.focus
        assert again.scene.focus.own


@pytest.mark.slow
async def test_runs_elsewhere_and_other_data(tmp_path: Path) -> None:
    app = app_on("network", tmp_path / "other runs")
    async with app.run_test() as pilot:
        await pilot.pause()
        options = parse(shlex.split(await copied(pilot, "Y"))[1:])
        assert options.runs_dir == tmp_path / "other runs"


async def test_the_whole_equation_is_copied(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, layer="conv2d_1", filter=3, cell=(5, 6), index=7)
    async with app.run_test(size=(60, 18)) as pilot:
        await pilot.pause()
        equation = (await copied(pilot, "y")).splitlines()[0]
        assert equation.startswith("channel 0: ")
        assert equation.count("×") == 4


@pytest.mark.slow
async def test_nothing_can_be_selected_and_ctrl_c_quits(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir)
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.mouse_down("#sentence", offset=(1, 0))
        await pilot.hover("#sentence", offset=(20, 0))
        await pilot.mouse_up("#sentence", offset=(20, 0))
        assert app.screen.get_selected_text() is None
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert not app.is_running or app._exit
    assert app.clipboard == ""
