"""A number taken apart, as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from cnntui.cnn.arithmetic import counted, number
from cnntui.cnn.contributions import Node
from cnntui.cnn.unfolding import DIGITS, Part, Row, Tree, unfolded
from cnntui.ui.views.base.plain import table
from cnntui.ui.views.base.tree import text as tree_text


def parts(tree: Tree) -> list[str]:
    """The rows of a tree, followed by those of its largest term, down to a pixel."""
    rows = tree.rows[1:]
    if not rows:
        return [f"{tree_text.name(tree.top)} is not a sum."]
    below = next((row.node for row in rows if row.key.part is Part.NUMBER and row.node.is_sum), None)
    heading = f"{tree_text.name(tree.top)} {tree.rows[0].relation or '='} {number(tree.top.value, DIGITS)}, made of:"
    lines = [heading, *table(("part", "value", "× weight", "adds"), _cells(rows))]
    return lines if below is None else [*lines, "", *parts(unfolded(below))]


def _cells(rows: tuple[Row, ...]) -> Iterator[tuple[str, str, str, str]]:
    for row in rows:
        match row.key.part:
            case Part.REST:
                yield counted(row.count, "other term"), "", "", tree_text.signed(row.contribution)
            case Part.BIAS:
                yield "bias", "", "", tree_text.signed(row.contribution)
            case Part.NUMBER:
                weight = "" if row.weight is None else number(row.weight, DIGITS)
                yield (
                    tree_text.name(row.node), number(row.node.value, DIGITS), weight,
                    tree_text.signed(row.contribution),
                )  # fmt: skip


def of_number(node: Node) -> list[str]:
    """Any number, taken apart."""
    return parts(unfolded(node))
