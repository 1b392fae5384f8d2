"""The kernel lab as plain text: its first kernel on the image, the output size, and the parameters."""

from __future__ import annotations

import numpy as np

from cnntui.cnn.arithmetic import number
from cnntui.labs.filters import Filter
from cnntui.labs.kernel import FIRST, Experiment
from cnntui.ui.views.base.plain import everything, paragraph, table, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.kernel import text as kernel_text


def as_text(state: AppState, width: int) -> list[str]:
    """One kernel at the window where there is most to see."""
    experiment = Experiment(state.scene.image.grey, (Filter(FIRST, (3, 3)),))
    steps, kernel = experiment.steps, experiment.filter
    row, col = divmod(int(np.abs(steps.output_map).argmax()), steps.cols)
    patch = steps.at(row, col).patch[..., 0]
    columns = [f"column {place}" for place in range(experiment.size[1])]

    def grid(values: np.ndarray, digits: int) -> list[str]:
        rows = [(f"row {place}", *(number(value, digits) for value in each)) for place, each in enumerate(values)]
        return table(("", *columns), rows)

    where = f"cell ({row}, {col}), position {steps.index(row, col) + 1} of {len(steps)}"
    return everything(
        paragraph(f"The kernel is {kernel.name}: it {kernel.does}. Its weights:", width),
        grid(experiment.kernel, 3),
        paragraph(f"The window at {where} has these pixels:", width),
        grid(patch, 3),
        texts(kernel_text.step(experiment, row, col, width, 1)),
        texts(kernel_text.story(experiment, False, "", width, 100)),
    )
