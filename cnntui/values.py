"""`dataclass` for frozen values: like the standard library's, but nothing is compiled until the first value is created.

The standard decorator writes up to six functions for each class and compiles them when the module is imported. That
takes a millisecond per class, and a hundred classes are needed before anything can be shown. Here, functions that are
alike are written once for all classes, and `__init__` is compiled when it is first called.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    # Type checkers see the standard decorator, which promises the same.
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, eq: bool = True, kw_only: bool = False) -> Callable[[type], type]:
        """Like the standard decorator, for frozen classes; subclasses of such a class use this decorator too."""
        if not frozen:
            raise TypeError("a value is frozen; what owns state is made by the standard decorator")

        def made(cls: type) -> type:
            # The standard decorator would put a signature here instead, which takes longer than all the rest.
            cls.__doc__ = cls.__doc__ or cls.__name__
            dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
            methods = {"__init__": _init_of(cls), "__repr__": _repr, "__setattr__": _refuse, "__delattr__": _refuse}
            methods |= _comparing(cls) if eq else {}
            for name, method in methods.items():
                if name not in cls.__dict__:
                    setattr(cls, name, method)
            return cls

        return made


def _init_of(cls: type) -> Callable[..., None]:
    """`__init__`, which replaces itself when it is first called."""

    def first(self: Any, *values: Any, **named: Any) -> None:
        init = _compiled_init(cls)
        setattr(cls, "__init__", init)  # noqa: B010
        init(self, *values, **named)

    return first


def _compiled_init(cls: type) -> Callable[..., None]:
    scope: dict[str, Any] = {"_keep": object.__setattr__, "_MISSING": MISSING}
    parameters: dict[bool, list[str]] = {False: ["self"], True: []}
    lines = []
    for field in fields(cls):
        name = value = parameter = field.name
        if field.default is not MISSING:
            scope[f"_default_{name}"] = field.default
            parameter = f"{name}=_default_{name}"
        elif field.default_factory is not MISSING:
            scope[f"_make_{name}"] = field.default_factory
            parameter = f"{name}=_MISSING"
            value = f"_make_{name}() if {name} is _MISSING else {name}"
        parameters[field.kw_only is True].append(parameter)
        lines.append(f" _keep(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    named = ["*", *parameters[True]] if parameters[True] else []
    exec(f"def __init__({', '.join(parameters[False] + named)}):\n" + ("\n".join(lines) or " pass"), scope)
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _comparing(cls: type) -> dict[str, Any]:
    """Two values are equal if they have the same class and equal fields."""
    names = [field.name for field in fields(cls) if field.compare]
    if len(names) > 1:
        compared: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
    else:

        def compared(value: Any) -> tuple[Any, ...]:
            return tuple(getattr(value, name) for name in names)

    def equal(self: Any, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash(compared(self))

    return {"__eq__": equal, "__hash__": hashed}


def _repr(self: Any) -> str:
    shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
    return f"{type(self).__qualname__}({shown})"


def _refuse(self: Any, name: str, *value: Any) -> None:
    raise FrozenInstanceError(f"the field {name!r} of a value cannot be changed")
