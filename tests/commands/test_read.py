"""`cnntui read`: a table or JSON of what a network predicts, and the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnntui.cli import DONE, FAILED, main
from cnntui.cnn.input_scale import INVERTED
from cnntui.cnn.network import Network
from cnntui.commands.read import BATCH
from cnntui.images.data import DataSet
from cnntui.runs.recording.script_run import Plan
from tests.keras_files import write_keras_file
from tests.networks import trained_at
from tests.scripts import UNOPENED, script_run


def picture(path: Path, digits: DataSet, index: int = 0) -> Path:
    """A picture file of a test image, as it is."""
    Image.fromarray(digits.images[index, :, :, 0]).save(path, "PNG")
    return path


def test_the_table_tells_true_and_predicted_class(digits: DataSet, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "bundled", "--index", "0", "1", "--index", "2"]) == DONE
    heading, *rows = capsys.readouterr().out.splitlines()
    assert heading.split("  ")[-1] == "probability"
    assert [row.split()[-3:-1] for row in rows] == [[str(label)] * 2 for label in digits.labels[:3]]
    column = heading.index("probability")
    assert {row[column - 1 :] for row in rows} <= {" >0.9999", " 1.0000"}


def test_without_an_image_it_reads_test_image_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "bundled", "--json"]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["index"], found["true_class"], found["class"], found["warnings"]) == (0, 7, 7, [])
    assert found["probability"] == max(found["probabilities"])
    assert sum(found["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_a_picture_that_cannot_be_read_does_not_keep_the_others_from_it(
    digits: DataSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    good = picture(tmp_path / "good.png", digits)
    images = [str(tmp_path / "pipe.png"), str(good), str(tmp_path / "none.png")]
    assert main(["read", "bundled", "--json", "--image", *images]) == FAILED
    printed = capsys.readouterr()
    found = [json.loads(line) for line in printed.out.splitlines()]
    assert [each["image"] for each in found] == images
    assert [each["class"] for each in found] == [None, 7, None]
    assert ["error" in each for each in found] == [True, False, True]
    assert printed.err.count("cnntui: ") == 2


def test_as_it_is_a_picture_gives_what_the_test_image_gives(
    digits: DataSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(picture(tmp_path / "digit.png", digits, 8))
    assert main(["read", "bundled", "--json", "--as-is", "--image", path]) == DONE
    assert main(["read", "bundled", "--json", "--index", "8"]) == DONE
    one, other = (json.loads(line)["probabilities"] for line in capsys.readouterr().out.splitlines())
    assert one == pytest.approx(other, abs=1e-6)


def test_as_it_is_another_size_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.zeros((28, 30), np.uint8)).save(tmp_path / "wide.png")
    assert main(["read", "bundled", "--as-is", "--image", str(tmp_path / "wide.png")]) == FAILED
    assert "wide.png has 30×28 pixels; this network takes 28×28" in capsys.readouterr().err


def test_an_index_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "bundled", "--index", "3", "10000"]) == FAILED
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "cnntui: There is no test image 10,000. They go from 0 to 9,999.\n"


def test_names_that_are_not_text_leave_the_json_valid(
    digits: DataSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b[31m.png")
    picture(Path(path), digits)
    assert main(["read", "bundled", "--json", "--image", path]) == DONE
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert json.loads(out)["class"] == 7


def test_an_image_before_the_command_counts(
    digits: DataSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(picture(tmp_path / "digit.png", digits))
    assert main(["--image", path, "read", "bundled", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["image"] == path


def test_doubts_are_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ink = np.zeros((100, 100), np.uint8)
    ink[20:80, 30:38] = ink[20:80, 60:66] = 255
    Image.fromarray(ink).save(tmp_path / "two.png")
    assert main(["read", "bundled", "--json", "--image", str(tmp_path / "two.png")]) == DONE
    assert main(["read", "bundled", "--image", str(tmp_path / "two.png")]) == DONE
    first, _, _, last = capsys.readouterr().out.splitlines()
    assert json.loads(first)["warnings"] == [last.strip()]
    assert "several marks" in last


@pytest.mark.slow
def test_nothing_of_tensorflow_is_imported() -> None:
    program = (
        "import sys; from cnntui.cli import main; status = main(['read', 'bundled', '--index', '0', '--json']);"
        "print(status, sorted({'tensorflow', 'keras', 'textual'} & {*sys.modules}))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[1:] == ["0 []"]


@pytest.mark.slow
def test_nobody_reads_to_the_end() -> None:
    indices = [str(index) for index in range(2000)]
    with subprocess.Popen(
        [sys.executable, "-m", "cnntui", "read", "bundled", "--json", "--index", *indices],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as ran:  # fmt: skip
        assert ran.stdout is not None
        assert ran.stderr is not None
        assert json.loads(ran.stdout.readline())["index"] == 0
        ran.stdout.close()
        assert ran.stderr.read() == b""
    assert ran.returncode == DONE


def test_of_many_pictures_the_unreadable_ones_are_told_of_where_they_come(
    digits: DataSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """More than are read at a time, among them as many unreadable ones as are read at a time."""
    images = [picture(tmp_path / f"{place}.png", digits, place) for place in range(2 * BATCH + 5)]
    unreadable = [BATCH // 2, *range(BATCH, 2 * BATCH), 2 * BATCH + 1]
    for place in unreadable:
        images[place].write_bytes(b"")
    images[unreadable[0]].unlink()
    images[unreadable[0]].mkdir()
    assert main(["read", "bundled", "--json", "--as-is", "--image", *map(str, images)]) == FAILED
    printed = capsys.readouterr()
    found = [json.loads(line) for line in printed.out.splitlines()]
    assert [each["image"] for each in found] == [str(image) for image in images]
    assert [place for place, each in enumerate(found) if each["class"] is None] == unreadable
    assert printed.err.count("cnntui: ") == len(unreadable)


@pytest.fixture
def inverted(tmp_path: Path, dense_network: Network) -> str:
    """A file with a network that was trained on inverted images."""
    return str(write_keras_file(tmp_path / "inverted.keras", trained_at(dense_network, INVERTED)))


def test_a_scale_that_was_guessed_is_said_before_the_table(inverted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", inverted]) == DONE
    said, heading, row = capsys.readouterr().out.splitlines()
    assert said.startswith("Input 1..0 (inverted): reads ")
    assert said.endswith("Name another with --scale.")
    assert heading.startswith("image ")
    assert row.split()[-3:-1] == ["7", "7"]


def test_a_scale_that_was_guessed_is_a_warning_of_every_image_in_json(
    inverted: str, digits: DataSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = str(picture(tmp_path / "own.png", digits))
    assert main(["read", inverted, "--json", "--as-is", "--index", "0", "--image", own]) == DONE
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["class"] for each in found] == [7, 7]
    assert all(each["warnings"][0].startswith("Input 1..0 (inverted): reads ") for each in found)


@pytest.mark.parametrize(
    "where", [["--scale", "-1..1", "read"], ["read", "--scale=-1..1"], ["read", "--scale", "-1..1"]]
)
def test_a_scale_that_is_named_counts_without_a_warning(
    where: list[str], inverted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*where, "--json", inverted]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert found["warnings"] == []
    assert found["class"] != 7


def test_a_scale_that_there_is_not_gets_one_sentence(inverted: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["read", inverted, "--scale", "0..2"])
    assert "‘0..2’ is not an input scale. Write 0..1, 0..255, -1..1, 1..0, or MEAN" in capsys.readouterr().err
    assert main(["read", inverted, "--scale", "1,2,3,4,5,6"]) == FAILED
    assert "for 3 channels, but the images have 1" in capsys.readouterr().err
    assert main(["read", "bundled", "--scale", "0..1"]) == FAILED
    assert "--scale goes with a network file" in capsys.readouterr().err


def test_a_stand_in_for_a_network_that_cannot_be_opened_predicts_nothing(
    runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script_run(runs_dir).begin(Plan(1, 10))
    assert main(["read", "mine", "--index", "0"]) == FAILED
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"cnntui: The network of mine cannot be read. {UNOPENED} See its curves: cnntui open mine\n"
