"""The shift lab by keys alone, on a few digits."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from cnntui.cnn.arithmetic import percent
from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.layers import Dense, Flatten, MaxPool2D
from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose
from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.labs.shift import CURVE, FARTHEST, shifted
from cnntui.runs.directory.run_directory import DENSE, bundled_run
from cnntui.runs.reading.opening import open_run
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.labs.shift import screen as shift
from cnntui.ui.views.labs.shift.screen import COUNTS, DEFAULT, ShiftLab
from tests.screens.apps import app_on, on_few, shown
from tests.screens.test_pictures import COMPACT, LARGE, SMALL, Compare
from tests.waiting import until

FEW = COUNTS.index(200)
"""Enough images for the conclusion not to be chance."""


def some(digits: DataSet, count: int) -> DataSet:
    return digits.first(count)


def lab_on_few(runs_dir: Path, count: int = 8) -> CnntuiApp:
    return on_few(app_on("shift", runs_dir, index=7), count)


def lab(app: object) -> ShiftLab:
    assert isinstance(app, CnntuiApp)
    assert isinstance(app.screen, ShiftLab)
    return app.screen


async def compared(app: object) -> None:
    """Wait until there is a network to compare with."""
    assert isinstance(app, CnntuiApp)
    await until(lambda: isinstance(app.screen, ShiftLab) and len(app.screen.job.readers) == 2)


async def complete(pilot: Pilot[None]) -> None:
    await compared(pilot.app)
    app = pilot.app
    assert isinstance(app, CnntuiApp)
    await until(lambda: lab(app).job.is_finished and "%" not in shown(app, "#head"))


@pytest.mark.slow
async def test_a_digit_slides_and_both_networks_read_it_there(runs_dir: Path) -> None:
    app = lab_on_few(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("right", "right", "right", "up")
        moved = ZERO_TO_ONE.applied(shifted(app.scene.data.images[7], -1, 3))
        expected = [
            network.forward(moved).probabilities
            for network in (app.scene.network, open_run(bundled_run(DENSE)).network)
        ]
        for answer, probabilities in zip(lab(app).answers(), expected, strict=True):
            np.testing.assert_array_equal(answer, probabilities)
        assert shown(app, "#digit-title") == "true 9, moved 3 right, 1 up"
        rows = [re.findall(r"[<>]?[\d.]+%", row) for row in shown(app, "#classes").splitlines()[1:]]
        assert rows == [[percent(float(share)) for share in pair] for pair in zip(*expected, strict=True)]
        says = [int(probabilities.argmax()) for probabilities in expected]
        words = [f"predicts {read} {'✓' if read == 9 else '✗'}" for read in says]
        assert [line.split(maxsplit=1)[1] for line in shown(app, "#says").splitlines()] == words
        first, second = lab(app).job.accuracies()[:, FARTHEST - 1, FARTHEST + 3]
        assert shown(app, "#title-0") == f"CNN {first:.1%}"
        assert shown(app, "#title-1") == f"Dense(512) {second:.1%}"
        await pilot.press("end", "pagedown")
        assert shown(app, "#digit-title").endswith("moved 8 right, 8 down")
        await pilot.press("z")
        assert shown(app, "#digit-title") == "true 9, not moved"


def in_view(app: CnntuiApp) -> set[str]:
    names = ("classes", "map-0", "map-1", "map-2", "found", "curve", "at", "says")
    return {name for name in names if app.screen.query_one(f"#{name}").display}


@pytest.mark.slow
async def test_the_views_go_round_in_every_layout(runs_dir: Path) -> None:
    app = lab_on_few(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        always = {"classes", "map-0", "found", "curve", "says"}
        for also in ("map-1", "map-2", "map-1"):
            expected = always | {also}
            await until(lambda expected=expected: in_view(app) == expected)
            await pilot.press("v")
        assert re.fullmatch(r"difference [+−]\d+\.\d", shown(app, "#title-2"))
        await pilot.resize_terminal(60, 18)
        await pilot.pause()
        maps = [{f"map-{place}", "says", "at"} for place in range(3)]
        for view in ({"classes", "says", "at"}, *maps, {"found"}, {"classes", "says", "at"}):
            for _ in range(len(maps) + 2):
                await pilot.pause()
                if in_view(app) == view:
                    break
                await pilot.press("v")
            await until(lambda view=view: in_view(app) == view)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        everything = always | {"map-1", "map-2"}
        await until(lambda: in_view(app) == everything)
        await pilot.press("v")
        await until(lambda: in_view(app) == everything)


@pytest.mark.slow
async def test_more_digits_and_fewer(runs_dir: Path) -> None:
    app = app_on("shift", runs_dir)
    async with app.run_test(size=(80, 24)):
        await compared(app)
        # The pilot's own way to press a key waits until nothing is computed any more.
        app.simulate_key("minus")
        await until(lambda: len(lab(app).job.data) == COUNTS[DEFAULT - 1])
        assert f"{COUNTS[DEFAULT - 1]:,} images" in shown(app, "#head")
        app.simulate_key("plus")
        app.simulate_key("plus")
        await until(lambda: lab(app).job.total == COUNTS[DEFAULT + 1] * 17 * 17 * 2)
        # What has been read of it is shown while it goes on, and both networks have read the same.
        await until(lambda: "is right on" in shown(app, "#found"))
        assert not lab(app).job.is_finished
        known = np.isfinite(lab(app).job.accuracies())
        assert known[0].sum() >= len(CURVE)
        np.testing.assert_array_equal(*known)
        for _ in COUNTS:
            app.simulate_key("minus")
        await until(lambda: len(lab(app).job.data) == COUNTS[0])


@pytest.mark.slow
async def test_a_network_without_convolutions_is_compared_with_the_bundled_one(runs_dir: Path) -> None:
    rng = np.random.default_rng(3)
    flat = Network(
        (
            MaxPool2D("pool", (4, 4), (4, 4)),
            Flatten("flat"),
            Dense("hidden", rng.standard_normal((49, 20)).astype(np.float32), np.zeros(20, np.float32)),
            Dense("classes", rng.standard_normal((20, 10)).astype(np.float32), np.zeros(10, np.float32), "softmax"),
        ),
        mnist.SHAPE,
    )
    app = app_on("shift", runs_dir)
    few = some(app.scene.data, 10)
    bundled = app.scene.network
    app.navigator.look(compose("made up", None, flat, few, Focus(layer="pool")))
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        first, second = lab(app).job.readers
        assert (first.name, first.run, second.name, second.run) == ("CNN", "bundled", "Dense(20)", "made up")
        assert second.network is flat
        assert "Dense(20) is right on only" in " ".join(shown(app, "#found").split())
        # Another run is measured at once, with the network that it is to be compared with.
        app.showing.look_at(compose("bundled", None, bundled, few, Focus()))
        await until(lambda: [reader.name for reader in lab(app).job.readers] == ["CNN", "Dense(512)"])
        await complete(pilot)
        assert "Dense(512)" in shown(app, "#found")


@pytest.mark.slow
async def test_without_the_other_network_one_is_measured_and_the_reason_told(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise CnntuiError(f"The file runs/{name} is missing.", "Install cnntui again.")

    monkeypatch.setattr(shift, "bundled_run", missing)
    app = lab_on_few(runs_dir)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, ShiftLab) and "is right on" in shown(app, "#found"))
        await pilot.press("v", "right", "v", "plus")
        await until(lambda: lab(app).job.is_finished and "%" not in shown(app, "#head"))
        assert shown(app, "#found").startswith("The file runs/dense is missing. Install cnntui again.")
        assert shown(app, "#head").startswith("CNN (run bundled) on a moved image")
        assert in_view(app) == {"classes", "map-0", "found", "curve", "says"}


def recomputed(network: Network, digits: DataSet, count: int) -> list[float]:
    """The share read rightly, moved right by 0 to 8 pixels: cut out of a wide blank page, every layer computed."""
    page = np.zeros((count, 28, 28 + FARTHEST), np.float32)
    page[:, :, FARTHEST:] = digits.images[:count, :, :, 0] / np.float32(255)
    shares = []
    for right in range(FARTHEST + 1):
        moved = page[:, :, FARTHEST - right : FARTHEST - right + 28, np.newaxis]
        says = [network.forward(few).probabilities.argmax(axis=-1) for few in np.array_split(moved, count // 10)]
        shares.append(float(np.mean(np.concatenate(says) == digits.labels[:count])))
    return shares


@pytest.mark.slow
async def test_every_number_of_the_sentence_is_what_the_networks_compute(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shift, "DEFAULT", FEW)
    app = app_on("shift", runs_dir)
    count = COUNTS[FEW]
    async with app.run_test(size=(120, 40)):
        await compared(app)
        await until(lambda: bool((lab(app).job.counts()[FARTHEST, FARTHEST:] == count).all()))
        lab(app).show_found()
        text = " ".join(shown(app, "#found").split())
        await app.run_action("mode('labs')")
        await until(lambda: all(worker.is_finished for worker in app.workers))
    said = re.fullmatch(
        r"Moved right by 2, 3, 4 pixels, CNN is right on (\S+), (\S+), (\S+)%, Dense\(512\) on (\S+), (\S+), (\S+)%\. "
        r"Up to (\d) and (\d) pixels they lose no more than 5 points\. "
        r"So CNN is not invariant, but clearly better than Dense\(512\) at 2, 3 and 4\.",
        text,
    )
    assert said, text
    cnn, dense = (recomputed(open_run(bundled_run(name)).network, app.scene.data, count) for name in ("bundled", DENSE))
    assert list(said.groups()[:6]) == [f"{100 * curve[at]:.1f}" for curve in (cnn, dense) for at in (2, 3, 4)]
    for curve, kept in zip((cnn, dense), map(int, said.groups()[6:]), strict=True):
        assert all(share >= curve[0] - 0.05 - 1e-6 for share in curve[: kept + 1])
        assert curve[kept + 1] < curve[0] - 0.05 - 1e-6
    for at in (2, 3, 4):
        error = np.sqrt((cnn[at] * (1 - cnn[at]) + dense[at] * (1 - dense[at])) / count)
        assert cnn[at] - dense[at] > 2 * error
        assert cnn[0] - cnn[at] < dense[0] - dense[at]


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, LARGE, COMPACT])
def test_where_it_is_read(snap_compare: Compare, runs_dir: Path, size: tuple[int, int]) -> None:
    async def slide(pilot: Pilot[None]) -> None:
        await complete(pilot)
        await pilot.press("right", "right", "right")

    assert snap_compare(lab_on_few(runs_dir), run_before=slide, terminal_size=size)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "presses"),
    [(SMALL, 1), (COMPACT, 1), (COMPACT, 3), (COMPACT, 4)],
    ids=["difference", "compact-map", "compact-difference", "compact-words"],
)
def test_other_views(snap_compare: Compare, runs_dir: Path, size: tuple[int, int], presses: int) -> None:
    async def change(pilot: Pilot[None]) -> None:
        await complete(pilot)
        await pilot.press("right", *["v"] * presses)

    assert snap_compare(lab_on_few(runs_dir), run_before=change, terminal_size=size)
