"""Following a number from a pixel to the answer, and from the answer back to pixels, by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.cnn.contributions import NumberKind
from cnntui.cnn.receptive_field import receptive_field
from cnntui.ui.views.why.screen import WhyScreen
from tests.screens.apps import app_on, shown

MOST_STEPS = 60
"""Keys after which a way that does not end is a failure."""


@pytest.mark.slow
async def test_from_a_pixel_to_the_answer_and_from_the_answer_to_a_pixel(runs_dir: Path) -> None:
    app = app_on("convolve", runs_dir, index=4, layer="conv2d", cell=(15, 19), filter=10)
    async with app.run_test(size=(80, 24)) as pilot:
        # Forward: the window lies on the pixel (15, 19).
        pixel = (15, 19)
        assert app.scene.activations.image[pixel][0] > 0
        way = [(app.mode, app.scene.focus.layer)]
        while app.mode != "softmax":
            focus, mode = app.scene.focus, app.mode
            if len(app.scene.network.output_shape_of(focus.layer)) == 3:
                seen = receptive_field(app.scene.network, focus.layer).window(focus.row, focus.col)
                assert seen.top <= pixel[0] < seen.top + seen.height, "the way never leaves what the pixel reaches"
                assert seen.left <= pixel[1] < seen.left + seen.width
            await pilot.press("enter")
            await pilot.pause()
            assert (app.mode, app.scene.focus) != (mode, focus)
            way.append((app.mode, app.scene.focus.layer))
        assert way == [
            ("convolve", "conv2d"), ("pool", "max_pooling2d"), ("convolve", "conv2d_1"), ("pool", "max_pooling2d_1"),
            ("convolve", "conv2d_2"), ("flatten", "flatten"), ("dense", "dense"), ("dense", "dense_1"),
            ("softmax", "dense_1"),
        ]  # fmt: skip
        answer = app.scene.activations.predicted
        assert app.scene.focus.unit == answer == 4
        assert "▸ 4" in shown(app, "#classes")

        # Backward: why that answer, always the largest term, down to a pixel.
        await pilot.press("w")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, WhyScreen)
        assert f"Why {answer}?" in shown(app, "#head")
        for _ in range(MOST_STEPS):
            if screen.row.node.kind is NumberKind.PIXEL:
                break
            await pilot.press("right")
        assert screen.row.node.kind is NumberKind.PIXEL
        row, col, _ = screen.row.node.place.index
        assert app.scene.activations.image[row, col, 0] > 0, "what speaks for the answer is ink"

        # Where that pixel is read: the convolution whose window lies on it, and back on the trail to where we began.
        await pilot.press("enter")
        await pilot.pause()
        assert (app.mode, app.scene.focus.layer) == ("convolve", "conv2d")
        window = receptive_field(app.scene.network, "conv2d").window(app.scene.focus.row, app.scene.focus.col)
        assert window.top <= row < window.top + window.height
        assert window.left <= col < window.left + window.width
        back = []
        for _ in range(len(way) + 1):
            await pilot.press("backspace")
            await pilot.pause()
            back.append((app.mode, app.scene.focus.layer))
        assert back[0][0] == "why"
        assert back[1:] == way[::-1]
        assert (app.scene.focus.row, app.scene.focus.col) == pixel
