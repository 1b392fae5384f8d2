"""`Command`: one thing to do, as defined for dispatch, key bar, help, palette, settings and README."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from textual.binding import Binding, BindingType

from cnntui.values import dataclass


@runtime_checkable
class Refusing(Protocol):
    """The app or a screen: runs commands, and says why one of them does not apply at the moment."""

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply, in a few words that need no capital: "nothing is training: press t".

        Empty if it applies.
        """
        ...


@dataclass(frozen=True)
class Command:
    """One thing to do.

    Whether a command applies at the moment is decided by the object that runs it: see `Refusing`.

    Attributes:
        name: the name in the settings file. Its first word is what the key means on every screen: next, view, sort.
        keys: Textual's names of the keys, separated by commas.
        action: the action to run.
        title: what the command does, for help, the palette and the README.
        label: the name in the key bar; empty if only help lists the command.
        shown: the keys in the bar, if one button stands for several commands; empty for the command's own keys.
        is_universal: whether the key also works in dialogs, the palette and text fields.
    """

    name: str
    keys: str
    action: str
    title: str
    label: str = ""
    shown: str = ""
    is_universal: bool = False

    @property
    def meaning(self) -> str:
        """What the command's key means on every screen."""
        return self.name.partition("-")[0]

    @property
    def binding(self) -> Binding:
        """The command as a Textual binding."""
        return Binding(
            self.keys, self.action, self.label or self.title, show=bool(self.label), key_display=self.shown or None,
            tooltip=self.title, id=self.name, priority=self.is_universal,
        )  # fmt: skip


def both(
    names: tuple[str, str], keys: tuple[str, str], action: str, titles: tuple[str, str], label: str = "",
    shown: str = "",
) -> tuple[Command, Command]:  # fmt: skip
    """Two commands that lead in opposite directions, `action(1)` and `action(-1)`; the bar has a button for the first.

    Args:
        names, keys, titles: the name, keys and title of each of the two commands.
        action: the name of the action.
        label, shown: the label and the keys in the bar.
    """
    return (
        Command(names[0], keys[0], f"{action}(1)", titles[0], label, shown),
        Command(names[1], keys[1], f"{action}(-1)", titles[1]),
    )


def neighbours(what: str, called: str, keys: tuple[str, str], label: str, shown: str = "", action: str = ""
               ) -> tuple[Command, Command]:  # fmt: skip
    """Two commands that go to the next and to the previous item.

    Args:
        what: the last word of the commands' names, and of the action unless `action` is given.
        called: the name of an item in titles, such as "filter".
        keys: the keys for the next item, and for the previous one.
        label, shown: the label and the keys in the bar.
        action: the name of the action; empty for `what`.
    """
    return both(
        (f"next-{what}", f"previous-{what}"), keys, action or what,
        (f"Go to the next {called}", f"Go to the previous {called}"), label, shown,
    )  # fmt: skip


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """The Textual bindings of some commands, for the `BINDINGS` of the app, a screen or a widget."""
    return [command.binding for command in commands]
