"""Pool as plain text: one window's values, and the value that is kept."""

from __future__ import annotations

from cnntui.cnn.arithmetic import number
from cnntui.cnn.steps import PoolSteps
from cnntui.ui.views.base.plain import everything, paragraph, table, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.pool import text as pool_text
from cnntui.ui.widgets.text.line import plain


def as_text(state: AppState, width: int) -> list[str]:
    """The window in focus, in sentences and tables."""
    scene = state.scene
    steps = scene.steps
    assert isinstance(steps, PoolSteps)
    step = steps.at(scene.focus.row, scene.focus.col)
    rows = [
        (f"({step.window.top + row}, {step.window.left + col})", number(float(value)),
         "the largest" if (row, col) == step.winner else "")
        for row, values in enumerate(step.patch) for col, value in enumerate(values)
    ]  # fmt: skip
    _, _, maps = scene.network.output_shape_of(steps.layer.name)
    counts = pool_text.counts(steps, maps)
    return everything(
        [f"Position {step.index + 1:,} of {len(steps):,}."],
        table(("input cell", "value", ""), rows),
        paragraph(plain(pool_text.equation(step)), width),
        paragraph(plain(pool_text.sentence(step)), width),
        [line.strip() for line in texts(counts) if line],
        paragraph(plain(pool_text.unread(steps)).removeprefix("× "), width),
    )
