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
    """The settings of the next training, with the folder and the trainer to use.

    Attributes:
        runs_dir: the folder of runs; None for the default folder.
        classes: a text file with the names of the classes; None for the names in the data.
        model_file: the file of the user's own network to train; None for the network that `model` describes.
        module: the module to start; tests start a trainer without TensorFlow.
    """

    runs_dir: Path | None = None
    classes: Path | None = None
    model_file: Path | None = None
    module: str = TRAINER

    def config(self) -> RunConfig:
        """The settings as the run directory keeps them, created now.

        Raises:
            CnntuiError: a setting is out of range, or the settings describe an impossible network.
        """
        settings = {name: getattr(self, name) for name in SETTINGS}
        if self.model_file is not None:
            named = {"model": None, "model_file": printable(self.model_file.name)}
            return new_config(**settings | named)
        config = new_config(**settings)
        network_of(config)
        return config

    def start(self, config: RunConfig, tell: Callable[[str], None] | None = None) -> RunDirectory:
        """Start a trainer with these settings, and report how the data are converted on loading.

        Raises:
            CnntuiError: the names cannot be read, the folder cannot be written, or no process can be started.
        """
        names = None if self.classes is None else load_classes(self.classes)
        runs_dir = self.runs_dir or default_runs_dir()
        return start_training(config, runs_dir, self.module, names, self.model_file, tell)
