"""The command line: does what was typed after `cnntui`, and ends with an exit status."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.commands.arguments import parse
from cnntui.commands.streams import OutputError, complain, output, say, settle, stand_in_for_closed
from cnntui.files.errors import CnntuiError
from cnntui.files.settings import keep_settings, load_settings
from cnntui.printable import printable_output, raw_output
from cnntui.runs.config.settings import CHOICES, OF_CONVOLUTIONS, SETTINGS, UNITS
from cnntui.terminal.colours import HINT, colours_of, is_first_hint, settle_colours

if TYPE_CHECKING:
    from cnntui.commands.wanted import Wanted

LEARN, START = "learn", "start"
"""The views that open the course and the very first start."""

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Returns:
        the exit status: 0; 1 when the job failed; 2 for wrong usage; 130 when interrupted.
    """
    stand_in_for_closed()
    with printable_output():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = parse(arguments)
        status = COMMANDS[options.command](options)
        with output():
            sys.stdout.flush()
    except CnntuiError as error:
        complain(f"cnntui: {error}")
        return FAILED
    except OutputError as error:
        if error.is_unread:
            return DONE
        complain(f"cnntui: Standard output cannot be written: {error.reason}. {error.hint}".rstrip())
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        settle(sys.stdout)
        settle(sys.stderr)
    return status


def _missing_terminal() -> str:
    """Why the app cannot run here; empty if there is a usable terminal."""
    redirected = [name for name, stream in (("input", sys.stdin), ("error", sys.stderr)) if not stream.isatty()]
    if redirected:
        return f"standard {redirected[0]} is not a terminal"
    term = os.environ.get("TERM", "")
    return f"TERM is {term or 'not set'}" if term in ("", "dumb", "unknown") else ""


def _run_app(options: argparse.Namespace, wanted: Callable[[], Wanted]) -> int:
    # Textual reads keys from standard input and paints on standard error; without a terminal there it would hang.
    if missing := _missing_terminal():
        complain(
            f"cnntui: The app needs a terminal with a movable cursor, but {missing}. Run it in a terminal window, "
            "or use `cnntui show`, `cnntui read`, `cnntui train` and `cnntui runs`."
        )
        return WRONG_USAGE
    settings = load_settings()
    colours = colours_of(options.colors, os.environ, settings.colors)
    settle_colours(colours, os.environ)
    # One image is too little work to share: NumPy's BLAS would wait milliseconds for a second core that a trainer uses.
    # NumPy reads this when it is imported, which is now.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Nearly everything that is created at the start stays. Searching it for garbage again and again takes 50 ms of the
    # start, and each later search would hold up the app for 30 ms; so there is no search at all.
    gc.disable()
    # A thread that computes yields to the app's own this often. With the usual 5 ms, a key waits for several turns.
    sys.setswitchinterval(0.0005)
    try:
        from cnntui.commands.launch import build_app

        app = build_app(wanted(), settings)
        gc.freeze()
    finally:
        gc.enable()
    with raw_output():
        app.run()
    keep_settings(app.choices.changes(app.showing, app.desk.place_to_keep()))
    if app.last_words is not None:
        complain(app.last_words)
    if colours.doubtful and is_first_hint():
        complain(HINT)
    return app.return_code or 0


def _learn(options: argparse.Namespace) -> int:
    from cnntui.lessons.course_request import CourseRequest

    target, folder = options.target, None
    if target is not None and (target.is_dir() or os.sep in str(target)):
        target, folder = None, target
    if options.check is not None:
        from cnntui.commands.learn import check

        return check(options.check)
    if options.report is not None:
        from cnntui.commands.learn import course_of, report

        return report(course_of(folder, options.lang), options.report, as_csv_rows=options.csv)
    # As in the app, which comes next: one image is too little work to share.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cnntui.commands.learn import check_lesson

    check_lesson(folder, options.lang, None if target is None else str(target))
    request = CourseRequest(folder, options.lang, options.name, None if target is None else str(target))
    from cnntui.commands.wanted import Wanted

    wanted = Wanted(target=options.run, data=options.data, runs_dir=options.runs_dir, screen=LEARN, course=request)
    return _run_app(options, lambda: wanted)


def _open(options: argparse.Namespace) -> int:
    return _run_app(options, partial(_first_or_wanted, options))


def _first_or_wanted(options: argparse.Namespace) -> Wanted:
    """The requested place; at the very first start, if none is requested, an overview."""
    from cnntui.commands.wanted import Wanted
    from cnntui.files.remembered import is_first
    from cnntui.runs.directory.run_directory import has_runs

    wanted = _wanted(options)
    is_plain = wanted == Wanted(runs_dir=wanted.runs_dir)
    return replace(wanted, screen=START) if is_plain and not has_runs(wanted.runs_dir) and is_first(START) else wanted


def _wanted(options: argparse.Namespace) -> Wanted:
    """The place that `open` and `show` lead to."""
    from cnntui.commands.wanted import Wanted

    return Wanted(
        target=options.target, data=options.data, runs_dir=options.runs_dir, screen=options.screen,
        index=options.index, layer=options.layer, filter=options.filter, channel=options.channel,
        unit=options.unit, term=options.term, label=options.label, cell=options.at, step=options.step,
        image=options.image, classes=options.classes, scale=options.scale,
    )  # fmt: skip


def _show(options: argparse.Namespace) -> int:
    # As in the app: one image is too little work to share.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cnntui.commands.show import show

    return show(_wanted(options))


def _completion(options: argparse.Namespace) -> int:
    from cnntui.commands.completion import completion

    return completion(options.shell)


def _keys(options: argparse.Namespace) -> int:
    from cnntui.ui.keys.table import as_text

    say(as_text(), at_once=True)
    return 0


def _read(options: argparse.Namespace) -> int:
    # As in the app: a few images are too little work to share.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from cnntui.commands.read import read

    return read(
        options.target, options.indices, options.images, options.as_is, options.json, options.data,
        options.classes, options.runs_dir, options.scale,
    )  # fmt: skip


def _train(options: argparse.Namespace) -> int:
    from cnntui.commands.train import resume, run
    from cnntui.runs.starting.options import TrainOptions

    given = {name: value for name in SETTINGS if (value := getattr(options, name)) is not None}
    needless = [SETTINGS[name].flag for name in OF_CONVOLUTIONS if name in given]
    file = _own_file(given)
    if file is not None and (needless := needless + ["--dense"] * ("dense" in given)):
        complain(f"cnntui train: {file.name} has layers of its own; leave {' and '.join(needless)} out.")
        return WRONG_USAGE
    if given.get("model") == "dense" and needless:
        complain(f"cnntui train: --model dense has no convolutions; leave {' and '.join(needless)} out.")
        return WRONG_USAGE
    if options.data is not None:
        given["data"] = str(options.data)
    elif options.classes is not None and options.resume is None:
        complain("cnntui train: --classes names the classes of a data set; name that too: --data PATH.")
        return WRONG_USAGE
    try:
        for name, value in given.items():
            SETTINGS[name].check(value, called=SETTINGS[name].flag)
    except CnntuiError as error:
        complain(f"cnntui train: {error}")
        return WRONG_USAGE
    if "model" in given:
        given.setdefault("dense", UNITS[given["model"]])
    if file is not None:
        try:
            given = _as_the_file_says(file) | given if "optimizer" not in given else given
        except CnntuiError as error:
            complain(f"cnntui train: {error}")
            return 1
    chosen = TrainOptions(**given, runs_dir=options.runs_dir, classes=options.classes, model_file=file)
    if options.resume is None:
        return run(chosen)
    if chosen != TrainOptions(data=given.get("data"), runs_dir=options.runs_dir):
        complain("cnntui train: --resume uses the run's own settings; leave the other options out.")
        return WRONG_USAGE
    return resume(options.resume, options.runs_dir, options.data)


def _own_file(given: dict[str, Any]) -> Path | None:
    """The file of a network that --model names; None if it names one of cnntui's own networks, or none."""
    if given.get("model") in (None, *CHOICES["model"]):
        return None
    return Path(given.pop("model")).expanduser()


def _as_the_file_says(file: Path) -> dict[str, Any]:
    """How a network learns according to its file; adam if the file does not say."""
    from cnntui.runs.config.own_model import own_model

    own = own_model(file)
    rate = {} if own.learning_rate is None else {"learning_rate": own.learning_rate}
    return {"optimizer": own.optimizer or "adam"} | rate


def _list_runs(options: argparse.Namespace) -> int:
    # What is listed stays until the end; searching thousands of runs for garbage takes a tenth of the time.
    gc.disable()
    try:
        from cnntui.commands.runs import list_all

        return list_all(options.runs_dir, as_json=options.json)
    finally:
        gc.freeze()
        gc.enable()


def _show_run(options: argparse.Namespace) -> int:
    from cnntui.commands.runs import show

    return show(options.target, options.runs_dir, as_json=options.json)


def _stop_run(options: argparse.Namespace) -> int:
    from cnntui.commands.control import stop

    return stop(options.target, options.runs_dir)


def _pause_run(options: argparse.Namespace) -> int:
    from cnntui.commands.control import pause

    return pause(options.target, options.runs_dir)


def _continue_run(options: argparse.Namespace) -> int:
    from cnntui.commands.control import continue_run

    return continue_run(options.target, options.runs_dir)


def _follow_run(options: argparse.Namespace) -> int:
    from cnntui.commands.train import follow

    return follow(options.target, options.runs_dir)


def _remove_run(options: argparse.Namespace) -> int:
    from cnntui.commands.runs import remove

    return remove(options.target, options.runs_dir, asked=options.yes)


def _export_run(options: argparse.Namespace) -> int:
    from cnntui.commands.runs import export_to

    return export_to(options.target, options.folder, options.runs_dir)


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "open": _open,
    "show": _show,
    "keys": _keys,
    "completion": _completion,
    "learn": _learn,
    "read": _read,
    "train": _train,
    "runs list": _list_runs,
    "runs show": _show_run,
    "runs stop": _stop_run,
    "runs pause": _pause_run,
    "runs continue": _continue_run,
    "runs follow": _follow_run,
    "runs rm": _remove_run,
    "runs export": _export_run,
}
"""The function of each command, by the name that the parser gives the command."""
