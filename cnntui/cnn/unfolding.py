"""A tree of contributions as far as it is open: the visible rows, as a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from enum import Enum
from functools import cached_property
from typing import Literal

import numpy as np

from cnntui.cnn.arithmetic import sum_of_terms
from cnntui.cnn.contributions import Node, NumberPlace
from cnntui.values import dataclass

FIRST, MORE = 6, 12
"""How many terms a number shows when it is opened, and how many more each time after that."""

DIGITS = 3
"""Decimals of every number in a row."""

LARGEST = 999
"""The largest number for which a row has room for all decimals."""

Path = tuple[NumberPlace, ...]
"""A number of the tree, given by its path from the top, since a cell can be read by many windows."""


class Part(Enum):
    """The part that a row plays in its sum."""

    NUMBER = "number"
    REST = "rest"
    """All terms that are not shown, as one subtotal."""
    BIAS = "bias"


@dataclass(frozen=True)
class Key:
    """Identifies a row, in this tree and in others.

    Attributes:
        path: the path to the number; for the rest and the bias, the path to the number that they are part of.
        part: the part that the row plays in its sum.
    """

    path: Path
    part: Part = Part.NUMBER

    @property
    def parent(self) -> Key:
        """The number that this row is a term of; for the top, the top itself."""
        return Key(self.path[:-1] or self.path) if self.part is Part.NUMBER else Key(self.path)


@dataclass(frozen=True, eq=False)
class Row:
    """One line of the tree.

    Attributes:
        key: identifies the row.
        node: the number; for the rest and the bias, the number that they are part of.
        level: how many numbers lie above it.
        weight: the factor that the number is multiplied by; None if there is none.
        contribution: what the row adds to the number above it; for the top, its value.
        share: the size of the contribution, from 0 to 1, relative to the largest single one in its sum; 0 for the rest.
        count: how many terms the row stands for.
        relation: whether the rows below, as shown, add up to the row's value, as shown; '' if the row is closed.
    """

    key: Key
    node: Node
    level: int
    weight: float | None
    contribution: float
    share: float = 1.0
    count: int = 1
    relation: Literal["", "=", "≈"] = ""

    @property
    def is_open(self) -> bool:
        return bool(self.relation)

    @property
    def can_open(self) -> bool:
        """Whether the row can be opened, to show the terms of a number or more of the rest."""
        return self.key.part is Part.REST or (self.key.part is Part.NUMBER and self.node.is_sum and not self.is_open)


@dataclass(frozen=True, eq=False)
class Tree:
    """One number, taken apart as far as the user has opened it.

    Attributes:
        top: the number.
        opened: how many terms each open number shows, by its path.
    """

    top: Node
    opened: Mapping[Path, int] = field(default_factory=dict)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows, each sum below its number: the largest terms, the rest, the bias."""
        top = Row(Key((self.top.place,)), self.top, 0, None, self.top.value)
        return tuple(self._from(top))

    @cached_property
    def places(self) -> Mapping[Key, int]:
        """The place of each row, by its key."""
        return {row.key: place for place, row in enumerate(self.rows)}

    def _from(self, row: Row) -> Iterator[Row]:
        path = row.key.path
        if path not in self.opened or not row.node.is_sum:
            yield row
            return
        below = self._below(row, self.opened[path])
        parts = [part.contribution for part in below]
        fits = all(abs(number) <= LARGEST for number in (*parts, row.node.value))
        relation = sum_of_terms(parts, row.node.value, DIGITS, DIGITS).relation
        yield replace(row, relation=relation if fits else "≈")
        for part in below:
            if part.key.part is Part.NUMBER:
                yield from self._from(part)
            else:
                yield part

    def _below(self, row: Row, wanted: int) -> list[Row]:
        """The rows of a number's own sum, without the rows of the numbers that are open among them."""
        terms, path, level = row.node.terms, row.key.path, row.level + 1
        # A rest of one term takes up as much room as the term itself.
        shown = len(terms) if len(terms) <= wanted + 1 else wanted
        rows = [
            Row(Key((*path, term.child.place)), term.child, level, term.weight, term.contribution)
            for term in terms[:shown]
        ]
        if shown < len(terms):
            count = len(terms) - shown
            rows.append(Row(Key(path, Part.REST), row.node, level, None, terms.rest(shown), count=count))
        if terms.bias is not None:
            rows.append(Row(Key(path, Part.BIAS), row.node, level, None, terms.bias))
        # The rest stands for many terms: beside it, single terms would all look like nothing.
        sizes = np.nan_to_num([abs(part.contribution) if part.count == 1 else 0.0 for part in rows], posinf=0.0)
        largest = float(sizes.max(initial=0.0)) or 1.0
        return [replace(part, share=float(size) / largest) for part, size in zip(rows, sizes, strict=True)]

    def open(self, row: Row) -> Tree:
        """The tree with a number's terms shown, or more of its rest; unchanged if there is nothing more to show."""
        if not row.can_open:
            return self
        path = row.key.path
        return replace(self, opened={**self.opened, path: self.opened[path] + MORE if path in self.opened else FIRST})

    def deepened(self, most: int) -> Tree:
        """The tree with the largest term of every largest term open, down to a pixel, and then the top's other terms.

        Args:
            most: the most rows that the tree may have; a number that would need more stays closed.
        """
        tree, place = self, 1
        while place < len(tree.rows) and (deeper := tree._opened_within(tree.rows[place], most)) is not tree:
            tree, place = deeper, place + 1
        for row in self.rows[1:]:
            tree = tree._opened_within(row, most)
        return tree

    def _opened_within(self, row: Row, most: int) -> Tree:
        """The tree with a number open, unless the number cannot be opened or the tree would exceed `most` rows."""
        if row.key.part is not Part.NUMBER or row.key.path in self.opened or not row.can_open:
            return self
        deeper = self.open(row)
        return deeper if len(deeper.rows) <= most else self

    def close(self, row: Row) -> Tree:
        """The tree without a number's terms, and without everything that is open below them."""
        depth = len(row.key.path)
        return replace(
            self, opened={path: count for path, count in self.opened.items() if path[:depth] != row.key.path}
        )

    def of(self, top: Node) -> Tree:
        """The tree for other activations, open at the same places if they are among the largest terms there."""
        return Tree(top, self.opened if top.place == self.top.place else {(top.place,): FIRST})


def unfolded(top: Node) -> Tree:
    """A tree whose first level is open."""
    return Tree(top, {(top.place,): FIRST})
