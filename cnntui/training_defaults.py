"""What a training that is started from inside the app is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cnntui.runs.config import RunConfig, new_config
from cnntui.runs.directory import default_runs_dir
from cnntui.runs.process import TRAINER


@dataclass(frozen=True)
class TrainDefaults:
    """The settings of the next training: the recipe's own, unless something else was asked for.

    Attributes:
        runs_dir: where the run directory is made.
        data: a `.npz` file or a folder of IDX files; None for the digits that ship with cnntui.
        limit: how many training digits; None for all.
        seed: None draws one for each training, which is recorded.
        module: what is started; tests start a trainer without TensorFlow.
    """

    runs_dir: Path = field(default_factory=default_runs_dir)
    data: Path | None = None
    limit: int | None = None
    epochs: int = 5
    seed: int | None = None
    module: str = TRAINER

    def config(self) -> RunConfig:
        """The settings of one training.

        Raises:
            CnntuiError: a setting is out of its range.
        """
        return new_config(seed=self.seed, epochs=self.epochs, limit=self.limit, data=self.data)

    @property
    def invitation(self) -> str:
        """What a training would do, in a few words."""
        if self.limit is not None:
            return f"to train on {self.limit:,} digits"
        return "to train on 60,000 digits" if self.data is None else f"to train on {self.data.name}"
