"""What every module of the package keeps to: how long it is, and that no name means two things."""

from __future__ import annotations

import ast
from collections import Counter

from tests.test_imports import PACKAGE, modules

MOST_LINES = 400

MOST_BESIDE_THE_FOLDERS = 6
"""Modules that lie in the package itself."""


def test_no_module_is_longer_than_can_be_read_in_one_go() -> None:
    lines = {module: len(path.read_text().splitlines()) for module, path in modules().items()}
    assert not {module: count for module, count in lines.items() if count > MOST_LINES}


def test_the_package_shows_its_rooms_first() -> None:
    assert len([*PACKAGE.glob("*.py")]) <= MOST_BESIDE_THE_FOLDERS


def test_no_two_classes_have_one_name() -> None:
    """A class within another one is called by both names."""
    names = Counter(
        node.name
        for path in modules().values()
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    )
    assert not [name for name, count in names.items() if count > 1]
