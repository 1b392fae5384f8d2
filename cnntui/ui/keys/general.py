"""The commands that apply everywhere, and those that many screens share."""

from __future__ import annotations

from dataclasses import replace

from cnntui.explore.views import MODES
from cnntui.ui.keys.command import Command, both, neighbours

FAR = 10_000
"""More cells than any map has, and more lines than any table: as far as the edge."""

BRACKETS = "right_square_bracket", "left_square_bracket"

APP = (
    Command("train-network", "t", "app.train", "Choose what to train, and start it", "Train"),
    Command("palette", "ctrl+p", "app.command_palette", "Find any command, view or word by typing"),
    *(Command(f"go-{view.name}", view.key, f"app.mode('{view.name}')", f"Go to {view.title}") for view in MODES),
    Command("repaint", "ctrl+l", "app.repaint", "Paint the screen again", is_universal=True),
    Command("quit", "q", "app.quit", "Quit", "Quit"),
    Command("help", "question_mark", "screen.help", "Explain this screen and list its keys", "Help"),
)
"""The commands that apply everywhere."""

PREDICT = Command("predict", "Q", "app.predict", "Say what you expect before you see it, or stop", "Predict")
"""For screens with something to predict."""

STYLE = Command("grids", "g", "app.style", "Draw grids in another style")

VIEW = (
    *neighbours("image", "image", ("n", "p"), "Image", action="image"),
    Command("random-image", "r", "app.random_image", "Go to a random test image"),
    Command("earlier", "less_than_sign", "app.time(-1)", "Go back in training time", "Time", "< >"),
    Command("later", "greater_than_sign", "app.time(1)", "Go forward in training time"),
    Command("browse", "d", "app.browse", "Browse all test images, mistakes, confusion matrix", "Images"),
    Command("why", "w", "app.mode('why')", "Ask why the network predicts this class", "Why"),
    Command("sees", "e", "app.mode('field')", "See which pixels reach this cell", "Field"),
    Command("weights-through-training", "W", "app.mode('kernel-time')", "See this kernel through the training"),
    Command("play-training", "T", "app.play_time", "Play through training, or stop"),
    Command("leave", "escape", "app.leave", "Return to the newest weights, then to where you were"),
    Command("return", "backspace", "app.return", "Return to where you came from"),
    Command("yank-words", "y", "copy_words", "Copy the equation or sentence in focus"),
    Command("yank-place", "Y", "app.copy_place", "Copy the command line that opens this place"),
    PREDICT,
    STYLE,
)
"""The commands of every view."""


def in_help_alone(*names: str) -> tuple[Command, ...]:
    """Commands that every view has, without their buttons in the bar."""
    return tuple(replace(command, label="") for command in VIEW if command.name in names)


IMAGELESS = in_help_alone("next-image", "why", "sees", "earlier")
"""Commands that a view without an image leaves to help and the palette."""

INNER = (Command("back", "q", "app.leave", "Return to where you came from", "Back"),)
"""Further commands of a view without a key of its own."""


def moves(label: str) -> tuple[Command, ...]:
    """Commands that move around a map, cell by cell, for an action `move(direction, cells)`."""
    return (
        Command("right", "right,l", "move('right', 1)", "Go one cell right", label, "←↑↓→"),
        Command("left", "left,h", "move('left', 1)", "Go one cell left"),
        Command("up", "up,k", "move('up', 1)", "Go one cell up"),
        Command("down", "down,j", "move('down', 1)", "Go one cell down"),
        Command("far-left", "shift+left,H", "move('left', 5)", "Go five cells left"),
        Command("far-right", "shift+right,L", "move('right', 5)", "Go five cells right"),
        Command("far-up", "shift+up,K", "move('up', 5)", "Go five cells up"),
        Command("far-down", "shift+down,J", "move('down', 5)", "Go five cells down"),
        Command("row-start", "home", f"move('left', {FAR})", "Go to the first cell of the row"),
        Command("row-end", "end", f"move('right', {FAR})", "Go to the last cell of the row"),
        Command("column-start", "pageup", f"move('up', {FAR})", "Go to the first cell of the column"),
        Command("column-end", "pagedown", f"move('down', {FAR})", "Go to the last cell of the column"),
    )


WALK = both(
    ("step-on", "step-back"), ("full_stop", "comma"), "walk",
    ("Go one cell on, in reading order", "Go one cell back, in reading order"),
)  # fmt: skip
"""To the next and the previous cell, in reading order."""

FILTER = neighbours("filter", "filter", ("f", "F"), "Filter")
CHANNEL = neighbours("channel", "input channel", ("c", "C"), "Channel")
LAYER = neighbours("layer", "layer", BRACKETS, "Layer", "[ ]")

FOLLOW = Command("open-next", "enter", "follow", "Follow this number into the next layer", "Follow")


def closing(also: str = "", label: str = "Close") -> tuple[Command, Command]:
    """The last commands of a page: the one that closes it, and the one that explains it.

    Args:
        also: more keys that close the page, each after a comma.
        label: the label of the closing command in the bar.
    """
    return (
        Command("close", f"escape{also},q,backspace", "leave", "Close this page", label),
        Command("help", "question_mark", "help", "Explain this page and list its keys", "Help"),
    )
