"""Watch your own training: `model.fit(…, callbacks=[Watch("my-run")])`, and `cnntui` in another terminal."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import keras

from cnntui.cnn.description import Description
from cnntui.cnn.readers.keras.live import LiveModel, live_model
from cnntui.files.errors import CnntuiError
from cnntui.images.handed import Handed
from cnntui.printable import printable
from cnntui.runs.config import keras_facts
from cnntui.runs.config.architecture import check_recorded
from cnntui.runs.config.run_config import RunConfig, default_name, package_versions, utc_now
from cnntui.runs.config.settings import check_name
from cnntui.runs.directory.run_directory import default_runs_dir
from cnntui.runs.history.running_means import LoggedValue
from cnntui.runs.recording.script_end import end_with_script, script_name
from cnntui.runs.recording.script_run import Plan, ScriptRun, Values, create_script_run

_ACCURACIES = (
    "accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy",
)  # fmt: skip
"""Keras's names for the fraction of a training's images that are right."""

_TESTED = "val_"
"""Keras's prefix for the names of values on validation data."""

_LOSS = "loss"
_LOOK_CLOSELY = 16
"""Batches between two readings of every mean's own weight; in between, a mean shares the loss's, as nearly all do."""

_LONGEST = 200
"""The most characters of an error's message."""

_UNSERIALISABLE = (NotImplementedError, ValueError, TypeError, AttributeError)


class Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes a run that `cnntui` shows live and afterwards.

    With `fit`, pass it as a callback. In a loop of your own, call `batch` after each batch and `epoch` after each
    epoch, and use it in a `with` statement, so that the run ends when the loop does:

        with Watch("my-loop", model=model, images=x_val[:1000], labels=y_val[:1000]) as watch:
            for x, y in batches:
                watch.batch(loss=train_step(x, y))
                if watch.should_stop:
                    break

    Used for several fits, it continues the same run. If there is a problem with the run, such as a full disk, it gives
    a warning, and training continues unwatched.

    Args:
        name: the name of the run; by default the date and time. A name that is taken gets a number.
        images: some images to look at, as the network reads them: `(n, height, width, channels)`; at most the first
            10,000 are copied into the run.
        labels: the classes of the images: whole numbers, or one-hot.
        classes: the names of the classes, in the order of the network's outputs.
        model: the network, for a loop of your own. `fit` passes it by itself.
        epochs: the number of epochs, for a loop of your own, if you know it.
        steps: the number of batches in an epoch, for a loop of your own, if you know it.
        runs_dir: the folder of runs; by default the one where `cnntui` looks.

    Raises:
        CnntuiError: the name cannot be that of a folder, or images, labels or classes are not what they should be.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        images: Any = None,
        labels: Any = None,
        classes: Sequence[str] | None = None,
        model: keras.Model | None = None,
        epochs: int = 0,
        steps: int = 0,
        runs_dir: str | Path | None = None,
    ) -> None:
        super().__init__()
        if name is not None:
            check_name(name)
        self._name = name
        self._runs_dir = default_runs_dir() if runs_dir is None else Path(runs_dir).expanduser()
        self._handed = Handed.of(images, labels, classes)
        if model is not None:
            self.set_model(model)
        # Nobody knows what a user's own loop does with another learning rate, or with should_stop.
        self._plan = Plan(epochs, steps, ("pause", "step"))
        self._run: ScriptRun | None = None
        self._is_given_up = False
        self._curves: dict[str, LoggedValue] = {}
        self._output = ""
        self._watched: Any = model
        self._is_fit = False
        self._seen = self._epoch = self._batches = 0
        self.should_stop = False
        """Whether the user has requested an end, which a loop of your own can obey."""

    @property
    def step(self) -> int:
        """How many batches the network has learned from."""
        return self._run.step if self._run is not None else 0

    # Keras calls these

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        optimizer = getattr(self.model, "optimizer", None)
        if self._watched is not self.model:
            self._run, self._watched = None, self.model
        self._curves, self._batches = {}, 0
        self.should_stop, self._is_fit = False, True
        self._plan = Plan(
            epochs=int(self.params.get("epochs") or 0),
            steps=int(self.params.get("steps") or 0),
            obeys=("pause", "stop", "step", *(("rate",) if keras_facts.can_be_set(optimizer) else ())),
            rate=keras_facts.rate(optimizer),
        )
        if self.model.built:
            with self._harmless():
                self._begin(self._plan)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._seen, self._epoch = 0, epoch
        for curve in self._curves.values():
            curve.values.reset()
        with self._harmless() as run:
            if run is not None:
                run.begin_epoch(epoch)
                if (rate := keras_facts.rate(self.model.optimizer)) is not None:
                    run.tell_rate(rate)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        # If one call covers several batches, the last of them may lie beyond the end of the epoch.
        done = min(batch + 1, int(self.params.get("steps") or batch + 1))
        count, self._seen = done - self._seen, done
        if self._run is None:
            # A model without an Input is built by its first batch.
            with self._harmless():
                self._begin(self._plan, has_learned=True)
                if self._run is not None:
                    self._run.begin_epoch(self._epoch)
        with self._harmless() as run:
            if run is None:
                return
            values, size = self._batch_values(logs or {}, max(count, 1))
            run.batch(values, size, max(count, 1))
            if run.obey(self._change_rate):
                self.should_stop = True
                self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        logs = logs or {}
        with self._harmless() as run:
            if run is None:
                return
            learned = {name: value for name, value in logs.items() if not name.startswith(_TESTED)}
            tested = {name[len(_TESTED) :]: value for name, value in logs.items() if name.startswith(_TESTED)}
            run.end_epoch(self._values(learned), self._values(tested))

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        with self._harmless() as run:
            if run is not None:
                run.end(self.should_stop)

    # A user's own loop calls these

    def batch(self, loss: Any = float("nan"), accuracy: Any = None, *, size: int = 0, **metrics: Any) -> None:
        """Record a batch that the network has learned from.

        Args:
            loss: the loss of the batch, not a running mean.
            accuracy: the fraction of the batch that is right.
            size: the number of images in the batch.
            metrics: anything else that was measured on the batch.
        """
        with self._harmless():
            if self._run is None or not self._run.is_open:
                self._begin(self._plan, has_learned=self._run is None)
            if self._run is None or self._is_given_up:
                return
            given = {name: float(value) for name, value in metrics.items()}
            right = None if accuracy is None else float(accuracy)
            self._run.batch(Values(float(loss), right, given), size)
            self.should_stop = self._run.obey(None) or self.should_stop

    def epoch(self, **values: Any) -> None:
        """Record the end of an epoch.

        Args:
            values: what was measured over the epoch, by name, such as `loss` and `accuracy`; for validation data with
                `val_` before the name.
        """
        self.on_epoch_end(0, {name: float(value) for name, value in values.items()})

    def close(self) -> None:
        """End the training."""
        self.end(None)

    def __enter__(self) -> Watch:
        if self._model is not None and self._model.built:
            with self._harmless():
                self._begin(self._plan)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(error)

    # The script ends, or is forked

    def end(self, error: BaseException | None) -> None:
        """End the run because the script ends before its training did, or a loop ends; Ctrl-C is not a failure."""
        with self._harmless() as run:
            if run is None:
                return
            if error is None or isinstance(error, KeyboardInterrupt):
                run.end(stopped=self.should_stop or error is not None or self._is_fit)
                return
            said = f"{type(error).__name__}: {error}".strip(" :\n").partition("\n")[0][:_LONGEST].rstrip(".")
            run.fail(printable(f"{script_name()} failed: {said}."), "The terminal that it ran in says where.")

    def let_go(self) -> None:
        """Give up the run in a process that the script has forked: the run does not belong to it."""
        if self._run is not None:
            self._run.forked()
        self._is_given_up = True

    # The run

    def _begin(self, plan: Plan, has_learned: bool = False) -> None:
        if self._is_given_up:
            return
        if self._run is None:
            self._run = self._made()
            end_with_script(self)
            run = self._run.run
            elsewhere = "" if run.path.parent == default_runs_dir() else f" --runs-dir {run.path.parent}"
            print(f"Watch it in another terminal: cnntui open {run.name}{elsewhere}", file=sys.stderr)
        self._run.begin(plan, has_learned)

    def _made(self) -> ScriptRun:
        """A new run, with the network and the images of the script in it."""
        model: keras.Model | None = self._model
        live: LiveModel | None = None
        problem, handed = "The script did not say which network it trains: Watch(…, model=…).", self._handed
        if model is not None:
            live, problem, self._output = _inspected(model)
        if live is not None:
            handed, why_not_all = handed.fitting(live.network)
            if why_not_all:
                self._warn(why_not_all)
        shape: Any = handed.levels.shape[1:] if handed.levels is not None else None
        shape = live.network.input_shape if live is not None else shape
        config = RunConfig(
            name=self._name or default_name(), seed=None, epochs=None, batch_size=None, learning_rate=None,
            optimizer=keras_facts.optimizer_name(model), model=None, script=script_name(),
            architecture=Description.of(live.network).plain() if live else None,
            network_problem="" if live else problem, loss=keras_facts.loss_name(model),
            schedule=keras_facts.schedule(model), input_scale=handed.scale,
            is_labelled=handed.levels is None or handed.labels is not None,
            data_shape=shape, data_source="" if handed.levels is None else f"images of {script_name()}",
            classes=handed.classes, created=utc_now(), versions=package_versions(),
        )  # fmt: skip
        parameters = live.network.parameters if live else 0
        return create_script_run(config, self._runs_dir, handed.arrays, live.weights if live else None, parameters)

    def _warn(self, said: str) -> None:
        warnings.warn(f"cnntui: {said}", stacklevel=3)

    @contextmanager
    def _harmless(self) -> Iterator[ScriptRun | None]:
        """Warn of a problem with the run, and let training continue without it."""
        run = self._run
        try:
            yield run if run is not None and run.is_open and not self._is_given_up else None
        except Exception as error:  # whatever it is, hours of training are worth more
            self._is_given_up = True
            said = f"{error}" if isinstance(error, CnntuiError) else f"{type(error).__name__}: {error}."
            self._warn(f"{said} The training continues unwatched.")
            with suppress(CnntuiError, OSError):
                if self._run is not None:
                    self._run.fail(f"It could not be watched any more: {said}", "The training itself continues.")

    def _change_rate(self, rate: float) -> None:
        if keras_facts.can_be_set(self.model.optimizer):
            self.model.optimizer.learning_rate = rate

    # Its curves

    def _batch_values(self, logs: Mapping[str, Any], count: int) -> tuple[Values, int]:
        """The values of the newest batches, from the means since the epoch began, and how many images each had."""
        if logs.keys() - self._curves.keys():
            self._curves = _curves_of(self.model, logs) | self._curves
        values, size, common = {}, 0, 0.0
        looks_closely = self._batches % _LOOK_CLOSELY == 0
        self._batches += 1
        # The loss comes first, because its weight is the number of images.
        for name in sorted(logs, key=lambda name: name != _LOSS):
            curve, mean = self._curves[name], float(logs[name])
            if curve.weight is None:
                if not curve.is_state:
                    values[name] = mean
                continue
            weight = common
            if looks_closely or not common or curve.has_own_weight:
                # If a backend keeps the weights to itself while it learns, all batches count alike.
                weight = curve.weight_now()
                weight += count if weight == curve.values.weight else 0
                common = common or weight
                curve.has_own_weight |= weight != common
            if name == _LOSS:
                size = round((weight - curve.values.weight) / count)
            values[name] = curve.values.next(mean, weight)
        return self._values(values), size

    def _values(self, found: Mapping[str, Any]) -> Values:
        """The loss, the accuracy and all other values, picked out by the names that Keras gives them."""
        rest = {name: float(value) for name, value in found.items() if name not in keras_facts.RATE_NAMES}
        loss = rest.pop(_LOSS, math.nan)
        wanted = (*_ACCURACIES, *(f"{self._output}_{name}" for name in _ACCURACIES))
        right = next((name for name in wanted if name in rest), None)
        return Values(loss, None if right is None else rest.pop(right), rest)


def _curves_of(model: Any, logs: Mapping[str, Any]) -> dict[str, LoggedValue]:
    """How each logged value is computed."""
    metrics: dict[str, Any] = {}
    for each in model.metrics:
        inner = getattr(each, "metrics", None)
        names = [*each.result()] if inner else [each.name]
        metrics |= zip(names, inner or [each], strict=False)
    curves = {}
    for name in logs:
        metric: Any = metrics.get(name)
        is_mean = isinstance(metric, keras.metrics.Mean) and type(metric).result is keras.metrics.Mean.result
        # A value that train_step itself returned is that of its batch.
        curves[name] = LoggedValue(metric.count if is_mean else None, metric is not None and not is_mean)
    return curves


def _inspected(model: Any) -> tuple[LiveModel | None, str, str]:
    """The part of a model that can be shown, or why there is none; and the name of the output that is shown."""
    outputs = [*zip(getattr(model, "output_names", None) or [""], _outputs(model), strict=False)]
    problem, partly = "", None
    for name, output in outputs:
        try:
            # A Sequential model without an Input knows its layers, but does not say what they read.
            is_whole = len(outputs) == 1 and not (isinstance(model, keras.Sequential) and output is not None)
            part = model if is_whole else keras.Model(model.inputs, output)
            live = live_model(part, keras.saving.serialize_keras_object(part))
            check_recorded(live.network)
            if live.network.answer is not None:
                return live, "", name
            partly = partly or (live, "", name)
        except CnntuiError as error:
            problem = problem or f"{error}"
        except _UNSERIALISABLE:
            problem = problem or "Keras cannot list its layers: the model is a subclass with a call of its own."
    return partly or (None, problem, "")


def _outputs(model: Any) -> Sequence[Any]:
    try:
        return model.outputs or [None]
    except (AttributeError, ValueError):
        return [None]
