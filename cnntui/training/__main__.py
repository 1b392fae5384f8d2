"""`python -m cnntui.training RUN [--lock-fd N]`: trains a run directory; exit status 0, or 1 if the training failed.

All printed output goes to the run's train.log; viewers show the run's events.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
import traceback
from functools import partial
from pathlib import Path
from types import TracebackType

from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.lock import RunLock
from cnntui.runs.directory.own_data import own_images
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.history.events import Failed
from cnntui.runs.recording.recorder import Recorder


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m cnntui.training")
    parser.add_argument("run", type=Path)
    parser.add_argument("--lock-fd", type=int, default=None, help="the run's lock, held and inherited from the parent")
    arguments = parser.parse_args()
    run = RunDirectory(arguments.run)

    interrupted = False

    def interrupt(signum: int, frame: object) -> None:
        nonlocal interrupted
        interrupted = True

    # When told to end, the trainer finishes its chunk of batches, keeps what it has learned, and reports the end.
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    try:
        if arguments.lock_fd is None:
            RunLock(run.lock_path)  # Held until this process ends.
        else:
            os.set_inheritable(arguments.lock_fd, False)
        recorder = Recorder(run)
    except CnntuiError as error:
        print(error, file=sys.stderr)
        return 1
    sys.excepthook = partial(_give_up, recorder)
    try:
        config = run.read_config()
        images = own_images(run, config)
        # TensorFlow is imported only now, when there is something to train on, and when a failed import can be reported
        # to viewers of the run.
        from cnntui.training.trainer import Trainer

        Trainer(run, config, images, recorder, lambda: interrupted).train()
    except CnntuiError as error:
        recorder.failure(Failed(time.time(), error.message, error.hint))
        print(error, file=sys.stderr)
        return 1
    recorder.close()
    return 0


def _give_up(recorder: Recorder, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Report a bug or lack of memory that ends the trainer: the traceback to train.log, a sentence to the run."""
    recorder.failure(Failed(time.time(), f"The trainer failed: {kind.__name__}: {error}", "Its train.log says where."))
    traceback.print_exception(kind, error, trace)


if __name__ == "__main__":
    sys.exit(main())
