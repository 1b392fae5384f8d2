"""`TrainOptions`: what a person may choose about a training, on the command line or for the app's next one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnntui.runs.architecture import network_of
from cnntui.runs.config import Device, Model, Padding, Pooling, RunConfig, new_config
from cnntui.runs.directory import RunDirectory, default_runs_dir
from cnntui.runs.process import TRAINER, start_training


@dataclass(frozen=True)
class TrainOptions:
    """The settings of the next training; the defaults are the recipe. What is not said here, `RunConfig` does.

    Attributes:
        seed: None to draw one, which is recorded.
        name: None for the date and the time.
        data: a `.npz` file or a folder of IDX files; None for the bundled digits.
        limit: how many training digits; None for all.
        runs_dir: None for the default folder.
        module: what is started; tests start a trainer without TensorFlow.
    """

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
    seed: int | None = None
    name: str | None = None
    data: Path | None = None
    limit: int | None = None
    device: Device = "cpu"
    runs_dir: Path | None = None
    module: str = TRAINER

    def config(self) -> RunConfig:
        """The settings as the run directory keeps them, made now.

        Raises:
            CnntuiError: a setting is out of its range, or they ask for a network that there cannot be.
        """
        config = new_config(
            name=self.name,
            seed=self.seed,
            epochs=self.epochs,
            batch_size=self.batch_size,
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            model=self.model,
            filters=self.filters,
            kernel_size=self.kernel_size,
            padding=self.padding,
            pooling=self.pooling,
            dense=self.dense,
            limit=self.limit,
            data=self.data,
            device=self.device,
        )
        network_of(config)
        return config

    def start(self, config: RunConfig) -> RunDirectory:
        """Start a trainer on these settings.

        Raises:
            CnntuiError: the folder cannot be written, or no process can be started.
        """
        return start_training(config, self.runs_dir or default_runs_dir(), self.module)
