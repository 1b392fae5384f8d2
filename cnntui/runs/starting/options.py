"""`TrainOptions`: the choices about a training, on the command line or for the app's next one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cnntui.images.data import load_classes
from cnntui.printable import printable
from cnntui.runs.config.architecture import network_of
from cnntui.runs.config.run_config import RunConfig, new_config
from cnntui.runs.config.settings import SETTINGS, Settings
from cnntui.runs.directory.run_directory import RunDirectory, default_runs_dir
from cnntui.runs.starting.process import TRAINER, start_training
from cnntui.values import dataclass


@dataclass(frozen=True, kw_only=True)
class TrainOptions(Settings):
    """The settings of the next training, and where and by what it is trained.

    Attributes:
        runs_dir: None for the default folder.
        classes: a text file with the names of the classes; None for what the data say.
        model_file: the file of a network of one's own to train; None for that of `model`.
        module: what is started; tests start a trainer without TensorFlow.
    """

    runs_dir: Path | None = None
    classes: Path | None = None
    model_file: Path | None = None
    module: str = TRAINER

    def config(self) -> RunConfig:
        """The settings as the run directory keeps them, made now.

        Raises:
            CnntuiError: a setting is out of its range, or they ask for a network that there cannot be.
        """
        settings = {name: getattr(self, name) for name in SETTINGS}
        if self.model_file is not None:
            named = {"model": None, "model_file": printable(self.model_file.name)}
            return new_config(**settings | named)
        config = new_config(**settings)
        network_of(config)
        return config

    def start(self, config: RunConfig, tell: Callable[[str], None] | None = None) -> RunDirectory:
        """Start a trainer on these settings, and tell what is done to the data on the way in.

        Raises:
            CnntuiError: the names cannot be read, the folder cannot be written, or no process can be started.
        """
        names = None if self.classes is None else load_classes(self.classes)
        runs_dir = self.runs_dir or default_runs_dir()
        return start_training(config, runs_dir, self.module, names, self.model_file, tell)
