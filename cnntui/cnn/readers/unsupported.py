"""What a reader says of a layer that it knows no rule for."""

from __future__ import annotations

from cnntui.files.errors import CnntuiError


class UnsupportedError(CnntuiError):
    """A layer is of a kind, or is used in a way, that cnntui does not compute; the message names it.

    What is computed without it can be shown all the same.
    """
