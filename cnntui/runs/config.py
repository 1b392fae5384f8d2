"""`RunConfig`: what was asked of a training run, as it stands in `config.json`."""

from __future__ import annotations

import json
import re
import reprlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from cnntui.files.errors import CnntuiError
from cnntui.images.mnist import SIDE
from cnntui.runs.choices import DEVICES, MODELS, OPTIMIZERS, PADDINGS, POOLINGS

FORMAT = 1
"""The format of run directories that this version writes; a higher number in a file means a newer cnntui wrote it."""

Padding = Literal["valid", "same"]
Model = Literal["cnn", "dense"]
Pooling = Literal["max", "average", "stride", "none"]
Device = Literal["cpu", "gpu", "auto"]

CONVOLUTIONS = 3
"""How many convolutions the network has, one after the other."""

LARGEST_KERNEL = SIDE
"""A digit is 28 cells high and wide."""

LARGEST_LAYER = 4096
"""More filters or units than this are a slip of the finger on 28×28 digits."""

LARGEST_EPOCHS = 1_000_000
"""More than this takes years, even of a few digits."""

LARGEST_COUNT = 1_000_000_000
"""More digits than any data set has."""

LARGEST_SEED = 2**32 - 1
"""NumPy's and Keras's seeds are 32 bits wide."""

# The optimizer counts in float32.
_LEAST_FLOAT32, _GREATEST_FLOAT32 = 1e-37, 3e38

# A name becomes a folder: no separators, no leading dot or dash, nothing that a shell or a terminal would interpret.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+=-]{0,63}")

_RECORDED_PACKAGES = ("cnntui", "numpy", "tensorflow", "keras")


@dataclass(frozen=True)
class RunConfig:
    """The settings of one training run; checked when made.

    Attributes:
        name: what a person calls the run; also the name of its folder unless that is taken.
        epochs: how often every training digit is seen.
        batch_size: digits a training step.
        optimizer: one of `OPTIMIZERS`.
        learning_rate: the optimizer's step size.
        seed: determines the first weights and the order of the digits.
        model: 'cnn' has convolutions before its dense layers; 'dense' has none, and the settings of convolutions, down
            to `pooling`, mean nothing.
        filters: how many filters each convolution has.
        kernel_size: the height and width of each convolution's kernels.
        padding: 'valid' keeps kernels inside the map, 'same' pads it with zeros; of every convolution.
        pooling: how maps are halved after the first and the second convolution: 'max' and 'average' by a pool; 'stride'
            by the convolution itself, whose window then moves by two cells; 'none' not at all.
        dense: how many units the dense layer before the answer has.
        limit: train on the first so many digits only; None for all of them.
        data: a `.npz` file or a folder of IDX files; None for the digits that ship with cnntui.
        data_sha256: of the data that the run was made from.
        device: what it computes on; 'cpu' ignores all GPUs, 'gpu' needs one, 'auto' takes one where there is one.
        created: ISO 8601, UTC.
        versions: package name to version, of everything that may change the numbers.
        format: the run directory's format, see `FORMAT`.

    Raises:
        CnntuiError: a field is out of its range; the message names it.
    """

    name: str
    seed: int
    epochs: int = 5
    batch_size: int = 64
    optimizer: str = "rmsprop"
    learning_rate: float = 0.001
    model: Model = "cnn"
    filters: tuple[int, int, int] = (32, 64, 64)
    kernel_size: tuple[int, int, int] = (2, 2, 2)
    padding: Padding = "valid"
    pooling: Pooling = "max"
    dense: int = 64
    limit: int | None = None
    data: str | None = None
    data_sha256: str = ""
    device: Device = "cpu"
    created: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def __post_init__(self) -> None:
        check_name(self.name)
        _check_whole("epochs", self.epochs, 1, LARGEST_EPOCHS)
        _check_whole("batch_size", self.batch_size, 1, LARGEST_COUNT)
        _check_whole("seed", self.seed, 0, LARGEST_SEED)
        _check_whole("format", self.format, 1, LARGEST_COUNT)
        if self.limit is not None:
            _check_whole("limit", self.limit, 1, LARGEST_COUNT)
        check_learning_rate(self.learning_rate)
        _check_choice("optimizer", self.optimizer, OPTIMIZERS)
        _check_choice("model", self.model, MODELS)
        _check_choice("padding", self.padding, PADDINGS)
        _check_choice("pooling", self.pooling, POOLINGS)
        _check_choice("device", self.device, DEVICES)
        _check_whole("dense", self.dense, 1, LARGEST_LAYER)
        bounds = (("filters", self.filters, LARGEST_LAYER), ("kernel_size", self.kernel_size, LARGEST_KERNEL))
        for name, values, most in bounds:
            if not isinstance(values, tuple) or len(values) != CONVOLUTIONS:
                raise _wrong(name, values, f"must be {CONVOLUTIONS} whole numbers (one for each convolution)")
            for value in values:
                _check_whole(name, value, 1, most)
        if self.data is not None:
            _check_text("data", self.data)
        _check_text("data_sha256", self.data_sha256, may_be_empty=True)
        _check_text("created", self.created, may_be_empty=True)
        if not isinstance(self.versions, Mapping):
            raise _wrong("versions", self.versions, "must map package names to versions")
        for package, version in self.versions.items():
            _check_text("versions", package)
            _check_text("versions", version)

    @property
    def is_newer(self) -> bool:
        """Whether a newer cnntui wrote this run, so that not everything in it may be understood here."""
        return self.format > FORMAT

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {"versions": dict(self.versions)}, indent=2, ensure_ascii=False) + "\n"

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
        missing = [name for name in ("name", "seed") if name not in values]
        if missing:
            raise CnntuiError(f"The run's config.json has no {' and no '.join(missing)}.", _DAMAGED)
        given: dict[str, Any] = {name: value for name, value in values.items() if name in known}
        for name in ("filters", "kernel_size"):
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
        for name in ("filters", "kernel_size"):
            if name in values:
                values[name] = tuple(values[name])
        config.__dict__.update(values, versions={})
        return config


def new_config(
    *,
    name: str | None = None,
    seed: int | None = None,
    epochs: int = 5,
    batch_size: int = 64,
    optimizer: str = "rmsprop",
    learning_rate: float = 0.001,
    model: Model = "cnn",
    filters: tuple[int, int, int] = (32, 64, 64),
    kernel_size: tuple[int, int, int] = (2, 2, 2),
    padding: Padding = "valid",
    pooling: Pooling = "max",
    dense: int = 64,
    limit: int | None = None,
    data: Path | None = None,
    device: Device = "cpu",
) -> RunConfig:
    """The settings of a run that is about to start: made now, by these versions.

    Args:
        name: None for the local date and time.
        seed: None to draw one.
        data: None for the digits that ship with cnntui.

    Raises:
        CnntuiError: a setting is out of its range.
    """
    import secrets  # brings OpenSSL with it, which a list of runs does without

    return RunConfig(
        name=default_name() if name is None else name,
        seed=secrets.randbelow(LARGEST_SEED + 1) if seed is None else seed,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        learning_rate=learning_rate,
        model=model,
        filters=filters,
        kernel_size=kernel_size,
        padding=padding,
        pooling=pooling,
        dense=dense,
        limit=limit,
        data=None if data is None else str(data.expanduser().resolve()),
        device=device,
        created=utc_now(),
        versions=package_versions(),
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


def default_name() -> str:
    """A name for a run that nobody named: the local date and time."""
    return time.strftime("run-%Y%m%d-%H%M%S")


def check_learning_rate(rate: object) -> None:
    """Refuse what cannot be an optimizer's step size.

    Raises:
        CnntuiError: it is no number, or none above 0 that float32 can hold.
    """
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not _LEAST_FLOAT32 <= rate <= _GREATEST_FLOAT32:
        raise _wrong("learning_rate", rate, f"must be a number above 0 and at most {_GREATEST_FLOAT32:g}")


def check_name(name: object) -> None:
    """Refuse a name that could not safely be a folder's.

    Raises:
        CnntuiError: the name is empty, too long, or has characters other than letters, digits and `_ . + = -`.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise CnntuiError(
            f"{_BRIEF.repr(name)} cannot be the name of a run.",
            "Use up to 64 letters, digits and the signs _ . + = -, beginning with a letter, a digit or _.",
        )


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


# What a file holds may be as long and as deep as it likes.
_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = _BRIEF.maxlong = 80

_DAMAGED = "The file is damaged, or the folder is no run of cnntui."


_SUBJECTS = {
    "epochs": "The number of epochs", "batch_size": "The batch size", "filters": "The number of filters",
    "kernel_size": "The kernel size", "dense": "The number of dense units", "limit": "The number of training digits",
    "data": "The path of the data", "data_sha256": "The SHA-256 of the data", "created": "The time of making",
    "versions": "The list of versions", "format": "The number of the format",
}  # fmt: skip


def _wrong(name: str, value: object, rule: str) -> CnntuiError:
    subject = _SUBJECTS.get(name, f"The {name.replace('_', ' ')}")
    return CnntuiError(f"{subject} {rule}, not {_BRIEF.repr(value)}.", f"Change {name}.")


def _check_text(name: str, value: object, may_be_empty: bool = False) -> None:
    # It is shown in terminals, where a control character may do anything.
    if not isinstance(value, str) or not (value or may_be_empty) or not value.isprintable():
        raise _wrong(name, value, "must be printable text" + ("" if may_be_empty else " that is not empty"))


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise _wrong(name, value, f"must be one of {', '.join(choices)}")


def _check_whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _wrong(name, value, f"must be a whole number from {least} to {most:,}")
