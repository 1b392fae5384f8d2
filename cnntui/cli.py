"""The command line: what may be typed after `cnntui`, and who does it."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cnntui import __version__
from cnntui.errors import CnntuiError
from cnntui.labs import LABS

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

SCREENS = (
    "train", "network", "convolve", "pool", "labs", "draw", "flatten", "dense", "softmax", "field", "why",
    *(lab.mode for lab in LABS),
)  # fmt: skip
OPTIMIZERS = ("rmsprop", "adam", "sgd")

DESCRIPTION = "Watch a convolutional network learn in your terminal, then take it apart number by number."

EPILOG = """\
without a command cnntui opens the newest run, or the one that ships with it
keys: 1 Train, 2 Network, 3 Convolve, 4 Pool, 5 Labs, 6 Draw;
      t trains, arrows move, n another digit, ? all keys, q quits

examples:
  cnntui
  cnntui train --epochs 1 --limit 6000
  cnntui --image photo.jpg
  cnntui open bundled --screen convolve --digit 7 --layer conv2d_1 --filter 3 --at 5,6
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Returns:
        the exit status: 0; 1 when the job failed; 2 for wrong usage; 130 when interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except CnntuiError as error:
        print(f"cnntui: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    # SUPPRESS: an option given before the command is then not overwritten by the command's own default.
    common.add_argument("--data", type=Path, metavar="PATH", default=argparse.SUPPRESS,
                        help="a Keras-layout .npz or a folder of IDX files (default: the bundled MNIST)")  # fmt: skip
    common.add_argument("--runs-dir", type=Path, metavar="DIR", default=argparse.SUPPRESS,
                        help="where runs are kept (default: $CNNTUI_RUNS_DIR, or your data folder)")  # fmt: skip

    parser = argparse.ArgumentParser(
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
    train.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same weights on the same machine")
    train.add_argument("--name", help="name of the run (default: the date and time)")
    train.add_argument("--limit", type=int, metavar="N", help="train on the first N digits only")
    train.set_defaults(run=_train)

    runs = commands.add_parser("runs", parents=[common], help="list the runs, or show one",
                               description="The runs that were trained here and those that are bundled.")  # fmt: skip
    runs.set_defaults(run=_list_runs)
    verbs = runs.add_subparsers(title="commands", metavar="")
    listing = verbs.add_parser("list", parents=[common], help="a line for each run")
    listing.set_defaults(run=_list_runs)
    showing = verbs.add_parser("show", parents=[common], help="one run's settings and results")
    showing.add_argument("target", metavar="RUN")
    showing.set_defaults(run=_show_run)
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0; everything counts from 0")
    return number


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
    app.run()
    return app.return_code or 0


def _train(options: argparse.Namespace) -> int:
    from cnntui.commands.train import run
    from cnntui.runs.options import TrainOptions

    return run(
        TrainOptions(
            epochs=options.epochs, batch_size=options.batch_size, optimizer=options.optimizer,
            learning_rate=options.learning_rate, seed=options.seed, name=options.name, data=options.data,
            limit=options.limit, runs_dir=options.runs_dir,
        )
    )  # fmt: skip


def _list_runs(options: argparse.Namespace) -> int:
    from cnntui.commands.runs import list_all

    return list_all(options.runs_dir)


def _show_run(options: argparse.Namespace) -> int:
    from cnntui.commands.runs import show

    return show(options.target, options.runs_dir)
