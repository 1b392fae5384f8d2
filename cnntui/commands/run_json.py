"""Runs as JSON for scripts: one object a line, with null for what is unknown or not a number."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cnntui.runs.config.settings import SETTINGS
from cnntui.runs.listing.summary import RunSummary

if TYPE_CHECKING:
    from cnntui.runs.config.run_config import RunConfig
    from cnntui.runs.reading.follow import RunView

_SETTINGS = ("created", *(name for name in SETTINGS if name != "name"), "data_sha256")


def line(values: Mapping[str, Any]) -> str:
    """A line of JSON that every parser accepts."""
    return json.dumps(_plain(values), allow_nan=False)


def of_summary(summary: RunSummary) -> dict[str, Any]:
    """What a list says about a run. Its settings are null if they cannot be read."""
    said = dict(summary.config.unread) if summary.config is not None else {}
    settings = {name: said.get(name, _value(summary.config, name)) for name in _SETTINGS}
    return {
        "name": summary.name,
        "folder": str(summary.run.path),
        "bundled": summary.run.read_only,
        "status": None if summary.status is None else str(summary.status),
        "test_accuracy": summary.test_accuracy,
        "best_epoch": summary.best_epoch,
        "best_test_accuracy": summary.best_accuracy,
        "epochs_done": summary.epochs_done,
        "seconds": summary.seconds,
        "problem": summary.problem or None,
        **settings,
    }


def of_view(view: RunView) -> dict[str, Any]:
    """All of a run's settings, and the end of each of its epochs, counted from 1."""
    end, best, config = view.history.end, view.history.best_epoch, view.config
    settings = {name: _value(config, name) for name in SETTINGS} | {"versions": dict(config.versions)}
    return {
        "name": view.run.name,
        "folder": str(view.run.path),
        "bundled": view.run.read_only,
        "status": str(view.status),
        "batch": view.step,
        "batches": view.total_steps or None,
        "test_accuracy": getattr(end, "test_accuracy", None),
        "test_loss": getattr(end, "test_loss", None),
        "best_epoch": None if best is None else best.epoch + 1,
        "best_test_accuracy": None if best is None else best.test_accuracy,
        "problem": f"{view.problem.message} {view.problem.hint}".strip() if view.problem is not None else None,
        "settings": asdict(view.config) | settings,
        "history": [asdict(epoch) | {"epoch": epoch.epoch + 1} for epoch in view.history.epochs],
    }


def _value(config: RunConfig | None, name: str) -> Any:
    """A field of a run's settings; None if they cannot be read, or if the run has no such setting."""
    if config is None or (name in SETTINGS and not config.has(name)):
        return None
    return getattr(config, name)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {f"{key}": _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
