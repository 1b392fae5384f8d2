"""`TrainOptions`: what a person may choose about a training, on the command line or for the app's next one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnntui.runs.config import RunConfig, new_config
from cnntui.runs.directory import RunDirectory, default_runs_dir
from cnntui.runs.process import TRAINER, start_training


@dataclass(frozen=True)
class TrainOptions:
    """The settings of the next training; the defaults are the recipe.

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
    seed: int | None = None
    name: str | None = None
    data: Path | None = None
    limit: int | None = None
    runs_dir: Path | None = None
    module: str = TRAINER

    def config(self) -> RunConfig:
        """The settings as the run directory keeps them, made now.

        Raises:
            CnntuiError: a setting is out of its range.
        """
        return new_config(
            name=self.name,
            seed=self.seed,
            epochs=self.epochs,
            batch_size=self.batch_size,
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            limit=self.limit,
            data=self.data,
        )

    def start(self, config: RunConfig) -> RunDirectory:
        """Start a trainer on these settings.

        Raises:
            CnntuiError: the folder cannot be written, or no process can be started.
        """
        return start_training(config, self.runs_dir or default_runs_dir(), self.module)
