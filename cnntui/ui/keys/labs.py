"""The commands of the labs, besides those of every view."""

from __future__ import annotations

from cnntui.ui.keys.command import Command, both
from cnntui.ui.keys.general import BRACKETS, CHANNEL, FILTER, LAYER, WALK, moves

LAB_LIST = (
    *both(("down-row", "up-row"), ("down,j", "up,k"), "choose", ("Go to the next lab", "Go to the previous lab"), "Lab",
          "↑↓"),
    Command("open", "enter", "open", "Open the lab", "Open"),
)  # fmt: skip

KERNEL = (
    *moves("Step"),
    *WALK,
    *both(
        ("built-in-kernel", "built-in-kernel-before"), ("b", "B"), "preset",
        ("Try the next kernel that has a name", "Try the previous kernel that has a name"), "Built-in",
    ),
    *both(
        ("next-filter", "previous-filter"), ("f", "F"), "learned",
        ("Try the next kernel that the network has learned", "Try the previous kernel that it has learned"), "Learned",
    ),
    *CHANNEL,
    Command("open-part", "enter", "part", "Choose what the arrows move: window, weight, cell",
            "Edit"),
    *both(
        ("more-weight", "less-weight"), ("plus,equals_sign", "minus"), "change",
        ("Add 0.25 to a weight or cell", "Subtract 0.25 from a weight or cell"), "Weight", "+ −",
    ),
    Command("toggle-weight", "space", "flip", "Make a weight or cell 0 or 1"),
    Command("input-cells", "i", "input", "Use a 7×7 input whose cells can be set, or the image", "7×7"),
    Command("view-reads", "v", "reads", "See how often each cell of the input is read", "View"),
    Command("add-filter", "right_parenthesis", "filters(1)", "Add a filter"),
    Command("drop-filter", "left_parenthesis", "filters(-1)", "Remove this filter"),
    Command("tab-filter", "tab", "filter(1)", "Go to the next of these filters", "Filter"),
    Command("tab-filter-back", "shift+tab", "filter(-1)", "Go to the previous of these filters"),
    Command("next-width", BRACKETS[0], "size(0, 1)", "Make kernels one column wider", "Size", "[ ]"),
    Command("previous-width", BRACKETS[1], "size(0, -1)", "Make kernels one column narrower"),
    Command("taller", "right_curly_bracket", "size(1, 0)", "Make kernels one row taller"),
    Command("shorter", "left_curly_bracket", "size(-1, 0)", "Make kernels one row shorter"),
    Command("stride", "S", "stride", "Use the next stride, 1 to 4", "Stride"),
    Command("dilation", "D", "dilation", "Use the next dilation, 1 to 3", "Dilation"),
    Command("padding", "P", "padding", "Use valid or same padding", "Padding"),
    Command("export-program", "E", "copy", "Copy this step as a program for NumPy and Keras", "Program"),
)  # fmt: skip

DOWNSAMPLING = (
    *moves("Window"),
    *both(
        ("step-shift", "step-shift-back"), ("full_stop", "comma"), "shift",
        ("Shift the image: one pixel right, down, both, or not", "Shift the image the other way round"), "Shift", ", .",
    ),
    *FILTER,
    *LAYER,
    *both(("more-size", "less-size"), ("plus,equals_sign", "minus"), "size",
          ("Use a larger window", "Use a smaller window"), "Size", "+ −"),
    Command("view-networks", "v", "networks", "See networks trained with each way, or the map again", "View"),
    Command("view-stride", "V", "weights", "Give the stride learned weights, or none", "Stride"),
)  # fmt: skip

SHIFT = (
    *moves("Slide"),
    Command("view-shift", "v", "view", "See the other maps, or the difference", "View"),
    *both(("more-images", "less-images"), ("plus,equals_sign", "minus"), "count",
          ("Measure on more images", "Measure on fewer images"), "Images", "+ −"),
    Command("undo-shift", "z", "centre", "Undo the shift", "Undo"),
)  # fmt: skip

HIERARCHY = (
    *moves("Patch"),
    *FILTER,
    *LAYER,
    Command("open", "enter", "open", "Open the patch on Convolve, at the cell that it excites", "Open"),
)

OVERFITTING = (
    *moves("Images, network"),
    Command("view-table", "v", "table", "See all numbers of all trainings", "Table"),
    Command("view-curves", "v", "curves", "See the curves of the chosen training", "Curves"),
    Command("open-form", "enter", "train", "Train with these settings, or change them first", "Train it"),
)
