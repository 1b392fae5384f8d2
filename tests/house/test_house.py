"""Rules for every module: its length, no circles of imports, and no name with two meanings."""

from __future__ import annotations

import re
from collections import Counter
from graphlib import TopologicalSorter

import pytest

from tests.house.test_imports import PACKAGE, imports, modules

MOST_LINES = 400

MOST_BESIDE_THE_FOLDERS = 6
"""The most modules directly in the package."""


def test_no_module_is_longer_than_can_be_read_in_one_go() -> None:
    lines = {module: len(path.read_text().splitlines()) for module, path in modules().items()}
    assert not {module: count for module, count in lines.items() if count > MOST_LINES}


def test_the_package_shows_its_rooms_first() -> None:
    assert len([path for path in PACKAGE.glob("*.py") if path.stem != "__init__"]) <= MOST_BESIDE_THE_FOLDERS


def test_no_two_classes_have_one_name() -> None:
    """A nested class is called by both names."""
    names = Counter(
        name for path in modules().values() for name in re.findall(r"^class (\w+)", path.read_text(), re.MULTILINE)
    )
    assert not [name for name, count in names.items() if count > 1]


@pytest.mark.slow
def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports within functions count too; those for annotations only do not."""
    needs = {module: imports(path) & modules().keys() - {module} for module, path in modules().items()}
    assert len([*TopologicalSorter(needs).static_order()]) == len(modules())


@pytest.mark.slow
def test_no_view_takes_from_another_one() -> None:
    """What several views share lies in `base`; the labs are one room."""
    views = "cnntui.ui.views."
    taken = {
        (module, imported)
        for module, path in modules().items()
        for imported in imports(path)
        if module.startswith(views) and imported.startswith(views)
    }
    assert not {
        (module, imported) for module, imported in taken if imported.split(".")[3] not in {"base", module.split(".")[3]}
    }
