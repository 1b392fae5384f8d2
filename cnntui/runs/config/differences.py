"""The differences between the settings of some runs."""

from __future__ import annotations

from collections.abc import Sequence

from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.config.settings import SETTINGS
from cnntui.values import dataclass

_LAST = ("seed",)
"""Settings that nearly always differ and explain the least."""


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same in all runs.

    Attributes:
        name: the setting's name, in words.
        values: one value for each run, in the order of the runs.
    """

    name: str
    values: tuple[str, ...]


def differences(configs: Sequence[RunConfig]) -> tuple[Difference, ...]:
    """The settings in which the given runs differ, in the order of their declaration.

    Data sets are the same if their SHA-256 is, wherever their files are. A setting that a run does not have differs
    from any value that another run has for it.
    """
    found = []
    for name in sorted(SETTINGS, key=lambda name: name in _LAST):
        values = _data(configs) if name == "data" else tuple(config.words(name) for config in configs)
        if name != "name" and len(set(values)) > 1:
            found.append(Difference(SETTINGS[name].brief, values))
    return tuple(found)


def _data(configs: Sequence[RunConfig]) -> tuple[str, ...]:
    """The name of each run's data, or its SHA-256 if different data sets share a name."""
    sums = tuple(config.data_sha256[:8] or "unknown" for config in configs)
    names = tuple(config.words("data") for config in configs)
    return names if len(set(names)) > 1 and len({config.data_sha256 for config in configs}) > 1 else sums
