"""The words of Train: what a run is doing, how well it performs, and which keys apply."""

from __future__ import annotations

import math
import os.path
from textwrap import wrap

from cnntui.cnn.arithmetic import counted, percent
from cnntui.palette import bar
from cnntui.printable import shortened
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.directory.control import TrainerCommand
from cnntui.runs.directory.status import Status
from cnntui.runs.history.events import Finished, Stopped
from cnntui.runs.reading.diagnosis import Health, diagnose
from cnntui.runs.reading.follow import RunView
from cnntui.runs.starting.draft import rate_text
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.views.base.curves.text import loss
from cnntui.ui.widgets.text.line import FILL, Line, line_width

BAR_WIDTH = 20


def headline(view: RunView | None, asked: TrainerCommand | None, invitation: str, width: int) -> Line:
    """One line: what the run is doing, and which keys apply.

    Args:
        view: the run's state; None if the network does not come from a run.
        asked: the command that the trainer has not answered yet; None if there is none.
        invitation: what pressing t would do.
        width: the number of columns.
    """
    if view is None:
        long, short = "this network is from a file: how it was trained is not known", "a network from a file"
        return _fitting(width, invitation, ((long, ""),), ((short, ""),))
    if view.status.is_active and asked is TrainerCommand.STOP:
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
        return f"to train on {counted(options.limit, 'image')}"
    return "to train on 60,000 images" if options.data is None else f"to train on {os.path.basename(options.data)}"


def _fitting(width: int, invitation: str, long: Line, short: Line) -> Line:
    """The run's state and the effect of t, in the longest words that fit."""
    press: Line = (("press ", "dim"), ("t", "accent"))
    full: Line = (*press, (f" {invitation}", "dim"))
    brief: Line = (*press, (" to train", "dim"))
    for left, right in ((long, full), (long, brief), (short, brief)):
        if line_width(left) + line_width(right) + 1 <= width:
            return *left, FILL, *right
    return long


def result(view: RunView) -> Line:
    """The result of a finished run."""
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
    """The data that the network is tested on, which it never trains on."""
    return "the validation data" if config.script else "all test images"


def _best(view: RunView) -> Line:
    """The best of several epochs; empty if there is no result to compare it with."""
    best, end = view.history.best_epoch, view.history.end
    if best is None or len(view.history.epochs) < 2 or not isinstance(end, Finished | Stopped):
        return ()
    last = view.history.epochs[-1]
    if not math.isfinite(last.test_accuracy):
        return ()
    if last.test_accuracy == best.test_accuracy == end.test_accuracy:
        return ((f" (epoch {last.epoch + 1}, the best)", "dim"),)
    return ((f", best {percent(best.test_accuracy, 2)} (epoch {best.epoch + 1})", "dim"),)


def _progress(view: RunView, asked: TrainerCommand | None, width: int) -> Line:
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
        right: Line = (("paused  ", "strong"), ("space", "accent"), (" continues", "dim"))
    elif asked is TrainerCommand.PAUSE:
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
    """The learning rate, if it has changed since the training began."""
    changes = view.history.learning_rates
    return ((f"learning rate {rate_text(changes[-1].rate)}   ", "dim"),) if changes else ()


def _rate(view: RunView) -> Line:
    return ((f"{view.rate:,.0f} images/s   ", "dim"),) if view.rate else ()


def remaining(seconds: float | None) -> str:
    """`1:05 left`; empty if the time cannot be estimated."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes}:{rest:02} left"


def problem(view: RunView | None, width: int, lines: int) -> list[Line]:
    """Why the run crashed and what to do, in a limited number of lines; empty if it did not crash."""
    if view is None or view.problem is None or width < 1:
        return []
    message, hint = (wrap(text, width, break_on_hyphens=False) for text in (view.problem.message, view.problem.hint))
    gap = [""] if len(message) + len(hint) < lines else []
    # The hint says what to do and is shown in full; a message too long for its room loses its end.
    room = max(1, lines - len(hint))
    if len(message) > room:
        message = [*message[: room - 1], message[room - 1][: width - 1] + "…"]
    return [*(((text, "bad"),) for text in message), *(((text, ""),) for text in (*gap, *hint))]


_HEALTH = {Health.WELL: "good", Health.DONE: "winner", Health.ILL: "bad"}


def diagnosis(view: RunView | None, width: int) -> Line:
    """How the training is going and what to try, in the longest words that fit; empty if it is too early to say."""
    found = None
    if view is not None:
        found = diagnose(view.history, view.learning_rate, view.config.guessed_classes, view.config.unseen)
    if view is None or found is None:
        return ()
    if view.problem is not None and found.health is not Health.ILL:
        # The problem is shown in its own words; a good diagnosis would contradict it.
        return ()
    name: Line = ((found.name, _HEALTH[found.health]),)
    why: Line = ((": ", "dim"), (found.why, ""))
    advice: Line = ((found.advice, "strong"),) if found.advice else ()
    brief: Line = ((found.advice.partition(",")[0], "strong"),) if found.advice else ()
    lines: tuple[Line, ...] = ((*name, *why, FILL, *advice), (*name, FILL, *advice), (*name, FILL, *brief))
    return next((line for line in lines if line_width(line) + bool(advice) <= width), name)
