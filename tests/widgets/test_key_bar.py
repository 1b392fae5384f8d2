"""The keys at the bottom: as many as there is room for, none in part."""

from __future__ import annotations

import pytest
from textual.dom import DOMNode

from cnntui.ui.widgets.bars.key_bar import Button, fitting

NODE = DOMNode()
BUTTONS = [
    Button(key, name, "", NODE) for key, name in (("n", "Digit"), ("space", "Play"), ("q", "Quit"), ("?", "Help"))
]


@pytest.mark.parametrize(("width", "keys"), [
    (80, "n space q ?"),
    (33, "n space q ?"),
    (32, "n space ?"),
    (26, "n space ?"),
    (25, "n ?"),
    (15, "n ?"),
    (14, "?"),
])  # fmt: skip
def test_keys_are_shown_whole_and_help_always(width: int, keys: str) -> None:
    assert " ".join(button.key for button in fitting(BUTTONS, width)) == keys
