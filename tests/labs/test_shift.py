"""The shift lab's measurement, against moving one digit at a time, and its conclusions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from cnntui.cnn.layers import Dense, Flatten
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.images import mnist
from cnntui.images.data import DataSet
from cnntui.images.mnist import CLASSES
from cnntui.labs import shift
from cnntui.labs.shift import (
    CURVE,
    FARTHEST,
    SIDE,
    WAYS,
    Race,
    Reader,
    better_at,
    is_above,
    kept_to,
    of_the_curve,
    shifted,
)
from cnntui.runs.directory.run_directory import DENSE, bundled_run
from cnntui.runs.reading.opening import open_run
from cnntui.ui.views.labs.shift import text as shift_text
from cnntui.ui.views.labs.shift import verdict as shift_verdict
from cnntui.ui.widgets.text.line import plain
from tests.networks import mnist_network


@pytest.fixture(scope="module")
def readers(network: Network) -> tuple[Reader, Reader]:
    return Reader("bundled", network), Reader(DENSE, open_run(bundled_run(DENSE)).network)


def test_what_leaves_is_lost_and_what_comes_in_is_blank() -> None:
    image = np.arange(1, 10, dtype=np.uint8).reshape(3, 3, 1) * np.array([1, 10], np.uint8)
    np.testing.assert_array_equal(shifted(image, 0, 0), image)
    np.testing.assert_array_equal(shifted(image, 1, 0)[..., 0], [[0, 0, 0], [1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(shifted(image, -1, 2)[..., 1], [[0, 0, 40], [0, 0, 70], [0, 0, 0]])
    np.testing.assert_array_equal(shifted(np.stack([image, 2 * image]), 0, -2)[1], 2 * shifted(image, 0, -2))


def test_every_way_is_gone_once_and_those_of_the_curve_first() -> None:
    assert len(WAYS) == len(set(WAYS)) == SIDE * SIDE
    assert WAYS[: len(CURVE)] == CURVE == tuple((0, right) for right in range(FARTHEST + 1))


def of_dense(*units: int) -> Network:
    """A network of dense layers alone, of zeros."""
    layers: list[Dense | Flatten] = [Flatten("flatten")]
    length = 28 * 28
    for place, each in enumerate(units):
        layers.append(Dense(f"dense_{place}", np.zeros((length, each), np.float32), np.zeros(each, np.float32)))
        length = each
    return Network(tuple(layers), mnist.SHAPE)


def test_a_network_is_called_what_it_is(readers: tuple[Reader, Reader]) -> None:
    assert [reader.name for reader in readers] == ["CNN", "Dense(512)"]
    names = [Reader("made up", of_dense(*units)).name for units in ((10,), (3000, 10), (64, 32, 10))]
    assert names == ["Dense(10)", "Dense(3000)", "3×Dense"]
    assert max(map(len, names)) <= shift_text.NAMES


@pytest.mark.slow
def test_accuracies_are_what_one_digit_at_a_time_gives(readers: tuple[Reader, Reader], digits: DataSet) -> None:
    few = digits.first(12)
    race = Race(readers, few, 12)
    race.read()
    assert race.is_finished
    assert race.done == race.total == 2 * 12 * SIDE * SIDE
    assert (race.counts() == 12).all()
    for shares, reader in zip(race.accuracies(), readers, strict=True):
        for down, right in ((0, 0), (0, 3), (-2, 5), (8, -8), (4, 4)):
            rightly = [
                reader.network.forward(reader.network.input_of(shifted(image, down, right))).predicted == label
                for image, label in zip(few.images, few.labels, strict=True)
            ]
            assert shares[down + FARTHEST, right + FARTHEST] == pytest.approx(np.mean(rightly))


@pytest.mark.slow
def test_a_part_of_it_can_be_shown_and_taken_up_again(
    readers: tuple[Reader, Reader], digits: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = 3
    monkeypatch.setattr(shift, "BATCH", batch)
    race, asked = Race(readers, digits, batch + 1), iter([True] * (len(CURVE) + 1) + [False])
    assert np.isnan(race.accuracies()).all()
    assert race.done == 0
    race.read(lambda: next(asked))
    # The curve on the first batch, and its first shift on the second, by both networks.
    assert race.done == 2 * (len(CURVE) * batch + 1)
    assert race.counts()[FARTHEST, FARTHEST] == batch + 1
    assert race.counts()[FARTHEST, FARTHEST + 1 :].tolist() == [batch] * FARTHEST
    shares = race.accuracies()
    assert np.isfinite(of_the_curve(shares)).all()
    assert [int(np.isfinite(each).sum()) for each in shares] == [len(CURVE)] * 2
    race.read()
    at_once = Race(readers, digits, batch + 1)
    at_once.read()
    np.testing.assert_array_equal(race.accuracies(), at_once.accuracies())


def test_before_the_curve_nothing_is_said() -> None:
    nothing = np.full((2, SIDE, SIDE), np.nan, np.float32)
    assert "curve comes first" in plain(shift_verdict.found(made_up(), nothing, 0, 78)[0])


# What follows from a measurement

FALLS = (0.98, 0.97, 0.954, 0.845, 0.643, 0.5, 0.4, 0.3, 0.2)
FALLS_FASTER = (0.98, 0.94, 0.857, 0.615, 0.376, 0.25, 0.17, 0.13, 0.1)


def curve(*shares: float) -> Floats:
    return np.array(shares, np.float32)


def test_what_is_kept_is_what_falls_no_more_than_5_points_without_a_gap() -> None:
    assert kept_to(curve(*FALLS)) == 2
    assert kept_to(curve(*FALLS_FASTER)) == 1
    assert kept_to(curve(0.98, 0.9, 0.98, 0.98)) == 0
    assert kept_to(curve(0.98, 0.98, 0.94)) == 2
    # Exactly 5 points, whatever their difference is in float32.
    assert all(kept_to(curve(still / 100, (still - 5) / 100)) == 1 for still in range(50, 101))


def test_a_share_is_above_another_where_chance_does_not_explain_it() -> None:
    # Standard error for 1,000 digits: √((0.9 · 0.1 + 0.87 · 0.13) / 1000) = 0.0143.
    assert is_above(0.9, 0.87, 1000)
    assert not is_above(0.9, 0.872, 1000)
    assert not is_above(0.9, 0.87, 100)
    assert not is_above(0.87, 0.9, 10_000)
    assert not is_above(float("nan"), 0.5, 1000)


def test_better_is_who_reads_more_and_has_lost_less() -> None:
    assert better_at(curve(*FALLS), curve(*FALLS_FASTER), (2, 3, 4), 1000) == (2, 3, 4)
    assert better_at(curve(*FALLS), curve(*FALLS_FASTER), (1, 2), 100) == (2,)
    assert better_at(curve(*FALLS_FASTER), curve(*FALLS), (2, 3, 4), 1000) == ()
    # Reads more everywhere, but has lost just as much: that is not due to the shift.
    assert better_at(curve(0.98, 0.8, 0.6), curve(0.78, 0.6, 0.4), (1, 2), 10_000) == ()


def made_up(*kinds: Network) -> tuple[Reader, ...]:
    return tuple(Reader("made up", network) for network in kinds or (mnist_network(), of_dense(512, 10)))


def said(*curves: Sequence[float], readers: tuple[Reader, ...] = (), count: int = 1000, trouble: str = "") -> str:
    whole = np.ones((len(curves), SIDE, SIDE), np.float32)
    whole[:, FARTHEST, FARTHEST:] = curves
    return " ".join(map(plain, shift_verdict.found(readers or made_up(), whole, count, 60, trouble)))


def test_the_sentence_follows_the_measurement() -> None:
    text = said(FALLS, FALLS_FASTER)
    assert "by 2, 3, 4 pixels, CNN is right on 95.4, 84.5, 64.3%, Dense(512) on 85.7, 61.5, 37.6%." in text
    assert "Up to 2 and 1 pixels they lose no more than 5 points." in text
    assert "Up to 2 pixels both lose no more than 5 points." in said(FALLS, FALLS)
    assert "Up to 1 pixel both lose no more than 5 points." in said(FALLS_FASTER, FALLS_FASTER)
    assert text.endswith("So CNN is not invariant, but clearly better than Dense(512) at 2, 3 and 4.")


def test_in_few_lines_the_conclusion_is_told_before_the_rest() -> None:
    whole = np.ones((2, SIDE, SIDE), np.float32)
    whole[:, FARTHEST, FARTHEST:] = FALLS, FALLS_FASTER
    lines = [plain(line) for line in shift_verdict.found(made_up(), whole, 1000, 59, height=4)]
    assert len(lines) <= 4
    assert "Up to" not in " ".join(lines)
    assert " ".join(lines).endswith("at 2, 3 and 4.")


def test_what_the_measurement_does_not_show_is_not_said() -> None:
    still = [0.98] * 9
    assert "CNN hardly depends on where the image is, and clearly better than Dense(512)" in said(still, FALLS_FASTER)
    assert said(FALLS, still).endswith(
        "So CNN is not invariant, and on 1,000 images not clearly better than Dense(512)."
    )
    some = (0.98, 0.97, 0.95, 0.84, 0.4, 0.25, 0.17, 0.13, 0.1)
    assert said(FALLS, some).endswith("but clearly better than Dense(512) at 4 only.")
    assert said(FALLS, FALLS_FASTER, count=10).endswith("on 10 images not clearly better than Dense(512).")


def test_a_network_that_reads_little_proves_nothing() -> None:
    for curves in ((FALLS, [0.1] * 9), ([0.1] * 9, FALLS)):
        assert "is right on only 10.0% of the images that were not moved, so nothing follows" in said(*curves)
        assert "invariant" not in said(*curves)


def test_one_network_alone_is_told_of_too() -> None:
    text = said(FALLS, readers=made_up()[:1], trouble="There is no dense network.")
    assert text.startswith(
        "There is no dense network. Moved right by 2, 3, 4 pixels, CNN is right on 95.4, 84.5, 64.3%."
    )
    assert text.endswith("Up to 2 pixels it loses no more than 5 points. So CNN is not invariant.")


def test_lines_keep_to_their_room() -> None:
    readers = made_up(mnist_network(), of_dense(3000, 10))
    whole = np.ones((2, SIDE, SIDE), np.float32)
    for count in (100, 10_000):
        race = Race(
            readers, DataSet(np.zeros((count, 28, 28, 1), np.uint8), np.zeros(count, np.uint8), mnist.CLASSES), count
        )
        for width in (58, 78, 116):
            assert len(plain(shift_text.head(race, width))) <= width
            assert plain(shift_text.head(race, width)).endswith(f"0% of {race.total:,} read   {count:,} images")
    worst = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    whole[:, FARTHEST, FARTHEST:] = 1.0 - np.array([worst, np.roll(worst, 2)])
    for width, height in ((60, 4), (116, 3), (29, 14)):
        lines = shift_verdict.found(readers, whole, 10_000, width)
        assert len(lines) <= height
        assert max(len(plain(line)) for line in lines) <= width
    answers = [np.full(10, 0.1, np.float32)] * 2
    assert max(len(plain(line)) for line in shift_text.classes(readers, answers, 3, 30)) <= 30
    assert max(len(plain(line)) for line in shift_text.says(readers, answers, 3, CLASSES)) <= 29


def test_a_way_in_words() -> None:
    assert shift_text.way(0, 0) == "not moved"
    assert shift_text.way(-1, 2) == "2 right, 1 up"
    assert plain(shift_text.title(-1, 2, "true 7")) == "true 7, moved 2 right, 1 up"
    assert plain(shift_text.title(0, 0, "")) == "not moved"


def test_what_a_network_reads_in_words() -> None:
    answers = [np.eye(10, dtype=np.float32)[3], np.eye(10, dtype=np.float32)[7]]
    assert [plain(line).split(maxsplit=1)[1] for line in shift_text.says(made_up(), answers, 7, CLASSES)] == [
        "predicts 3 ✗",
        "predicts 7 ✓",
    ]
    assert plain(shift_text.says(made_up(), answers, None, CLASSES)[0]).endswith("predicts 3")


@pytest.mark.slow
def test_a_diverged_network_is_read_as_it_is(digits: DataSet) -> None:
    nan = np.full((784, 10), np.nan, np.float32)
    network = of_dense(10)
    diverged = replace(network, layers=(network.layers[0], replace(network.layers[1], kernel=nan)))  # type: ignore[arg-type]
    few = digits.first(20)
    race = Race((Reader("made up", mnist_network()), Reader("diverged", diverged)), few, 20)
    race.read()
    assert np.isfinite(race.accuracies()).all()


@pytest.mark.slow
def test_the_cnn_is_less_indifferent_to_place_than_is_said_and_more_than_a_dense_network(
    readers: tuple[Reader, Reader], digits: DataSet
) -> None:
    # Every fifth: of 2,000 digits a share is known to within two points.
    images, labels = digits.images[::5].reshape(4, -1, 28, 28, 1), digits.labels[::5].reshape(4, -1)

    def accuracy(network: Network, right: int) -> float:
        says = [network.probabilities(network.input_of(shifted(batch, 0, right))).argmax(axis=1) for batch in images]
        return float(np.mean(says == labels))

    known = {"CNN": (0.954, 0.845, 0.643), "Dense(512)": (0.857, 0.615, 0.376)}
    measured = {reader.name: [accuracy(reader.network, right) for right in (0, 2, 3, 4)] for reader in readers}
    for name, (still, *moved) in measured.items():
        assert still > 0.97
        np.testing.assert_allclose(moved, known[name], atol=0.08)
    assert all(cnn > dense + 0.05 for cnn, dense in zip(*(moved[1:] for moved in measured.values()), strict=True))
