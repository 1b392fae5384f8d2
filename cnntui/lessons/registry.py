"""The names by which a course's files refer to functions of the live network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from cnntui.lessons.live import Live
from cnntui.values import dataclass

Number = Callable[..., float]
Choice = Callable[..., str]
Order = Callable[..., tuple[str, ...]]
State = Callable[..., bool]
Word = Callable[[Live], str]

Axis = Literal["cell", "filter", "image", "unit", ""]
"""The axis along which to search for a state when the user asks to see it; empty if the user must bring it about."""

Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True)
class NumberCheck:
    """A number, and the decimals that it is printed with."""

    compute: Number
    decimals: int


@dataclass(frozen=True)
class StateCheck:
    """A state, and the axis along which to look for it."""

    holds: State
    axis: Axis


NUMBERS: dict[str, NumberCheck] = {}
CHOICES: dict[str, Choice] = {}
ORDERS: dict[str, Order] = {}
STATES: dict[str, StateCheck] = {}
WORDS: dict[str, Word] = {}


def number(decimals: int = 0) -> Callable[[Function], Function]:
    """Register a function that computes a number, under its own name."""

    def enter(function: Function) -> Function:
        NUMBERS[function.__name__] = NumberCheck(function, decimals)  # type: ignore[arg-type]
        return function

    return enter


def choice(function: Function) -> Function:
    """Register a function that computes the key of the right option, under its own name."""
    CHOICES[function.__name__] = function  # type: ignore[assignment]
    return function


def order(function: Function) -> Function:
    """Register a function that computes the keys of all options in the right order, under its own name."""
    ORDERS[function.__name__] = function  # type: ignore[assignment]
    return function


def state(axis: Axis = "") -> Callable[[Function], Function]:
    """Register a function that says whether a state is reached, under its own name."""

    def enter(function: Function) -> Function:
        STATES[function.__name__] = StateCheck(function, axis)  # type: ignore[arg-type]
        return function

    return enter


def word(function: Function) -> Function:
    """Register a function that computes a text, under its own name."""
    WORDS[function.__name__] = function  # type: ignore[assignment]
    return function
