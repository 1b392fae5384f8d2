"""Classes are named if the images are not MNIST's digits."""

from __future__ import annotations

import numpy as np
import pytest
from textual.geometry import Size

from cnntui.explore.focus import Focus
from cnntui.explore.scene import Scene, compose
from cnntui.images.evaluation import Predictions
from cnntui.printable import text_width
from cnntui.ui.views.base import image_text
from cnntui.ui.views.classes import text as classes_text
from cnntui.ui.views.draw import text as draw_text
from cnntui.ui.views.images import text as images_text
from cnntui.ui.views.why import text as why_text
from cnntui.ui.widgets.text.line import line_width, plain
from tests.canned import texts
from tests.images.test_colour_images import colour_network
from tests.small_data import labelled

NAMES = ("cat", "猫科动物的一种", "frog", "aircraft carrier")


@pytest.fixture(scope="module")
def scene() -> Scene:
    return compose("own", None, colour_network(), labelled([1, 3], NAMES, (32, 32, 3)), Focus(layer="conv2d"))


def test_a_title_says_the_name_of_the_class(scene: Scene) -> None:
    assert (scene.title, scene.truth) == ("image #0", "true 猫科动物的一种")
    said = scene.named(scene.activations.predicted)
    assert plain(image_text.sentence(scene, 70)).startswith(f"image #0 · true 猫科动物的一种 · predicted {said}")
    assert plain(image_text.image_title(scene, "")) == "image #0 true 猫科动物的一种"


@pytest.mark.parametrize("width", [10, 13, 16, 24, 40])
def test_probabilities_are_beside_names_that_are_cut_to_the_room(scene: Scene, width: int) -> None:
    lines = image_text.probabilities(scene, Size(width, 10))
    assert [line_width(line) for line in lines] == [width] * 4
    assert plain(lines[0])[1:3] == "ca"


def test_names_of_classes_are_worth_more_than_tenths_of_a_percent(scene: Scene) -> None:
    whole, tenths = (image_text.probabilities(scene, Size(width, 10)) for width in (16, 17))
    assert ("%" in plain(whole[0]), "%" in plain(tenths[0])) == (False, True)
    titles = [plain(image_text.probabilities_title(scene, width)) for width in (16, 17)]
    assert titles == ["prob., %", "probability"]


def test_a_title_names_the_class_only_as_a_whole(scene: Scene) -> None:
    assert plain(draw_text.given_title(scene, True, 40)) == f"given: image #0  {scene.truth}"
    assert plain(draw_text.given_title(scene, True, 28)) == "given: image #0"


def test_of_many_classes_the_most_probable_are_shown(scene: Scene) -> None:
    lines = image_text.probabilities(scene, Size(30, 3))
    best = np.argsort(-scene.activations.probabilities)[:2].tolist()
    assert [plain(line)[1:4] == NAMES[label][:3] for line, label in zip(lines, best, strict=False)]
    assert plain(lines[2]) == " and 2 less probable"


def test_why_asks_for_a_class_by_its_name(scene: Scene) -> None:
    activations = scene.activations
    label = activations.predicted
    assert plain(why_text.head(activations, scene.class_names, label, 90)).startswith(f"Why {NAMES[label]}?")
    compared = plain(why_text.comparison(activations, scene.class_names, label, scene.label, 90))
    assert compared.startswith(f"{NAMES[label]} leads ")


PREDICTIONS = Predictions(
    labelled([0, 1, 2, 3, 0], NAMES, (32, 32, 3)),
    np.array([0, 3, 2, 0]),
    np.array([0.9, 0.8, 1, 0.6], np.float32),
)


@pytest.mark.parametrize("width", [14, 16, 24, 60])
def test_captions_fit_below_their_pictures(width: int) -> None:
    captions = [images_text.caption(PREDICTIONS, index, width) for index in range(5)]
    assert max(text_width(text) for text, _ in captions) <= width
    assert [is_wrong for _, is_wrong in captions] == [False, True, False, True, False]
    assert captions[0][0].startswith(" 0 cat")
    assert "→" in captions[1][0]
    assert text_width(classes_text.caption(PREDICTIONS, 1, width)) <= width


def test_the_page_of_classes_and_the_findings_name_them() -> None:
    lines = texts(classes_text.bars(PREDICTIONS, Size(78, 11)))
    assert [line.split()[0] for line in lines[:3]] == ["cat", "猫科动物的一种", "frog"]
    assert max(text_width(line) for line in lines) <= 78
    found = plain(images_text.findings(PREDICTIONS.data, PREDICTIONS.confusion)[0])
    assert found == " most frequent mistakes: 猫科动物的一种→aircraft carrier (1), aircraft carrier→cat (1)"
    cell = plain(images_text.cell_line(PREDICTIONS.data, PREDICTIONS.confusion, 3, 0))
    assert cell.startswith(" true aircraft carrier · predicted cat: 1 of 1")
