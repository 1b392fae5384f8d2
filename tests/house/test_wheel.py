"""The wheel carries everything that the app needs: built, installed on its own, and asked for a digit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import json
from pathlib import Path
import cnntui
from cnntui.files.assets import asset
from cnntui.images.data import (load_test, load_train)
from cnntui.runs.reading.opening import open_run
from cnntui.runs.directory.run_directory import bundled_run

digits, opened = load_test(), open_run(bundled_run())
print(json.dumps({
    "package": cnntui.__file__,
    "style sheet": (Path(cnntui.__file__).parent / "ui" / "app" / "app.tcss").is_file(),
    "licence of the digits": asset("LICENSE-mnist.txt").is_file(),
    "digits": [len(load_train()), len(digits)],
    "run": opened.name,
    "label": int(digits.labels[0]),
    "predicted": opened.network.forward(opened.network.input_of(digits.images[0])).predicted,
}))
"""

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    """The standard output of a program, which has to succeed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | env
    result = subprocess.run([*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a scratch environment with the wheel in it, and with nothing that the wheel depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (wheel,) = folder.glob("cnntui-*.whl")
    # Its pip would be the same as this one: to unpack another takes longer than the rest.
    run(sys.executable, "-m", "venv", "--without-pip", folder / "env", cwd=folder)
    scripts = folder / "env" / "bin"
    install = ["install", "--quiet", "--no-deps", "--no-index", "--no-compile", wheel]
    run(sys.executable, "-m", "pip", "--python", scripts / "python", *install, cwd=folder)
    return scripts


@pytest.fixture
def only_numpy(tmp_path: Path) -> Path:
    """A folder with the NumPy of this environment and nothing else of it, not even its cnntui."""
    for entry in Path(sysconfig.get_path("platlib")).glob("numpy*"):
        (tmp_path / entry.name).symlink_to(entry)
    assert (tmp_path / "numpy").exists()
    return tmp_path


def test_an_installed_wheel_finds_its_digits_its_run_and_its_style_sheet(scripts: Path, only_numpy: Path) -> None:
    found = json.loads(run(scripts / "python", "-c", PROGRAM, cwd=only_numpy, PYTHONPATH=str(only_numpy)))
    assert Path(found.pop("package")).is_relative_to(scripts.parent)
    assert found == {
        "style sheet": True,
        "licence of the digits": True,
        "digits": [60_000, 10_000],
        "run": "bundled",
        "label": 7,
        "predicted": 7,
    }


def test_the_command_is_installed(scripts: Path, tmp_path: Path) -> None:
    assert run(scripts / "cnntui", "--version", cwd=tmp_path).startswith("cnntui ")
