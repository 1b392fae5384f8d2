"""`Summaries`: summaries of all runs in a folder, each computed again only if its files have changed.

The results are kept in an index in the cache folder, so that the next program does not read thousands of runs again. An
entry is valid only while the files that it was computed from keep their size and time of change; without the index,
everything works the same, only more slowly.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from cnntui.files.errors import CnntuiError
from cnntui.files.regular import read_lines
from cnntui.printable import printable
from cnntui.runs.config.run_config import NOT_LISTED, RunConfig
from cnntui.runs.directory.lock import is_held
from cnntui.runs.directory.run_directory import RunDirectory, bundled_runs, folders_in, list_runs
from cnntui.runs.directory.status import Status
from cnntui.runs.directory.writing import write_atomically
from cnntui.runs.listing.summary import RunSummary

CACHE_VARIABLE = "CNNTUI_CACHE_DIR"

FEW = 40
"""So few runs are read in milliseconds, and need no index."""

_RUNS_A_LINE = 64
"""Long lines of the index are parsed faster than short ones, but while one is parsed, no other thread runs."""

_ASKED, _TOLD = 3, 4
"""The positions in an index entry of the run's settings, and of everything else."""

_UNSAID = object()
_NOTHING = (0, 0)
_MOST_INDEX_BYTES = 256 * 1024**2
_SETTINGS = tuple((f.name, getattr(RunConfig, f.name, None)) for f in fields(RunConfig) if f.name not in NOT_LISTED)
_FOUND = tuple((f.name, f.default) for f in fields(RunSummary) if f.name not in ("run", "config", "status", "version"))
_STATUSES: dict[str | None, Status | None] = {None: None, **{status.value: status for status in Status}}
_SHAPE = zlib.crc32(repr((4, _SETTINGS, _FOUND)).encode())


class Summaries:
    """The summaries of the runs in a folder. Only one thread at a time may use this.

    Args:
        runs_dir: the folder.

    Attributes:
        listed: the summaries found by the latest search.
    """

    def __init__(self, runs_dir: Path) -> None:
        self.runs_dir = runs_dir
        self._known: dict[str, RunSummary] = {}
        self._index: dict[str, list[Any]] | None = None
        self._seen = _NOTHING
        self.listed: tuple[RunSummary, ...] = ()
        self._unkept = 0

    def every(self) -> tuple[RunSummary, ...]:
        """Summaries of the user's own runs, newest first, followed by the bundled ones.

        Raises:
            CnntuiError: the folder cannot be read.
        """
        seen = _version(str(self.runs_dir))
        paths = folders_in(self.runs_dir)
        if len(paths) > FEW and self._index is None:
            self._index = _read_index(self.runs_dir)
        own = {path: summary for path in paths if (summary := self._one(path)) is not None}
        listed = sorted(own.items(), key=lambda item: (item[1].created, item[0]), reverse=True)
        bundled = {run.folder: self._one(run.folder, run) for run in bundled_runs()}
        self._known = own | {path: summary for path, summary in bundled.items() if summary is not None}
        self._seen = seen
        self.listed = tuple(summary for _, summary in (*listed, *bundled.items()) if summary is not None)
        return self.listed

    def news(self) -> tuple[RunSummary, ...]:
        """Like `every`, but of the runs already listed, only those that were being trained are checked again.

        Raises:
            CnntuiError: the folder cannot be read.
        """
        if _version(str(self.runs_dir)) != self._seen:
            return self.every()
        self.listed = tuple(
            self._one(summary.run.folder) or summary if summary.is_active else summary for summary in self.listed
        )
        return self.listed

    def learn(self, summaries: Iterable[RunSummary]) -> tuple[RunSummary, ...]:
        """Take in what `complete` found, and return the complete list."""
        before = self._unkept
        for summary in summaries:
            path = summary.run.folder
            if (known := self._known.get(path)) is not None and known.version == summary.version:
                self._known[path] = summary
                self._unkept += 1
        if self._unkept != before:
            self.listed = tuple(self._known.get(summary.run.folder, summary) for summary in self.listed)
        return self.listed

    def rename(self, run: RunDirectory, renamed: RunDirectory) -> None:
        """Keep a run's summary under its new name; its changed files are read again anyway."""
        if (known := self._known.pop(run.folder, None)) is not None:
            self._known[renamed.folder] = replace(known, run=renamed)

    def keep(self) -> None:
        """Write the index for the next program, if that saves more than it costs."""
        if self._unkept <= FEW:
            return
        self._unkept = 0
        known = [*self._known.values()]
        lines = "".join(_line(known[first : first + _RUNS_A_LINE]) for first in range(0, len(known), _RUNS_A_LINE))
        path = index_path(self.runs_dir)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, lines.encode("ascii"))
        except (OSError, CnntuiError):
            return  # A cache that cannot be written is no cache.

    def _one(self, path: str, run: RunDirectory | None = None) -> RunSummary | None:
        """The summary of the run at a path; None if there is no run."""
        config = _version(f"{path}/config.json")
        known = self._known.get(path)
        if known is None:
            key = path if run is not None else path[path.rfind(os.sep) + 1 :]
            run = run or RunDirectory.found_at(path)
            if self._index and (entry := self._index.pop(key, None)) is not None:
                known = _restored(run, entry)
            # A run that was found before is still a run while its settings are the same file.
            is_sure = known is not None and known.version[1:3] == config != _NOTHING
            if not is_sure and not run.exists():
                return None
        else:
            run = known.run
        read = config + _version(f"{path}/events.jsonl")
        # A network keeps its size; an entry without a size has not been counted yet.
        is_counted = known is not None and known.parameters is not None
        is_told = known is None or (known.is_whole and not is_counted)
        is_over = known is not None and known.is_over and known.version[1:5] == read
        if known is not None and is_over and not is_told and not known.version[0]:
            # The case for nearly all runs.
            return known
        held = not is_over and is_held(run.lock_path)
        kept = _version(f"{path}/model.keras") if known is None or is_told else known.version[5:]
        version = (int(held), *read, *kept)
        if known is not None and known.version == version:
            self._known[path] = known
            return known
        from cnntui.runs.listing.glance import glance

        summary = replace(glance(run, held), version=version)
        if known is not None and is_counted:
            summary = replace(summary, parameters=known.parameters, is_whole=True)
        self._known[path] = summary
        self._unkept += 1
        return summary


def is_small(runs_dir: Path) -> bool:
    """Whether a folder has so few runs that they are read at once; also True if the folder cannot be read."""
    try:
        return len(folders_in(runs_dir)) <= FEW
    except CnntuiError:
        return True


def newest_first(runs_dir: Path) -> Iterator[RunDirectory]:
    """The user's own runs, as `list_runs` lists them; in a large folder, runs listed before need not be read again.

    Raises:
        CnntuiError: the folder cannot be read.
    """
    if is_small(runs_dir) or not os.path.exists(index_path(runs_dir)):
        return iter(list_runs(runs_dir))
    return (summary.run for summary in Summaries(runs_dir).every() if not summary.run.read_only)


def index_path(runs_dir: Path) -> Path:
    """The index file for a folder of runs."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        folder = Path(chosen).expanduser()
    else:
        from platformdirs import user_cache_path

        folder = user_cache_path("cnntui", appauthor=False)
    # If two folders had the same number, each would consider the other's entries outdated.
    number = zlib.crc32(os.fsencode(os.path.abspath(runs_dir)))
    return folder / f"runs-{number:08x}.index"


def _line(summaries: Sequence[RunSummary]) -> str:
    """Summaries as a line of the index: a checksum and a JSON list that states only once what all of them share."""
    entries = [_entry(summary) for summary in summaries]
    shared = [_shared([entry[place] for entry in entries]) for place in (_ASKED, _TOLD)]
    for entry in entries:
        for place, alike in zip((_ASKED, _TOLD), shared, strict=True):
            if entry[place] is not None:
                entry[place] = {name: value for name, value in entry[place].items() if name not in alike}
    content = json.dumps([_SHAPE, shared, entries])
    return f"{zlib.crc32(content.encode()):08x} {content}\n"


def _shared(entries: Sequence[dict[str, Any] | None]) -> dict[str, Any]:
    """The values that all entries share; empty entries do not count."""
    first, *others = [entry for entry in entries if entry is not None] or [{}]
    return {name: value for name, value in first.items() if all(other.get(name, _UNSAID) == value for other in others)}


def _entry(summary: RunSummary) -> list[Any]:
    asked = None if summary.config is None else _unusual(summary.config, _SETTINGS)
    # Bundled runs are in another folder.
    key = summary.run.folder if summary.run.read_only else summary.run.base_name
    return [key, summary.version, summary.status, asked, _unusual(summary, _FOUND)]


def _unusual(value: object, defaults: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The attributes that differ from the class's defaults: a few of many."""
    return {name: found for name, default in defaults if (found := getattr(value, name)) != default}


def _read_index(runs_dir: Path) -> dict[str, list[Any]]:
    """The entries of the index by run name, without lines that are damaged or from another version."""
    found: dict[str, list[Any]] = {}
    with suppress(OSError):
        for line in read_lines(index_path(runs_dir), _MOST_INDEX_BYTES):
            check_sum, _, content = line.partition(b" ")
            if check_sum == b"%08x" % zlib.crc32(content):
                shape, *rest = json.loads(content.decode("ascii"))
                if shape == _SHAPE:
                    (asked, told), entries = rest
                    for entry in entries:
                        if entry[_ASKED] is not None:
                            entry[_ASKED] = asked | entry[_ASKED]
                        entry[_TOLD] = told | entry[_TOLD]
                        found[entry[0]] = entry
    return found


def _restored(run: RunDirectory, entry: list[Any]) -> RunSummary:
    """The summary in an entry of the index."""
    key, version, status, asked, told = entry
    told["run"], told["name"] = run, run.name if run.read_only else printable(key)
    told["folded_name"] = told["name"].casefold()
    told["config"] = None if asked is None else RunConfig.checked_before(asked)
    told["status"] = _STATUSES[status]
    told["version"] = tuple(version)
    return RunSummary.found_before(told)


def _version(path: str) -> tuple[int, int]:
    """When a file was last changed, and its size; zeros if there is no file or it may not be accessed."""
    try:
        status = os.stat(path)
    except OSError:
        return _NOTHING
    # Unlike the modification time, this time cannot be set, and it changes with permissions too.
    return status.st_ctime_ns, status.st_size
