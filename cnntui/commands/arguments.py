"""The arguments of `cnntui`: the commands and their options."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from cnntui import __version__
from cnntui.commands.parser import Parser
from cnntui.commands.values import cell, count, for_each, path, scale
from cnntui.explore.views import MODES, VIEWS
from cnntui.files.assets import LANGUAGES
from cnntui.runs.config.settings import SETTINGS, Choice, Each, Rate, Setting, Whole
from cnntui.terminal.colours import CHOICES

DESCRIPTION = "Watch a convolutional network learn in your terminal, then take it apart number by number."

EPILOG = f"""\
without a command cnntui opens the newest run, or the one that ships with it
keys: {", ".join(f"{view.key} {view.title}" for view in MODES)}; t trains, arrows move, ? all keys, q quits
      < and > go back and forward in training time

exit status: 0 done; 1 the job failed; 2 wrong usage; 130 interrupted, 129 and 143 ended by SIGHUP and SIGTERM
environment: CNNTUI_RUNS_DIR where runs are kept; CNNTUI_CACHE_DIR where lists are remembered;
             CNNTUI_COLORS auto, none, 16, 256 or truecolor; NO_COLOR; TEXTUAL_THEME a theme; COLUMNS the width of text

your own training: model.fit(…, callbacks=[cnntui.keras.Watch("my-run")]), and cnntui in another terminal

examples:
  cnntui
  cnntui learn
  cnntui train --epochs 1 --limit 6000
  cnntui train --model mine.keras --data pictures/
  cnntui --image photo.jpg
  cnntui open bundled --screen convolve --index 7 --layer conv2d_1 --filter 3 --at 5,6
"""

_KEYS, _COMPLETION = "keys", "completion"
_OPEN, _SHOW, _LEARN, _READ, _TRAIN, _RUNS = "open", "show", "learn", "read", "train", "runs"

_SHARED = {
    "data": (_OPEN, _SHOW, _LEARN, _READ, _TRAIN),
    "classes": (_OPEN, _SHOW, _READ, _TRAIN),
    "runs_dir": (_OPEN, _SHOW, _LEARN, _READ, _TRAIN, _RUNS),
    "image": (_OPEN, _SHOW, _READ),
    "scale": (_OPEN, _SHOW, _READ),
    "colors": (_OPEN, _SHOW, _LEARN, _READ, _TRAIN, _RUNS),
}
"""Options that may stand before or after the command, and the commands that they apply to."""


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse a command line into its `command`, such as "open" or "runs show", and a value for each option.

    A shared option counts wherever it stands; if an option is given twice, the last value counts.

    Raises:
        SystemExit: wrong usage (2), or help or the version was requested (0); the text has then been printed.
    """
    parser = _parser()
    # Set before parsing: a command's own parser must not overwrite values given before the command with its defaults.
    words = _joined(sys.argv[1:] if arguments is None else arguments)
    options = parser.parse_args(words, argparse.Namespace(**dict.fromkeys(_SHARED)))
    for name, commands in _SHARED.items():
        if getattr(options, name) is not None and options.command.split()[0] not in commands:
            parser.error(f"{_flag(name)} goes with {' and '.join(commands)}, not with {options.command}")
    if getattr(options, "json", False) and options.command not in (_READ, f"{_RUNS} list", f"{_RUNS} show"):
        parser.error(f"--json goes with read, runs, runs list and runs show, not with {options.command}")
    if options.command == _READ:
        # An option given before the command.
        options.images = [*([options.image] if options.image is not None else []), *options.images]
        if options.as_is and not options.images:
            parser.error("--as-is goes with --image")
    if getattr(options, "csv", False) and options.report is None:
        parser.error("--csv goes with --report")
    if options.command in (_OPEN, _SHOW) and options.image is not None and options.index is not None:
        parser.error("--image and --index exclude each other: leave one out")
    return options


def full_parser() -> argparse.ArgumentParser:
    """The parser with the arguments of all commands, for shell completion."""
    parser = _parser()
    parser.fill()
    return parser


def takes_a_path(action: argparse.Action) -> bool:
    """Whether an argument is, or may be, the path of a file or a folder."""
    return action.type is path or action.dest == "target"


def _joined(words: Sequence[str]) -> list[str]:
    """The words with `--scale -1..1` joined into one: argparse would take the second for an option."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--scale" and word[:1] == "-" and word[1:2].isdigit():
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _parser() -> Parser:
    parser = Parser(
        prog="cnntui", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _share(parser, _OPEN)
    parser.add_argument("--version", action="version", version=f"cnntui {__version__}")
    places = ("target", "screen", "index", "layer", "filter", "channel", "unit", "term", "label", "at", "step")
    parser.set_defaults(command=_OPEN, **dict.fromkeys(places))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    commands.add_parser("open", help="open a run or the file of a network", fill=_fill_open,
                        description="Open a run, or the file of a network (.keras or .h5 of Keras, or .onnx), and look "
                                    "at one place of it.")  # fmt: skip
    commands.add_parser("show", help="print a place as plain text, without the app", fill=_fill_show,
                        description="Print what 'cnntui open' would show, as plain text: for screen readers, scripts "
                                    "and mail. Lines are as wide as $COLUMNS says, or 80 columns.")  # fmt: skip
    commands.add_parser("learn", help="a course in ten lessons: you predict, the network answers", fill=_fill_learn,
                        description="A course in ten lessons of five minutes, in the app's own views. What a page asks "
                                    "for is covered until you have said what you expect. Your place and your answers "
                                    "are kept on this machine.")  # fmt: skip
    commands.add_parser("read", help="what a network predicts, without the app", fill=_fill_read,
                        description="Print what a network predicts for test images or for pictures of your own; "
                                    "without either, for test image 0. Needs neither TensorFlow nor a terminal. Exits "
                                    "with 1 if a picture could not be read, after the others were.")  # fmt: skip
    commands.add_parser("train", help="train without the app", fill=_fill_train,
                        description="Train the network and report its test accuracy.")  # fmt: skip
    commands.add_parser("keys", help="list all keys, with their names for the settings file", fill=_fill_keys,
                        description="List every key, what it does and what the settings file calls it.")  # fmt: skip
    commands.add_parser("completion", help="print a script that completes commands in a shell", fill=_fill_completion,
                        description='Print a completion script: eval "$(cnntui completion bash)", or the same for zsh; '
                                    "cnntui completion fish | source. Needs the optional package shtab.")  # fmt: skip
    commands.add_parser("runs", help="list, watch, steer, remove or export runs", fill=_fill_runs,
                        description="The runs that were trained here and those that are bundled.")  # fmt: skip
    return parser


def _share(parser: argparse.ArgumentParser, command: str) -> None:
    """Add the shared options, each as its own argument object and without a default.

    Options that do not apply to the command are accepted too, but not listed, so that `parse` can report them.
    """
    for name in ("data", "classes", "runs_dir", *(["image"] if command != _READ else [])):
        commands = _SHARED[name]
        metavar, said = {
            "data": (
                "PATH",
                "labelled images: a .npz, IDX files, a folder with a subfolder of pictures for each class, "
                "or a .csv (default: the run's own data, or MNIST)",
            ),
            "classes": ("FILE", "the names of the classes, one a line (default: those in the data, or numbers)"),
            "runs_dir": ("DIR", "where runs are kept (default: $CNNTUI_RUNS_DIR, or your data folder)"),
            "image": ("FILE", "look at a picture of your own: PNG, JPEG, WebP, GIF, BMP"),
        }[name]
        parser.add_argument(_flag(name), type=path, metavar=metavar, default=argparse.SUPPRESS,
                            help=said if command in commands else argparse.SUPPRESS)  # fmt: skip
    parser.add_argument("--scale", type=scale, default=argparse.SUPPRESS,
                        help="the scale on which a network file reads pixels: 0..1, 0..255, -1..1, 1..0 (inverted) or "
                        "MEAN,DEVIATION, for several channels all means, then all deviations (default: the one chosen "
                        "for this file before, or the one under which it predicts best)"
                        if command in _SHARED["scale"] else argparse.SUPPRESS)  # fmt: skip
    # Only the app paints; the other commands accept the option for users who always give it.
    parser.add_argument("--colors", choices=CHOICES, default=argparse.SUPPRESS,
                        help="how many colours the terminal has (default: $CNNTUI_COLORS, or what its name says)"
                        if command == _OPEN else argparse.SUPPRESS)  # fmt: skip


def _fill_open(opening: Parser) -> None:
    _add_view(opening, _OPEN, "the screen to open")


def _fill_show(showing: Parser) -> None:
    _add_view(showing, _SHOW, "what to show (default: what fits the place)")


def _add_view(parser: Parser, command: str, screen_help: str) -> None:
    """Add the options that choose a view of a run or a file, and a place in it."""
    _add_target(parser)
    _share(parser, command)
    parser.add_argument("--screen", choices=tuple(VIEWS), help=screen_help)
    _add_place(parser)
    parser.set_defaults(command=command)


def _fill_learn(learning: Parser) -> None:
    _share(learning, _LEARN)
    learning.add_argument("target", nargs="?", type=path, metavar="LESSON|FOLDER",
                          help="number or name of the first lesson, or the folder of a course of your own")  # fmt: skip
    learning.add_argument("--lang", choices=LANGUAGES, help="English or Chinese (default: that of the locale)")
    learning.add_argument("--name", metavar="NAME", help="your name, for a teacher who gathers the reports")
    learning.add_argument("--run", metavar="RUN", help="the run to return to when the course is left")
    learning.add_argument("--report", type=path, nargs="*", metavar="FILE",
                          help="print what you knew before and after; of several people's files, what the class "
                               "knew, and the gain")  # fmt: skip
    learning.add_argument("--csv", action="store_true", help="with --report: rows of name, question, before, after")
    learning.add_argument(
        "--check", type=path, metavar="FOLDER", help="report line by line what is wrong with the course in a folder"
    )
    learning.set_defaults(command=_LEARN)


def _add_target(parser: Parser) -> None:
    parser.add_argument(
        "target", metavar="RUN|FILE", help="a run's name (see 'cnntui runs'), or a .keras, .h5 or .onnx file"
    )


def _add_place(opening: Parser) -> None:
    opening.add_argument("--index", "--digit", type=count, metavar="N", dest="index",
                         help="place of the test image, from 0")  # fmt: skip
    opening.add_argument("--layer", metavar="NAME", help="a layer, such as conv2d_1")
    opening.add_argument("--filter", type=count, metavar="K", help="filter, or unit, of the layer, from 0")
    opening.add_argument("--channel", type=count, metavar="C", help="input channel of a convolution, from 0")
    opening.add_argument("--unit", type=count, metavar="U", help="unit of a dense layer, from 0")
    opening.add_argument(
        "--term", type=count, metavar="I", help="term of the unit's sum: which input of the layer, from 0"
    )
    opening.add_argument("--class", type=count, metavar="C", dest="label",
                         help="on why: the class whose logit is taken apart")  # fmt: skip
    opening.add_argument("--at", type=cell, metavar="ROW,COL", help="output cell, from 0")
    opening.add_argument("--step", type=count, metavar="N", help="weights of this training step, or the nearest kept")


def _fill_completion(completing: Parser) -> None:
    _share(completing, _COMPLETION)
    completing.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")
    completing.set_defaults(command=_COMPLETION)


def _fill_keys(keys: Parser) -> None:
    _share(keys, _KEYS)
    keys.set_defaults(command=_KEYS)


def _fill_read(reading: Parser) -> None:
    _add_target(reading)
    _share(reading, _READ)
    reading.add_argument("--index", type=count, nargs="+", action="extend", metavar="N", default=[], dest="indices",
                         help="places of test images, from 0")  # fmt: skip
    reading.add_argument("--image", type=path, nargs="+", action="extend", metavar="FILE", default=[], dest="images",
                         help="picture files; of one digit each where the network reads digits")  # fmt: skip
    reading.add_argument("--as-is", action="store_true",
                         help="take pictures of the network's own size as they are, light on dark: do not look for "
                              "ink, do not scale")  # fmt: skip
    reading.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    reading.set_defaults(command=_READ)


def _fill_train(train: Parser) -> None:
    _share(train, _TRAIN)
    for setting in SETTINGS.values():
        if setting.name not in _SHARED:
            train.add_argument(setting.flag, metavar=setting.metavar, help=_help(setting), **_typed(setting))
    train.add_argument("--resume", metavar="RUN", help="resume a run that crashed or was stopped, with its settings")
    train.set_defaults(command=_TRAIN)


def _help(setting: Setting) -> str:
    default = setting.default_help
    if default is None:
        value = setting.default
        parts = value if isinstance(value, tuple) else (value,)
        parts = parts[:1] if len(set(parts)) == 1 else parts
        default = "" if value is None else f"default: {','.join(map(str, parts))}"
    return f"{setting.help} ({default})" if setting.help and default else setting.help or default


def _typed(setting: Setting) -> dict[str, Any]:
    """The options by which argparse reads a value. The settings themselves check its range."""
    match setting.kind:
        case Whole():
            return {"type": int}
        case Rate():
            return {"type": float}
        case Each():
            return {"type": for_each}
        case Choice(words) if setting.name != "model":  # It may be a file too.
            return {"choices": words}
    return {}


def _fill_runs(runs: Parser) -> None:
    _share(runs, _RUNS)
    _add_json(runs, "an object")
    runs.set_defaults(command=f"{_RUNS} list", json=False)
    verbs = runs.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, help: str, description: str | None = None, *more: Callable[[Parser], object]) -> None:
        def fill(verb: Parser) -> None:
            _share(verb, _RUNS)
            verb.set_defaults(command=f"{_RUNS} {name}")
            for add_more in more:
                add_more(verb)

        verbs.add_parser(name, help=help, description=description, fill=fill)

    def target(verb: Parser) -> None:
        verb.add_argument("target", metavar="RUN", help=f"a run's name (see 'cnntui {_RUNS}')")

    add("list", "a line for each run", None, lambda verb: _add_json(verb, "an object"))
    add("show", "one run's settings and results", None, target, lambda verb: _add_json(verb, "one object"))
    for name, said in (
        ("stop", "stop a run and keep what it learned"), ("pause", "pause a run"),
        ("continue", "resume a paused run"),
        ("follow", "show a run until it ends; Ctrl-C leaves it running"),
    ):  # fmt: skip
        add(name, said, f"{said[0].upper()}{said[1:]}.", target)
    add(
        "rm", "remove a run",
        "Delete a run for good, after asking. Runs that are training and runs that come with cnntui cannot be deleted.",
        target, lambda verb: verb.add_argument(
            "--yes", action="store_true", help="do not ask; needed where there is no terminal"
        ),
    )  # fmt: skip
    add(
        "export", "copy a run's network and history to a folder",
        "Write model.keras, config.json, history.csv (a row a batch) and epochs.csv into a new or empty folder; with "
        "the optional package tensorboard installed, an event file for TensorBoard too.",
        target, lambda verb: verb.add_argument("folder", metavar="DIR", type=path),
    )  # fmt: skip


def _add_json(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS,
                        help=f"{what} of JSON a line; null is what is unknown, or not a number")  # fmt: skip


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
