"""Draw: by mouse and by keys, everything can be taken back, and the drawing is the digit that all screens show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from textual.events import MouseMove
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

from cnntui.cli import main
from cnntui.cnn.arithmetic import percent
from cnntui.cnn.network import Network
from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.images.drawing import Canvas
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.draw.picture_dialog import PictureDialog, PictureTree
from cnntui.ui.views.draw.screen import DrawScreen
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.grids.draw_pad import DrawPad
from cnntui.ui.widgets.grids.map_grid import MapGrid
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.typed_line import TypedLine
from tests.drawn import DIGITS, drawn
from tests.screens.apps import app_on, shown
from tests.waiting import until

SMALL, LARGE = (80, 24), (120, 40)


def draw_screen(app: CnntuiApp) -> DrawScreen:
    """The Draw screen, which is in front."""
    assert isinstance(app.screen, DrawScreen)
    return app.screen


async def read(pilot: Pilot[None]) -> None:
    """Wait until the canvas has been read."""
    screen = draw_screen(pilot.app)  # type: ignore[arg-type]
    await pilot.pause()
    await until(lambda: screen._reading is None)
    await pilot.pause()


async def drag(pilot: Pilot[None], *places: tuple[int, int], button: int = 1) -> None:
    """Press on a column and line of the canvas, go on to others, and let go."""
    await pilot.mouse_down("#canvas", offset=places[0], button=button)
    for place in places[1:]:
        await pilot._post_mouse_events([MouseMove], "#canvas", place, button=button)
    await pilot.mouse_up("#canvas", offset=places[-1])
    await read(pilot)


def given(app: CnntuiApp) -> np.ndarray:
    """The network's input as levels from 0 to 255."""
    return np.rint(app.scene.activations.image * 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("size", "columns", "lines"),
    [(SMALL, 1, 0.5), pytest.param(LARGE, 2, 1, marks=pytest.mark.slow)],
    ids=["small", "large"],
)
async def test_a_digit_drawn_with_the_mouse_is_read_and_shown_everywhere(
    runs_dir: Path, size: tuple[int, int], columns: int, lines: float
) -> None:
    app = app_on("draw", runs_dir, index=3)
    async with app.run_test(size=size) as pilot:
        assert "canvas is empty" in shown(app, "#talk")
        assert app.scene.title == "image #3"
        points = [(row * 22 + 3, col * 22 + 3) for row, col in DIGITS[7][0]]
        await drag(pilot, *[(int(col * columns), int(row * lines)) for row, col in points])
        assert (app.scene.title, app.scene.label) == ("your drawing", None)
        assert app.scene.activations.predicted == 7
        assert np.array_equal(given(app), draw_screen(app).canvas.own(as_mnist=True).pixels)
        sure = float(app.scene.activations.probabilities[7])
        assert percent(sure) in shown(app, "#answer")
        assert "in MNIST's form: 7" in shown(app, "#talk")
        assert "predicted 7" in shown(app, "ModeBar")
        before = draw_screen(app).canvas
        await pilot.press("3")
        values = app.screen.query_one("#input", MapGrid)._values
        assert np.array_equal(values * 255, given(app)[..., 0].astype(np.float32))
        await pilot.press("6")
        assert draw_screen(app).canvas is before, "the drawing is as it was left"
        await pilot.press("n")
        assert app.scene.title == "image #3"
        assert "is kept" in shown(app, "#talk")
        await pilot.press("enter")
        await read(pilot)
        assert app.scene.title == "your drawing"
        await pilot.press("2", "r")
        assert not app.scene.focus.own
        assert app.scene.title == f"image #{app.scene.focus.index}"


@pytest.mark.slow
async def test_the_middle_of_a_character_is_drawn_on(runs_dir: Path) -> None:
    app = app_on("draw", runs_dir)
    async with app.run_test(size=SMALL) as pilot:
        await drag(pilot, (5, 3))
        rows, cols = np.nonzero(draw_screen(app).canvas.image > 0.7)
        # A character is one column wide and two rows high here.
        assert {*rows.tolist()} == {6, 7}
        assert {*cols.tolist()} == {5}
        assert "row 7, column 5" in shown(app, "#tools")


@pytest.mark.slow
async def test_the_right_button_erases_and_so_does_the_eraser(runs_dir: Path) -> None:
    app = app_on("draw", runs_dir)
    async with app.run_test(size=SMALL) as pilot:
        await drag(pilot, (4, 5), (20, 5))
        whole = draw_screen(app).canvas.image.sum()
        await drag(pilot, (18, 5), (20, 5), button=3)
        part = draw_screen(app).canvas.image.sum()
        assert part < 0.9 * whole
        await pilot.press("x")
        assert "eraser" in shown(app, "#tools")
        await drag(pilot, (15, 5), (17, 5))
        assert draw_screen(app).canvas.image.sum() < 0.9 * part
        await pilot.press("z", "z", "z")
        assert draw_screen(app).canvas.is_empty


@pytest.mark.slow
async def test_a_digit_drawn_with_keys_alone(runs_dir: Path) -> None:
    app = app_on("draw", runs_dir)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("K", "K", "left")
        assert draw_screen(app).canvas.is_empty, "the pen is up"
        await pilot.press("space", "J", "J", "down", "down", "J", "k", "space")
        await read(pilot)
        assert "pen up at row 20, column 13" in shown(app, "#tools")
        assert app.scene.activations.predicted == 1
        await pilot.press("z")
        assert draw_screen(app).canvas.is_empty, "from where the pen is put down to where it is lifted is one stroke"
        await pilot.press("Z", "J", "J", "L", "L", "L", "L")
        assert "row 27, column 27" in shown(app, "#tools"), "the pen stays on the canvas"
        assert not draw_screen(app).canvas.is_empty


@pytest.mark.slow
async def test_brush_clear_and_undo(runs_dir: Path) -> None:
    app = app_on("draw", runs_dir)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("space")
        fine = draw_screen(app).canvas.image.sum()
        await pilot.press("X", "space", "space", "plus", "space")
        await read(pilot)
        assert draw_screen(app).canvas.image.sum() > 2 * fine
        assert "broad brush" in shown(app, "#tools")
        drawn_now = app.scene.own
        await pilot.press("X")
        await read(pilot)
        assert "The canvas is empty; the other views still show your drawing." in shown(app, "#talk")
        assert app.scene.own is drawn_now, "an empty canvas changes nothing"
        await pilot.press("X", "z")
        await read(pilot)
        assert not draw_screen(app).canvas.is_empty
        assert "in MNIST's form" in shown(app, "#talk")


@pytest.mark.slow
async def test_the_form_of_mnist_is_switched_and_its_effect_told(runs_dir: Path, network: Network) -> None:
    app = app_on("draw", runs_dir)
    async with app.run_test(size=SMALL) as pilot:
        screen = draw_screen(app)
        screen._lift_and_draw(screen._drawing.step(drawn(3, 15, 2, 9)))
        await read(pilot)
        canvas = screen.canvas
        answers = {}
        for as_mnist in (True, False):
            activations = network.forward(network.input_of(canvas.own(as_mnist).pixels))
            answers[as_mnist] = activations.predicted, float(activations.probabilities.max())
        assert answers[True][0] == 3
        assert answers[False][0] != 3
        for as_mnist in (True, False):
            assert np.array_equal(given(app), canvas.own(as_mnist).pixels)
            talk = shown(app, "#talk")
            assert f"in MNIST's form: 3 ({answers[True][1]:.1%}" in talk.replace("(100%", f"({answers[True][1]:.1%}")
            assert f"as it is: {answers[False][0]} ({answers[False][1]:.1%})" in talk
            assert ("▸ in MNIST's form" in talk) is as_mnist
            assert ("▸ as it is" in talk) is not as_mnist
            await pilot.press("v")
            await read(pilot)


@pytest.mark.slow
async def test_a_test_digit_is_put_on_the_canvas_and_changed(runs_dir: Path, digits: DataSet) -> None:
    app = app_on("draw", runs_dir, index=61)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("I", "v")
        await read(pilot)
        assert app.scene.title == "your image #61"
        assert np.array_equal(given(app), digits.images[61])
        await drag(pilot, (9, 6), (9, 10), button=3)
        assert not np.array_equal(given(app), digits.images[61])
        assert app.scene.title == "your image #61"


@pytest.mark.slow
async def test_a_drawing_is_read_a_few_times_a_second_and_at_last_as_it_is(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_on("draw", runs_dir)
    async with app.run_test(size=SMALL) as pilot:
        screen = draw_screen(app)
        sent: list[Message] = []
        post = app.post_message

        def kept(message: Message) -> bool:
            sent.append(message)
            return post(message)

        monkeypatch.setattr(app, "post_message", kept)
        for place in range(40):
            screen.on_draw_pad_stroked(DrawPad.Stroked(5.0 + place / 4, 9.0, place == 0, False))
        await read(pilot)
        drawings = [message.own for message in sent if isinstance(message, DrawScreen.Drawn)]
        assert len(drawings) == 2, "the first stroke at once, and all others together"
        assert np.array_equal(drawings[-1].pixels, screen.canvas.own(as_mnist=True).pixels)


@pytest.mark.slow
async def test_a_network_that_diverged_gives_no_answer(network: Network, digits: DataSet) -> None:
    last = network.layers[-1]
    broken = replace(last, bias=np.full_like(last.bias, np.nan))  # type: ignore[union-attr, type-var, call-arg]
    network = Network((*network.layers[:-1], broken), mnist.SHAPE)
    app = CnntuiApp(compose("broken", 1, network, digits, Focus()), "draw")
    async with app.run_test(size=SMALL) as pilot:
        await drag(pilot, (4, 5), (20, 5))
        assert "no answer" in shown(app, "#answer")
        assert "in MNIST's form: no number" in shown(app, "#talk")


@pytest.mark.slow
async def test_every_size_and_every_style_shows_the_canvas(runs_dir: Path) -> None:
    app = app_on("draw", runs_dir)
    async with app.run_test(size=SMALL) as pilot:
        await drag(pilot, (4, 5), (20, 5))
        for size in ((60, 18), (200, 60), (20, 5), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        for _ in range(5):
            await pilot.press("g")
            for grid in app.screen.query(MapGrid):
                assert (grid.geometry.rows, grid.geometry.cols) == (28, 28)


# Pictures


def save_picture(digits: DataSet, path: Path, index: int = 0) -> Path:
    """A photo of a digit: dark on light, small, in a corner."""
    page = np.full((120, 160), 230, np.uint8)
    page[5:61, 20:76] = 230 - np.kron(digits.images[index, :, :, 0] // 2, np.ones((2, 2), np.uint8))
    Image.fromarray(page).save(path)
    return path


@pytest.mark.slow
async def test_a_picture_is_what_is_looked_at_from_the_start(runs_dir: Path, digits: DataSet, tmp_path: Path) -> None:
    path = save_picture(digits, tmp_path / "[b]seven.png")
    app = build_app(Wanted(target="bundled", runs_dir=runs_dir, image=path))
    async with app.run_test(size=SMALL) as pilot:
        assert draw_screen(app).canvas.title == app.scene.title == "[b]seven.png"
        assert app.scene.activations.predicted == 7
        assert "dark ink on a light page" in shown(app, "#talk")
        assert "160×120 pixels" in shown(app, "#talk")
        await drag(pilot, (25, 12), (27, 12))
        assert app.scene.title == "[b]seven.png", "a picture can be corrected"


@pytest.mark.slow
async def test_a_picture_on_another_screen_is_on_the_canvas_as_well(
    runs_dir: Path, digits: DataSet, tmp_path: Path
) -> None:
    path = save_picture(digits, tmp_path / "seven.png")
    app = build_app(Wanted(target="bundled", runs_dir=runs_dir, image=path, screen="convolve"))
    async with app.run_test(size=SMALL) as pilot:
        assert app.mode == "convolve"
        assert app.scene.title == "seven.png"
        await pilot.press("6")
        assert not draw_screen(app).canvas.is_empty


def test_a_bad_picture_ends_the_start_in_a_sentence(runs_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(CnntuiError, match="is no picture"):
        build_app(Wanted(target="bundled", runs_dir=runs_dir, image=tmp_path / "text.png"))


def test_a_test_digit_and_a_picture_cannot_both_be_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["open", "bundled", "--digit", "1", "--image", "photo.png"])
    assert caught.value.code == 2
    assert "--image and --index exclude each other" in capsys.readouterr().err


async def enter_path(pilot: Pilot[None], path: Path) -> None:
    """Type a path in the dialog and wait for the result."""
    app = pilot.app
    app.screen.query_one(TypedLine).ask("", str(path), "")
    await pilot.press("enter")
    await until(
        lambda: (
            not isinstance(app.screen, PictureDialog)
            or "reading" not in str(app.screen.query_one("#message", Static).content)
        )
    )
    await pilot.pause()


@pytest.mark.slow
async def test_the_dialog_opens_pictures_and_says_what_is_wrong_with_others(
    runs_dir: Path, digits: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save_picture(digits, tmp_path / "seven.png")
    (tmp_path / "[red]bad.jpg").write_text("hello")
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "folder").mkdir()
    app = app_on("draw", runs_dir, index=3)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("i")
        dialog = app.screen
        assert isinstance(dialog, PictureDialog)
        tree = dialog.query_one(PictureTree)
        await until(lambda: len(tree.root.children) == 3)
        assert [str(node.label) for node in tree.root.children] == ["folder", "[red]bad.jpg", "seven.png"]
        for path, problem in ((tmp_path / "[red]bad.jpg", "[red]bad.jpg is no picture."), (tmp_path / "x", "no file")):
            await enter_path(pilot, path)
            assert problem in str(dialog.query_one("#message", Static).content)
            assert app.scene.title == "image #3"
        await enter_path(pilot, Path("folder"))
        assert Path(tree.path).name == "folder"
        await until(lambda: not tree.root.children)
        await pilot.press("backspace")
        await until(lambda: len(tree.root.children) == 3)
        await pilot.press("end", "enter")
        await until(lambda: isinstance(app.screen, DrawScreen))
        await read(pilot)
        assert app.scene.title == "seven.png"
        assert app.scene.activations.predicted == 7
        await pilot.press("z")
        assert draw_screen(app).canvas.is_empty
        await pilot.press("i", "escape")
        assert isinstance(app.screen, DrawScreen)
        assert app.scene.title == "seven.png"
        canvas: Canvas = draw_screen(app).canvas
        assert canvas.is_empty


@pytest.mark.parametrize("screen", ["draw", "softmax", "network"])
async def test_a_doubtful_picture_is_doubted_on_the_screen_in_front(
    runs_dir: Path, tmp_path: Path, screen: str
) -> None:
    ink = np.zeros((100, 100), np.uint8)
    ink[20:80, 30:38] = ink[20:80, 60:66] = 255
    Image.fromarray(ink).save(tmp_path / "two.png")
    app = app_on(screen, runs_dir, image=tmp_path / "two.png")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not [*app._notifications], "a box would cover the view"
        assert any("several marks" in line.text for line in app.screen.query(Lines))
        bar = app.screen.query_one(KeyBar)
        assert ("several marks" in bar.text) == (screen != "draw")
        await pilot.press("right")
        await pilot.pause()
        assert "several marks" not in bar.text
