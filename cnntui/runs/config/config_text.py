"""Phrases and sentences about the settings of a run."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted, in_a_list
from cnntui.images.mnist import CLASSES, MNIST, SHAPE
from cnntui.runs.config.run_config import CONSTANT, RunConfig
from cnntui.runs.config.settings import SETTINGS

_MOST_CLASSES = 8
"""How many classes are listed by name."""

_MOST_LISTED = 3
"""How many settings that this version does not understand are listed by name."""

_IN_SENTENCES = frozenset({"name", "seed", "epochs", "batch_size", "optimizer", "learning_rate", "model", "filters",
                           "kernel_size", "padding", "pooling", "dense", "limit", "data", "device"})  # fmt: skip
"""Settings that sentences about a run mention in their own way, or not at all."""

_OTHERS = tuple(setting for name, setting in SETTINGS.items() if name not in _IN_SENTENCES)


def epochs_in_words(count: int | None) -> str:
    """`1 epoch`, `5 epochs`."""
    return "an unknown number of epochs" if count is None else counted(count, "epoch")


def batches_in_words(config: RunConfig) -> str:
    """`batches of 64`."""
    return f"batches of {config.words('batch_size')}" if config.batch_size else "batches of unknown size"


def optimizer_in_words(config: RunConfig, at: str = "") -> str:
    """`rmsprop 0.001`, or with the word `at` in between."""
    name = config.words("optimizer")
    rate = "" if config.learning_rate is None else f" {at} {config.words('learning_rate')}".replace("  ", " ")
    schedule = f", {config.schedule}" if config.schedule not in ("", CONSTANT) else ""
    return f"{'unknown optimizer' if name == 'unknown' else name}{rate}{schedule}"


def images_in_words(config: RunConfig) -> str:
    """A run's images, such as '32×32×3, 2 classes: cat, dog'; empty for digits like MNIST's."""
    if config.data_shape in (None, SHAPE) and config.classes in (None, CLASSES):
        return ""
    shape = "×".join(map(str, config.data_shape or SHAPE))
    if config.classes is None:
        return shape
    names = ", ".join(config.classes[:_MOST_CLASSES]) + (", …" if len(config.classes) > _MOST_CLASSES else "")
    return f"{shape}, {counted(len(config.classes), 'class')}: {names}"


def training_images_in_words(config: RunConfig) -> str:
    """How many images a run trains on; empty if a script decided that, or if it is unknown."""
    if config.script or config.has_unknown_data:
        return ""
    word = "images" if images_in_words(config) else "digits"
    return f"the first {config.limit:,} {word}" if config.limit else f"all training {word}"


def data_in_words(config: RunConfig) -> str:
    """The data of a run, such as 'MNIST', 'other.npz' or 'unknown'."""
    if config.script or config.has_unknown_data:
        return config.data_source or "unknown"
    return MNIST if config.data is None else config.data


def not_understood(config: RunConfig) -> str:
    """A sentence about what this version does not understand in a run; empty if it understands everything."""
    listed = [f"{name.replace('_', ' ')} ({said})" for name, said in config.unread[:_MOST_LISTED]]
    if len(config.unread) > _MOST_LISTED:
        listed.append(f"{len(config.unread) - _MOST_LISTED} more")
    what = f"This cnntui does not understand its {in_a_list(listed)}." if listed else ""
    if config.is_newer:
        return f"Made by a newer cnntui (format {config.format}). {what or 'What this one understands is shown.'}"
    return what


def assumed(config: RunConfig) -> str:
    """One sentence about what is assumed because the run does not record it; empty if nothing is assumed."""
    if config.input_scale is not None or config.data_source is None:
        return ""
    return f"It does not say how its network reads pixels: {config.scale} is assumed."


def network_in_words(config: RunConfig) -> str:
    """The network in words, such as '32, 64, 64 filters of 2×2, 2×2, 2×2, valid, max pooling, 64 units'."""
    if config.model is None:
        return "a network of its own"
    if config.model == "dense":
        return f"dense, {config.dense:,} units"
    filters = ", ".join(map(str, config.filters))
    kernels = ", ".join(f"{size}×{size}" for size in config.kernel_size)
    pooling = {"none": "no pooling", "stride": "strides in place of pooling"}.get(
        config.pooling, f"{config.pooling} pooling"
    )
    return f"{filters} filters of {kernels}, {config.padding}, {pooling}, {config.dense} units"


def others_in_words(config: RunConfig) -> str:
    """Settings that differ from the recipe and that no sentence mentions, such as ', patience 3'; usually ''."""
    values = [(setting, getattr(config, setting.name)) for setting in _OTHERS]
    return "".join(f", {known.label} {known.words(value)}" for known, value in values if value != known.default)
