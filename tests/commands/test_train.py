"""`cnntui train` with a trainer that needs no TensorFlow: what it prints, and how it exits."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cnntui.cli import main
from cnntui.commands.arguments import parse
from cnntui.commands.control import stop
from cnntui.commands.train import DONE, FAILED, INTERRUPTED, WRONG_USAGE, resume, run
from cnntui.images.data import DataSet
from cnntui.runs.directory.control import TrainerCommand, ask
from cnntui.runs.directory.run_directory import list_runs
from cnntui.runs.directory.status import Status
from cnntui.runs.reading.follow import RunFollower
from cnntui.runs.starting import process as starting
from cnntui.runs.starting.options import TrainOptions
from tests.fake_trainer import FAILURE, MODULE, FakeScript, scripted
from tests.small_data import write_data
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]

COMMAND = """
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore both
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from cnntui.commands.control import stop
from cnntui.commands.train import run
from cnntui.runs.starting.options import TrainOptions
from cnntui.runs.starting.process import environment
from tests.fake_trainer import FakeScript, MODULE, scripted
with scripted(FakeScript(**eval(sys.argv[2]))):
    sys.exit(run(TrainOptions(name="mine", epochs=2, seed=3, runs_dir=Path(sys.argv[1]), module=MODULE)))
"""


@pytest.mark.slow
def test_plain_lines_one_an_epoch(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(TrainOptions(name="mine", epochs=2, seed=3, module=MODULE)) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Training mine: 2 epochs, batches of 64, rmsprop 0.001, seed 3"
    assert lines[1] == "Loading TensorFlow (a few seconds)…"
    assert re.fullmatch(
        r"epoch 1/2  loss 0\.6000  acc 0\.9000  test loss 0\.3000  test acc 0\.9500  \d\.\d s", lines[2]
    )
    assert lines[3].startswith("epoch 2/2")
    assert lines[4] == "Test accuracy 0.9500, test loss 0.1500."
    assert lines[5] == f"The run is in {runs_dir / 'mine'}"
    assert lines[6:] == ["Look inside it: cnntui open mine"]


@pytest.mark.slow
def test_a_run_that_is_not_found_by_its_name_is_called_by_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert run(TrainOptions(name="mine", epochs=1, runs_dir=elsewhere, module=MODULE)) == DONE
    assert capsys.readouterr().out.splitlines()[-1] == f"Look inside it: cnntui open {elsewhere / 'mine'}"


@pytest.mark.slow
def test_a_seed_that_was_not_given_is_drawn_and_recorded(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(TrainOptions(module=MODULE)) == DONE
    (made,) = list_runs(runs_dir)
    assert f"seed {made.read_config().seed}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (TrainOptions(limit=0), "limit"),
        (TrainOptions(epochs=0), "epochs"),
        (TrainOptions(batch_size=0), "batch_size"),
        (TrainOptions(learning_rate=-1.0), "learning_rate"),
        (TrainOptions(seed=-1), "seed"),
        (TrainOptions(name="../../etc"), "name"),
        (TrainOptions(optimizer="magic"), "rmsprop, adam, sgd"),
        (TrainOptions(kernel_size=(9, 9, 9)), "a 9×9 window does not fit into a 1×1 map: (1 − 9) // 1 + 1"),
    ],
)
def test_wrong_usage_is_one_line_that_names_the_option(
    options: TrainOptions, named: str, runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(replace(options, module=MODULE)) == WRONG_USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert named in line
    assert not runs_dir.exists()


def test_names_of_classes_need_a_data_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "names.txt").write_text("a\nb\n")
    assert main(["train", "--classes", str(tmp_path / "names.txt")]) == WRONG_USAGE
    assert "name that too: --data PATH" in capsys.readouterr().err


def test_missing_data_is_one_line_and_leaves_nothing(
    runs_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(TrainOptions(data=tmp_path / "nowhere", module=MODULE)) == FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert "nowhere" in line
    assert not runs_dir.exists()


@pytest.mark.slow
def test_a_failed_training_is_one_line_on_stderr(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with scripted(FakeScript(fail_at=16)):
        assert run(TrainOptions(module=MODULE)) == FAILED
    assert capsys.readouterr().err == f"cnntui train: {' '.join(FAILURE)}\n"


@pytest.mark.slow
def test_a_killed_trainer_is_one_line_on_stderr(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with scripted(FakeScript(kill_at=16)):
        assert run(TrainOptions(module=MODULE)) == FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert "after batch 16" in line


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_keeps_what_was_learned(sign: signal.Signals, runs_dir: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(runs_dir), "dict(hold_at=16)"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    wait_until(lambda: any(RunFollower(made).poll().step == 16 for made in list_runs(runs_dir)))
    process.send_signal(sign)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED
    assert "Stopping and keeping what was learned." in output
    assert "Test accuracy 0.9000, test loss 0.3000 (stopped at batch 16 of 80)." in output
    view = RunFollower(list_runs(runs_dir)[0]).poll()
    assert view.status is Status.STOPPED
    assert view.history.checkpoint_step == 16


@pytest.mark.slow
def test_a_lost_connection_lets_the_training_go_on(runs_dir: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(runs_dir), "dict(hold_at=16)"], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    wait_until(lambda: any(RunFollower(made).poll().step == 16 for made in list_runs(runs_dir)))
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=60) == -signal.SIGHUP
    (left,) = list_runs(runs_dir)
    assert RunFollower(left).poll().status is Status.RUNNING
    assert stop("mine", runs_dir) == DONE
    assert RunFollower(left).poll().status is Status.STOPPED


@pytest.mark.slow
def test_a_killed_run_goes_on_to_its_end(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with scripted(FakeScript(kill_at=56)):
        assert run(TrainOptions(name="mine", epochs=2, seed=3, module=MODULE)) == FAILED
    assert resume("mine", None, module=MODULE) == DONE
    captured = capsys.readouterr()
    assert "Resume from batch 40: cnntui train --resume mine" in captured.err
    assert "Test accuracy 0.9500, test loss 0.1500." in captured.out
    assert resume("mine", None, module=MODULE) == FAILED
    assert "mine is finished" in capsys.readouterr().err
    assert resume("nobody", None, module=MODULE) == FAILED


def test_the_network_can_be_chosen(runs_dir: Path) -> None:
    network = ["--filters", "8,4,2", "--kernel-size", "3", "--padding", "same", "--pooling", "none", "--dense", "5"]
    options = parse(["train", *network])
    assert (options.filters, options.kernel_size) == ((8, 4, 2), (3, 3, 3))
    assert (options.padding, options.pooling, options.dense) == ("same", "none", 5)
    with pytest.raises(SystemExit):
        main(["train", "--filters", "8,4"])


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (["--filters", "8"], "--filters"),
        (["--kernel-size", "2"], "--kernel-size"),
        (["--pooling", "max", "--padding", "same"], "--padding and --pooling"),
    ],
)
def test_a_dense_network_takes_no_settings_of_convolutions(
    given: list[str], named: str, runs_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--model", "dense", *given]) == WRONG_USAGE
    said = f"cnntui train: --model dense has no convolutions; leave {named} out.\n"
    assert capsys.readouterr().err == said
    assert not runs_dir.exists()


@pytest.mark.slow
def test_a_run_is_resumed_on_data_that_have_moved(
    runs_dir: Path, tmp_path: Path, digits: DataSet, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_data(tmp_path / "other.npz", digits)
    with scripted(FakeScript(kill_at=56)):
        assert run(TrainOptions(name="mine", epochs=2, data=data, module=MODULE)) == FAILED
    moved = data.rename(tmp_path / "moved.npz")
    assert resume("mine", None, module=MODULE) == FAILED
    assert "there is no" in capsys.readouterr().err
    wrong = write_data(tmp_path / "wrong.npz", digits, 60)
    assert resume("mine", None, wrong, MODULE) == FAILED
    assert "has changed" in capsys.readouterr().err
    assert resume("mine", None, moved, MODULE) == DONE
    assert list_runs(runs_dir)[0].read_config().data == str(moved)


@pytest.mark.slow
@pytest.mark.parametrize(("device", "hidden"), [("cpu", "-1"), ("gpu", "3"), ("auto", "3")])
def test_a_gpu_is_hidden_from_the_trainer_unless_it_is_asked_for(
    device: Any, hidden: str, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    assert starting.environment(device)["CUDA_VISIBLE_DEVICES"] == hidden
    seen = []
    monkeypatch.setattr(starting, "environment", lambda asked: seen.append(asked) or dict(os.environ))
    with scripted(FakeScript(kill_at=16)):
        assert run(TrainOptions(name="mine", device=device, module=MODULE)) == FAILED
    assert resume("mine", None, module=MODULE) == DONE
    assert seen == [device, device]
    assert list_runs(runs_dir)[0].read_config().device == device


def test_the_device_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert TrainOptions().device == "cpu"
    assert parse(["train", "--device", "gpu"]).device == "gpu"
    with pytest.raises(SystemExit):
        main(["train", "--device", "tpu"])


def test_without_tensorflow_training_says_so_in_one_sentence(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(starting, "find_spec", lambda package: None if package == "tensorflow" else object())
    assert main(["train"]) == FAILED
    assert main(["train", "--resume", "bundled"]) == FAILED
    first, second = capsys.readouterr().err.splitlines()
    assert "TensorFlow is not installed for Python 3." in first
    assert "comes with cnntui" in second
    assert not runs_dir.exists()


def test_resume_takes_no_other_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--resume", "bundled", "--epochs", "7"]) == WRONG_USAGE
    assert "leave the other options out" in capsys.readouterr().err
    assert main(["train", "--resume", "bundled"]) == FAILED
    assert "comes with cnntui" in capsys.readouterr().err


@pytest.mark.slow
def test_a_terminal_gets_a_progress_bar(runs_dir: Path) -> None:
    bar = r"epoch 1/2 .*8/40 .*images/s  loss \d\.\d{4}  acc \d\.\d{4}  \d:\d\d left"
    output = in_terminal(runs_dir, "dict(chunk_seconds=0.1, hold_at=8)", stop_at=bar, TERM="xterm-256color")
    assert re.search(bar, output)
    assert "Test accuracy 0.9000" in output


@pytest.mark.slow
def test_a_dumb_terminal_gets_plain_lines(runs_dir: Path) -> None:
    output = in_terminal(runs_dir, "dict()", TERM="dumb")
    assert "\x1b" not in output
    assert len(output.splitlines()) == 7


def in_terminal(runs_dir: Path, script: str, stop_at: str = "(?!)", **environment: str) -> str:
    """What the command writes to a terminal of 100 columns; its training is stopped once it writes what is given."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(runs_dir), script],
        cwd=ROOT,
        stdout=slave,
        env=os.environ | {"COLUMNS": "100"} | environment,
    )
    os.close(slave)
    output = b""
    while process.poll() is None or select.select([master], [], [], 0)[0]:
        if select.select([master], [], [], 0.05)[0]:
            try:
                output += os.read(master, 65536)
            except OSError:  # Linux: the other side was closed
                break
            if re.search(stop_at, output.decode(errors="replace")):
                ask(list_runs(runs_dir)[0], TrainerCommand.STOP)
    os.close(master)
    assert process.wait(timeout=60) == DONE
    return output.decode()
