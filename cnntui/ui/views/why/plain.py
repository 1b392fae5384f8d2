"""Why this answer, as plain text: a logit, or another number, as the sum that it is."""

from __future__ import annotations

from collections.abc import Iterator

from cnntui.cnn.arithmetic import counted, number, percent
from cnntui.cnn.contributions import Node, logit
from cnntui.cnn.unfolding import DIGITS, Part, Row, Tree, unfolded
from cnntui.ui.views.base.plain import everything, paragraph, table
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.why import text as why_text
from cnntui.ui.widgets.text.lines import plain


def told(state: AppState, width: int, label: int | None) -> list[str]:
    """The logit of a class, and its largest term taken apart in turn.

    Args:
        state: what the app shows.
        width: columns.
        label: the class; None for the predicted one.
    """
    scene = state.scene
    activations, names = scene.activations, scene.class_names
    label = activations.predicted if label is None else label
    top = logit(activations, label)
    question = "Why" if label == activations.predicted else "Why not"
    probability = percent(float(activations.probabilities[label]), 4)
    head = f"{question} {names[label]}? Its logit is {number(top.value, DIGITS)}, its probability {probability}."
    return everything(
        paragraph(head, width),
        parts(unfolded(top)),
        paragraph(plain(why_text.comparison(activations, names, label, scene.label, 10_000)), width),
    )


def parts(tree: Tree) -> list[str]:
    """The rows of a tree, and below them those of its largest number, down to a pixel."""
    rows = tree.rows[1:]
    if not rows:
        return [f"{why_text.name(tree.top)} is not a sum."]
    below = next((row.node for row in rows if row.key.part is Part.NUMBER and row.node.is_sum), None)
    heading = f"{why_text.name(tree.top)} {tree.rows[0].relation or '='} {number(tree.top.value, DIGITS)}, made of:"
    lines = [heading, *table(("part", "value", "× weight", "adds"), _cells(rows))]
    return lines if below is None else [*lines, "", *parts(unfolded(below))]


def _cells(rows: tuple[Row, ...]) -> Iterator[tuple[str, str, str, str]]:
    for row in rows:
        match row.key.part:
            case Part.REST:
                yield counted(row.count, "other term"), "", "", why_text.signed(row.contribution)
            case Part.BIAS:
                yield "bias", "", "", why_text.signed(row.contribution)
            case Part.NUMBER:
                weight = "" if row.weight is None else number(row.weight, DIGITS)
                yield (
                    why_text.name(row.node), number(row.node.value, DIGITS), weight,
                    why_text.signed(row.contribution),
                )  # fmt: skip


def of_number(node: Node) -> list[str]:
    """Any number, taken apart."""
    return parts(unfolded(node))
