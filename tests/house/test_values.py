"""Values are constructed, compared and printed as with the standard decorator, and cannot be changed."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from pathlib import Path

import pytest

from cnntui.values import dataclass
from tests.house.test_house import modules


@dataclass(frozen=True)
class Point:
    """A place on a sheet."""

    row: int
    col: int = 2
    tags: dict[str, int] = field(default_factory=dict, compare=False)
    name: str = field(default="", kw_only=True, repr=False)

    def __post_init__(self) -> None:
        if self.row < 0:
            raise ValueError("rows count from 0")


@dataclass(frozen=True)
class Corner(Point):
    """A place with a side."""

    side: str = "left"


@dataclass(frozen=True, eq=False)
class Sheet:
    """Something that is like nothing else."""

    size: int


@dataclass(frozen=True)
class Nothing:
    """No fields at all."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """Fields that are always named."""

    first: int = 1
    second: int


def test_a_value_is_made_as_its_class_says() -> None:
    point = Point(1, tags={"a": 1}, name="here")
    assert (point.row, point.col, point.tags, point.name) == (1, 2, {"a": 1}, "here")
    assert Point(1).tags is not Point(1).tags, "each has one of its own"
    assert Corner(1, 3, {}, "right", name="x").side == "right"
    assert Named(second=5) == Named(first=1, second=5)
    for wrong in (lambda: Point(), lambda: Point(1, 2, {}, "name"), lambda: Point(1, other=2), lambda: Named(1, 2)):
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            wrong()
    for kind in (Point, Corner):
        with pytest.raises(ValueError, match="rows count from 0"):
            kind(-1)


def test_values_are_equal_by_their_class_and_what_is_compared() -> None:
    assert Point(1) == Point(1, 2, {"a": 1})
    assert hash(Point(1)) == hash(Point(1, 2, {"a": 1}))
    assert Point(1) != Point(2)
    assert Point(1, name="x") != Point(1)
    assert Point(1) != Corner(1)
    assert Point(1) != (1, 2, "")
    assert Sheet(1) != Sheet(1)
    assert len({Sheet(1), Sheet(1)}) == 2
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())


def test_a_value_says_what_it_is() -> None:
    assert repr(Corner(1, name="x")) == "Corner(row=1, col=2, tags={}, side='left')"
    assert repr(Nothing()) == "Nothing()"


def test_a_value_cannot_be_changed() -> None:
    corner = Corner(1)
    with pytest.raises(FrozenInstanceError):
        corner.row = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del corner.side
    assert corner == Corner(1)
    with pytest.raises(TypeError, match="a value is frozen"):
        dataclass(frozen=False)


def test_values_are_taken_apart_and_copied_as_ever() -> None:
    corner = Corner(1, tags={"a": 1}, side="right")
    assert [item.name for item in fields(corner)] == ["row", "col", "tags", "name", "side"]
    assert asdict(corner) == {"row": 1, "col": 2, "tags": {"a": 1}, "name": "", "side": "right"}
    assert replace(corner, row=5) == Corner(5, side="right")
    for again in (copy.copy(corner), copy.deepcopy(corner), pickle.loads(pickle.dumps(corner))):
        assert again == corner
        assert again is not corner
    match corner:
        case Corner(row, col):
            assert (row, col) == (1, 2)


def test_frozen_classes_are_made_by_the_decorator_that_is_quick_to_import() -> None:
    """Where a module needs the standard one for something that changes, it makes its values by that too."""

    def is_slow(path: Path) -> bool:
        text = path.read_text()
        standard = any(line.startswith("from dataclasses import dataclass") for line in text.splitlines())
        return standard and "@dataclass(frozen=True" in text and not ("@dataclass\n" in text or "(eq=False)" in text)

    assert not [name for name, path in modules().items() if is_slow(path)]
