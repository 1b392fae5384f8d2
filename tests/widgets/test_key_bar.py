"""The keys at the bottom: as many as fit, and none in part."""

from __future__ import annotations

import pytest
from textual.dom import DOMNode

from cnntui.ui.widgets.bars.key_bar import Button, fitting

NODE = DOMNode()
BUTTONS = [
    Button(key, name, "", NODE, command)
    for key, name, command in (
        ("n", "Image", "next-image"), ("space", "Play", "toggle-play"), ("q", "Quit", "quit"), ("?", "Help", "help"),
    )
]  # fmt: skip


@pytest.mark.parametrize(("width", "keys"), [
    (80, "n space q ?"),
    (33, "n space q ?"),
    (32, "n q ?"),
    (22, "n q ?"),
    (21, "q ?"),
    (13, "?"),
])  # fmt: skip
def test_keys_are_shown_whole_and_the_ways_out_always(width: int, keys: str) -> None:
    assert " ".join(button.key for button in fitting(BUTTONS, width)) == keys
