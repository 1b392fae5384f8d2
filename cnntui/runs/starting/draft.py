"""The settings of a training as the user fills them in: texts, each checked while it is typed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cnntui.files.errors import CnntuiError
from cnntui.runs.config.architecture import LayerPlan, layers_of
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.config.settings import CHOICES, CONVOLUTIONS, EACH, PLACES, SETTINGS, UNITS, File, Setting
from cnntui.runs.starting.options import TrainOptions
from cnntui.values import dataclass

ALL_DIGITS = 60_000
"""The number of training images in the bundled data."""


def _fields() -> Iterator[str]:
    for place in PLACES:
        names = [name for name, setting in SETTINGS.items() if setting.place == place]
        for number in range(CONVOLUTIONS):
            yield from (f"{name}_{number}" for name in names if name in EACH)
        yield from (name for name in names if name not in EACH)


FIELDS = tuple(_fields())
"""All fields, in the order of filling in. The field for the filters of the second convolution is `filters_1`."""


def is_of_convolutions(field: str) -> bool:
    """Whether a field does not apply to a dense network."""
    return setting_of(field).of_convolutions


def layer_of(field: str) -> int | None:
    """The convolution, from 0, that a field belongs to; None for a setting of the whole training."""
    return None if field in SETTINGS else int(field.rpartition("_")[2])


def setting_of(field: str) -> Setting:
    """The setting that a field belongs to."""
    return SETTINGS[field if field in SETTINGS else field.rpartition("_")[0]]


@dataclass(frozen=True, eq=False)
class Draft:
    """The text in each field, on top of options that the form does not show.

    Attributes:
        texts: the texts by field.
        base: the options that provide every value without a field.
    """

    texts: Mapping[str, str]
    base: TrainOptions

    @classmethod
    def of(cls, options: TrainOptions) -> Draft:
        """The draft that describes the given options."""
        texts = {}
        for field in FIELDS:
            number, value = layer_of(field), getattr(options, setting_of(field).name)
            value = value if number is None else value[number]
            texts[field] = "" if value is None else rate_text(value) if isinstance(value, float) else str(value)
        return cls(texts, options)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that apply to the model."""
        return tuple(field for field in FIELDS if not (self.is_dense and is_of_convolutions(field)))

    @property
    def is_dense(self) -> bool:
        """Whether the model is a network without convolutions."""
        return self.texts["model"] == "dense"

    def write(self, field: str, text: str) -> Draft:
        """The draft with another text in a field.

        If the model changes, a number of units that is the old model's default becomes the new model's default.
        """
        texts = {**self.texts, field: text}
        if field == "model" and self._value("dense") == UNITS.get(self.texts["model"]) and text in UNITS:
            texts["dense"] = str(UNITS[text])
        return replace(self, texts=texts)

    def problem(self, field: str) -> str:
        """The problem with a field, in one sentence; empty if there is none."""
        value, setting = self._value(field), setting_of(field)
        if value is None:
            return ""
        try:
            setting.check((value,) * CONVOLUTIONS if setting.name in EACH else value)
        except CnntuiError as error:
            return error.message
        if isinstance(setting.kind, File) and not os.path.exists(value):
            return f"There is no {value}."
        return ""

    @property
    def wrong(self) -> str | None:
        """The first field with a problem of its own; None if there is none."""
        return next((field for field in self.fields if self.problem(field)), None)

    def options(self) -> TrainOptions:
        """The options that the fields describe.

        Raises:
            CnntuiError: a field is out of range, or no such network is possible; the message shows the arithmetic.
        """
        wrong = self.wrong
        if wrong is not None:
            raise CnntuiError(self.problem(wrong))
        settings = {setting.name: self._setting(setting) for setting in SETTINGS.values() if setting.place}
        options: TrainOptions = replace(self.base, **settings)
        layers_of(_config(options))
        return options

    def plan(self) -> tuple[tuple[LayerPlan, ...], CnntuiError | None]:
        """The layers that are possible, from the first on, and the reason why the next one is not.

        If a field of the network itself makes no sense, there are no layers and no reason: the field has its own.
        """
        settings = [setting for setting in SETTINGS.values() if setting.place not in ("learning", None)]
        try:
            config = RunConfig(name="run", seed=0, **{setting.name: self._setting(setting) for setting in settings})
        except CnntuiError:
            return (), None
        try:
            return layers_of(config), None
        except CnntuiError as error:
            return _layers_before(config), error

    @property
    def outline(self) -> tuple[LayerPlan, ...]:
        """All layers of the network, with the smallest sizes: these always fit together."""
        words: dict[str, Any] = {
            field: self.texts[field] for field in ("model", "pooling") if self.texts[field] in CHOICES[field]
        }
        one = (1,) * CONVOLUTIONS
        return layers_of(RunConfig(name="run", seed=0, dense=1, filters=one, kernel_size=one, **words))  # type: ignore[arg-type]

    @property
    def digits(self) -> int | None:
        """How many images are trained on; None if only the data file tells."""
        limit = self._value("limit")
        if self._value("data") is not None:
            return None
        return min(limit, ALL_DIGITS) if isinstance(limit, int) else ALL_DIGITS

    def whole(self, field: str) -> int | None:
        """The whole number in a field; None if the field has a problem or no whole number."""
        value = self._value(field)
        return value if isinstance(value, int) and not self.problem(field) else None

    def _setting(self, setting: Setting) -> Any:
        """The value for a setting; the recipe's if it does not apply, so that all such runs are alike."""
        if self.is_dense and setting.of_convolutions:
            return setting.default
        if setting.name in EACH:
            return tuple(self._value(f"{setting.name}_{number}") for number in range(CONVOLUTIONS))
        return self._value(setting.name)

    def _value(self, field: str) -> Any:
        """The value of a field; its text if it is not a value, so that the setting's own check refuses it."""
        text, setting = self.texts[field].strip(), setting_of(field)
        if not text and setting.empty:
            return None
        return os.path.expanduser(text) if isinstance(setting.kind, File) else setting.kind.read(text)


def rate_text(rate: float) -> str:
    """A learning rate as people write it: 0.00001, not 1e-05."""
    return f"{Decimal(f'{rate:.12g}'):f}" if 1e-9 <= rate < 1e9 else f"{rate:.12g}"


def _config(options: TrainOptions) -> RunConfig:
    return replace(options, name="run", seed=0).config()


def _layers_before(config: RunConfig) -> tuple[LayerPlan, ...]:
    """The layers before the first one that does not fit."""
    for number in reversed(range(CONVOLUTIONS)):
        # A kernel of one cell fits everywhere.
        sizes = (*config.kernel_size[:number], *(1,) * (CONVOLUTIONS - number))
        try:
            layers = layers_of(replace(config, kernel_size=sizes))  # type: ignore[arg-type]
        except CnntuiError:
            continue
        return layers[: [layer.convolution for layer in layers].index(number)]
    return ()
