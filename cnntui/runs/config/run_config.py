"""`RunConfig`: the request for a training run, as written in `config.json`."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from cnntui.cnn.arithmetic import in_a_list
from cnntui.cnn.input_scale import ZERO_TO_ONE, InputScale
from cnntui.files.errors import CnntuiError
from cnntui.images.mnist import CLASSES
from cnntui.runs.config.settings import (
    CHOICES,
    EACH,
    LARGEST_COUNT,
    LARGEST_SEED,
    OF_CONVOLUTIONS,
    SETTINGS,
    Model,
    Settings,
    Text,
    Whole,
    brief,
    wrong,
)
from cnntui.values import dataclass

CONSTANT = "constant"
"""The schedule of a learning rate that only the user changes."""

CROSS_ENTROPY = "categorical_crossentropy"

_CROSS_ENTROPIES = (CROSS_ENTROPY, "sparse_categorical_crossentropy")

FORMAT = 1
"""The version of the run format that this cnntui writes; a higher number means that a newer cnntui wrote the file."""

_RECORDED_PACKAGES = ("cnntui", "numpy", "tensorflow", "keras")


class LearningSettings(NamedTuple):
    """How a run trains, when all of it is known."""

    epochs: int
    batch_size: int
    optimizer: str
    learning_rate: float
    seed: int


@dataclass(frozen=True, kw_only=True)
class RunConfig(Settings):
    """What a run records about itself, checked on construction.

    Settings that every training here has are None if they are unknown, as in a run that cnntui did not make.

    Attributes:
        model: None if the network is the one in `architecture`, rather than one that `Settings` can describe.
        architecture: the layers in the format of `cnn.description`, not parsed yet; None in runs of early versions,
            whose settings describe the network.
        input_scale: how the network reads levels of 0 to 255; None if unknown.
        schedule: how the learning rate changes automatically; empty if unknown.
        data_sha256: the SHA-256 of the data that the run was trained on.
        data_shape: the height, width and channels of the run's images; None if unknown.
        data_source: where the data come from, in words; empty if unknown, None in runs of early versions.
        classes: the names of the classes; None if unknown.
        model_file: the file that the network comes from, if it is the user's own; otherwise empty.
        script: what trains the run instead of cnntui: the name of a script, or another description; empty if cnntui
            does.
        is_labelled: whether the images have true classes.
        network_problem: a sentence that says why the network cannot be opened; empty if it can be.
        loss: Keras's name for the loss; empty if unknown.
        created: the time of creation, as ISO 8601 in UTC.
        versions: package name to version, for every package that may change the numbers.
        format: the version of the run directory's format; see `FORMAT`.
        unread: the fields of the file that this version does not understand, each with the text of its value.

    Raises:
        CnntuiError: a field is out of range; the message names it.
    """

    name: str = field()
    # A run that is started here has all of these; a run made elsewhere may not.
    seed: int | None = field()
    epochs: int | None = Settings.epochs  # type: ignore[assignment]
    batch_size: int | None = Settings.batch_size  # type: ignore[assignment]
    optimizer: str | None = Settings.optimizer  # type: ignore[assignment]
    learning_rate: float | None = Settings.learning_rate  # type: ignore[assignment]
    model: Model | None = Settings.model  # type: ignore[assignment]
    architecture: Mapping[str, Any] | None = None
    input_scale: InputScale | None = None
    schedule: str = ""
    data_sha256: str = ""
    data_shape: tuple[int, int, int] | None = None
    data_source: str | None = None
    classes: tuple[str, ...] | None = None
    model_file: str = ""
    script: str = ""
    is_labelled: bool = True
    network_problem: str = ""
    loss: str = CROSS_ENTROPY
    created: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT
    unread: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        text = Text(may_be_empty=True)
        for name, setting in SETTINGS.items():
            value = getattr(self, name)
            if name == "optimizer" and self.script and value is not None:
                _check(name, setting.subject, Text(), value)
            elif value is not None or name == "name" or not (setting.empty or name in MAY_BE_UNKNOWN):
                setting.check(value)
        _check("model_file", "The name of the network's file", text, self.model_file)
        _check("script", "The name of the script", text, self.script)
        _check("network_problem", "The problem of the network", text, self.network_problem)
        if not isinstance(self.is_labelled, bool):
            raise wrong("is_labelled", "Whether its images are labelled", "must be true or false", self.is_labelled)
        _check("loss", "The loss", text, self.loss)
        _check("schedule", "The schedule", text, self.schedule)
        _check("data_sha256", "The SHA-256 of the data", text, self.data_sha256)
        if self.data_source is not None:
            _check("data_source", "The source of the data", text, self.data_source)
        _check("created", "The time of making", text, self.created)
        _check("format", "The number of the format", Whole(1, LARGEST_COUNT), self.format)
        subject = "The list of versions"
        if not isinstance(self.versions, Mapping):
            raise wrong("versions", subject, "must map package names to versions", self.versions)
        for part in (*self.versions, *self.versions.values()):
            _check("versions", subject, Text(), part)
        subject = "The shape of the data"
        if self.data_shape is not None:
            if not isinstance(self.data_shape, tuple) or len(self.data_shape) != 3:
                raise wrong(
                    "data_shape", subject, "must be a height, a width and a number of channels", self.data_shape
                )
            for length in self.data_shape:
                _check("data_shape", subject, Whole(1, LARGEST_COUNT), length)
        subject = "The list of classes"
        if self.classes is not None:
            if not isinstance(self.classes, tuple):
                raise wrong("classes", subject, "must be a list of names", self.classes)
            for part in self.classes:
                _check("classes", subject, Text(), part)
        if self.architecture is not None and not isinstance(self.architecture, Mapping):
            raise wrong("architecture", "The architecture", "must be an object", self.architecture)

    @property
    def learning(self) -> LearningSettings:
        """How the run learns, as needed to train it.

        Raises:
            CnntuiError: a part of this is unknown.
        """
        found = {name: getattr(self, name) for name in LearningSettings._fields}
        names = {name for name, value in found.items() if value is None} | dict(self.unread).keys()
        if unknown := sorted(name.replace("_", " ") for name in names):
            are = "is" if len(unknown) == 1 else "are"
            raise CnntuiError(f"The run {self.name} cannot be trained here: its {in_a_list(unknown)} {are} not known.")
        return LearningSettings(**found)

    @property
    def can_be_resumed(self) -> bool:
        """Whether cnntui can resume the run; only a script can resume what that script trains."""
        return not self.script

    @property
    def unseen(self) -> str:
        """What to call the images that the network never learns from; a script's are its validation data."""
        return "validation" if self.script else "test"

    @property
    def is_cross_entropy(self) -> bool:
        """Whether n classes with equal probabilities have a loss of ln n."""
        return self.loss in _CROSS_ENTROPIES

    @property
    def guessed_classes(self) -> int | None:
        """How many classes an untrained network guesses among; None if the loss does not tell."""
        return self.class_count if self.is_cross_entropy else None

    @property
    def has_unknown_data(self) -> bool:
        """Whether the run's data are unknown. Early versions did not record that they used the bundled data."""
        return self.data is None and not self.data_sha256 and self.data_source is not None

    @property
    def scale(self) -> InputScale:
        """How the network reads levels of 0 to 255; if unknown, the same way as networks trained here."""
        return self.input_scale or ZERO_TO_ONE

    @property
    def class_count(self) -> int | None:
        """How many classes the network distinguishes; None if unknown. Runs of early versions have MNIST's."""
        if self.classes is None:
            return len(CLASSES) if self.data_source is None and self.architecture is None else None
        return len(self.classes)

    def has(self, name: str) -> bool:
        """Whether a setting means anything for this run: not every network has filters, and a script has no limit."""
        if name in (*OF_CONVOLUTIONS, "dense"):
            return self.model == "cnn" or (name == "dense" and self.model is not None)
        return not self.script or name not in ("limit", "device")

    def words(self, name: str) -> str:
        """A setting as printed in a table; a dash if the run has no such setting."""
        if not self.has(name) and name not in dict(self.unread):
            return NOTHING
        if name == "data" and (self.script or self.has_unknown_data):
            return self.data_source or "unknown"
        value = getattr(self, name)
        said = dict(self.unread).get(name, "unknown" if value is None and name in MAY_BE_UNKNOWN else "")
        return said or SETTINGS[name].words(value)

    @property
    def is_newer(self) -> bool:
        """Whether a newer cnntui wrote this run, so that parts of it may not be understood here."""
        return self.format > FORMAT

    def to_json(self) -> str:
        values: dict[str, Any] = dict.fromkeys(("name", "seed")) | {f.name: getattr(self, f.name) for f in fields(self)}
        values |= {"versions": dict(self.versions)}
        if self.input_scale is not None:
            values["input_scale"] = asdict(self.input_scale)
        for name, _ in values.pop("unread"):
            values.pop(name, None)
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> RunConfig:
        """Read what `to_json` wrote, in this or any other version.

        Fields and words that this version does not know go to `unread`; so does every value in a newer version's file
        that is out of range here. The name must be understood: without it, a run cannot be shown at all.

        Raises:
            CnntuiError: the text is not a JSON object, or a field is missing or out of range.
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
        missing = [name for name in ("name", "seed") if name not in values]
        if missing:
            raise CnntuiError(f"The run's config.json has no {' and no '.join(missing)}.", _DAMAGED)
        known = cls.__dataclass_fields__
        unread = {name: value for name, value in values.items() if name not in known or name == "unread"}
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if name not in unread
        }
        given = dict.fromkeys(MAY_BE_UNKNOWN - {"model"} - given.keys()) | given
        if "model" not in given and given.get("architecture") is not None:
            given["model"] = None
        for name, value in [*given.items()]:
            if _is_unknown_choice(name, value) and not (name == "optimizer" and given.get("script")):
                unread[name] = given.pop(name)
        if isinstance(given.get("format"), int) and given["format"] > FORMAT:
            unread |= {name: given.pop(name) for name, value in [*given.items()] if not _is_understood(name, value)}
        # If any setting is missing, the network that the settings describe is unknown.
        given |= {name: None for name in unread if name in MAY_BE_UNKNOWN}
        if not unread.keys().isdisjoint(OF_CONVOLUTIONS):
            given["model"] = None
        if (scale := given.get("input_scale")) is not None:
            given["input_scale"] = _scale(scale)
        return cls(**given, unread=tuple((brief(name), brief(value)) for name, value in unread.items()))

    @classmethod
    def checked_before(cls, values: dict[str, Any]) -> RunConfig:
        """Settings that were checked when first read, and that cnntui itself has cached since.

        Args:
            values: every value that differs from the class's default, except those in `NOT_LISTED`; the config keeps
                the dictionary.
        """
        config = object.__new__(cls)
        for name in _LISTS:
            if values.get(name) is not None:
                values[name] = tuple(values[name])
        if "unread" in values:
            values["unread"] = tuple((name, said) for name, said in values["unread"])
        values["versions"] = _NO_VERSIONS
        object.__setattr__(config, "__dict__", values)
        return config


def new_config(
    *, name: str | None = None, seed: int | None = None, data: str | Path | None = None, **settings: Any
) -> RunConfig:
    """The settings of a run that is about to start: created now, with the installed versions.

    Args:
        name: the run's name; None for the local date and time.
        seed: the seed; None to draw one.
        data: the path of the data; None for the digits that ship with cnntui.
        settings: the fields of `Settings` that differ from the recipe.

    Raises:
        CnntuiError: a setting is out of range.
    """
    import secrets  # Imports OpenSSL, which a list of runs does not need.

    return RunConfig(
        name=default_name() if name is None else name,
        seed=secrets.randbelow(LARGEST_SEED + 1) if seed is None else seed,
        data=None if data is None else str(Path(data).expanduser().resolve()),
        created=utc_now(),
        versions=package_versions(),
        input_scale=ZERO_TO_ONE,
        schedule=CONSTANT,
        **settings,
    )


def default_name() -> str:
    """The name for a run that was not given one: the local date and time."""
    return time.strftime("run-%Y%m%d-%H%M%S")


def utc_now() -> str:
    """The current time as ISO 8601 in UTC with microseconds, so that runs sort by creation time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def package_versions() -> dict[str, str]:
    """The versions of the installed packages that may change a run's numbers."""
    from importlib import metadata  # Needed once per training, and as slow to import as the rest of `cnntui.runs`.

    versions = {}
    for package in _RECORDED_PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions


NOTHING = "–"  # In tables, for a setting that a run does not have.

_DAMAGED = "The file is damaged, or the folder is no run of cnntui."

MAY_BE_UNKNOWN = frozenset({"epochs", "batch_size", "optimizer", "learning_rate", "seed", "model"})
"""Settings that a run need not state."""

NOT_LISTED = frozenset({"versions", "architecture", "input_scale"})
"""Fields that a list of runs does not need."""

_NO_VERSIONS: Mapping[str, str] = {}

_LISTS = frozenset({*EACH, "data_shape", "classes"})
"""Fields that are tuples here and lists in JSON."""


def _check(name: str, subject: str, kind: Text | Whole, value: object) -> None:
    if (fault := kind.fault(value)) is not None:
        raise wrong(name, subject, *fault)


def _is_unknown_choice(name: str, value: object) -> bool:
    """Whether a setting with a fixed choice of words has an unknown word."""
    is_word = isinstance(value, str) and value.isprintable() and value != ""
    return is_word and name in CHOICES and value not in CHOICES[name]


def _is_understood(name: str, value: object) -> bool:
    """Whether a field can have this value; the name is left to the class, since there is no run without it."""
    if name == "name" or (value is None and name in MAY_BE_UNKNOWN):
        return True
    try:
        values: dict[str, Any] = {"name": "run", "seed": 0}
        RunConfig(**values | {name: _scale(value) if name == "input_scale" and value else value})
    except CnntuiError:
        return False
    return True


def _scale(value: Any) -> InputScale:
    """The input scale that `to_json` wrote."""
    mean, deviation = (value.get(key) if isinstance(value, dict) else None for key in ("mean", "deviation"))
    for numbers in (mean, deviation):
        if not isinstance(numbers, list | tuple) or not all(type(number) in (int, float) for number in numbers):
            raise wrong("input_scale", "The input scale", "must have numbers for mean and deviation", value)
    return InputScale(tuple(map(float, mean)), tuple(map(float, deviation)))  # type: ignore[arg-type]
