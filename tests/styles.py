"""Lets all apps of a test session share what each of them would read anew, a fourth of what an app costs: the style
sheets that one of them has parsed, and the events of the bundled run.

A program reads them once; the tests build hundreds of apps. Those that tests start in a process of their own read
theirs as everybody's do.
"""

from __future__ import annotations

from functools import lru_cache, wraps

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

from cnntui.runs.history import event_file


def share_parsed_styles() -> None:
    """From now on, parse the same text with the same variables only once in this process."""
    parse = Stylesheet._parse_rules
    parsed: dict[tuple[object, ...], list[RuleSet]] = {}

    @wraps(parse)
    def shared(
        self: Stylesheet,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        text = (css, read_from, is_default_rules, tie_breaker, scope)
        key = (*text, frozenset(self._variables.items()))
        if key not in parsed:
            parsed[key] = parse(self, *text)
        return parsed[key]

    Stylesheet._parse_rules = shared  # type: ignore[method-assign]
    # Rules are looked up hundreds of times for each widget, and are the same only as themselves.
    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]


def share_read_events() -> None:
    """From now on, make an event of the same line only once in this process: events never change."""
    event_file.decode = lru_cache(maxsize=2048)(event_file.decode)
