"""The parser for the arguments of every command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cnntui.commands.streams import complain, say

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class Parser(argparse.ArgumentParser):
    """A parser that reports when its help could not be written.

    It writes without colours: escape sequences in its output are always someone else's.

    Args:
        fill: adds the arguments once they are needed; adding those of all commands takes a tenth of the start.
    """

    def __init__(self, *arguments: Any, fill: Callable[[Parser], None] | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._fill = fill
        self.color = False  # Python 3.14 would do otherwise.

    def fill(self) -> None:
        """Add the arguments of this parser and of all its commands."""
        self._fill_own()
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                for parser in action.choices.values():
                    parser.fill()

    def _fill_own(self) -> None:
        fill, self._fill = self._fill, None
        if fill is not None:
            fill(self)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as every parser does; this is where a command's own arguments are first needed."""
        self._fill_own()
        return super().parse_known_args(args, namespace)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if file is sys.stdout:
            say(message.removesuffix("\n"), at_once=True)
        else:
            complain(message.removesuffix("\n"))
