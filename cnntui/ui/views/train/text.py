"""What Train says, made from the run's state and the scene."""

from __future__ import annotations

import math
import os.path
from textwrap import wrap

import numpy as np
from textual.geometry import Size

from cnntui.cnn.arithmetic import counted, percent
from cnntui.cnn.layers import Conv2D, Dense
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.explore.focus import reads_pixels
from cnntui.explore.scene import Scene
from cnntui.palette import bar
from cnntui.printable import set_width, shortened, text_width
from cnntui.runs.config import RunConfig
from cnntui.runs.control import Command
from cnntui.runs.diagnosis import Health, diagnose
from cnntui.runs.draft import rate_text
from cnntui.runs.events import Finished, Stopped
from cnntui.runs.follow import RunView
from cnntui.runs.history import History
from cnntui.runs.options import TrainOptions
from cnntui.runs.status import Status
from cnntui.ui.widgets.text.lines import FILL, Line, line_width

BAR_WIDTH = 20

MOST_UNITS = 32
"""Units of a dense layer that are shown, as many as the recipe's first convolution has filters."""


def headline(view: RunView | None, asked: Command | None, invitation: str, width: int) -> Line:
    """One line: what the run is doing, and what can be done about it.

    Args:
        view: the run's state; None where the network is not from a run.
        asked: what was asked of the trainer, as long as it has not answered.
        invitation: what pressing t would do.
        width: columns.
    """
    if view is None:
        return _fitting(width, invitation, (("this network is from a file: how it was trained is not known", ""),), ())
    if view.status.is_active and asked is Command.STOP:
        if not view.step:
            return ("stopping ", "strong"), ("before the first batch", "")
        kept = "its weights are kept" if view.config.script else "the network is tested and kept"
        return ("stopping ", "strong"), (f"after {counted(view.step, 'batch')}: {kept}", "")
    if view.status is Status.STARTING:
        if view.config.script:
            return ("starting ", "strong"), (
                f"{shortened(view.config.script, 30)} has not learned from a batch yet",
                "",
            )
        return ("starting ", "strong"), ("loading TensorFlow (a few seconds)", "")
    if view.status.is_active:
        return _progress(view, asked, width)
    if view.status is Status.CRASHED:
        return _fitting(width, invitation, (("crashed ", "bad"), (f"after {counted(view.step, 'batch')}", "")), ())
    if view.status is Status.DAMAGED:
        return _fitting(width, invitation, (("damaged ", "bad"), ("nobody knows how it was trained", "")), ())
    over, best = result(view), _best(view)
    if best:
        press: Line = (("press ", "dim"), ("t", "accent"), (" to train", "dim"))
        for words in (over, over[1:]):
            if line_width((*words, *best, *press)) < width:
                return *words, *best, FILL, *press
    return _fitting(width, invitation, over, over[1:])


def invitation(options: TrainOptions) -> str:
    """What a training would do, in a few words."""
    if options.limit is not None:
        return f"to train on {counted(options.limit, 'digit')}"
    return "to train on 60,000 digits" if options.data is None else f"to train on {os.path.basename(options.data)}"


def _fitting(width: int, invitation: str, long: Line, short: Line) -> Line:
    """What there is to say and what t does, in the longest words that fit."""
    press: Line = (("press ", "dim"), ("t", "accent"))
    full: Line = (*press, (f" {invitation}", "dim"))
    brief: Line = (*press, (" to train", "dim"))
    for left, right in ((long, full), (long, brief), (short, brief)):
        if line_width(left) + line_width(right) + 1 <= width:
            return *left, FILL, *right
    return long


def result(view: RunView) -> Line:
    """How good the network of a run that is over is."""
    end = view.history.end
    if not isinstance(end, Finished | Stopped):
        return ((f"{view.status.value} ", "strong"),)
    digits = view.history.started.test_digits if view.history.started else 0
    early = f"after {counted(view.step, 'batch')}: " if isinstance(end, Stopped) else "trained: "
    if math.isfinite(end.test_accuracy):
        of = counted(digits, "test image") if digits else tested_on(view.config)
        return (early, "dim"), (percent(end.test_accuracy, 2), "strong"), (f" of {of} right", "")
    if math.isfinite(end.test_loss):
        return (early, "dim"), ("loss ", ""), (loss(end.test_loss), "strong"), (f" on {tested_on(view.config)}", "")
    return (early.removesuffix(": "), "dim"), (f" on {counted(view.step, 'batch')}" if early[0] == "t" else "", "")


def tested_on(config: RunConfig) -> str:
    """What the network is tested on, which it never learns from."""
    return "the validation data" if config.script else "all test images"


def _best(view: RunView) -> Line:
    """Which epoch was the best, where there were several; nothing where there is no result to compare it with."""
    best, end = view.history.best_epoch, view.history.end
    if best is None or len(view.history.epochs) < 2 or not isinstance(end, Finished | Stopped):
        return ()
    last = view.history.epochs[-1]
    if not math.isfinite(last.test_accuracy):
        return ()
    if last.test_accuracy == best.test_accuracy == end.test_accuracy:
        return ((f" (epoch {last.epoch + 1}, the best)", "dim"),)
    return ((f", best {percent(best.test_accuracy, 2)} (epoch {best.epoch + 1})", "dim"),)


def _progress(view: RunView, asked: Command | None, width: int) -> Line:
    history = view.history
    each, epochs = history.steps_per_epoch, view.epochs
    epoch, batch = history.epoch, view.step - history.epoch_began
    if epochs is not None and epoch >= epochs:
        epoch, batch = epochs - 1, each
    testing = batch == each > 0
    shares: Line = ()
    if view.total_steps:
        shares = ("▕", "dim"), (bar(view.step / view.total_steps, BAR_WIDTH), ""), ("▏", "dim")
    left: Line = (
        ("epoch ", "dim"), (f"{epoch + 1} " if epochs is None else f"{epoch + 1}/{epochs} ", "strong"), *shares,
        ("batch ", "dim"), (f"{batch:>{len(str(each))}}/{each}" if each else f"{batch:,}", "strong"),
    )  # fmt: skip
    if view.status is Status.PAUSED:
        right: Line = (("paused  ", "strong"), ("space", "accent"), (" goes on", "dim"))
    elif asked is Command.PAUSE:
        right = (("pausing …", "strong"),)
    elif testing:
        right = ((f"testing on {tested_on(view.config)} …", "dim"),)
    else:
        right = (*(_changed(view) or _rate(view)), (remaining(view.seconds_left), ""))
    if line_width(left) + line_width(right) + 1 > width:
        left = tuple(piece for piece in left if piece not in shares)
    if line_width(left) + line_width(right) + 1 > width:
        right = right[-1:]
    return *left, FILL, *right


def _changed(view: RunView) -> Line:
    """The learning rate, where it is not the one that the training began with."""
    changes = view.history.learning_rates
    return ((f"learning rate {rate_text(changes[-1].rate)}   ", "dim"),) if changes else ()


def _rate(view: RunView) -> Line:
    return ((f"{view.rate:,.0f} images/s   ", "dim"),) if view.rate else ()


def remaining(seconds: float | None) -> str:
    """`1:05 left`; empty while it cannot be said."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes}:{rest:02} left"


def problem(view: RunView | None, width: int, lines: int) -> list[Line]:
    """Why the run crashed and what to do, in at most so many lines; empty when it did not."""
    if view is None or view.problem is None or width < 1:
        return []
    message, hint = (wrap(text, width, break_on_hyphens=False) for text in (view.problem.message, view.problem.hint))
    gap = [""] if len(message) + len(hint) < lines else []
    # The hint says what to do and is told in full; a message too long for its room loses its end.
    room = max(1, lines - len(hint))
    if len(message) > room:
        message = [*message[: room - 1], message[room - 1][: width - 1] + "…"]
    return [*(((text, "bad"),) for text in message), *(((text, ""),) for text in (*gap, *hint))]


_HEALTH = {Health.WELL: "good", Health.DONE: "winner", Health.ILL: "bad"}


def diagnosis(view: RunView | None, width: int) -> Line:
    """How the training goes and what to try, in the longest words that fit; empty where it is too early to say."""
    found = None
    if view is not None:
        found = diagnose(view.history, view.learning_rate, view.config.guessed_classes)
    if view is None or found is None:
        return ()
    if view.problem is not None and found.health is not Health.ILL:
        # What it died of is told in its own words; nothing about it is well.
        return ()
    name: Line = ((found.name, _HEALTH[found.health]),)
    why: Line = ((": ", "dim"), (found.why, ""))
    advice: Line = ((found.advice, "strong"),) if found.advice else ()
    brief: Line = ((found.advice.partition(",")[0], "strong"),) if found.advice else ()
    lines: tuple[Line, ...] = ((*name, *why, FILL, *advice), (*name, FILL, *advice), (*name, FILL, *brief))
    return next((line for line in lines if line_width(line) + bool(advice) <= width), name)


def newest_loss(history: History, mean: float) -> str:
    """The loss of the newest batches, or that the newest one's is none.

    Args:
        history: of the run.
        mean: of the newest losses.
    """
    lost = history.lost_steps
    return "not a number" if lost.size and lost[-1] == history.step else loss(mean)


def loss(value: float) -> str:
    """A loss with three digits that matter; a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    if value >= 100:
        return f"{value:,.0f}" if value < 100_000 else f"{value:.2e}".replace("e+0", "e").replace("e+", "e")
    return f"{value:.3f}" if value >= 0.01 else f"{value:.2g}"


def measured(value: float) -> str:
    """The newest value on images that are not learned from; empty where none was measured."""
    return loss(value) if math.isfinite(value) else ""


def curve_name(name: str, place: int, count: int) -> str:
    """What the second chart shows, and which of several curves it is."""
    short = shortened(name, 16)
    return short if count < 2 else f"{short} {place + 1}/{count}"


def accuracy(value: float) -> str:
    """An accuracy as a percentage; a dash where there is none."""
    return percent(value)


def sentence(scene: Scene, width: int, is_opened: bool = True) -> Line:
    """The image, its true class and the predicted one, in as many words as fit.

    Args:
        scene: the network and the image.
        width: columns.
        is_opened: whether the network can be looked at.
    """
    title: Line = ((scene.title, "dim"), (" · ", "dim"))
    if scene.is_awaited:
        return (*title, ("the network has no weights yet" if is_opened else "the network is not opened", "dim"))
    if scene.network.answer is None:
        return (*title, ("the network gives no answer", "dim"))
    label, probability = scene.label, float(scene.activations.probabilities.max())
    truth: Line = ()
    if scene.is_foreign:
        truth = ("not the run's data", "bad"), (" · ", "dim")
    elif label is not None:
        truth = ("true ", "dim"), (scene.named(label), "winner"), (" · ", "dim")
    if not np.isfinite(probability):
        return *title, *truth, ("the prediction is not a number", "bad")
    predicted = scene.activations.predicted
    role = "winner" if predicted == label else "strong" if label is None else "bad"
    mark = "" if label is None else " ✓" if predicted == label else " ✗"
    answer: Line = ("predicted ", "dim"), (scene.named(predicted) + mark, role)
    lines: list[Line] = [
        (*title, *truth, *answer, (f" · probability {share(probability)}", "dim")),
        (*title, *truth, *answer, (f" ({share(probability)})", "dim")),
        (*title, *truth, *answer),
        (*truth, *answer),
    ]
    return next((line for line in lines if line_width(line) <= width), answer)


def share(value: float) -> str:
    """A probability as a percentage, without decimals where it is all or nothing."""
    return percent(value, 0 if value in (0, 1) else 1)


LEAST_BAR = 2
"""Columns that names of classes leave for the bars."""

NARROW = 13
"""Columns below which probabilities are whole percentages without the sign."""


def probabilities(scene: Scene, size: Size) -> list[Line]:
    """A line for each class: ▸ before what the network says, ✓ behind what the digit is.

    Where there is no room for all of them, the most probable ones come first, and the last line counts the others.

    Args:
        scene: the network and the digit.
        size: columns and lines; the bars take what names and numbers leave.
    """
    values = np.nan_to_num(scene.activations.probabilities)
    said, truth = scene.activations.predicted, scene.label
    wrong = "bad" if truth is not None else "strong"
    narrow = size.width < NARROW
    free = size.width - 3 - (3 if narrow else 6)
    label_width = min(max(map(text_width, scene.class_names)), max(1, free - LEAST_BAR))
    room = max(1, free - label_width)
    lines: list[Line] = []
    shown_classes, left_out = _shown(values, size.height)
    for number in shown_classes:
        value = float(values[number])
        role = "winner" if number == truth else wrong if number == said else ""
        shown = percent(value, 0)[:-1].rjust(3) if narrow else f"{share(value):>6}"
        lines.append(
            (
                ("▸" if number == said else " ", role),
                (set_width(scene.data.class_name(number, label_width), label_width), role),
                ("✓" if number == truth else " ", role),
                (bar(value, room), role or "dim"),
                (f" {shown}", "" if role else "dim"),
            )
        )
    if left_out:
        lines.append(((f" and {left_out:,} less probable", "dim"),))
    return lines


def _shown(values: Floats, height: int) -> tuple[list[int], int]:
    """The classes that there are lines for, and how many are left out."""
    count = len(values)
    if count <= height or height < 2:
        return [*range(count)], 0
    return np.argsort(-values, kind="stable")[: height - 1].tolist(), count - height + 1


def probabilities_title(width: int) -> Line:
    """What the bars are."""
    return (("prob., %" if width < NARROW else "probability", "dim"),)


PROBABILITIES_LEGEND: tuple[Line, Line] = ((("▸ ", ""), ("predicted", "dim")), (("✓ ", ""), ("true", "dim")))


def first_convolution(network: Network) -> Conv2D | None:
    """The convolution that sees the digit itself, or the first one there is."""
    return next(iter(network.of_kind(Conv2D)), None)


def units_that_look(network: Network) -> Dense | None:
    """The dense layer that reads the digit's pixels, in a network without convolutions.

    Each of its units has a weight for every pixel, and so these weights are a picture.
    """
    return next((layer for layer in network.of_kind(Dense) if reads_pixels(network, layer.name)), None)


def pictures(network: Network, layer: Dense) -> Floats:
    """The weights of the first units of that layer, as the pixels lie: `(rows, columns, units)`."""
    rows, cols, _ = network.input_shape
    return layer.kernel[:, :MOST_UNITS].reshape(rows, cols, -1)


def units_title(layer: Dense, shown: int, step: int | None, active: bool, width: int) -> Line:
    """What the small grids are where each is a unit's weights.

    Args:
        layer: the layer.
        shown: how many of its units are in view.
        step: how many batches it has learned from.
        active: whether it goes on learning, or is of a moment of the training.
        width: columns.
    """
    first = f"the first {counted(shown, 'unit')}" if shown < layer.units else f"the {counted(shown, 'unit')}"
    of_all = f"the first {shown} of {layer.units} units"
    lines: list[Line] = []
    for name in (of_all, first) if shown < layer.units else (first,):
        if active and step is not None:
            lines.append(((name, "strong"), (f" after {counted(step, 'batch')}", "dim")))
        else:
            lines.append((("what ", "dim"), (name, "strong"), (" look for", "dim")))
    return next((line for line in lines if line_width(line) <= width), lines[-1])


def units_range(drawn: Floats, reduced: int, width: int) -> Line:
    """The smallest and the largest value that is drawn, and how many weights it is the mean of.

    Args:
        drawn: the values of all cells.
        reduced: how many rows and columns of weights became one cell.
        width: columns.
    """
    line = _range(drawn, "weights from " if reduced == 1 else f"means of {reduced}×{reduced} weights from ")
    return line if line_width(line) <= width else _range(drawn, "")


def _range(weights: Floats, what: str) -> Line:
    weights = weights[np.isfinite(weights)]
    if not weights.size:
        return (("no weight is a number: the training diverged", "bad"),)
    low, high = float(weights.min()), float(weights.max())
    return (
        (what, "dim"), (f"{low:.2f}".replace("-", "−"), "negative" if low < 0 else "positive"),
        (" to ", "dim"), (f"{high:.2f}".replace("-", "−"), "positive" if high >= 0 else "negative"),
    )  # fmt: skip


TO_COME: Line = (("its first weights do not exist yet", "dim"),)
"""In place of kernels, while there are none."""

UNOPENED: Line = (("its network is not opened", "strong"),)
"""In place of kernels that there never will be."""


def unopened(problem: str, room: Size) -> list[Line]:
    """Why there are no kernels to see, in as many lines as there are."""
    lines = wrap(problem, max(room.width, 1), break_on_hyphens=False)
    if len(lines) > room.height > 0:
        lines = [*lines[: room.height - 1], f"{lines[room.height - 1][: room.width - 1]}…"]
    return [((line, "dim"),) for line in lines]


def kernels_title(layer: Conv2D | None, shown: int, step: int | None, active: bool, width: int) -> Line:
    """What the small grids are; arguments as for `units_title`."""
    if layer is None:
        return (("this network has no kernels", "dim"),)
    name = f"the {counted(layer.filters, 'kernel')}"
    if shown < layer.filters:
        name = f"kernels 0–{shown - 1} of {layer.filters}" if shown > 1 else f"kernel 0 of {layer.filters}"
    line: Line = (("what ", "dim"), (name, "strong"), (" have become", "dim"))
    if active and step is not None:
        line = ((name, "strong"), (f" after {counted(step, 'batch')}", "dim"))
    return line if line_width(line) <= width else ((name, "strong"),)


def kernels_range(layer: Conv2D | None) -> Line:
    """The smallest and the largest weight, in the colours of their signs."""
    if layer is None:
        return ()
    channels = layer.kernel.shape[2]
    return _range(layer.kernel, ("channel 0, " if channels > 1 else "") + "weights from ")
