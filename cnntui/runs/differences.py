"""What differs between the settings of some runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from cnntui.runs.choices import OF_CONVOLUTIONS
from cnntui.runs.config import RunConfig

_OWN = {"name", "created", "versions", "format"}
"""Fields that are no choice of a person's: they differ from run to run anyway."""

_LAST = ("seed",)
"""Fields that differ nearly always and explain least."""

_WORDS = {"data_sha256": "data", "limit": "digits", "batch_size": "batch", "learning_rate": "rate"}
"""Names that are shorter than the field's, as a table has little room for them."""


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same in all runs.

    Attributes:
        name: of the setting, in words.
        values: one for each run, in their order.
    """

    name: str
    values: tuple[str, ...]


def differences(configs: Sequence[RunConfig]) -> tuple[Difference, ...]:
    """The settings in which some runs differ, in the order of the settings' fields.

    Whatever fields a config has are compared, so that a setting that is added is compared as well. The data is the same
    where its SHA-256 is, wherever it lies. What a dense network does not have differs from what others have.
    """
    names = [f.name for f in fields(RunConfig) if f.name not in _OWN]
    if len({config.data_sha256 for config in configs}) == 1:
        names = [name for name in names if name not in ("data", "data_sha256")]
    elif len({config.data for config in configs}) > 1:
        names.remove("data_sha256")
    found = []
    for name in sorted(names, key=lambda name: name in _LAST):
        values = tuple(_setting(name, config) for config in configs)
        if len(set(values)) > 1:
            found.append(Difference(_WORDS.get(name, name.replace("_", " ")), values))
    return tuple(found)


def _setting(name: str, config: RunConfig) -> str:
    """A setting of a run in words; a dash where it means nothing for the run's network."""
    if config.model == "dense" and name in OF_CONVOLUTIONS:
        return "–"
    return _shown(name, getattr(config, name))


def _shown(name: str, value: object) -> str:
    if value is None:
        return {"limit": "all", "data": "bundled"}.get(name, "none")
    if name == "data_sha256":
        return str(value)[:8] or "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        return f"{value}" if name == "seed" else f"{value:,}"
    if isinstance(value, Mapping):
        return " ".join(f"{key}={_shown('', part)}" for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return "·".join(_shown("", part) for part in value)
    return str(value)
