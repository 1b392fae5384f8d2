"""The error for a layer that a reader has no rule for."""

from __future__ import annotations

from cnntui.files.errors import CnntuiError


class UnsupportedError(CnntuiError):
    """cnntui does not compute layers of this kind, or not in this use; the message names the layer.

    Everything that does not depend on the layer can still be shown.
    """
