"""`cnntui show`: any place as plain text, with the numbers that the network computes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.cli import DONE, main
from cnntui.cnn.arithmetic import fraction, number
from cnntui.cnn.layers import Pool2D
from cnntui.cnn.network import Network
from cnntui.cnn.steps import ConvSteps
from cnntui.commands.wanted import Wanted, find
from cnntui.explore.views import VIEWS
from cnntui.labs import LABS
from cnntui.labs.shift import shifted
from cnntui.printable import text_width
from cnntui.runs.recording.script_run import Plan, Values
from cnntui.ui.views.base.missing_layer import instead
from cnntui.ui.views.labs.hierarchy import plain as hierarchy_plain
from cnntui.ui.views.labs.shift import plain as shift_plain
from tests.scripts import UNOPENED, script_run

WIDEST = 100
"""Columns that the widest table takes, that of the layers."""


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["show", *words]) == 0
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture(autouse=True)
def few_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Labs measure on few images here."""
    monkeypatch.setattr(shift_plain, "COUNT", 40)
    monkeypatch.setattr(hierarchy_plain, "MOST_IMAGES", 100)


@pytest.mark.parametrize("mode", VIEWS)
def test_every_view_is_told_in_plain_lines(mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "bundled", "--screen", mode, "--index", "7")
    first, second, *others = text.splitlines()
    assert first == "The run bundled: 8 layers, 127,978 parameters, after 4,690 batches."
    assert second.startswith("Test image 7 of MNIST: true class 9, predicted class 9, probability 0.9991")
    assert any(others)
    assert all(text_width(line) <= WIDEST and line == line.rstrip() for line in others)
    assert not set(text) & set("█▀▄━│─┌┐└┘▸▾")


@pytest.mark.parametrize(
    ("place", "layer", "said"),
    [
        ("--screen dense --unit 3", "dense", "Unit 3 of 64."),
        ("--screen pool --at 1,2 --filter 3", "max_pooling2d", "Map 3 of 32, output cell (1, 2)."),
        ("--screen flatten --at 2,3", "flatten", "Slot 832 of 1,600."),
        ("--screen calculation --unit 3 --term 7", "dense", "Unit 3 of 64."),
        ("--screen softmax --unit 4", "dense_1", "Unit 4 of 10."),
        ("--unit 9", "dense", "Unit 9 of 64."),
    ],
)
def test_a_place_without_a_layer_is_on_the_first_that_the_view_shows_and_that_has_it(
    place: str, layer: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, "bundled", *place.split())
    assert f": {layer}, layer " in text
    assert said in text.splitlines()


@pytest.mark.parametrize(
    ("place", "refused"),
    [
        ("--layer conv2d_1 --unit 3", "conv2d_1 has no units, so --unit means nothing there."),
        ("--layer flatten --term 3", "flatten has no units, so --term means nothing there."),
        ("--screen pool --channel 3", "max_pooling2d reads each map on its own, so --channel means nothing there."),
        ("--layer dense --channel 3", "dense outputs no maps, so --channel means nothing there."),
    ],
)
def test_what_a_layer_does_not_have_is_refused(place: str, refused: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "bundled", *place.split()]) == 1
    assert refused in capsys.readouterr().err


def test_convolve_tells_the_numbers_of_the_step(capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--layer", "conv2d_1", "--filter", "3", "--at", "5,6", "--channel", "10", "--index", "7")
    text = shown(capsys, "bundled", *place)
    scene = find(
        Wanted("bundled", layer="conv2d_1", filter=3, cell=(5, 6), channel=10, index=7), Path("/nowhere")
    ).scene
    assert isinstance(scene.steps, ConvSteps)
    step = scene.steps.at(5, 6)
    assert "Convolve: conv2d_1, layer 3 of 8" in text
    assert "Position 67 of 144." in text
    for value in step.products[..., 10].ravel():
        assert number(float(value)) in text
    (after,) = (line for line in text.splitlines() if line.startswith("After ReLU"))
    assert after.split()[-1] == number(step.output, 4)


def test_of_a_layer_that_the_network_lacks_it_is_said(
    capsys: pytest.CaptureFixture[str], dense_network: Network
) -> None:
    text = " ".join(shown(capsys, "dense", "--screen", "pool").split())
    assert instead(dense_network, Pool2D) in text


def test_the_class_that_is_asked_about_is_taken_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Why not 4? Its logit is" in shown(capsys, "bundled", "--screen", "why", "--class", "4", "--index", "7")


def test_runs_are_told_with_what_came_of_them(capsys: pytest.CaptureFixture[str], runs_dir: Path) -> None:
    text = shown(capsys, "bundled", "--screen", "runs", "--runs-dir", str(runs_dir))
    (line,) = (line for line in text.splitlines() if line.startswith("bundled"))
    assert line.split("  ")[0:2] == ["bundled", "finished"]
    assert line.endswith("99.13%")
    assert "rmsprop 0.001, batches of 64" in line


def test_the_list_of_labs_tells_every_claim(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(shown(capsys, "bundled", "--screen", "labs").split())
    assert all(f"{lab.name} (--screen {lab.mode}) {lab.claim}" in text for lab in LABS)


@pytest.mark.slow
def test_labs_tell_what_they_measure(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "bundled", "--screen", "shift", "--index", "7")
    rows = [line.split() for line in text.splitlines() if line.startswith("     ")]
    assert [row[0] for row in rows] == [f"{pixels}" for pixels in range(9)]
    scene = find(Wanted("bundled"), Path("/nowhere")).scene
    network, data = scene.network, scene.data.first(40)
    for down, right in ((0, 0), (0, 3)):
        answers = network.probabilities(network.input_of(shifted(data.images, down, right))).argmax(axis=1)
        assert rows[right][1] == fraction(float((answers == data.labels).mean()))
    text = shown(capsys, "bundled", "--screen", "hierarchy")
    assert "of the first 100 test images" in text
    assert "conv2d_2 filter 0" in text
    text = shown(capsys, "bundled", "--screen", "downsampling", "--layer", "conv2d_1")
    assert "Map 0 of conv2d_1" in text
    assert "parameters             127,978" in text


def test_the_course_is_told_with_how_far_one_is(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "bundled", "--screen", "learn")
    assert [line.split("  ")[0] for line in text.splitlines() if "  0 of " in line][:2] == [
        "Before you start", "1 What a network sees",
    ]  # fmt: skip


def test_an_earlier_step_is_shown_with_its_weights(capsys: pytest.CaptureFixture[str]) -> None:
    assert "after 16 batches" in shown(capsys, "bundled", "--step", "16")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--index", "10000"), "There is no test image 10,000. They go from 0 to 9,999."),
        (("--layer", "conv2d_9"), "conv2d_9"),
        (("--layer", "conv2d", "--at", "99,0"), "There is no row 99."),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "bundled", *words]) == 1
    output = capsys.readouterr()
    assert said in output.err
    assert not output.out


def test_of_a_network_that_cannot_be_opened_the_curves_are_told_and_no_layers(
    runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = script_run(runs_dir)
    run.begin(Plan(1, 10))
    run.batch(Values(8.0))
    run.end_epoch(Values(8.0), Values(7.5))
    run.end(stopped=False)
    for view, told in (("convolve", UNOPENED), ("train", "7.50"), ("network", UNOPENED)):
        assert main(["show", "mine", "--screen", view]) == DONE
        text = capsys.readouterr().out
        assert text.startswith("The network of mine cannot be opened; its curves can.")
        assert told in " ".join(text.split())
        assert not any(word in text for word in ("parameters", "flatten", "probability", "trainer"))
