"""`cnntui completion`: a script that lets a shell complete what is typed after `cnntui`, by the package shtab."""

from __future__ import annotations

import argparse

from cnntui.commands.arguments import full_parser, takes_a_path
from cnntui.commands.streams import say
from cnntui.files.errors import CnntuiError


def completion(shell: str) -> int:
    """Print the script for a shell; returns the exit status.

    The script knows every command and option by itself: at a press of tab cnntui is not started.

    Raises:
        CnntuiError: shtab is not installed.
    """
    try:
        import shtab  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise CnntuiError(
            "Completion needs the package shtab, which is not installed.",
            "Install it: pip install 'cnntui[completion]'",
        ) from None
    parser = full_parser()
    for action in _actions(parser):
        if takes_a_path(action):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    say(shtab.complete(parser, shell), at_once=True)
    return 0


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    found: list[argparse.Action] = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            for other in action.choices.values():
                found += _actions(other)
    return found
