"""The hierarchy lab as plain text: the images that activate a filter of each convolution most."""

from __future__ import annotations

from cnntui.labs.hierarchy import Search
from cnntui.ui.views.base.plain import everything, paragraph, texts
from cnntui.ui.views.base.state import AppState
from cnntui.ui.views.labs.hierarchy import text as hierarchy_text

MOST_IMAGES = 2000
"""How many images are searched: all of them would take some ten seconds."""

SHOWN = 3
"""How many patches of a filter are listed."""

WIDE = 100


def as_text(state: AppState, width: int) -> list[str]:
    """The strongest patches of a filter of each layer: of the filter in focus, or else of the first."""
    scene = state.scene
    search = Search(scene.network, scene.data.first(MOST_IMAGES))
    search.read()
    parts = []
    for layer in search.layers:
        filter = scene.focus.filter if scene.focus.layer == layer.name else 0
        patches = search.best(layer.name, filter, SHOWN)
        lines = [
            *hierarchy_text.title(search, layer.name, filter, False, False),
            hierarchy_text.classes(search, layer.name, filter, WIDE),
            *(hierarchy_text.patch(search, patch, rank, False) for rank, patch in enumerate(patches)),
        ]
        parts.append(texts(lines))
    searched = f"What excites a filter of each convolution most, of the first {len(search.data):,} test images:"
    return everything(
        paragraph(searched, width), *parts, texts(hierarchy_text.found(search.averages, scene.network.classes, width))
    )
