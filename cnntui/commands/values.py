"""The kinds of value that an option takes. Each function reads one of them from its text, for argparse.

Text that is not such a value raises `argparse.ArgumentTypeError` with a sentence that says what to write.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from cnntui.cnn.input_scale import InputScale, parse_scale
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.settings import CONVOLUTIONS


def path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text).expanduser()


def scale(text: str) -> InputScale:
    try:
        return parse_scale(text)
    except CnntuiError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def count(text: str) -> int:
    number = _whole(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0; everything counts from 0")
    return number


def for_each(text: str) -> tuple[int, ...]:
    numbers = [_whole(part) for part in text.split(",")]
    if len(numbers) not in (1, CONVOLUTIONS):
        raise argparse.ArgumentTypeError(f"{text} is neither one number nor three, such as 32,64,64")
    return tuple(numbers * CONVOLUTIONS)[:CONVOLUTIONS]


def cell(text: str) -> tuple[int, int]:
    row, comma, col = text.partition(",")
    if not comma or not row.strip().isdigit() or not col.strip().isdigit():
        raise argparse.ArgumentTypeError(f"{text} is not a cell; write ROW,COL, such as 5,12")
    return int(row), int(col)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text or 'nothing'} is not a whole number") from None
