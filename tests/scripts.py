"""Runs as a user's own script writes them, without Keras."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cnntui.cnn.description import Description
from cnntui.cnn.input_scale import ZERO_TO_ONE
from cnntui.cnn.layers import Dense, Flatten
from cnntui.cnn.network import Network
from cnntui.cnn.weights import weights_from_npz
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.recording.script_run import ScriptRun, create_script_run

CONFIG = RunConfig(
    name="mine", seed=None, epochs=None, batch_size=None, learning_rate=None, optimizer="adamw", model=None,
    script="train.py", loss="mse", data_source="", data_shape=(6, 5, 3), input_scale=ZERO_TO_ONE,
    created="2026-01-02T03:04:05+00:00",
)  # fmt: skip

UNOPENED = "The model is of the kind Mine, which is not read."


def dense_network() -> Network:
    """A network of 270 weights and 3 biases that reads images of 6×5×3."""
    dense = Dense("dense", np.zeros((90, 3), np.float32), np.zeros(3, np.float32), "softmax")
    return Network((Flatten("flatten"), dense), (6, 5, 3))


def script_run(
    runs_dir: Path, name: str = "mine", network: Network | None = None, data: Mapping[str, Any] | None = None
) -> ScriptRun:
    """A run that a script is about to train.

    Args:
        runs_dir: where runs are kept.
        name: the run's.
        network: what it trains, whose first bias is the number of the step; None for one that cannot be opened.
        data: the images that it has handed over.
    """
    config = replace(CONFIG, name=name)
    if network is None:
        return create_script_run(replace(config, network_problem=UNOPENED), runs_dir, data or {}, None, 0)
    described = replace(config, architecture=Description.of(network).plain(), classes=("ant", "bee", "cat"))

    def weights() -> dict[str, Any]:
        bias = np.array([run.step, 0, 0], np.float32)
        return {"dense/kernel": np.zeros((90, 3), np.float32), "dense/bias": bias}

    run = create_script_run(described, runs_dir, data or {}, weights, network.parameters)
    return run


def weights_of_step(run: RunDirectory, step: int) -> float:
    """The number of the step, as its snapshot has it."""
    return float(weights_from_npz(run.snapshot_path(step))["dense"]["bias"][0])
