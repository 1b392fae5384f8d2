"""The command line: what may be typed after `cnntui`, and who does it."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cnntui import __version__
from cnntui.errors import CnntuiError
from cnntui.labs import LABS
from cnntui.printable import printable_output, raw_output
from cnntui.runs.choices import MODELS, OF_CONVOLUTIONS, OPTIMIZERS, PADDINGS, POOLINGS, UNITS

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

SCREENS = (
    "train", "network", "convolve", "pool", "labs", "draw", "runs",
    "flatten", "dense", "softmax", "field", "why", "kernel-time",
    *(lab.mode for lab in LABS),
)  # fmt: skip

DESCRIPTION = "Watch a convolutional network learn in your terminal, then take it apart number by number."

EPILOG = """\
without a command cnntui opens the newest run, or the one that ships with it
keys: 1 Train, 2 Network, 3 Convolve, 4 Pool, 5 Labs, 6 Draw, 7 Runs; t trains, arrows move, ? all keys, q quits
      < and > go back and forward in training time

examples:
  cnntui
  cnntui train --epochs 1 --limit 6000
  cnntui --image photo.jpg
  cnntui open bundled --screen convolve --digit 7 --layer conv2d_1 --filter 3 --at 5,6
"""


class Parser(argparse.ArgumentParser):
    """A parser that writes without colours: escape sequences in what it prints are always somebody else's."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.color = False  # what Python 3.14 does otherwise


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Returns:
        the exit status: 0; 1 when the job failed; 2 for wrong usage; 130 when interrupted.
    """
    with printable_output():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.image is not None and (options.run is not _open or options.digit is not None):
        # Given before the command, where its own parser does not see it.
        parser.error("--image goes with no other command than open, and not with --digit")
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads any more (`| head`). A training goes on; Python must not complain about stdout at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except CnntuiError as error:
        print(f"cnntui: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    common = Parser(add_help=False)
    # SUPPRESS: an option given before the command is then not overwritten by the command's own default.
    common.add_argument("--data", type=Path, metavar="PATH", default=argparse.SUPPRESS,
                        help="a Keras-layout .npz or a folder of IDX files (default: the bundled MNIST)")  # fmt: skip
    common.add_argument("--runs-dir", type=Path, metavar="DIR", default=argparse.SUPPRESS,
                        help="where runs are kept (default: $CNNTUI_RUNS_DIR, or your data folder)")  # fmt: skip

    parser = Parser(
        prog="cnntui", description=DESCRIPTION, epilog=EPILOG, parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"cnntui {__version__}")
    parser.set_defaults(run=_open, data=None, runs_dir=None, target=None, screen=None, digit=None, layer=None,
                        filter=None, at=None, step=None, image=None)  # fmt: skip
    parser.add_argument("--image", type=Path, metavar="FILE", help="look at a picture of a digit, PNG or JPEG")
    commands = parser.add_subparsers(title="commands", metavar="")

    opening = commands.add_parser("open", parents=[common], help="open a run or a .keras file",
                                  description="Open a run or a .keras file and look at one place of it.")  # fmt: skip
    opening.add_argument("target", metavar="RUN|FILE.keras", help="a run's name (see 'cnntui runs') or a file")
    opening.add_argument("--screen", choices=SCREENS, help="what to begin with")
    digit = opening.add_mutually_exclusive_group()
    digit.add_argument("--digit", type=_count, metavar="N", help="place of the test digit, from 0")
    digit.add_argument("--image", type=Path, metavar="FILE", default=argparse.SUPPRESS,
                       help="a picture of a digit of your own, PNG or JPEG")  # fmt: skip
    opening.add_argument("--layer", metavar="NAME", help="a layer, such as conv2d_1")
    opening.add_argument("--filter", type=_count, metavar="K", help="filter, or unit, of the layer, from 0")
    opening.add_argument("--at", type=_cell, metavar="ROW,COL", help="output cell, from 0")
    opening.add_argument("--step", type=_count, metavar="N", help="weights of this training step, or the nearest kept")
    opening.set_defaults(run=_open)

    train = commands.add_parser("train", parents=[common], help="train without the app",
                                description="Train the network and report its test accuracy.")  # fmt: skip
    train.add_argument("--epochs", type=int, default=5, help="times through all training digits (default: 5)")
    train.add_argument("--batch-size", type=int, default=64, metavar="N", help="digits a batch (default: 64)")
    train.add_argument("--optimizer", choices=OPTIMIZERS, default="rmsprop", help="default: rmsprop")
    train.add_argument("--learning-rate", type=float, default=0.001, metavar="RATE", help="default: 0.001")
    train.add_argument("--model", choices=MODELS, default="cnn",
                       help="dense: no convolutions, only dense layers, to compare (default: cnn)")  # fmt: skip
    train.add_argument("--filters", type=_threefold, metavar="N,N,N",
                       help="filters of the three convolutions, or one number for all (default: 32,64,64)")  # fmt: skip
    train.add_argument("--kernel-size", type=_threefold, metavar="N[,N,N]",
                       help="height and width of their kernels (default: 2)")  # fmt: skip
    train.add_argument("--padding", choices=PADDINGS,
                       help="valid: kernels stay inside the map; same: zeros around it (default: valid)")  # fmt: skip
    train.add_argument("--pooling", choices=POOLINGS,
                       help="what halves the maps after the first two convolutions; stride: these themselves, moving "
                            "by two cells (default: max)")  # fmt: skip
    train.add_argument(
        "--dense",
        type=int,
        metavar="N",
        help=f"units before the answer (default: {UNITS['cnn']}; with --model dense {UNITS['dense']})",
    )
    train.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same weights on the same machine")
    train.add_argument("--name", help="name of the run (default: the date and time)")
    train.add_argument("--limit", type=int, metavar="N", help="train on the first N digits only")
    train.add_argument("--resume", metavar="RUN", help="go on with a run that crashed or was stopped, as it was begun")
    train.set_defaults(run=_train)

    runs = commands.add_parser("runs", parents=[common], help="list, show, remove or export runs",
                               description="The runs that were trained here and those that are bundled.")  # fmt: skip
    runs.set_defaults(run=_list_runs)
    verbs = runs.add_subparsers(title="commands", metavar="")
    listing = verbs.add_parser("list", parents=[common], help="a line for each run")
    listing.set_defaults(run=_list_runs)
    showing = verbs.add_parser("show", parents=[common], help="one run's settings and results")
    showing.add_argument("target", metavar="RUN")
    showing.set_defaults(run=_show_run)
    removing = verbs.add_parser("rm", parents=[common], help="remove a run",
                                description="Remove a run for good, after a question. A run that is being trained "
                                            "or that ships with cnntui stays.")  # fmt: skip
    removing.add_argument("target", metavar="RUN")
    removing.add_argument("--yes", action="store_true", help="do not ask; needed where there is no terminal")
    removing.set_defaults(run=_remove_run)
    exporting = verbs.add_parser("export", parents=[common], help="copy a run's network and history to a folder",
                                 description="Write model.keras, config.json, history.csv (a row a batch) and "
                                             "epochs.csv into a new or empty folder; with the optional package "
                                             "tensorboard installed, an event file for TensorBoard too.")  # fmt: skip
    exporting.add_argument("target", metavar="RUN")
    exporting.add_argument("folder", metavar="DIR", type=Path)
    exporting.set_defaults(run=_export_run)
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0; everything counts from 0")
    return number


def _threefold(text: str) -> tuple[int, ...]:
    numbers = [int(part) for part in text.split(",")]
    if len(numbers) not in (1, 3):
        raise argparse.ArgumentTypeError(f"{text} is neither one number nor three, such as 32,64,64")
    return tuple(numbers * 3)[:3]


def _cell(text: str) -> tuple[int, int]:
    row, comma, col = text.partition(",")
    if not comma or not row.strip().isdigit() or not col.strip().isdigit():
        raise argparse.ArgumentTypeError(f"{text} is no cell; write ROW,COL such as 5,12")
    return int(row), int(col)


def _open(options: argparse.Namespace) -> int:
    # Textual reads keys from standard input and paints on standard error; without a terminal there it would hang.
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        print(
            "cnntui: The app needs a terminal that can place a cursor, and this is none. "
            "Run it in a terminal window, or use `cnntui train` and `cnntui runs`.",
            file=sys.stderr,
        )
        return WRONG_USAGE
    # One digit is too little work to share: NumPy's BLAS would wait milliseconds for a second core that a trainer uses.
    # It reads this when it is imported, which is now.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Nearly everything that starting makes stays. Looking through it for rubbish again and again takes 50 ms of start,
    # and each later look would hold up the app for 30 ms; so it is not looked through at all.
    gc.disable()
    try:
        from cnntui.launch import Wanted, build_app

        wanted = Wanted(
            target=options.target, data=options.data, runs_dir=options.runs_dir, screen=options.screen,
            digit=options.digit, layer=options.layer, filter=options.filter, cell=options.at, step=options.step,
            image=options.image,
        )  # fmt: skip
        app = build_app(wanted)
        gc.freeze()
    finally:
        gc.enable()
    with raw_output():
        app.run()
    return app.return_code or 0


def _train(options: argparse.Namespace) -> int:
    from cnntui.commands.train import resume, run
    from cnntui.runs.options import TrainOptions

    of_convolutions = {name: value for name in OF_CONVOLUTIONS if (value := getattr(options, name)) is not None}
    if options.model == "dense" and of_convolutions:
        named = " and ".join(f"--{name.replace('_', '-')}" for name in of_convolutions)
        print(f"cnntui train: --model dense has no convolutions; leave {named} out.", file=sys.stderr)
        return WRONG_USAGE
    chosen = TrainOptions(
        epochs=options.epochs, batch_size=options.batch_size, optimizer=options.optimizer,
        learning_rate=options.learning_rate, model=options.model,
        dense=UNITS[options.model] if options.dense is None else options.dense, seed=options.seed,
        name=options.name, data=options.data, limit=options.limit, runs_dir=options.runs_dir, **of_convolutions,
    )  # fmt: skip
    if options.resume is None:
        return run(chosen)
    if chosen != TrainOptions(runs_dir=options.runs_dir):
        print("cnntui train: --resume goes on with the run's own settings; leave the others out.", file=sys.stderr)
        return WRONG_USAGE
    return resume(options.resume, options.runs_dir)


def _list_runs(options: argparse.Namespace) -> int:
    from cnntui.commands.runs import list_all

    return list_all(options.runs_dir)


def _show_run(options: argparse.Namespace) -> int:
    from cnntui.commands.runs import show

    return show(options.target, options.runs_dir)


def _remove_run(options: argparse.Namespace) -> int:
    from cnntui.commands.runs import remove

    return remove(options.target, options.runs_dir, asked=options.yes)


def _export_run(options: argparse.Namespace) -> int:
    from cnntui.commands.runs import export_to

    return export_to(options.target, options.folder, options.runs_dir)
