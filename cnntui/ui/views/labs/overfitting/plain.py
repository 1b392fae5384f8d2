"""The overfitting lab as plain text: real runs with and without pooling, on few images and many."""

from __future__ import annotations

from cnntui.cnn.arithmetic import fraction
from cnntui.labs.overfitting import CELLS, read_histories
from cnntui.ui.views.base.curves.text import loss
from cnntui.ui.views.base.plain import everything, paragraph, table, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.overfitting import verdict as overfitting_verdict


def as_text(state: AppState, width: int) -> list[str]:
    """All runs, and what the first pair of them shows about the claim."""
    histories, chosen = read_histories(), CELLS[0]
    rows = []
    for cell in CELLS:
        about = f"{cell.digits:,}", f"{cell.dense}", overfitting_verdict.NAMES[cell.pooling]
        if (outcome := histories.outcome(cell)) is None:
            rows.append((*about, f"{histories.problem(cell)}", "", "", ""))
            continue
        last = outcome.last
        gap = overfitting_verdict.points(outcome.gap)
        rows.append((*about, fraction(last.accuracy), fraction(last.test_accuracy), gap, loss(last.test_loss)))
    heading = ("images", "units", "pooling", "train accuracy", "test accuracy", "gap in points", "test loss")
    pair = f"On {chosen.digits:,} images, with {chosen.dense} units:"
    return everything(
        table(heading, rows, left=0),
        [*paragraph(pair, width), *texts(overfitting_verdict.found(histories, chosen, width, 100))],
    )
