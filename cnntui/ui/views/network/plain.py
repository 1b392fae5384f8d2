"""Network as plain text: the table of layers, and the probabilities."""

from __future__ import annotations

from cnntui.cnn.arithmetic import counted
from cnntui.explore.scene import Scene
from cnntui.ui.views.base.plain import everything, paragraph, probabilities, table
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.network import table as network_table


def as_text(state: AppState, width: int) -> list[str]:
    """All layers, and the probabilities."""
    scene, unanswered = state.scene, state.scene.network.unanswered
    return everything(layers(scene), paragraph(unanswered, width), probabilities(scene))


def layers(scene: Scene) -> list[str]:
    """A line for each layer, and the totals."""
    network = scene.network
    rows = [network_table.row(network, layer) for layer in network]
    cells = [(row.name, row.details, row.output, row.field or "all", row.arithmetic, f"{row.flow:,}") for row in rows]
    total = (
        *(counted(len(rows), "layer"), "", "", ""),
        f"{network.parameters:,} in all", f"{network_table.flow(network):,}",
    )  # fmt: skip
    return table(("layer", "kind", "output", "field", "parameters", "numbers out"), [*cells, total], left=2)
