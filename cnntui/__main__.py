"""`python -m cnntui`."""

from __future__ import annotations

import sys

from cnntui.cli import main

if __name__ == "__main__":
    sys.exit(main())
