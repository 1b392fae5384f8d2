"""Finds the files that ship with cnntui, in a wheel, an editable install or a checkout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cnntui.files.errors import CnntuiError

LANGUAGES = ("en", "zh")
"""The languages of the course and the glossary; the first is the default."""


@lru_cache(maxsize=1)
def _root() -> Path:
    package = Path(__file__).resolve().parent.parent
    # A wheel carries assets/ inside the package; a checkout or editable install has it beside the package.
    for root in (package / "_assets", package.parent / "assets"):
        if root.is_dir():
            return root
    raise CnntuiError(f"The files that come with cnntui are missing beside {package}.", "Install cnntui again.")


def asset(*parts: str) -> Path:
    """The path of a bundled file or folder, such as ``asset("mnist.npz")``.

    Raises:
        CnntuiError: the file did not come with this installation.
    """
    path = _root().joinpath(*parts)
    if not path.exists():
        raise CnntuiError(f"The bundled file {'/'.join(parts)} is missing from {_root()}.", "Install cnntui again.")
    return path
