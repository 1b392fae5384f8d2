"""The commands of each view, besides those of every view."""

from __future__ import annotations

from cnntui.ui.keys.command import Command, both, neighbours
from cnntui.ui.keys.general import CHANNEL, FAR, FILTER, FOLLOW, LAYER, WALK, moves

TRAIN = (
    Command("train-network", "t", "app.train", "Choose what to train, and start it", "Train"),
    Command("toggle-pause", "space", "app.pause", "Pause the training", "Pause"),
    Command("toggle-continue", "space", "app.continue", "Continue the training", "Continue"),
    Command("step-batch", "full_stop", "app.step", "Learn one batch and see what it does to every weight", "Batch"),
    Command("learning-rate", "L", "app.rate", "Change the learning rate", "Rate"),
    Command("view-metric", "v", "curve", "Draw the next metric in the second chart", "Curve"),
    Command("remove-training", "x", "app.stop", "Stop the training, after a question", "Stop"),
    Command(
        "mistakes-by-class", "m", "app.classes", "See the accuracy of each class, and the worst mistakes", "Classes"
    ),
)

NETWORK = (
    *neighbours(
        "layer-row", "layer", ("down,j,right_square_bracket", "up,k,left_square_bracket"), "Layer", "↑↓", "layer"
    ),
    *neighbours("map", "channel, unit or slot", ("right,l,f", "left,h,F"), "Channel", "←→", "channel"),
    Command("open", "enter", "open", "Open it: see how it is computed", "Open"),
    Command("view-colours", "v", "colours", "Scale colours to the map, the layer or the network", "View"),
    Command("input-scale", "i", "app.next_scale", "Try the next input scale, for a network file", "Scale"),
)

STEPPER = (
    *moves("Step"),
    *WALK,
    Command("toggle-play", "space", "play(1)", "Play or stop: the window moves by itself", "Play"),
    Command("backwards", "b", "play(-1)", "Play backwards, or stop"),
    *both(("more-speed", "less-speed"), ("plus,equals_sign", "minus"), "speed", ("Play faster", "Play slower")),
    *FILTER,
    *LAYER,
    FOLLOW,
    Command("map-so-far", "M", "complete", "See the whole output map, or only the part so far"),
)
"""On Convolve and Pool."""

CONVOLVE = (
    *CHANNEL,
    Command("view-colours", "v", "colours", "Draw a colour image in its colours, or one channel of it", "View"),
)

FLATTEN = (
    *moves("Cell"),
    *both(
        ("step-on", "step-back"), ("full_stop", "comma"), "slot",
        ("Go to the next slot of the vector", "Go to the previous slot of the vector"), "Slot", ", .",
    ),
    *FILTER,
    FOLLOW,
)  # fmt: skip

DENSE = (
    *neighbours("unit", "unit", ("right,l,f", "left,h,F"), "Unit", "←→"),
    *neighbours("term", "term of the sum", ("down,j", "up,k"), "Term", "↑↓"),
    Command("first-term", "pageup", f"term({-FAR})", "Go to the largest term"),
    Command("last-term", "pagedown", f"term({FAR})", "Go to the last term of the table"),
    *LAYER,
    FOLLOW,
    Command("origin", "o", "origin", "Go to the cell or unit that the term comes from", "Origin"),
    Command("view-picture", "v", "picture", "Draw products, weights, or the image", "View"),
)

SOFTMAX = (
    *neighbours("class-row", "class", ("down,j,f,right,l", "up,k,F,left,h"), "Class", "↑↓", "choose"),
    Command("view-formula", "v", "shift", "Subtract the largest logit first, or not", "View"),
    FOLLOW,
)

TREE = (
    Command("unfold", "right,l", "open", "Open a number: see what it is made of", "Open", "←→"),
    Command("fold", "left,h", "close", "Close a number, or go to the one above"),
    *both(("down-row", "up-row"), ("down,j", "up,k"), "move", ("Go one row down", "Go one row up"), "Row", "↑↓"),
    Command("page-down", "pagedown", "move(10)", "Go ten rows down"),
    Command("page-up", "pageup", "move(-10)", "Go ten rows up"),
    Command("first-row", "home", "end(0)", "Go to the first row"),
    Command("last-row", "end", "end(-1)", "Go to the last row"),
    Command("open-number", "enter", "follow", "Open this number on the screen that computes it", "Look"),
    Command("sees", "e", "field", "See which pixels reach the selected number"),
)
"""On Why and on Calculation."""

WHY = (
    *both(
        ("next-class", "previous-class"), ("f", "F"), "label",
        ("Go to the next less probable class: ask “why not?”", "Go to the next more probable class"), "Class",
    ),
    Command("view-heat", "v", "heat", "See by experiment what the answer depends on", "View"),
    *both(
        ("more-square", "less-square"), ("plus,equals_sign", "minus"), "size",
        ("Use a larger grey square", "Use a smaller grey square"), "Square", "+ −",
    ),
)  # fmt: skip

CALCULATION = neighbours("number", "map, slot or unit", ("f", "F"), "Map", action="map")

FIELD = (
    *moves("Cell"),
    *LAYER,
    *FILTER,
    Command("unread", "u", "unread", "See what the network never reads, and why", "Unread"),
    Command("view-maps", "v", "maps", "Draw the maps that feed the map most, or this cell", "View"),
    Command("open", "enter", "open", "Open the cell: see how it is computed", "Open"),
)

KERNEL_TIME = (
    Command("forward", "right,l", "app.time(1)", "Go forward in training time", "Time", "←→"),
    Command("backward", "left,h", "app.time(-1)", "Go back in training time"),
    Command("first-step", "home", f"app.time({-FAR})", "Go to the weights before the first batch"),
    Command("last-step", "end", f"app.time({FAR})", "Go to the newest weights"),
    Command("toggle-play", "space", "app.play_time", "Play through training, or stop", "Play"),
    *FILTER,
    *CHANNEL,
    *LAYER,
    Command("open", "enter", "open", "Step this kernel across the image", "Step"),
)

DRAW = (
    Command("toggle-pen", "space", "pen", "Put the pen down or lift it; while down, it draws", "Pen"),
    *both(
        ("more-brush", "less-brush"), ("plus,equals_sign", "minus"), "brush",
        ("Use the broad brush", "Use the fine brush"), "Brush", "+ −",
    ),
    Command("remove-ink", "x", "eraser", "Erase instead of drawing, or draw again", "Eraser"),
    Command("remove-drawing", "X", "clear", "Clear the canvas; undo brings it back", "Clear"),
    Command("undo", "z,ctrl+z", "undo", "Undo the last stroke", "Undo", "z"),
    Command("redo", "Z,ctrl+y", "redo", "Redo the stroke"),
    Command("view-form", "v", "form", "Read the drawing as MNIST forms digits, or as it is", "View"),
    Command("input-picture", "i", "picture", "Open a picture file", "Picture"),
    Command("input-image", "I", "use", "Put the test image on the canvas"),
    Command("open-drawing", "enter", "look_again", "Select the drawing again on all screens"),
    Command("right", "right,l", "move(0, 1)", "Move the pen right"),
    Command("left", "left,h", "move(0, -1)", "Move the pen left"),
    Command("up", "up,k", "move(-1, 0)", "Move the pen up"),
    Command("down", "down,j", "move(1, 0)", "Move the pen down"),
    Command("far-right", "shift+right,L", "move(0, 5)", "Move the pen five pixels right"),
    Command("far-left", "shift+left,H", "move(0, -5)", "Move the pen five pixels left"),
    Command("far-up", "shift+up,K", "move(-5, 0)", "Move the pen five pixels up"),
    Command("far-down", "shift+down,J", "move(5, 0)", "Move the pen five pixels down"),
)  # fmt: skip

RUNS = (
    *both(("down-row", "up-row"), ("down,j", "up,k"), "move", ("Go one run down", "Go one run up"), "Run", "↑↓"),
    Command("page-down", "pagedown", "page(1)", "Go one page down"),
    Command("page-up", "pageup", "page(-1)", "Go one page up"),
    Command("first-row", "home", "end(0)", "Go to the first run"),
    Command("last-row", "end", "end(1)", "Go to the last run"),
    Command("open-run", "enter", "open", "Open this run on all screens", "Open"),
    Command("toggle-choice", "space", "choose", "Choose this run for the comparison, or take it out", "Choose"),
    Command("view-curves", "v", "compare", "Compare the chosen runs: their curves in one chart", "Compare"),
    Command("sort-runs", "s", "sort", "Sort by the next column", "Sort"),
    Command("reverse-sort", "S", "turn", "Reverse the order"),
    Command("find-run", "slash", "filter", "Find runs by their name", "Find"),
    Command("resume", "R", "resume", "Resume a run that was stopped or killed", "Resume"),
    Command("name-run", "N", "rename", "Rename this run", "Rename"),
    Command("export-run", "E", "export", "Export network, history and settings to a folder", "Export"),
    Command("remove-run", "x,delete", "remove", "Delete this run, after asking", "Remove"),
    Command("leave", "escape", "leave", "Show all runs, choose none, then return"),
)
