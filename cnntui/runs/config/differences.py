"""The differences between the settings of some runs."""

from __future__ import annotations

from collections.abc import Sequence

from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.config.settings import OF_CONVOLUTIONS, SETTINGS
from cnntui.values import dataclass

_LAST = ("seed",)
"""Settings that nearly always differ, and explain least."""


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
    """The settings in which some runs differ, in the order in which they are declared.

    The data is the same where its SHA-256 is, wherever it lies. What a dense network does not have differs from what
    others have.
    """
    found = []
    for name in sorted(SETTINGS, key=lambda name: name in _LAST):
        values = _data(configs) if name == "data" else tuple(_setting(name, config) for config in configs)
        if name != "name" and len(set(values)) > 1:
            found.append(Difference(SETTINGS[name].brief, values))
    return tuple(found)


def _data(configs: Sequence[RunConfig]) -> tuple[str, ...]:
    """The data of each run by name, or by SHA-256 where different data share a name."""
    sums = tuple(config.data_sha256[:8] or "unknown" for config in configs)
    names = tuple(_setting("data", config) for config in configs)
    return names if len(set(names)) > 1 and len({config.data_sha256 for config in configs}) > 1 else sums


def _setting(name: str, config: RunConfig) -> str:
    """A setting of a run in words; a dash where it does not apply to the run's network."""
    if config.model != "cnn" and name in OF_CONVOLUTIONS:
        return "–"
    return config.words(name)
