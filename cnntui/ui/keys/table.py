"""All commands, by the place where they apply: for the README, the settings file and the tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cnntui.ui.keys import general, labs, learn, pages, views
from cnntui.ui.keys.command import Command
from cnntui.ui.keys.symbols import shown_key

COMMANDS: Mapping[str, tuple[Command, ...]] = {
    "Everywhere": general.APP,
    "On every view": (*general.VIEW, *general.INNER),
    "First start": learn.START,
    "Learn": learn.LEARN,
    "A page of a lesson": learn.LESSON,
    "Train": views.TRAIN,
    "Network": views.NETWORK,
    "Convolve": (*views.STEPPER, *views.CONVOLVE),
    "Pool": views.STEPPER,
    "Flatten": views.FLATTEN,
    "Dense": views.DENSE,
    "Softmax": views.SOFTMAX,
    "Receptive field": views.FIELD,
    "Why this answer": (*views.TREE, *views.WHY),
    "One number, taken apart": (*views.TREE, *views.CALCULATION),
    "A kernel through time": views.KERNEL_TIME,
    "Draw": views.DRAW,
    "Runs": views.RUNS,
    "Compare": pages.COMPARISON,
    "Test images": pages.BROWSER,
    "Classes": pages.CLASSES,
    "One batch": pages.ONE_BATCH,
    "Train a network": pages.FORM,
    "Labs": labs.LAB_LIST,
    "Kernel lab": labs.KERNEL,
    "Downsampling lab": labs.DOWNSAMPLING,
    "Shift lab": labs.SHIFT,
    "Hierarchy lab": labs.HIERARCHY,
    "Overfitting lab": labs.OVERFITTING,
}
"""All commands by place, without dialogs, which show their own keys."""


def every() -> Iterator[Command]:
    """All commands; one that applies in several places appears several times."""
    for commands in COMMANDS.values():
        yield from commands


def names() -> frozenset[str]:
    """The names of the commands that the settings file can give other keys."""
    return frozenset(command.name for command in every())


def shown(remapped: Mapping[str, str]) -> dict[str, str]:
    """The first key of each command as written for people, by the command's name.

    Args:
        remapped: keys that replace the table's, by the command's name.
    """
    keys = {command.name: command.keys for command in every()} | dict(remapped)
    return {name: shown_key(several.split(",")[0]) for name, several in keys.items()}


def as_text() -> str:
    """All commands as aligned text: keys, name in the settings file, and what they do."""
    lines: list[str] = []
    for place, commands in COMMANDS.items():
        lines += ["", place] if lines else [place]
        for command in commands:
            keys = " ".join(map(shown_key, command.keys.split(",")))
            lines.append(f"  {keys:<18} {command.name:<22} {command.title}")
    return "\n".join(lines)


MOVING = {command.name for command in general.moves("")} | {
    "up-row", "down-row", "page-up", "page-down", "first-row", "last-row", "first-image", "last-image", "close", "help",
}  # fmt: skip
"""The names of commands that the README lists only once, for all places."""


def as_markdown() -> str:
    """The table for the README: a row for each place."""
    rows = [f"| {place} | {'; '.join(_phrases(commands))} |" for place, commands in COMMANDS.items()]
    rows.insert(1, f"| Where cells are shown | {'; '.join(_told(general.moves('')))} |")
    return "\n".join(["| where | keys |", "|---|---|", *rows])


def _phrases(commands: Sequence[Command]) -> Iterator[str]:
    own = [command for command in commands if command.name not in MOVING or commands is general.APP]
    yield from _told(own)


def _told(commands: Iterable[Command]) -> Iterator[str]:
    """What each key does, with opposite commands in one line."""
    rest = list(commands)
    while rest:
        command = rest.pop(0)
        keys, does = _keys(command), _lowered(command.title)
        if rest and (both := _together(command.title, rest[0].title)):
            keys, does = f"{keys} {_keys(rest.pop(0))}", both
        if command.name == "only-0":
            keys, does = "`0` to `9`", "show only that class"
        if not command.name.startswith("only-") or command.name == "only-0":
            yield f"{keys} {does}"


def _keys(command: Command) -> str:
    return " ".join(f"`{shown_key(key)}`" for key in command.keys.split(","))


def _together(first: str, second: str) -> str:
    """`next, previous filter`; empty if the second is not the opposite of the first."""
    start, end = "Go to the next ", "Go to the previous "
    what = first.removeprefix(start)
    return f"next, previous {what}" if first.startswith(start) and second == end + what else ""


def _lowered(title: str) -> str:
    return title[0].lower() + title[1:]


if __name__ == "__main__":
    print(as_markdown())
