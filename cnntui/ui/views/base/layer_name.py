"""The names of layers where there is little room for them."""

from __future__ import annotations

from cnntui.printable import set_width, text_width


def layer_name(name: str, width: int) -> str:
    """A layer's name, shortened to a width except for the words or the number at its end, which distinguish it."""
    if text_width(name) <= width:
        return name
    parts = name.split("_")
    ends = ["", *("_" + "_".join(parts[place:]) for place in range(len(parts) - 1, 0, -1))]
    # As many words from the end as leave a third of the room for the beginning, or a number if necessary.
    end = max((each for each in ends if text_width(each) <= width * 2 // 3), key=len)
    number = ends[1] if len(ends) > 1 and parts[-1].isdigit() and len(parts[-1]) < width - 3 else ""
    end = end or number
    return set_width(name[: len(name) - len(end)], width - 1 - len(end)).rstrip() + "…" + end
