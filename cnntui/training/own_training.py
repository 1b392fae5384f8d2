"""Trains a network of a person's own: with Keras's `fit`, as its file says, written down as any run is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.readers.keras_live import live_model
from cnntui.images.data import DataSet
from cnntui.keras import Watch
from cnntui.runs.config import RunConfig
from cnntui.runs.directory import RunDirectory
from cnntui.runs.own_model import BINARY, ONE_HOT, START_FILE, OwnModel, own_model
from cnntui.runs.recorder import Recorder
from cnntui.runs.script_run import ScriptRun
from cnntui.training.learner import choose_device
from cnntui.training.losses import check_finite
from cnntui.training.recipe import build_optimizer
from cnntui.training.schedule import epoch_order

_LOSSES = {
    ONE_HOT: keras.losses.CategoricalCrossentropy,
    BINARY: keras.losses.BinaryCrossentropy,
}


def train_own(
    run: RunDirectory,
    config: RunConfig,
    images: tuple[DataSet, DataSet],
    recorder: Recorder,
    interrupted: Callable[[], bool],
) -> None:
    """Train the network of the run's own file until all epochs are over, or until somebody says otherwise.

    Args:
        run: a directory whose lock this process holds.
        config: its settings.
        images: its training images and its test images.
        recorder: writes into it.
        interrupted: whether the process was asked to end, by a signal.

    Raises:
        CnntuiError: the file cannot be trained, a file cannot be written, or the loss is no number any more.
    """
    learning, (train, test) = config.learning, images
    choose_device(config.device)
    keras.utils.set_random_seed(learning.seed)
    # Checked before it is loaded: it names nothing but Keras's own layers.
    own = own_model(run.path / START_FILE)
    model = keras.saving.load_model(run.path / START_FILE, compile=False, safe_mode=True)
    loss = _LOSSES.get(own.loss, keras.losses.SparseCategoricalCrossentropy)(from_logits=own.from_logits)
    model.compile(build_optimizer(learning.optimizer, learning.learning_rate), loss, metrics=["accuracy"])
    live = live_model(model, keras.saving.serialize_keras_object(model))
    train = train if config.limit is None else train.first(config.limit)
    written = ScriptRun(run, config, live.weights, live.network.parameters, recorder=recorder, save=model.save)
    watch = Watch.on(written, model, len(train), len(test))
    model.fit(
        _Batches(train, config, own, learning.batch_size, learning.seed),
        validation_data=_Batches(test, config, own, learning.batch_size),
        epochs=learning.epochs, callbacks=[watch, _Checks(watch, learning.learning_rate, interrupted)],
        shuffle=False, verbose=0,
    )  # fmt: skip


class _Checks(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends the training where the process is asked to, and where the loss is no number any more."""

    def __init__(self, watch: Watch, learning_rate: float, interrupted: Callable[[], bool]) -> None:
        super().__init__()
        self._watch, self._learning_rate, self._interrupted = watch, learning_rate, interrupted

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        check_finite(self._watch.step, np.array([(logs or {}).get("loss", 0)], np.float32), self._learning_rate)
        if self._interrupted():
            self._watch.should_stop = self.model.stop_training = True


class _Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Images and labels in batches, as the network reads them; training images in another order each epoch."""

    def __init__(self, data: DataSet, config: RunConfig, own: OwnModel, size: int, seed: int | None = None) -> None:
        super().__init__()
        self._data, self._scale, self._size, self._seed = data, config.scale, size, seed
        self._loss, self._answer = own.loss, own.network.shapes[-1][-1]
        self._epoch = 0
        self._order = self._next_order()

    def __len__(self) -> int:
        return -(-len(self._data) // self._size)

    def __getitem__(self, number: int) -> tuple[NDArray[np.float32], NDArray[Any]]:
        chosen = self._order[number * self._size : (number + 1) * self._size]
        labels = self._data.labels[chosen].astype(np.int64)
        is_one_hot = self._loss == ONE_HOT or (self._loss == BINARY and self._answer > 1)
        wanted: NDArray[Any] = labels
        if is_one_hot:
            wanted = np.eye(self._answer, dtype=np.float32)[labels]
        elif self._loss == BINARY:
            wanted = labels[:, np.newaxis].astype(np.float32)
        return self._scale.applied(self._data.images[chosen]), wanted

    def on_epoch_end(self) -> None:
        self._epoch += 1
        self._order = self._next_order()

    def _next_order(self) -> NDArray[np.int32]:
        if self._seed is None:
            return np.arange(len(self._data), dtype=np.int32)
        return epoch_order(self._seed, self._epoch, len(self._data))
