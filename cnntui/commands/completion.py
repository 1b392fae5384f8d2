"""`cnntui completion`: a script that completes `cnntui` command lines in a shell, made by the package shtab."""

from __future__ import annotations

import argparse
import re
import shlex

from cnntui.commands.arguments import full_parser, takes_a_path
from cnntui.commands.streams import say
from cnntui.files.errors import CnntuiError
from cnntui.runs.directory.run_directory import default_runs_dir

RUN, RUN_OR_FILE = "RUN", "RUN|FILE"
"""The metavariables of an argument that is the name of a run, and of one that may also be a path."""

_RUNS = {"bash": "_cnntui_runs", "zsh": "_cnntui_runs", "fish": "(_cnntui_run_names)"}
_RUNS_AND_FILES = {
    "bash": "_cnntui_runs_and_files",
    "zsh": "_cnntui_runs_and_files",
    "fish": "(_cnntui_run_names; __fish_complete_path (commandline -ct))",
}

_FOLDER = """
_cnntui_run_names() {{
  local folder=${{CNNTUI_RUNS_DIR:-{folder}}}
  printf '%s\\n' bundled dense
  if [ -d "$folder" ]; then command ls -- "$folder"; fi
}}
"""

_NAMES = {
    "bash": _FOLDER
    + """
_cnntui_runs() {{ compgen -W "$(_cnntui_run_names)" -- "$1"; }}
_cnntui_runs_and_files() {{ _cnntui_runs "$1"; compgen -f -- "$1"; }}
""",
    "zsh": _FOLDER
    + """
_cnntui_runs() {{ local -a names=(${{(f)"$(_cnntui_run_names)"}}); compadd -a names; }}
_cnntui_runs_and_files() {{ _cnntui_runs; _files; }}
""",
    "fish": """
function _cnntui_run_names
  printf '%s\\n' bundled dense
  set -l folder {folder}
  set -q CNNTUI_RUNS_DIR; and set folder $CNNTUI_RUNS_DIR
  test -d $folder; and command ls -- $folder
end
""",
}
"""Functions that list the names of runs, in each shell's language."""


def completion(shell: str) -> int:
    """Print the script for a shell, and return the exit status.

    The script knows every command and option, and looks up the names of runs in the folder of runs: pressing tab does
    not start cnntui.

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
        if action.dest == "target" and action.metavar in (RUN, RUN_OR_FILE):
            action.complete = _RUNS if action.metavar == RUN else _RUNS_AND_FILES  # type: ignore[attr-defined]
        elif takes_a_path(action):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    names = _NAMES[shell].format(folder=shlex.quote(str(default_runs_dir())))
    script = shtab.complete(parser, shell, preamble=names)
    # In zsh, shtab's script does on sourcing, too, what it should do only in `eval`.
    say(re.sub(r"(\[\[ \$zsh_eval_context\[-1\] == )eval ", r"\1(eval|file) ", script), at_once=True)
    return 0


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    found: list[argparse.Action] = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            for other in action.choices.values():
                found += _actions(other)
    return found
