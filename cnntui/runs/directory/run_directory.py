"""`RunDirectory`: the files of a run; making, listing and finding runs."""

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
"""A thousand times what the settings of a run take."""

_ODD = "The folder is damaged, or is no run of cnntui."

_SNAPSHOT = re.compile(r"(\d{8,12})\.npz")


# Half-written files that only a trainer leaves: `write_atomically` adds the dot and the number of the process.
_UNFINISHED = re.compile(r"\.(model\.\d+\.keras|(live|step|\d{8,12})\.\d+\.npz)")


@dataclass(frozen=True)
class RunDirectory:
    """One run's folder. Nothing is read or written until asked; the files need not exist.

    Attributes:
        path: the folder.
        read_only: a run that ships with cnntui; it is never trained on, renamed or removed.
    """

    path: Path
    read_only: bool = False

    @classmethod
    def found_at(cls, folder: str) -> RunDirectory:
        """The run at a path from a listing; the path is parsed only when the run is opened, as few of many are."""
        run = object.__new__(cls)
        run.__dict__["_folder"] = folder
        return run

    if not TYPE_CHECKING:  # which would take any attribute for one

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
        """The run's own copy of the file that its network comes from, where it is a person's own."""
        return self.path / "start.keras"

    @property
    def snapshots_path(self) -> Path:
        return self.path / "snapshots"

    @property
    def live_path(self) -> Path:
        """The newest weights, for viewers of a run that is being trained; same keys as a snapshot, and "step"."""
        return self.path / "live.npz"

    @property
    def step_path(self) -> Path:
        """The newest single step that was asked for, number by number; see `one_step.py`."""
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
        """The steps with kept weights, ascending, from the folder itself."""
        try:
            found = [_SNAPSHOT.fullmatch(entry.name) for entry in os.scandir(self.snapshots_path)]
        except OSError:
            return ()
        return tuple(sorted(int(match[1]) for match in found if match))

    def exists(self) -> bool:
        """Whether there is a run, which may be a damaged one; a folder that may not be looked into is taken for one.

        A `.keras` file that was unpacked has a config.json as well; it is a network's, and no run.
        """
        try:
            os.lstat(self.config_path)
        except OSError as error:
            return error.errno == errno.EACCES
        except ValueError:  # The path contains a NUL.
            return False
        return not os.path.lexists(self.path / "model.weights.h5")

    def read_config(self) -> RunConfig:
        """What was asked of the run.

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
"""Events up to this size are read in well under a tenth of a second; more are better read in the background."""


def events_size(run: RunDirectory) -> int:
    """The size of the run's events in bytes; 0 where there are none."""
    try:
        return run.events_path.stat().st_size
    except OSError:
        return 0


def check_own_files(run: RunDirectory) -> None:
    """Refuse a run, maybe a stranger's, whose trainer would write somewhere else than into its folder.

    Files that are replaced whole need no check: it is the link that is replaced, and not what it points to.

    Raises:
        CnntuiError: a file of the run is a link, or is not what it should be; the message names it.
    """
    for path in (run.events_path, run.lock_path, run.log_path, run.snapshots_path):
        wanted = Path.is_dir if path == run.snapshots_path else Path.is_file
        if path.is_symlink() or (path.exists() and not wanted(path)):
            raise CnntuiError(
                f"{path} is a link or something else that a run does not have; nothing is written to it.",
                "Copy the run with what its links point to, and try again.",
            )


def remove_unfinished(run: RunDirectory) -> None:
    """Remove the files that a trainer which was killed had not finished. Only who holds the run's lock may do this.

    Raises:
        OSError: the folder cannot be changed.
    """
    for folder in (run.path, run.snapshots_path):
        for path in list(folder.glob(".*")):
            if _UNFINISHED.fullmatch(path.name):
                path.unlink(missing_ok=True)


def default_runs_dir() -> Path:
    """`$CNNTUI_RUNS_DIR`, or the folder `runs` in the platform's folder for a user's data."""
    if chosen := os.environ.get(RUNS_DIR_VARIABLE):
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("cnntui", appauthor=False) / "runs"


def has_runs(runs_dir: Path | None) -> bool:
    """Whether there is any folder of runs, by default in the usual place; False where that cannot be read."""
    try:
        with os.scandir(runs_dir or default_runs_dir()) as entries:
            return any(entry.is_dir() for entry in entries)
    except OSError:
        return False


def create_run(name: str, runs_dir: Path) -> RunDirectory:
    """Make an empty run directory; when the name is taken, with -2, -3 … after it.

    Raises:
        CnntuiError: the name is unfit, or the runs folder cannot be written.
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
    """The runs in a folder, newest first; folders without a config.json are none, a missing folder has none."""
    found = (run for path in folders_in(runs_dir) if (run := RunDirectory(Path(path))).exists())
    runs = [(_created(run), run.path.name, run) for run in found]
    return tuple(run for *_, run in sorted(runs, key=lambda item: item[:2], reverse=True))


def folders_in(runs_dir: Path) -> list[str]:
    """The paths of everything in a folder that may be a run, in no order and unseen; none of a missing folder.

    Raises:
        CnntuiError: the folder cannot be read.
    """
    try:
        return [entry.path for entry in os.scandir(runs_dir) if not entry.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
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
    """A run that ships with cnntui; by default that of the recipe, which is looked at until there is another.

    Raises:
        CnntuiError: this installation is not whole.
    """
    return RunDirectory(asset("runs", name), read_only=True)


def lab_run(name: str) -> RunDirectory:
    """A run that ships with cnntui for the labs: settings and events alone, without any weights.

    Raises:
        CnntuiError: it did not come with this installation.
    """
    return RunDirectory(asset("lab-runs", name), read_only=True)


def lesson_run(name: str) -> RunDirectory | None:
    """A bundled run for the course, which no list of runs shows; None where there is none of that name."""
    with suppress(CnntuiError):
        return RunDirectory(asset("lesson-runs", name), read_only=True)
    return None


def named_run(name: str, runs_dir: Path) -> RunDirectory | None:
    """A run by name, among a person's own and then the bundled ones; None where there is none of that name."""
    named = [path for path in folders_in(runs_dir) if name in ((base := os.path.basename(path)), printable(base))]
    own = [run for path in named if (run := RunDirectory(Path(path))).exists()]
    # Names with unprintable characters may look alike: an exact match comes first.
    for run in (*sorted(own, key=lambda run: run.path.name != name), *bundled_runs()):
        if name in (run.path.name, run.name):
            return run
    return None


def find_run(name: str, runs_dir: Path) -> RunDirectory:
    """A run by its name, see `named_run`, or by the path of its folder.

    Raises:
        CnntuiError: there is none; the hint names those that there are.
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
    """When the run was made; an unreadable run is listed last."""
    try:
        created = json.loads(read_regular(run.config_path, MOST_CONFIG_BYTES))["created"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""
    return created if isinstance(created, str) else ""
