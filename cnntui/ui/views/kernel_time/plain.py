"""A kernel through time, as plain text."""

from __future__ import annotations

from cnntui.cnn.arithmetic import number
from cnntui.cnn.layers import Conv2D
from cnntui.ui.views.base.plain import everything, paragraph, table
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.kernel_time import text as kernel_time_text
from cnntui.ui.views.kernel_time.past import past_of
from cnntui.ui.widgets.text.line import plain

MOST_WEIGHTS = 9
"""The most weights of a kernel for each to have a column."""


def as_text(state: AppState, width: int) -> list[str]:
    """The filter in focus at every step that was kept."""
    focus = state.scene.focus
    layer = state.scene.network.get(focus.layer, Conv2D)
    past = past_of(state)
    kernels = past.kernels[..., focus.channel]
    _, rows, cols = kernels.shape
    shown = rows * cols <= MOST_WEIGHTS
    heading = [f"w({row},{col})" for row in range(rows) for col in range(cols)] if shown else []
    lines = [
        (
            f"{step:,}",
            *(map(number, map(float, kernels[place].ravel())) if shown else ()),
            *(number(float(each[place])) for each in (past.biases, past.moved, past.alike)),
        )
        for place, step in enumerate(past.steps)
    ]
    return everything(
        paragraph(plain(kernel_time_text.head(layer, focus, 10_000)), width),
        table(("batches", *heading, "bias", "moved", "cosine"), lines, left=0),
        paragraph(
            "Moved is the distance of all the filter's weights from the first step; cosine compares their direction "
            "with the last step: 1 is the same pattern, 0 is unrelated.",
            width,
        ),
        paragraph(plain(kernel_time_text.sentence(past, 10_000)), width),
    )
