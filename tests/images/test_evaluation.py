"""The predictions: reading in batches, counting, choosing, ordering."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.cnn.network import Network
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.images.evaluation import BATCH, Evaluation, Predictions, Selection, accuracies, class_in, index_in
from tests.small_data import labelled


def predictions(labels: str, predictions: str, certainties: list[float]) -> Predictions:
    return Predictions(
        labelled([*map(int, labels)]),
        np.array([*map(int, predictions)], np.int64),
        np.array(certainties, np.float32),
    )


SEEN = predictions("3174431", "317941", [0.9, 0.8, 0.7, 0.4, 0.6, 0.99])
"""Seven digits of which six were read: 3, 1, 7 and 4 rightly, a 4 as 9 and a 3 as 1."""


def test_a_reading_gives_what_forward_gives_and_can_be_left_and_taken_up(network: Network, digits: DataSet) -> None:
    some = digits.first(100)
    evaluation = Evaluation(network, some)
    assert evaluation.predictions.done == 0
    asked: list[int] = []
    evaluation.read(lambda: len(asked) < 2 and asked.append(1) is None)
    early = evaluation.predictions
    assert early.done == 2 * BATCH
    assert not early.is_complete
    evaluation.read()
    assert evaluation.predictions.is_complete
    probabilities = network.forward(network.input_of(some.images)).probabilities
    assert (evaluation.predictions.predicted == probabilities.argmax(axis=1)).all()
    np.testing.assert_allclose(evaluation.predictions.certainties, probabilities.max(axis=1), atol=1e-5)
    assert early.done == 2 * BATCH
    assert (early.predicted == evaluation.predictions.predicted[: 2 * BATCH]).all()


def test_the_confusion_matrix_counts_each_digit_read_once() -> None:
    counts = SEEN.confusion
    assert counts.shape == (10, 10)
    assert counts.sum() == SEEN.done == 6
    assert {(row, col): counts[row, col] for row, col in np.argwhere(counts).tolist()} == {
        (3, 3): 1, (1, 1): 1, (7, 7): 1, (4, 9): 1, (4, 4): 1, (3, 1): 1,
    }  # fmt: skip
    assert SEEN.mistaken.tolist() == [False, False, False, True, False, True]


def test_accuracy_by_class_is_the_diagonal_over_the_row() -> None:
    shares = accuracies(SEEN.confusion)
    assert shares[[1, 3, 4, 7]].tolist() == [1.0, 0.5, 0.5, 1.0]
    assert np.isnan(shares[[0, 2, 5, 6, 8, 9]]).all()


def test_a_network_with_more_classes_gets_more_columns() -> None:
    counts = Predictions(labelled([1]), np.array([12]), np.array([1.0], np.float32)).confusion
    assert counts.shape == (10, 13)
    assert counts[1, 12] == 1


@pytest.mark.parametrize(
    ("choice", "indices"),
    [
        (Selection(), [0, 1, 2, 3, 4, 5, 6]),
        (Selection(label=1), [1, 6]),
        (Selection(label=3), [0, 5]),
        (Selection(mistakes=True), [3, 5]),
        (Selection(label=4, mistakes=True), [3]),
        (Selection(unsure_first=True), [3, 4, 2, 1, 0, 5]),
        (Selection(label=4, unsure_first=True), [3, 4]),
        (Selection(surest_first=True), [5, 0, 1, 2, 4, 3]),
        (Selection(mistakes=True, surest_first=True), [5, 3]),
        (Selection(label=3, read_as=1), [5]),
        (Selection(label=3, read_as=3), [0]),
        (Selection(label=1, unsure_first=True), [1]),
        (Selection(label=0, mistakes=True), []),
    ],
)
def test_choices_combine(choice: Selection, indices: list[int]) -> None:
    assert choice.indices(SEEN).tolist() == indices


def test_equally_sure_digits_stay_in_the_order_of_the_set() -> None:
    seen = predictions("0000", "0000", [0.5, 0.4, 0.5, 0.4])
    assert Selection(unsure_first=True).indices(seen).tolist() == [1, 3, 0, 2]


def test_a_class_is_chosen_and_taken_back() -> None:
    four = Selection(mistakes=True).of_class(4)
    assert four == Selection(label=4, mistakes=True)
    assert four.of_class(4) == Selection(mistakes=True)
    assert Selection(label=4, read_as=9).of_class(4) == Selection(label=4)
    choices = (Selection(), four, Selection(label=4, read_as=9, unsure_first=True))
    assert [choice.words(SEEN.data) for choice in choices] == [
        "all images", "mistakes on 4", "true 4 · predicted 9, least certain first",
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "index"), [("0", 0), (" 42 ", 42), ("9,999", 9999), ("007", 7)])
def test_an_index_is_read(text: str, index: int, digits: DataSet) -> None:
    assert index_in(text, digits) == index


@pytest.mark.parametrize("text", ["", "abc", "-1", "1.5", "٣", "²", "10000", "9" * 40])
def test_nonsense_is_answered_with_one_sentence(text: str, digits: DataSet) -> None:
    with pytest.raises(CnntuiError, match=r"go from 0 to 9,999\.$"):
        index_in(text, digits)


@pytest.mark.parametrize(
    ("text", "label"),
    [("cat", 0), (" DOG ", 2), ("fr", 3), ("ar", 1), ("class 2", 2), ("class 9", None), ("d", 2), ("", None),
     ("a", None), ("x", None), ("class x", None)],
)  # fmt: skip
def test_a_class_is_found_by_name_or_number(text: str, label: int | None) -> None:
    assert class_in(text, labelled([0], ("cat", "catarrh", "dog", "frog"))) == label


def test_what_is_chosen_is_called_by_name() -> None:
    animals = labelled([0], ("cat", "dog"), (8, 9, 3))
    assert Selection().words(animals) == "all images"
    assert Selection(label=1, read_as=0).words(animals) == "true dog · predicted cat"
