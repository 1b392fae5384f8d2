"""The settings of a training, each declared once: command line, form, config, differences and lists derive from here.

This module imports nothing that imports NumPy, since the command line needs the settings before anything else.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from dataclasses import field, fields, replace
from typing import Any, Literal, Protocol

from cnntui.files.errors import CnntuiError
from cnntui.images import mnist
from cnntui.images.mnist import SIDE
from cnntui.printable import printable
from cnntui.values import dataclass

Padding = Literal["valid", "same"]
Model = Literal["cnn", "dense"]
Pooling = Literal["max", "average", "stride", "none"]
Device = Literal["cpu", "gpu", "auto"]
Place = Literal["learning", "model", "layers", "network"]

PLACES: tuple[Place, ...] = ("learning", "model", "layers", "network")
"""Where the form shows a setting, in the order of the focus: in the column about learning, above the layers, beside the
layers, or below them."""

CONVOLUTIONS = 3
"""How many convolutions the network has, one after another."""

UNITS = {"cnn": 64, "dense": 512}
"""The default number of units of the hidden dense layer, which is the only hidden layer in a dense network."""

LARGEST_COUNT = 1_000_000_000
"""More images than any data set has."""

LARGEST_SEED = 2**32 - 1
"""NumPy's and Keras's seeds are 32 bits wide."""

# A name becomes a folder: no separators, no leading dot or dash, nothing special to a shell or a terminal.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+=-]{0,63}")
_WHOLE = re.compile(r"[+-]?,*[0-9][0-9,]{0,99}")

# A value in a file may be arbitrarily long and deep.
_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = _BRIEF.maxlong = 80


class ValueKind(Protocol):
    """The kind of values that a setting may have."""

    def fault(self, value: object) -> tuple[str, object] | None:
        """The rule that a value breaks, and the offending part; None if the value is valid.

        Raises:
            CnntuiError: the value is wrong in a way that needs its own sentence.
        """

    def read(self, text: str) -> Any:
        """The value that a typed text stands for; the text itself if it stands for none, so that `fault` refuses it."""

    def words(self, value: Any) -> str:
        """A value as printed in a table."""


@dataclass(frozen=True)
class Whole:
    """A whole number in a range; `grouped` separates its thousands when printed."""

    least: int
    most: int
    grouped: bool = True

    def fault(self, value: object) -> tuple[str, object] | None:
        if not isinstance(value, bool) and isinstance(value, int) and self.least <= value <= self.most:
            return None
        return f"must be a whole number from {self.least} to {self.most:,}", value

    def read(self, text: str) -> Any:
        return int(text.replace(",", "")) if _WHOLE.fullmatch(text) else text

    def words(self, value: Any) -> str:
        return f"{value:,}" if self.grouped else f"{value}"


class Rate:
    """A number above 0 that float32 can represent."""

    def fault(self, value: object) -> tuple[str, object] | None:
        if not isinstance(value, bool) and isinstance(value, (int, float)) and 1e-37 <= value <= 3e38:
            return None
        return "must be a number above 0 and at most 3e+38", value

    def read(self, text: str) -> Any:
        try:
            return float(text)
        except ValueError:
            return text

    def words(self, value: Any) -> str:
        return f"{value:g}"


class _AsTyped:
    """A kind of value that is kept as typed."""

    def read(self, text: str) -> Any:
        return text

    def words(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True)
class Choice(_AsTyped):
    """One of a few words."""

    of: tuple[str, ...]

    def fault(self, value: object) -> tuple[str, object] | None:
        return None if value in self.of else (f"must be one of {', '.join(self.of)}", value)


@dataclass(frozen=True)
class Text(_AsTyped):
    """Text that is shown in terminals, where a control character could do anything."""

    may_be_empty: bool = False

    def fault(self, value: object) -> tuple[str, object] | None:
        if isinstance(value, str) and (value or self.may_be_empty) and value.isprintable():
            return None
        return "must be printable text" + ("" if self.may_be_empty else " that is not empty"), value


class File(Text):
    """The path of something that exists."""


class RunName(Text):
    """A name that can be used for a folder."""

    def fault(self, value: object) -> tuple[str, object] | None:
        check_name(value)
        return None


@dataclass(frozen=True)
class Each:
    """A whole number for each convolution, as a tuple."""

    one: Whole

    def fault(self, value: object) -> tuple[str, object] | None:
        if not isinstance(value, tuple) or len(value) != CONVOLUTIONS:
            return f"must be {CONVOLUTIONS} whole numbers (one for each convolution)", value
        return next((fault for part in value if (fault := self.one.fault(part)) is not None), None)

    def read(self, text: str) -> Any:
        """The number for one convolution."""
        return self.one.read(text)

    def words(self, value: Any) -> str:
        return "·".join(map(self.one.words, value))


@dataclass(frozen=True)
class Setting:
    """Everything that is declared about one setting.

    Attributes:
        kind: which values the setting may have.
        help: the setting's text in `cnntui train --help`; the default is added.
        place: where the form shows the setting; None if it does not.
        name: the attribute's name, from which all other names are derived: `--batch-size`, 'The batch size', 'batch
            size'.
        default: the recipe's value.
        subject: the subject of the sentence that refuses a value.
        metavar: the placeholder for the value in the help.
        default_help: the text that replaces the default in the help.
        label: the setting's name in the form.
        brief: a short name for tables, which have little room.
        empty: a word for what an empty field means; '' if the field must not be empty.
        meaning: the form's explanation of the setting, or of each of its words.
        of_convolutions: whether the setting does not apply to a dense network.
    """

    kind: ValueKind
    help: str = ""
    place: Place | None = None
    name: str = ""
    default: Any = None
    subject: str = ""
    metavar: str | None = None
    default_help: str | None = None
    label: str = ""
    brief: str = ""
    empty: str = ""
    meaning: str | Mapping[str, str] = ""
    of_convolutions: bool = False

    def check(self, value: object, called: str = "") -> None:
        """Refuse a value that is out of range.

        Args:
            value: the requested value.
            called: how the user refers to the setting; by default, by its name in a file.

        Raises:
            CnntuiError: the value is out of range; the message says what the range is.
        """
        if (fault := self.kind.fault(value)) is not None:
            rule, found = fault
            raise wrong(called or self.name, self.subject, rule, found)

    def words(self, value: object) -> str:
        """A value as printed in a table."""
        return (self.empty or "none") if value is None else self.kind.words(value)

    @property
    def flag(self) -> str:
        """The setting's option on the command line."""
        return f"--{self.name.replace('_', '-')}"


def setting(default: Any, kind: ValueKind, place: Place | None, help: str, **said: Any) -> Any:
    """Declare a field of `Settings` with its default and everything else in a `Setting`."""
    return field(default=default, metadata={"setting": Setting(kind, help, place, default=default, **said)})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a user may choose about a training; the defaults are the recipe.

    Attributes:
        batch_size: the number of images in a batch.
        learning_rate: the optimizer's step size.
        model: 'cnn' has convolutions before its dense layers; 'dense' has none, and ignores their settings.
        filters: the number of filters of each convolution.
        kernel_size: the height and width of each convolution's kernels.
        pooling: what halves the maps after the first and the second convolution: a pool ('max' or 'average'), the
            convolution itself, whose window then moves by two cells ('stride'), or nothing ('none').
        dense: the number of units of the dense layer before the output layer.
        seed: determines the initial weights and the order of the images; None to draw one.
        limit: the number of training images to use, from the first; None for all of them.
        data: a `.npz` file or a folder of IDX files; None for the digits that ship with cnntui.
        name: the run's name, which is also its folder's unless that is taken; None for the local date and time.
        device: the device to compute on: 'cpu' ignores all GPUs, 'gpu' needs one, 'auto' uses one if there is one.
    """

    epochs: int = setting(
        5, Whole(1, 1_000_000), "learning", "passes through all training images", subject="The number of epochs"
    )
    batch_size: int = setting(64, Whole(1, LARGEST_COUNT), "learning", "images in a batch", metavar="N", brief="batch")
    optimizer: str = setting(
        "rmsprop", Choice(("rmsprop", "adam", "sgd")), "learning", "",
        meaning={
            "rmsprop": "rmsprop divides each weight's gradient by its recent size, so that all weights move about "
                       "equally fast.",
            "adam": "adam does what rmsprop does, and follows the mean of the last gradients, so that a weight "
                    "keeps some of its speed.",
            "sgd": "sgd moves each weight by learning rate × gradient and nothing else; it needs a larger rate, such "
                   "as 0.05.",
        },
    )  # fmt: skip
    learning_rate: float = setting(
        0.001, Rate(), "learning", "", metavar="RATE", brief="rate",
        meaning="How far a batch moves the weights. Too high and the loss jumps, too low and it hardly falls.",
    )  # fmt: skip
    model: Model = setting(
        "cnn", Choice(("cnn", "dense")), "model",
        "dense: no convolutions, only dense layers, to compare; or the .keras file of a network of your own",
        metavar="cnn|dense|FILE",
        meaning={
            "cnn": "cnn: three convolutions look for local patterns everywhere, and two dense layers weigh what they "
                   "find.",
            "dense": f"dense: no convolutions; each unit weighs all {SIDE**2} pixels at once, and learns patterns of "
                     "the whole digit.",
        },
    )  # fmt: skip
    filters: tuple[int, int, int] = setting(
        (32, 64, 64), Each(Whole(1, 4096)), "layers", "filters of the three convolutions, or one number for all",
        subject="The number of filters", metavar="N,N,N", of_convolutions=True,
    )  # fmt: skip
    kernel_size: tuple[int, int, int] = setting(
        (2, 2, 2), Each(Whole(1, mnist.SIDE)), "layers", "height and width of their kernels",
        metavar="N[,N,N]", of_convolutions=True,
    )  # fmt: skip
    padding: Padding = setting(
        "valid", Choice(("valid", "same")), "network",
        "valid: kernels stay inside the map; same: zeros around it", of_convolutions=True,
        meaning={
            "valid": "valid: the kernel stays inside the map, which comes out smaller by the kernel's size − 1.",
            "same": "same: the map is surrounded by zeros, so that borders do not make it smaller.",
        },
    )  # fmt: skip
    pooling: Pooling = setting(
        "max", Choice(("max", "average", "stride", "none")), "network",
        "what halves the maps after the first two convolutions; stride: these themselves, moving by two cells",
        of_convolutions=True,
        meaning={
            "max": "max: of each 2×2 cells only the largest is kept; maps are half as high and wide after it.",
            "average": "average: of each 2×2 cells the mean is kept; maps are half as high and wide after it.",
            "stride": "stride: no pool; the first two convolutions move by 2 cells at a time, which halves their maps.",
            "none": "none: maps stay as large as they are, and the dense layer gets many more weights.",
        },
    )  # fmt: skip
    dense: int = setting(
        UNITS["cnn"], Whole(1, 4096), "layers", "units before the answer",
        subject="The number of dense units", metavar="N",
        default_help=f"default: {UNITS['cnn']}; with --model dense {UNITS['dense']}",
    )  # fmt: skip
    seed: int | None = setting(
        None, Whole(0, LARGEST_SEED, grouped=False), "learning", "the same seed gives the same weights on the same "
        "machine", metavar="N", empty="drawn",
        meaning="Determines the first weights and the order of the images. Empty: a new one for each run.",
    )  # fmt: skip
    limit: int | None = setting(
        None, Whole(1, LARGEST_COUNT), "learning", "train on the first N images only",
        subject="The number of training digits", metavar="N", label="digits", brief="digits", empty="all",
        meaning="Train on the first so many images of the data only. A small set is soon memorised. Empty: all.",
    )  # fmt: skip
    data: str | None = setting(
        None, File(), "learning", "labelled images: a .npz, IDX files, a folder of folders or a .csv",
        subject="The path of the data",
        empty="MNIST",
        meaning="Labelled images: a .npz, IDX files, a folder with a subfolder a class, or a .csv. Empty: MNIST.",
    )  # fmt: skip
    name: str | None = setting(
        None, RunName(), "learning", "name of the run", default_help="default: the date and time", empty="the date",
        meaning="What the run is called. Empty: the date and the time.",
    )  # fmt: skip
    device: Device = setting(
        "cpu", Choice(("cpu", "gpu", "auto")), None,
        "cpu ignores GPUs, so that the same seed gives the same weights; auto takes a GPU where TensorFlow finds one; "
        "gpu needs one",
    )  # fmt: skip


def _declared() -> dict[str, Setting]:
    found = {}
    for declaration in fields(Settings):
        known: Setting = declaration.metadata["setting"]
        words = declaration.name.replace("_", " ")
        found[declaration.name] = replace(
            known, name=declaration.name, subject=known.subject or f"The {words}", label=known.label or words,
            brief=known.brief or words,
        )  # fmt: skip
    return found


SETTINGS: Mapping[str, Setting] = _declared()
"""All settings by name, in the order in which they are listed."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    name: known.kind.of for name, known in SETTINGS.items() if isinstance(known.kind, Choice)
}
"""The settings with a fixed choice of words, each with its words."""

EACH = tuple(name for name, known in SETTINGS.items() if isinstance(known.kind, Each))
"""The settings with a value for each convolution."""

OF_CONVOLUTIONS = tuple(name for name, known in SETTINGS.items() if known.of_convolutions)
"""Settings that do not apply to a dense network."""


def check(name: str, value: object) -> None:
    """Refuse a value that a setting cannot have.

    Raises:
        CnntuiError: the value is out of range.
    """
    SETTINGS[name].check(value)


def check_name(name: object) -> None:
    """Refuse a name that would not be safe for a folder.

    Raises:
        CnntuiError: the name is empty, too long, or has characters other than letters, digits and `_ . + = -`.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise CnntuiError(
            f"{_BRIEF.repr(name)} cannot be the name of a run.",
            "Use up to 64 letters, digits and the signs _ . + = -, beginning with a letter, a digit or _.",
        )


def brief(value: object) -> str:
    """A value from a file, cut short: text without unprintable characters, anything else as its `repr`."""
    return printable(value)[: _BRIEF.maxstring] if isinstance(value, str) else _BRIEF.repr(value)


def wrong(name: str, subject: str, rule: str, value: object) -> CnntuiError:
    """The error that says which rule a field's value breaks."""
    return CnntuiError(f"{subject} {rule}, not {_BRIEF.repr(value)}.", f"Change {name}.")
