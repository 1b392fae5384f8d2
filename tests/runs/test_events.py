"""The events of a run: whole lines or none, whatever the file contains and wherever it ends."""

from __future__ import annotations

import errno
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.runs.history.event_file import EventReader, EventWriter
from cnntui.runs.history.event_lines import decode, encode
from cnntui.runs.history.events import (
    Batches,
    Checkpoint,
    EpochEnd,
    Event,
    Failed,
    Finished,
    Launched,
    LearningRate,
    Paused,
    Resumed,
    Snapshot,
    Started,
    Stopped,
)
from cnntui.runs.history.history import History
from cnntui.runs.history.history_builder import HistoryBuilder

EVENTS: list[Event] = [
    Launched(1.25),
    Started(1.5, 42, 938, 5, 60_000, 10_000),
    Batches(2.0, 2, (2.25, 2.125), (0.125, 0.25)),
    Snapshot(2.5, 2, "00000002.npz"),
    Paused(3.0, 2),
    Paused(3.0, 2, "No room.", "Make some."),
    Resumed(4.0, 2),
    LearningRate(4.5, 2, 0.0005),
    Checkpoint(5.0, 938),
    EpochEnd(5.5, 0, 938, 0.25, 0.9375, 0.125, 0.96875, 7.5),
    Stopped(6.0, 1000, 0.125, 0.96875),
    Finished(6.5, 4690, 0.03125, 0.9921875),
    Failed(7.0, "Außer Papier: „zu Ende“\n", "Try [again]."),
]


def test_every_kind_of_event_is_the_same_after_the_file(tmp_path: Path) -> None:
    writer = EventWriter(tmp_path / "events.jsonl")
    for event in EVENTS:
        writer.write(event)
    assert EventReader(tmp_path / "events.jsonl").read() == EVENTS


def test_each_event_is_one_line_of_strict_json() -> None:
    for event in EVENTS:
        line = encode(event)
        assert line.endswith("\n")
        assert line.count("\n") == 1
        assert json.loads(line, parse_constant=pytest.fail)["event"] == type(event).__name__


@pytest.mark.slow
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=5))
def test_losses_keep_what_float32_knows(losses: list[float]) -> None:
    event = decode(encode(Batches(0.0, 5, tuple(losses), ())).encode())
    assert isinstance(event, Batches)
    np.testing.assert_allclose(event.losses, losses, rtol=1e-6)


def test_a_loss_that_is_no_number_comes_back_as_nan() -> None:
    event = decode(encode(Batches(0.0, 3, (1.0, math.nan, math.inf), (0.5, 0.5, 0.5))).encode())
    assert isinstance(event, Batches)
    assert event.losses[0] == 1.0
    assert [math.isnan(loss) for loss in event.losses] == [False, True, True]


def test_a_half_written_line_is_not_yet_an_event_at_any_byte(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    lines = b"".join(encode(event).encode() for event in EVENTS)
    reader, seen = EventReader(path), []
    for byte in lines:
        with path.open("ab") as file:
            file.write(bytes([byte]))
        seen += reader.read()
    assert seen == EVENTS
    assert reader.skipped == 0


@pytest.mark.parametrize(
    "line",
    [
        b"no json",
        b"[1, 2]",
        b"7",
        b"\xff\xfe\x00",
        b'{"event": "Telepathy", "time": 1.0}',
        b'{"event": ["Paused"], "time": 1.0, "step": 1}',
        b'{"event": "Paused", "time": 1.0}',
        b'{"event": "Paused", "time": 1.0, "step": "three"}',
        b'{"event": "Paused", "time": "noon", "step": 3}',
        b'{"event": "Paused", "time": 1.0, "step": -1}',
        b'{"event": "Paused", "time": 1.0, "step": 1' + b"0" * 400 + b"}",
        b'{"event": "Paused", "time": 1.0, "step": 1' + b"0" * 5000 + b"}",
        b"[" * 100_000,
        b'{"event": "Batches", "time": 1.0, "step": 1, "losses": "high", "accuracies": []}',
        b'{"event": "Batches", "time": 1.0, "step": 1, "losses": [[1.0]], "accuracies": [0.5]}',
    ],
)
def test_a_line_that_makes_no_sense_is_skipped_and_counted(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encode(EVENTS[0]).encode() + line + b"\n" + encode(EVENTS[1]).encode())
    reader = EventReader(path)
    assert reader.read() == EVENTS[:2]
    assert reader.skipped == 1


def test_a_training_of_more_batches_than_there_can_be_makes_no_sense() -> None:
    line = encode(Started(1.0, 1, 2**26, 2**27, 6400, 10_000)).encode()
    assert decode(line) is not None
    assert decode(line.replace(b"%d" % 2**27, b"%d" % (2**27 + 1))) is None


def test_fields_that_a_newer_version_added_are_ignored() -> None:
    assert decode(b'{"event": "Paused", "time": 1.0, "step": 3, "mood": "calm"}') == Paused(1.0, 3)


def test_fields_that_an_older_version_did_not_know_have_their_defaults() -> None:
    assert decode(b'{"event": "Paused", "time": 1.0, "step": 3}') == Paused(1.0, 3, "", "")
    assert decode(b'{"event": "Paused", "time": 1.0}') is None


def test_a_message_cannot_command_the_terminal_that_shows_it() -> None:
    event = decode(encode(Failed(1.0, "\x1b]0;mine\x07", "\x9b2J\nnext line")).encode())
    assert event == Failed(1.0, r"\x1b]0;mine\x07", "\\x9b2J\nnext line")


def test_reading_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    reader, writer = EventReader(path), EventWriter(path)
    assert reader.read() == []
    assert not reader.has_grown()
    writer.write(EVENTS[0])
    assert reader.has_grown()
    assert reader.read() == EVENTS[:1]
    assert not reader.has_grown()
    writer.write(EVENTS[1])
    assert reader.read() == EVENTS[1:2]


def test_a_missing_file_has_no_events(tmp_path: Path) -> None:
    reader = EventReader(tmp_path / "none")
    assert not reader.has_grown()
    assert reader.read() == []


def test_a_writer_after_a_killed_one_begins_on_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encode(EVENTS[0]).encode() + encode(EVENTS[1]).encode()[:20])
    EventWriter(path).write(EVENTS[2])
    reader = EventReader(path)
    assert reader.read() == [EVENTS[0], EVENTS[2]]
    assert reader.skipped == 1


def test_a_disk_that_fills_up_within_a_line_tears_that_line_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    writer.write(EVENTS[0])
    real_write = os.write
    room = [10]

    def full_disk(fd: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real_write(fd, bytes(data)[: room[0]])
        room[0] -= written
        return written

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full_disk)
        with pytest.raises(OSError, match="No space left"):
            writer.write(EVENTS[1])
    writer.write(EVENTS[2])
    assert EventReader(path).read() == [EVENTS[0], EVENTS[2]]


# Long runs


def many(lines: int, per_line: int = 3) -> list[Event]:
    values = tuple(round(0.1 + place / 10_000, 7) for place in range(per_line))
    return [Batches(1.7e9 + line, (line + 1) * per_line, values, values) for line in range(lines)]


def folded(events: list[Event]) -> History:
    builder = HistoryBuilder()
    builder.extend(events)
    return builder.history


@pytest.mark.slow
def test_a_long_run_is_read_in_blocks_that_hold_the_same_batches(tmp_path: Path) -> None:
    events = many(4000)
    for epoch in reversed(range(10)):
        end = 400 * (epoch + 1)
        events.insert(end, EpochEnd(1.7e9 + end, epoch, 3 * end, 0.1, 0.9, 0.1, 0.9, 5.0))
    path = tmp_path / "events.jsonl"
    path.write_text("".join(map(encode, events)))
    reader = EventReader(path)
    read = reader.read()
    assert len(read) < len(events) / 2
    assert [event for event in read if isinstance(event, EpochEnd)] == events[400::401]
    one_by_one, merged = folded(events), folded(read)
    assert merged.losses.tolist() == one_by_one.losses.tolist()
    assert merged.accuracies.tolist() == one_by_one.accuracies.tolist()
    assert merged.epochs == one_by_one.epochs
    # The current speed is that of the last reports, all of which exist.
    assert merged.event_steps[-500:].tolist() == one_by_one.event_steps[-500:].tolist()
    assert merged.steps_per_second == one_by_one.steps_per_second
    assert reader.skipped == 0


@pytest.mark.parametrize(
    "line",
    ["garbage", '{"event":"Batches","time":1,"step":9,"losses":[1e9999999,[],"accuracies":[1]}',
     '{"event":"Batches","time":1,"step":3,"losses":[' + "9" * 400 + '],"accuracies":[1]}'],
)  # fmt: skip
def test_a_damaged_line_in_a_long_run_hides_no_other(tmp_path: Path, line: str) -> None:
    lines = [encode(event) for event in many(4000)]
    path = tmp_path / "events.jsonl"
    path.write_text("".join([*lines[:100], line + "\n", *lines[100:]]))
    reader = EventReader(path)
    assert folded(reader.read()).step == 12_000
    assert reader.skipped == 1


def test_a_lost_line_in_a_long_run_ends_its_curve_there(tmp_path: Path) -> None:
    lines = [encode(event) for event in many(4000)]
    path = tmp_path / "events.jsonl"
    path.write_text("".join([*lines[:100], *lines[101:]]))
    assert folded(EventReader(path).read()).step == 300
