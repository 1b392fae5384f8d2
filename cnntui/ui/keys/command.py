"""`Command`: one thing to do, as dispatch, key bar, help, palette, settings and README know it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from textual.binding import Binding, BindingType

from cnntui.values import dataclass


@runtime_checkable
class Refusing(Protocol):
    """The app or a screen: it runs commands, and says why one of them does not apply at the moment."""

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action does not apply, in a few words that need no capital: "nothing is training: press t".

        Empty where it applies.
        """
        ...


@dataclass(frozen=True)
class Command:
    """One thing to do.

    Whether it applies at the moment is for what carries it out to say: see `Refusing`.

    Attributes:
        name: what the settings file calls it. Its first word is what its key means on every screen: next, view, sort.
        keys: as Textual names them, a comma between two.
        action: what is run.
        title: what it does: in help, in the palette and in the README.
        label: what the key bar calls it; empty for what help alone lists.
        shown: the keys in the bar, where one button stands for several commands; empty for the command's own.
    """

    name: str
    keys: str
    action: str
    title: str
    label: str = ""
    shown: str = ""

    @property
    def meaning(self) -> str:
        """What its key means, on every screen."""
        return self.name.partition("-")[0]

    @property
    def binding(self) -> Binding:
        """The command as a Textual binding."""
        return Binding(
            self.keys, self.action, self.label or self.title, show=bool(self.label), key_display=self.shown or None,
            tooltip=self.title, id=self.name,
        )  # fmt: skip


def both(
    names: tuple[str, str], keys: tuple[str, str], action: str, titles: tuple[str, str], label: str = "",
    shown: str = "",
) -> tuple[Command, Command]:  # fmt: skip
    """Two commands that lead in opposite directions, `action(1)` and `action(-1)`; the bar has a button for the first.

    Args:
        names, keys, titles: of the one and of the other.
        action: the name of the action.
        label, shown: as the bar has them.
    """
    return (
        Command(names[0], keys[0], f"{action}(1)", titles[0], label, shown),
        Command(names[1], keys[1], f"{action}(-1)", titles[1]),
    )


def neighbours(what: str, called: str, keys: tuple[str, str], label: str, shown: str = "", action: str = ""
               ) -> tuple[Command, Command]:  # fmt: skip
    """Go to the next and to the previous one.

    Args:
        what: the last word of the commands' names, and the action unless that has another name.
        called: what is gone to, as a title says it: "filter".
        keys: for the next, and for the previous one.
        label, shown: as the bar has them.
        action: the name of the action.
    """
    return both(
        (f"next-{what}", f"previous-{what}"), keys, action or what,
        (f"Go to the next {called}", f"Go to the previous {called}"), label, shown,
    )  # fmt: skip


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """The Textual bindings of some commands, for the `BINDINGS` of the app, a screen or a widget."""
    return [command.binding for command in commands]
