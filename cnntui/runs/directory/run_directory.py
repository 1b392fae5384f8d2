"""`RunDirectory`: the files of a run; also creates, lists and finds runs."""

from __future__ import annotations

import errno
import json
import os
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui.files.assets import asset
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import read_regular
from cnntui.printable import printable
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.config.settings import check_name
from cnntui.runs.directory.writing import RUNS_DIR_VARIABLE, cannot_write
from cnntui.values import dataclass

RECIPE = "bundled"
"""The bundled run of the recipe."""

DENSE = "dense"
"""The bundled run of a network without convolutions, which the labs compare with."""

MOST_CONFIG_BYTES = 1024 * 1024
"""A thousand times the size of a run's settings."""

_ODD = "The folder is damaged, or is no run of cnntui."

_SNAPSHOT = re.compile(r"(\d{8,12})\.npz")


# Unfinished files that only a trainer leaves: `write_atomically` adds the dot and the process ID.
_UNFINISHED = re.compile(r"\.(model\.\d+\.keras|(live|step|\d{8,12})\.\d+\.npz)")


@dataclass(frozen=True)
class RunDirectory:
    """One run's folder. Nothing is read or written until requested; the files need not exist.

    Attributes:
        path: the folder.
        read_only: whether the run ships with cnntui; such a run is never trained on, renamed or removed.
    """

    path: Path
    read_only: bool = False

    @classmethod
    def found_at(cls, folder: str) -> RunDirectory:
        """The run at a path from a listing; the path is parsed only when the run is opened, since few of many are."""
        run = object.__new__(cls)
        run.__dict__["_folder"] = folder
        return run

    if not TYPE_CHECKING:  # A type checker would then accept any attribute.

        def __getattr__(self, name: str) -> Path:
            if name != "path" or "_folder" not in self.__dict__:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            path = self.__dict__["path"] = Path(self.__dict__["_folder"])
            return path

    @property
    def folder(self) -> str:
        """The path as text, which is faster to compare and to look up."""
        return self.__dict__.get("_folder") or str(self.path)

    @property
    def base_name(self) -> str:
        """The folder's name."""
        folder = self.folder
        return folder[folder.rfind(os.sep) + 1 :]

    @property
    def name(self) -> str:
        """The folder's name, made printable, by which the run is found."""
        return printable(self.base_name)

    @property
    def config_path(self) -> Path:
        return self.path / "config.json"

    @property
    def events_path(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def checkpoint_path(self) -> Path:
        """The newest checkpoint with its optimizer state, in Keras's own format."""
        return self.path / "model.keras"

    @property
    def start_path(self) -> Path:
        """The run's own copy of the file that its network comes from, if that is a user's own."""
        return self.path / "start.keras"

    @property
    def snapshots_path(self) -> Path:
        return self.path / "snapshots"

    @property
    def live_path(self) -> Path:
        """The newest weights, for viewers of a run in training; the keys are those of a snapshot, plus "step"."""
        return self.path / "live.npz"

    @property
    def step_path(self) -> Path:
        """The newest single step that was requested, number by number; see `one_step.py`."""
        return self.path / "step.npz"

    @property
    def lock_path(self) -> Path:
        return self.path / "lock"

    @property
    def control_path(self) -> Path:
        return self.path / "control.json"

    @property
    def log_path(self) -> Path:
        """Everything that the trainer prints."""
        return self.path / "train.log"

    def snapshot_path(self, step: int) -> Path:
        """The weights of `step` as arrays "<layer>/kernel" and "<layer>/bias", float32."""
        return self.snapshots_path / f"{step:08d}.npz"

    def snapshot_steps(self) -> tuple[int, ...]:
        """The steps with kept weights, ascending, as found in the folder itself."""
        try:
            found = [_SNAPSHOT.fullmatch(entry.name) for entry in os.scandir(self.snapshots_path)]
        except OSError:
            return ()
        return tuple(sorted(int(match[1]) for match in found if match))

    def exists(self) -> bool:
        """Whether there is a run here, even a damaged one; a folder that may not be read counts as a run.

        An unpacked `.keras` file has a config.json as well, but that is a network, not a run.
        """
        try:
            os.lstat(self.config_path)
        except OSError as error:
            return error.errno == errno.EACCES
        except ValueError:  # The path contains a NUL.
            return False
        return not os.path.lexists(self.path / "model.weights.h5")

    def read_config(self) -> RunConfig:
        """The run's settings.

        Raises:
            CnntuiError: there is no config.json, or it is damaged.
        """
        try:
            text = read_regular(self.config_path, MOST_CONFIG_BYTES).decode("utf-8")
        except OSError as error:
            raise CnntuiError(f"The config.json of {self.name} cannot be read: {error.strerror}.", _ODD) from error
        except UnicodeDecodeError as error:
            raise CnntuiError(f"The config.json of {self.name} is not text in UTF-8.", _ODD) from error
        return RunConfig.from_json(text)


LONG_BYTES = 4 * 1024 * 1024
"""Events up to this size are read in well under a tenth of a second; more should be read in the background."""


def events_size(run: RunDirectory) -> int:
    """The size of the run's events in bytes; 0 if there are none."""
    try:
        return run.events_path.stat().st_size
    except OSError:
        return 0


def check_own_files(run: RunDirectory) -> None:
    """Refuse a run, perhaps a stranger's, whose trainer would write somewhere other than into the run's folder.

    Files that are replaced as a whole need no check: that replaces the link, not the file that it points to.

    Raises:
        CnntuiError: a file of the run is a link or of the wrong type; the message names it.
    """
    for path in (run.events_path, run.lock_path, run.log_path, run.snapshots_path):
        wanted = Path.is_dir if path == run.snapshots_path else Path.is_file
        if path.is_symlink() or (path.exists() and not wanted(path)):
            raise CnntuiError(
                f"{path} is a link or something else that a run does not have; nothing is written to it.",
                "Copy the run with what its links point to, and try again.",
            )


def remove_unfinished(run: RunDirectory) -> None:
    """Remove the unfinished files of a trainer that was killed. Only the holder of the run's lock may do this.

    Raises:
        OSError: the folder cannot be changed.
    """
    for folder in (run.path, run.snapshots_path):
        for path in list(folder.glob(".*")):
            if _UNFINISHED.fullmatch(path.name):
                path.unlink(missing_ok=True)


def default_runs_dir() -> Path:
    """`$CNNTUI_RUNS_DIR`, or the folder `runs` in the platform's folder for user data."""
    if chosen := os.environ.get(RUNS_DIR_VARIABLE):
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("cnntui", appauthor=False) / "runs"


def has_runs(runs_dir: Path | None) -> bool:
    """Whether a folder of runs, by default the usual one, contains any folder; False if it cannot be read."""
    try:
        with os.scandir(runs_dir or default_runs_dir()) as entries:
            return any(entry.is_dir() for entry in entries)
    except OSError:
        return False


def create_run(name: str, runs_dir: Path) -> RunDirectory:
    """Create an empty run directory; if the name is taken, -2, -3 … is added to it.

    Raises:
        CnntuiError: the name is invalid, or the runs folder cannot be written.
    """
    check_name(name)
    try:
        runs_dir.mkdir(parents=True, exist_ok=True)
        attempt = 1
        while True:
            path = runs_dir / (name if attempt == 1 else f"{name}-{attempt}")
            try:
                path.mkdir()
            except FileExistsError:
                attempt += 1
                continue
            return RunDirectory(path)
    except OSError as error:
        raise cannot_write(runs_dir, error) from error


def list_runs(runs_dir: Path) -> tuple[RunDirectory, ...]:
    """The runs in a folder, newest first. A folder without a config.json is not a run; a missing folder has no runs."""
    found = (run for path in folders_in(runs_dir) if (run := RunDirectory(Path(path))).exists())
    runs = [(_created(run), run.path.name, run) for run in found]
    return tuple(run for *_, run in sorted(runs, key=lambda item: item[:2], reverse=True))


def folders_in(runs_dir: Path) -> list[str]:
    """The paths of all possible runs in a folder, unordered and unchecked; none if the folder is missing.

    Raises:
        CnntuiError: the folder cannot be read.
    """
    try:
        return [entry.path for entry in os.scandir(runs_dir) if not entry.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CnntuiError(
            f"The runs folder {runs_dir} cannot be read: {error.strerror}.", "Choose another with --runs-dir."
        ) from error


def bundled_runs() -> tuple[RunDirectory, ...]:
    """The bundled runs that can be opened, the recipe's first."""
    try:
        folder = asset("runs")
    except CnntuiError:
        return ()
    runs = sorted(list_runs(folder), key=lambda run: run.name != RECIPE)
    return tuple(RunDirectory(run.path, read_only=True) for run in runs)


def bundled_run(name: str = RECIPE) -> RunDirectory:
    """A run that ships with cnntui; by default the recipe's, which is shown until the user has another.

    Raises:
        CnntuiError: this installation is incomplete.
    """
    return RunDirectory(asset("runs", name), read_only=True)


def lab_run(name: str) -> RunDirectory:
    """A run that ships with cnntui for the labs: settings and events alone, without any weights.

    Raises:
        CnntuiError: this installation does not include it.
    """
    return RunDirectory(asset("lab-runs", name), read_only=True)


def lesson_run(name: str) -> RunDirectory | None:
    """A bundled run for the course, which no list of runs shows; None if none has that name."""
    with suppress(CnntuiError):
        return RunDirectory(asset("lesson-runs", name), read_only=True)
    return None


def named_run(name: str, runs_dir: Path) -> RunDirectory | None:
    """A run by name, from the user's own runs and then the bundled ones; None if none has that name."""
    named = [path for path in folders_in(runs_dir) if name in ((base := os.path.basename(path)), printable(base))]
    own = [run for path in named if (run := RunDirectory(Path(path))).exists()]
    # Names with unprintable characters may look alike: an exact match comes first.
    for run in (*sorted(own, key=lambda run: run.path.name != name), *bundled_runs()):
        if name in (run.path.name, run.name):
            return run
    return None


def find_run(name: str, runs_dir: Path) -> RunDirectory:
    """A run by its name (see `named_run`), or by the path of its folder.

    Raises:
        CnntuiError: there is no such run; the hint names those that exist.
    """
    if (named := named_run(name, runs_dir)) is not None:
        return named
    bundled = bundled_runs()
    if (elsewhere := RunDirectory(Path(name))).exists():
        return replace(elsewhere, read_only=_resolved(elsewhere) in map(_resolved, bundled))
    if os.path.isdir(name):
        raise CnntuiError(
            f"The folder {name} is not a run: it has no config.json.", "Name a run, or the folder of one."
        )
    if os.path.lexists(name):
        raise CnntuiError(f"{name} is a file, not a run.", "Networks in files are for 'cnntui open' and 'cnntui read'.")
    if os.sep in name:
        raise CnntuiError(f"There is no run and no file {name}.", "Check the path.")
    names = ", ".join(run.name for run in (*list_runs(runs_dir), *bundled)[:5])
    raise CnntuiError(
        f"There is no run called {name!r}.", f"There are: {names}." if names else "Train one: cnntui train"
    )


def _resolved(run: RunDirectory) -> str:
    return os.path.realpath(run.path)


def _created(run: RunDirectory) -> str:
    """When the run was created; empty for an unreadable run, which is listed last."""
    try:
        created = json.loads(read_regular(run.config_path, MOST_CONFIG_BYTES))["created"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""
    return created if isinstance(created, str) else ""
