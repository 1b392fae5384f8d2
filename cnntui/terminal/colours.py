"""How many colours the terminal has: as requested, as the environment says, or as its name implies."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

from cnntui.values import dataclass

VARIABLE = "CNNTUI_COLORS"

CHOICES = ("auto", "none", "16", "256", "truecolor")

HINT = (
    "cnntui: This terminal is assumed to have 16 colours, because its name says nothing more. "
    f"If it has more, try cnntui --colors truecolor (or 256); ${VARIABLE} keeps the choice."
)

_TRUECOLOR_TERMS = (
    "alacritty", "contour", "foot", "ghostty", "iterm", "konsole", "mintty", "ms-terminal", "rio", "st-direct",
    "vte", "wezterm", "xterm-ghostty", "xterm-kitty", "kitty",
)  # fmt: skip
"""The beginnings of the names of terminals with full colour. Over SSH, nothing but the name arrives."""

_TRUECOLOR_VARIABLES = ("ALACRITTY_WINDOW_ID", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "VTE_VERSION", "WEZTERM_PANE",
                        "WT_SESSION")  # fmt: skip
"""Variables that such terminals set in the environment of the machine they run on."""

_FEW = ("ansi", "cons", "cygwin", "dtterm", "linux", "sun", "vt", "wsvt")
"""The beginnings of the names of terminals with at most 16 colours."""


@dataclass(frozen=True)
class Colours:
    """How many colours there are.

    Attributes:
        count: "none", "16", "256" or "truecolor".
        doubtful: whether 16 were assumed because the name says nothing more, although the terminal probably has more.
    """

    count: str
    doubtful: bool = False


def colours_of(wanted: str | None, environment: Mapping[str, str], kept: str = "") -> Colours:
    """How many colours to paint in.

    Args:
        wanted: the choice on the command line; None leaves it to the environment.
        environment: the variables; `$CNNTUI_COLORS` decides if the command line does not. A value that is not in
            `CHOICES` counts as "auto".
        kept: the choice in the settings file, which decides if neither of the others does; an unknown value counts as
            "auto" too.
    """
    wanted = wanted or environment.get(VARIABLE, "").strip().lower() or kept
    if wanted in CHOICES and wanted != "auto":
        return Colours(wanted)
    if environment.get("NO_COLOR"):
        return Colours("none")
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return Colours("truecolor")
    term = environment.get("TERM", "").strip().lower()
    multiplexed = term.startswith(("screen", "tmux"))
    if term.startswith(_TRUECOLOR_TERMS) or term.endswith("-direct"):
        return Colours("truecolor")
    if not multiplexed and any(environment.get(name) for name in _TRUECOLOR_VARIABLES):
        return Colours("truecolor")
    if term.endswith(("-256color", "-256colors")) or term == "tmux":
        return Colours("256")
    return Colours("16", doubtful=not term.startswith(_FEW))


def settle_colours(colours: Colours, environment: MutableMapping[str, str]) -> None:
    """Set the variables that Textual reads on import."""
    if colours.count == "none":
        environment["NO_COLOR"] = "1"
    else:
        environment.pop("NO_COLOR", None)
        environment["TEXTUAL_COLOR_SYSTEM"] = {"16": "standard"}.get(colours.count, colours.count)


def is_first_hint() -> bool:
    """Whether the hint has never been shown; from now on it counts as shown. False if that cannot be recorded."""
    from platformdirs import user_state_path

    given = user_state_path("cnntui", appauthor=False) / "colours-hint"
    try:
        given.parent.mkdir(parents=True, exist_ok=True)
        given.touch(exist_ok=False)
    except OSError:
        return False
    return True
