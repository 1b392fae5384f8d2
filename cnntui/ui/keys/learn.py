"""The commands of the course: on its outline, and on a page."""

from __future__ import annotations

from cnntui.ui.keys.command import Command, both

LEARN = (
    *both(("down-row", "up-row"), ("down,j", "up,k"), "move", ("Go to the next lesson", "Go to the previous lesson"),
          "Lesson", "↑↓"),
    Command("open-lesson", "enter", "begin", "Open the lesson where you left it", "Open"),
    Command("tab-questions", "tab", "test_out", "Answer only the questions, if you know the lesson", "Test out"),
)  # fmt: skip

START = (
    *both(("down-row", "up-row"), ("down,j", "up,k"), "move", ("Go to the next way on", "Go to the previous way on"),
          "Choose", "↑↓"),
    Command("open-way", "enter", "go", "Go the chosen way", "Go"),
)  # fmt: skip
"""On the very first start."""

LESSON = (
    Command("answer", "enter", "enter", "Answer, or go to the next page"),
    Command("hint", "exclamation_mark", "hint", "See a hint"),
    Command("show-answer", "equals_sign", "show_answer", "See the answer"),
    Command("tab-page", "tab", "step(1)", "Skip to the next page"),
    Command("tab-page-back", "shift+tab", "step(-1)", "Go back a page"),
    Command("erase", "backspace", "erase", "Erase the last sign of the answer"),
    Command("leave-lesson", "escape", "leave", "Leave the lesson; your place is kept"),
)
"""On a page. Typed characters go into the answer; all other keys belong to the view."""
