"""`RunConfig`: what was asked of a training run, as it stands in `config.json`."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnntui.files.errors import CnntuiError
from cnntui.runs.settings import EACH, LARGEST_COUNT, LARGEST_SEED, SETTINGS, Settings, Text, Whole, wrong

FORMAT = 1
"""The format of run directories that this version writes; a higher number in a file means a newer cnntui wrote it."""

_RECORDED_PACKAGES = ("cnntui", "numpy", "tensorflow", "keras")


@dataclass(frozen=True, kw_only=True)
class RunConfig(Settings):
    """The settings of one training run; checked when made.

    Attributes:
        data_sha256: of the data that the run was made from.
        created: ISO 8601, UTC.
        versions: package name to version, of everything that may change the numbers.
        format: the run directory's format, see `FORMAT`.

    Raises:
        CnntuiError: a field is out of its range; the message names it.
    """

    name: str = field()
    seed: int = field()
    data_sha256: str = ""
    created: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def __post_init__(self) -> None:
        for name, setting in SETTINGS.items():
            value = getattr(self, name)
            if value is not None or name in _NEEDED or setting.default is not None:
                setting.check(value)
        _check("data_sha256", "The SHA-256 of the data", Text(may_be_empty=True), self.data_sha256)
        _check("created", "The time of making", Text(may_be_empty=True), self.created)
        _check("format", "The number of the format", Whole(1, LARGEST_COUNT), self.format)
        subject = "The list of versions"
        if not isinstance(self.versions, Mapping):
            raise wrong("versions", subject, "must map package names to versions", self.versions)
        for part in (*self.versions, *self.versions.values()):
            _check("versions", subject, Text(), part)

    @property
    def is_newer(self) -> bool:
        """Whether a newer cnntui wrote this run, so that not everything in it may be understood here."""
        return self.format > FORMAT

    def to_json(self) -> str:
        values = dict.fromkeys(_NEEDED) | asdict(self) | {"versions": dict(self.versions)}
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> RunConfig:
        """Read what `to_json` wrote; fields that this version does not know are ignored.

        Raises:
            CnntuiError: no JSON object, a field is missing, or a field is out of its range.
        """
        try:
            values: Any = json.loads(text)
        except json.JSONDecodeError as error:
            raise CnntuiError(f"The run's config.json is not JSON ({error}).", _DAMAGED) from error
        except ValueError as error:
            raise CnntuiError("A number in the run's config.json is far too long.", _DAMAGED) from error
        except RecursionError as error:
            raise CnntuiError("The run's config.json is nested far too deeply.", _DAMAGED) from error
        if not isinstance(values, dict):
            raise CnntuiError("The run's config.json is not a JSON object.", _DAMAGED)
        known = cls.__dataclass_fields__
        missing = [name for name in _NEEDED if name not in values]
        if missing:
            raise CnntuiError(f"The run's config.json has no {' and no '.join(missing)}.", _DAMAGED)
        given: dict[str, Any] = {name: value for name, value in values.items() if name in known}
        for name in EACH:
            if isinstance(given.get(name), list):
                given[name] = tuple(given[name])
        return cls(**given)

    @classmethod
    def checked_before(cls, values: dict[str, Any]) -> RunConfig:
        """Settings that were checked when they were read, and noted by cnntui itself since.

        Args:
            values: all settings that are not the class's defaults, but the versions.
        """
        config = object.__new__(cls)
        for name in EACH:
            if name in values:
                values[name] = tuple(values[name])
        config.__dict__.update(values, versions={})
        return config


def new_config(
    *, name: str | None = None, seed: int | None = None, data: str | Path | None = None, **settings: Any
) -> RunConfig:
    """The settings of a run that is about to start: made now, by these versions.

    Args:
        name: None for the local date and time.
        seed: None to draw one.
        data: None for the digits that ship with cnntui.
        settings: those of `Settings` that are not the recipe's.

    Raises:
        CnntuiError: a setting is out of its range.
    """
    import secrets  # brings OpenSSL with it, which a list of runs does without

    return RunConfig(
        name=default_name() if name is None else name,
        seed=secrets.randbelow(LARGEST_SEED + 1) if seed is None else seed,
        data=None if data is None else str(Path(data).expanduser().resolve()),
        created=utc_now(),
        versions=package_versions(),
        **settings,
    )


def epochs_in_words(count: int) -> str:
    """`1 epoch`, `5 epochs`."""
    return "1 epoch" if count == 1 else f"{count:,} epochs"


def network_in_words(config: RunConfig) -> str:
    """The network that was asked for, such as '32, 64, 64 filters of 2×2, 2×2, 2×2, valid, max pooling, 64 units'."""
    if config.model == "dense":
        return f"dense, {config.dense:,} units"
    filters = ", ".join(map(str, config.filters))
    kernels = ", ".join(f"{size}×{size}" for size in config.kernel_size)
    pooling = {"none": "no pooling", "stride": "strides in place of pooling"}.get(
        config.pooling, f"{config.pooling} pooling"
    )
    return f"{filters} filters of {kernels}, {config.padding}, {pooling}, {config.dense} units"


def others_in_words(config: RunConfig) -> str:
    """Settings that are not the recipe's and that no sentence is about, such as ', patience 3'; mostly ''."""
    others = [setting for name, setting in SETTINGS.items() if name not in _IN_SENTENCES]
    values = [(setting, getattr(config, setting.name)) for setting in others]
    return "".join(f", {known.label} {known.words(value)}" for known, value in values if value != known.default)


def default_name() -> str:
    """A name for a run that nobody named: the local date and time."""
    return time.strftime("run-%Y%m%d-%H%M%S")


def utc_now() -> str:
    """Now, as ISO 8601 in UTC with microseconds, so that runs sort by the moment they were made."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def package_versions() -> dict[str, str]:
    """The versions of the packages that may change a run's numbers; those not installed are left out."""
    from importlib import metadata  # needed once a training, and takes as long to import as all of `cnntui.runs`

    versions = {}
    for package in _RECORDED_PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions


_DAMAGED = "The file is damaged, or the folder is no run of cnntui."

_NEEDED = ("name", "seed")
"""What every run has, and a training that is yet to start need not have."""

_IN_SENTENCES = frozenset({"name", "seed", "epochs", "batch_size", "optimizer", "learning_rate", "model", "filters",
                           "kernel_size", "padding", "pooling", "dense", "limit", "data", "device"})  # fmt: skip
"""Settings that sentences about a run say in their own way, or not at all."""


def _check(name: str, subject: str, kind: Text | Whole, value: object) -> None:
    if (fault := kind.fault(value)) is not None:
        raise wrong(name, subject, *fault)
