"""`python -m cnntui`, and the command `cnntui`."""

from __future__ import annotations

import sys

from cnntui.cli import FAILED, main
from cnntui.commands.streams import complain


def run() -> int:
    """Run the command line; a bug ends with a report and three lines that say where the report is.

    Returns:
        the exit status.
    """
    try:
        return main()
    except Exception as error:  # a bug of any kind: known errors are answered in `main`
        from cnntui.files.bug_report import give_up

        complain(give_up(error))
        return FAILED


if __name__ == "__main__":
    sys.exit(run())
