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

import pytest

from cnntui.arguments import parse
from cnntui.cli import main
from cnntui.commands.train import DONE, FAILED, INTERRUPTED, WRONG_USAGE, resume, run
from cnntui.runs.directory import list_runs
from cnntui.runs.follow import RunFollower
from cnntui.runs.options import TrainOptions
from cnntui.runs.status import Status
from tests.fake_trainer import FAILURE, MODULE, FakeScript, scripted
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]

COMMAND = """
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
from cnntui.commands.train import run
from cnntui.runs.options import TrainOptions
from tests.fake_trainer import FakeScript, MODULE, scripted
with scripted(FakeScript(**eval(sys.argv[2]))):
    sys.exit(run(TrainOptions(name="mine", epochs=2, seed=3, runs_dir=Path(sys.argv[1]), module=MODULE)))
"""


def test_plain_lines_one_an_epoch(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(TrainOptions(name="mine", epochs=2, seed=3, module=MODULE)) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Training mine: 2 epochs, batches of 64, rmsprop 0.001, seed 3"
    assert re.fullmatch(
        r"epoch 1/2  loss 0\.6000  acc 0\.9000  test loss 0\.3000  test acc 0\.9500  \d\.\d s", lines[1]
    )
    assert lines[2].startswith("epoch 2/2")
    assert lines[3] == "Test accuracy 0.9500, test loss 0.1500."
    assert lines[4] == f"The run is in {runs_dir / 'mine'}"
    assert lines[5:] == ["Look inside it: cnntui open mine"]


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


def test_missing_data_is_one_line_and_leaves_nothing(
    runs_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(TrainOptions(data=tmp_path / "nowhere", module=MODULE)) == FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert "nowhere" in line
    assert not runs_dir.exists()


def test_a_failed_training_is_one_line_on_stderr(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with scripted(FakeScript(fail_at=16)):
        assert run(TrainOptions(module=MODULE)) == FAILED
    assert capsys.readouterr().err == f"cnntui train: {' '.join(FAILURE)}\n"


def test_a_killed_trainer_is_one_line_on_stderr(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with scripted(FakeScript(kill_at=16)):
        assert run(TrainOptions(module=MODULE)) == FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert "step 16" in line


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_learned(runs_dir: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(runs_dir), "dict(hold_at=16)"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    wait_until(lambda: any(RunFollower(made).poll().step == 16 for made in list_runs(runs_dir)))
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == INTERRUPTED
    assert "Test accuracy 0.9000, test loss 0.3000 (stopped at step 16 of 80)." in output
    view = RunFollower(list_runs(runs_dir)[0]).poll()
    assert view.status is Status.STOPPED
    assert view.history.checkpoint_step == 16


@pytest.mark.slow
def test_a_killed_run_goes_on_to_its_end(runs_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with scripted(FakeScript(kill_at=56)):
        assert run(TrainOptions(name="mine", epochs=2, seed=3, module=MODULE)) == FAILED
    assert resume("mine", None, MODULE) == DONE
    captured = capsys.readouterr()
    assert "Go on from step 40: cnntui train --resume mine" in captured.err
    assert "Test accuracy 0.9500, test loss 0.1500." in captured.out
    assert resume("mine", None, MODULE) == FAILED
    assert "mine is finished" in capsys.readouterr().err
    assert resume("nobody", None, MODULE) == FAILED


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


def test_resume_takes_no_other_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--resume", "bundled", "--epochs", "7"]) == WRONG_USAGE
    assert "leave the others out" in capsys.readouterr().err
    assert main(["train", "--resume", "bundled"]) == FAILED
    assert "ships with cnntui" in capsys.readouterr().err


@pytest.mark.slow
def test_a_terminal_gets_a_progress_bar(runs_dir: Path) -> None:
    output = in_terminal(runs_dir, "dict(chunk_seconds=0.1)", TERM="xterm-256color")
    assert re.search(r"epoch 1/2 .*8/40 .*images/s  loss \d\.\d{4}  acc \d\.\d{4}  \d:\d\d left", output)
    assert "Test accuracy 0.9500" in output


@pytest.mark.slow
def test_a_dumb_terminal_gets_plain_lines(runs_dir: Path) -> None:
    output = in_terminal(runs_dir, "dict()", TERM="dumb")
    assert "\x1b" not in output
    assert len(output.splitlines()) == 6


def in_terminal(runs_dir: Path, script: str, **environment: str) -> str:
    """What the command writes to a terminal of 100 columns."""
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
    os.close(master)
    assert process.wait(timeout=20) == DONE
    return output.decode()
