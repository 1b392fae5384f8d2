"""The basis of every test: the same terminal everywhere, and only the runs that a test makes."""

from __future__ import annotations

import gc
import itertools
import os
import sys

# Compiled modules are kept, whatever the environment says: tests start the app and the trainer a hundred times.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Before Textual is imported, which reads its environment once.
for name in [*os.environ]:
    if (name.startswith("TEXTUAL") and not name.startswith("TEXTUAL_SNAPSHOT")) or name in (
        "NO_COLOR",
        "COLORTERM",
        "FORCE_COLOR",
    ):
        del os.environ[name]
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["TERM"] = "xterm-256color"
# Before a test has a home of its own, nothing may read or change the user's settings.
os.environ["XDG_CONFIG_HOME"] = os.devnull
os.environ["COLORTERM"] = "truecolor"
# Before NumPy is imported: one thread, as the app has it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from cnntui.cnn.network import Network
from cnntui.images.data import DataSet, load_test
from cnntui.runs.directory.run_directory import bundled_run, bundled_runs
from cnntui.runs.reading.opening import open_run
from tests.collecting import import_own_part_first
from tests.preloaded_app import Start, preloaded
from tests.settling import wait_until_settled
from tests.sharing import share_what_is_read
from tests.terminal.terminal import Terminal, environment_of

# How long an example takes says how busy the machine is, and the same examples are tried wherever the tests run.
settings.register_profile("cnntui", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cnntui")
# Hypothesis would parse all modules in each worker, in search of numbers and texts to try.
providers.is_local_module_file = lambda path: False
share_what_is_read()
wait_until_settled()

TERMINALS = {
    f"test_terminal_{name}": f"terminal {number}"
    for number, names in enumerate([["frames", "screen", "time", "start"], ["signals", "bugs", "training", "colours"]])
    for name in names
}
"""The groups of the tests on a terminal."""

KERAS = (
    "test_learner", "test_keras_architectures", "test_displayed_numbers", "test_against_keras",
    "test_windows_against_keras", "test_layers_against_keras", "test_recipe", "test_kernel",
)  # fmt: skip
"""Files that load TensorFlow into the process of the tests, which takes five seconds: one worker has all of them."""

TRAINERS = ("test_resume", "test_single_step", "test_trainer", "test_own_training", "test_watch")
"""Files that train: they share the process that has loaded TensorFlow for all trainers."""

HOUSE = ("test_house", "test_imports")
"""Files that parse all modules, so that each is parsed only once."""

GROUPS = TERMINALS | dict.fromkeys(KERAS, "keras") | dict.fromkeys(TRAINERS, "trainers") | dict.fromkeys(HOUSE, "house")

LONGEST = {
    name: place
    for place, name in enumerate([
        *TRAINERS, *KERAS, *TERMINALS, "test_hostile_files", "test_dense_network", "test_desk_photos",
        "test_learn", "test_keys_together", "test_shift_lab", "test_pictures", "test_train", "test_lab_list",
        "test_every_kind", "test_field", "test_foreign_run", "test_shift", "test_copying", "test_wheel",
    ])
}  # fmt: skip
"""Files that take long begin first, so that no worker has one of them left when the others have ended."""

COLLECTED = pytest.StashKey[list[pytest.Function]]()
"""All tests of the named files, including deselected ones."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    # Nothing that is imported and collected is garbage.
    gc.disable()
    import_own_part_first(session.config)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.stash[COLLECTED] = [item for item in items if isinstance(item, pytest.Function)]
    # What is timed on a terminal runs one after the other; the rest of a file shares what its fixtures made.
    for item in items:
        group = GROUPS.get(item.path.stem, item.path.stem)
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: LONGEST.get(item.path.stem, len(LONGEST)))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: it is not looked through for rubbish again and again.

    An app is tens of thousands of objects in circles, most of which a test lets go when it ends.
    """
    gc.freeze()
    gc.set_threshold(5_000)
    gc.enable()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One test file runs in this process: starting workers would take longer."""
    files = {name.split("::")[0] for name in config.args}
    if len(files) == 1 and files.pop().endswith(".py"):
        return 0
    # The tests on a terminal and of trainers wait most of the time, so that other workers can use their cores.
    return None if config.option.markexpr == "not slow" else (os.cpu_count() or 1) + 2


def pytest_configure(config: pytest.Config) -> None:
    """Write nothing into a checkout that cannot be written to."""
    if not os.access(config.rootpath, os.W_OK):
        config.option.snapshot_report = os.devnull


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders for a user's files, one after another, each created on request."""
    folder = tmp_path_factory.mktemp("homes")

    def make(number: int) -> Path:
        (home := folder / str(number)).mkdir()
        return home

    return map(make, itertools.count())


@pytest.fixture(autouse=True)
def runs_dir(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for runs, not created yet, which cnntui takes for the user's own."""
    # Not in `tmp_path`: to make one, pytest looks through those of all tests before.
    home = next(homes)
    monkeypatch.setenv("CNNTUI_RUNS_DIR", str(home / "runs"))
    monkeypatch.setenv("CNNTUI_CACHE_DIR", str(home / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    return home / "runs"


@pytest.fixture(scope="session")
def digits() -> DataSet:
    """The 10,000 test digits."""
    return load_test()


@pytest.fixture(scope="session")
def network() -> Network:
    """The trained network that ships with cnntui."""
    return open_run(bundled_run()).network


@pytest.fixture(scope="session")
def dense_network() -> Network:
    """The trained network without convolutions that ships with cnntui."""
    return open_run(next(run for run in bundled_runs() if run.name == "dense")).network


@pytest.fixture(scope="session")
def forked_apps() -> Iterator[Start]:
    with preloaded(environment_of({})) as start:
        yield start


@pytest.fixture
def preloaded_apps(forked_apps: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apps that are started on a terminal have imported what cnntui consists of before."""
    monkeypatch.setattr(Terminal, "start", staticmethod(forked_apps))
