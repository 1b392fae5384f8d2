"""The words on screens: no phrases that read as translated, and sentences are whole templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "cnntui").rglob("*.py"))
TEXTS = [*MODULES, ROOT / "README.md", *sorted((ROOT / "assets").rglob("*.toml"))]

BEFORE = (
    "t asks what to train, and t once more trains it",
    "The line below the curves says how it goes, by rules of thumb",
    "what the network says to the digit now",
    "Where no digit has ink they stay as random as they began",
    "From top to bottom is the way of a digit",
    "Maps get smaller and more",
    "wherever in the digit it stands",
    "Two kinds of numbers are no sums",
    "f chooses another class: also why not",
    "One more makes a factor",
    "can be gone on with (c)",
    "was of use as it began, or of no use at all",
    "What is said, and what becomes of it when it is tried",
    "made of the layer's before",
    "the step as code to take away",
    "how many of many digits each reads, moved how far",
    "digit 0 is still looked at",
    "23.2% of them go on",
    "where in the window it stood is lost",
    "of which softmax makes 99.9998%",
    "each cell the largest of 3×3",
    "Half of the way was made by step 256",
    "nothing reads on from here",
    "No quotient changes by it",
    "TensorFlow takes some seconds to load",
    "Few are soon known by heart",
    "On in training time",
    "Turn the order round",
    "wider, as is said",
    "Blank patch: all products are 0. The bias alone, −0.025, is below 0: silence.",
    "said to go well or ill",
    "ended without a word",
    "the parameters as the sum that they are",
    "takes a digit along to all screens",
    "some thousand digits a second",
    "by heart",
    "what is said of",
    "so is the answer",
    "as it stands",
    "in the form of",
    "goes on with",
    "go on with",
    "hangs on",
    "read rightly",
    "reads rightly",
    "of use to",
)
"""Phrases that a native speaker would not write."""

INFLECTED = {"s", "es", "n", "ed", "d", "ing"}
"""Endings that make another form of a word."""


def flowing(text: str) -> str:
    """A text in one line, literals that are put together joined, in small letters."""
    joined = re.sub(r"""["']\s*\n\s*[fr]?["']""", "", text)
    return " ".join(joined.split()).lower()


def test_no_phrase_that_reads_as_translated_has_come_back() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {phrase}"
        for path in TEXTS
        for text in [flowing(path.read_text())]
        for phrase in BEFORE
        if phrase.lower() in text
    ]
    assert not found


def has_word(text: str) -> bool:
    """Whether a text holds a word and not only signs: two letters side by side."""
    return re.search(r"[^\W\d_]{2}", text) is not None


def texts(nodes: list[ast.expr]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def assembled(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Where words are exchanged, cut or inflected after the fact, so that no other language could say the sentence.

    Signs may be exchanged: "−" for "-" in a number, " " for "_" in a name.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="replace"), args=args) if any(map(has_word, texts(args))):
                yield node.lineno, ast.unparse(node)
            case ast.Call(func=ast.Attribute(attr="capitalize")):
                yield node.lineno, ast.unparse(node)
            case ast.IfExp(body=ast.Constant(value=str(one)), orelse=ast.Constant(value=str(other))):
                short, long = sorted((one, other), key=len)
                if long.startswith(short) and long.removeprefix(short) in INFLECTED:
                    yield node.lineno, ast.unparse(node)


@pytest.mark.parametrize(
    "code",
    [
        'said.replace("row", "column")', 'name.capitalize()', 'f"{n} image{\'s\' if n != 1 else \'\'}"',
        '"adds" if n == 1 else "add"', 'said.replace(" (enter)", "")',
    ],
)  # fmt: skip
def test_what_is_put_together_is_found(code: str) -> None:
    assert [*assembled(ast.parse(code))]


@pytest.mark.parametrize(
    "code",
    ['text.replace("-", "−")', 'name.replace("_", " ")', '"row" if axis == 0 else "column"', "replace(focus, row=1)"],
)
def test_signs_and_whole_words_are_let_pass(code: str) -> None:
    assert not [*assembled(ast.parse(code))]


@pytest.mark.slow
def test_no_sentence_is_put_together_from_inflected_pieces() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {code}"
        for path in MODULES
        for line, code in assembled(ast.parse(path.read_text()))
    ]
    assert not found
