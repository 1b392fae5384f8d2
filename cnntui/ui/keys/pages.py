"""The commands of the pages and dialogs that lie over a view."""

from __future__ import annotations

from cnntui.ui.keys.command import Command, both, neighbours
from cnntui.ui.keys.general import BRACKETS, CHANNEL, FILTER, LAYER, PREDICT, STYLE, closing

DIGIT_KEYS = 10
"""The keys 0 to 9, each for the class with that number."""

BROWSER = (
    Command("right", "right,l", "move(1, 0)", "Go one image right"),
    Command("left", "left,h", "move(-1, 0)", "Go one image left"),
    Command("up", "up,k", "move(0, -1)", "Go one image up"),
    Command("down", "down,j", "move(0, 1)", "Go one image down"),
    Command("page-down", "pagedown", "page(1)", "Go one page down"),
    Command("page-up", "pageup", "page(-1)", "Go one page up"),
    Command("first-image", "home", "end(0)", "Go to the first image"),
    Command("last-image", "end", "end(1)", "Go to the last image"),
    Command("open-image", "enter", "choose", "Select this image on every screen", "Select"),
    Command("mistakes-only", "m", "mistakes", "Show only mistakes, or all images", "Mistakes"),
    Command("all-images", "a", "all", "Show all images, in the order of the data set", "All"),
    *(
        Command(f"only-{label}", str(label), f"label({label})", f"Show only class {label}",
                "" if label else "Class", "" if label else "0–9")
        for label in range(DIGIT_KEYS)
    ),
    Command("next-class", BRACKETS[0], "next_class(1)", "Go to the next class"),
    Command("previous-class", BRACKETS[1], "next_class(-1)", "Go to the previous class"),
    Command("sort-unsure", "s", "unsure", "Sort with the least certain first, or as in the data set",
            "Sort"),
    Command("reverse-sort", "S", "surest", "Sort with the most certain first, or as in the data set"),
    Command("view-matrix", "v", "matrix", "See the confusion matrix, or the images", "Matrix"),
    Command("find-image", "slash", "ask", "Go to an index, or to a class by its name", "Find"),
    PREDICT,
    STYLE,
    *closing(",d"),
)  # fmt: skip

CLASSES = (
    *neighbours("mistake", "mistake", ("right,l,down,j", "left,h,up,k"), "Mistake", "← →", "point"),
    Command("open-image", "enter", "choose", "Select this image on every screen", "Select"),
    Command("mistakes-only", "m", "mistakes", "Browse all mistakes, the most certain first", "Mistakes"),
    Command("view-matrix", "v", "matrix", "See the confusion matrix", "Matrix"),
    STYLE,
    *closing(),
)

ONE_BATCH = (
    Command("step-batch", "full_stop", "next", "Learn another batch", "Next batch"),
    *neighbours("weight", "weight", ("down,j", "up,k"), "Weight", "↑ ↓", "row"),
    Command("page-down", "pagedown", "row(10)", "Go ten weights down"),
    Command("page-up", "pageup", "row(-10)", "Go ten weights up"),
    *FILTER,
    *CHANNEL,
    *LAYER,
    *neighbours("image-of-batch", "image of the batch", ("right,l", "left,h"), "Image", "← →", "image"),
    STYLE,
    *closing(),
)

COMPARISON = (
    Command("view-axis", "v", "by", "Draw along batches, or along time", "Batches or time"),
    *closing(),
)

FORM = (
    *neighbours("field", "field", ("down", "up"), "Field", "↑ ↓", "along"),
    *both(("beside-on", "beside-back"), ("right", "left"), "beside",
          ("Choose the next word, or go to the field beside", "Choose the previous word, or go to the field beside"),
          "Change", "← →"),
    Command("toggle-word", "space", "beside(1)", "Choose the next word"),
    *both(("tab-field", "tab-field-back"), ("tab", "shift+tab"), "tab",
          ("Go through all fields", "Go back through all fields")),
    Command("open-button", "enter", "enter", "Go to the button; on it, start", "Done"),
    Command("train-now", "t,ctrl+j,ctrl+enter", "start", "Start the training", "Start"),
    Command("recipe", "ctrl+r", "recipe", "Restore the recipe", "Recipe"),
    *closing(label="Leave"),
)  # fmt: skip

HELP = (
    Command("close", "escape,question_mark,q,backspace,enter", "dismiss", "Close this page", "Close"),
    *both(("down-row", "up-row"), ("down,j", "up,k"), "scroll", ("Scroll down", "Scroll up")),
    Command("page-down", "pagedown,space", "scroll(10)", "Scroll a page down"),
    Command("page-up", "pageup", "scroll(-10)", "Scroll a page up"),
    Command("find-word", "slash", "app.glossary", "Look up a word in the glossary", "Word"),
)

TERM = (
    Command("close", "escape,question_mark,q,backspace", "dismiss", "Close this page", "Close"),
    Command("open-view", "enter", "see", "Go to the view that shows it", "See it"),
    Command("find-word", "slash", "app.glossary", "Look up another word", "Word"),
    *both(("down-row", "up-row"), ("down,j", "up,k"), "scroll", ("Scroll down", "Scroll up")),
)

QUIT_DIALOG = (
    Command("answer-leave", "l", "choose('leave')", "Leave the training running"),
    Command("answer-stop", "s", "choose('stop')", "Stop the training"),
    Command("answer-stay", "escape,backspace", "choose('stay')", "Stay"),
    # Pressing q again means leaving, and leaving the training alone is the choice that can be undone.
    Command("quit", "q", "choose('leave')", "Leave the training running"),
)

YES_NO_DIALOG = (
    Command("answer-yes", "y", "answer(True)", "Yes"),
    Command("answer-no", "escape,n,q,backspace", "answer(False)", "No"),
)
RATE_DIALOG = (
    Command("open-rate", "enter", "take", "Use this learning rate"),
    Command("tenth", "down", "times(0.1)", "Divide by ten"),
    Command("tenfold", "up", "times(10)", "Multiply by ten"),
    Command("close", "escape,q,L", "leave", "Keep the learning rate"),
)

PICTURE_DIALOG = (
    Command("close", "q", "dismiss", "Close"),
    Command("above", "backspace", "above", "Go to the folder above"),
)

EDGE_DIALOG = (Command("close", "escape,q,backspace", "leave", "Stay"),)
