"""Lets all apps of a test session share what each of them would read anew, a third of what an app costs: the style
sheets that one of them has parsed, the events of the bundled run, and the digits that come with cnntui; and what
Textual looks up anew for each message.

A program reads them once; the tests build hundreds of apps. Those that tests start in a process of their own read
theirs as everybody's do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache, wraps
from pathlib import Path

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.message import Message
from textual.message_pump import MessagePump

from cnntui.cnn.layers import Shape
from cnntui.images import data
from cnntui.images.data import DataSet
from cnntui.images.sources.source import TEST
from cnntui.runs.history import event_file


def share_what_is_read() -> None:
    """From now on, this process reads only once what never changes."""
    _share_parsed_styles()
    _share_digits()
    _share_handlers()
    # An event of the same line.
    event_file.decode = lru_cache(maxsize=2048)(event_file.decode)


def _share_parsed_styles() -> None:
    """Parse the same text with the same variables only once."""
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


def _share_digits() -> None:
    """Inflate the test digits only once."""
    load = data._load
    loaded: dict[Path, DataSet] = {}

    @wraps(load)
    def shared(path: Path | None, part: str, shape: Shape | None) -> DataSet:
        if path is not None or part != TEST or shape is not None:
            return load(path, part, shape)
        asset = data.asset(data.mnist.FILE)
        if asset not in loaded:
            loaded[asset] = load(path, part, shape)
            loaded[asset].images.flags.writeable = loaded[asset].labels.flags.writeable = False
        return loaded[asset]

    data._load = shared


Handler = tuple[type, Callable[[MessagePump, Message], object]]


def _share_handlers() -> None:
    """Search the bases of a class only once for the handlers of a kind of message."""
    find = MessagePump._get_dispatch_methods

    @cache
    def named(receiver: type, name: str, kind: type) -> tuple[Handler, ...] | None:
        """The handlers, all of which are called; None where decorators say which are."""
        handlers: list[Handler] = []
        for base in receiver.__mro__:
            own = vars(base)
            if any(each in own.get("_decorated_handlers", {}) for each in kind.__mro__):
                return None
            method = own.get(f"_{name}") or own.get(name)
            if method is not None and not getattr(method, "_textual_on", None):
                handlers.append((base, method))
        return tuple(handlers)

    @wraps(find)
    def shared(self: MessagePump, method_name: str, message: Message) -> Iterator[tuple[type, Callable[..., object]]]:
        handlers = named(type(self), method_name, type(message))
        if handlers is None:
            yield from find(self, method_name, message)
            return
        for base, method in handlers:
            if message._no_default_action:
                break
            yield base, method.__get__(self, base)

    MessagePump._get_dispatch_methods = shared  # type: ignore[method-assign,assignment]
