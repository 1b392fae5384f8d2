"""A network with a layer that cnntui cannot compute: everything before it is shown, and the rest explained."""

from __future__ import annotations

import pytest

from cnntui.cnn.network import Network
from cnntui.explore.focus import Focus
from cnntui.explore.scene import compose, refocus
from cnntui.explore.views import VIEWS
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.ui.app.app import CnntuiApp
from cnntui.ui.views.base.explorer import ExplorerScreen
from cnntui.ui.widgets.text.lines import Lines
from tests.networks import mnist_network

REASON = "Layer 'memory' is of the kind LSTM, which is not supported."


def unanswered() -> Network:
    """A convolution, a pool, a convolution and a dense layer, none of which gives the answer."""
    whole = mnist_network()
    return Network(whole.layers[:7], whole.input_shape, unanswered=REASON)


def said(app: CnntuiApp) -> str:
    """All text of the screen in front."""
    return "\n".join(lines.text for lines in app.screen.query(Lines) if lines.display and lines.size)


@pytest.mark.slow
async def test_what_is_known_is_seen_in_every_view(digits: DataSet) -> None:
    network = unanswered()
    app = CnntuiApp(compose("odd", None, network, digits.first(20), Focus(layer="conv2d")), "network")
    async with app.run_test(size=(80, 24)) as pilot:
        app.showing.look_at(refocus(app.scene, Focus(layer="dense")))
        await pilot.press("enter", "enter")
        assert app.mode == "softmax"
        for mode, view in VIEWS.items():
            if mode in ("runs", "shift", "overfitting"):
                continue
            app.action_mode(mode)
            await pilot.pause()
            screen = app.screen
            assert isinstance(screen, ExplorerScreen)
            assert mode == screen.MODE
            assert (REASON[1:] in " ".join(said(app).split())) == (view.answers or mode == "network"), mode
            await pilot.press("right", "n", "d", "c")
            assert app.screen is screen
        app.action_mode("shift")
        assert app.mode != "shift"


def test_the_answer_is_refused_in_one_sentence(digits: DataSet) -> None:
    network = unanswered()
    scene = compose("odd", None, network, digits.first(3), Focus(layer="conv2d"))
    assert network.answer is None
    assert network.classes == 0
    for ask in ("probabilities", "predicted", "logits", "scores"):
        with pytest.raises(CnntuiError, match="of the kind LSTM"):
            getattr(scene.activations, ask)
    with pytest.raises(CnntuiError, match="of the kind LSTM"):
        network.probabilities(scene.activations.image[None])
