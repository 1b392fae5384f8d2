"""`cnntui read`: what a network predicts for test images or pictures, as a table or as JSON, without TensorFlow."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cnntui.cnn.arithmetic import fraction
from cnntui.cnn.input_scale import InputScale
from cnntui.cnn.network import Network
from cnntui.cnn.ops import Floats
from cnntui.commands.streams import complain, say
from cnntui.files.errors import CnntuiError
from cnntui.images.data import DataSet
from cnntui.images.levels import Pixels
from cnntui.images.picture_file import load_img
from cnntui.images.pictures import load_as_is, load_picture
from cnntui.images.scale_evidence import ScaleEvidence, ScaleSource
from cnntui.printable import printable, set_width, text_width
from cnntui.runs.directory.run_directory import default_runs_dir, find_run
from cnntui.runs.reading.opening import Opened, data_for, file_of, open_file, open_run, reads_digits
from cnntui.runs.reading.scaling import at_its_scale
from cnntui.values import dataclass

BATCH = 64
"""How many images are passed to the network at once, and printed together."""

_TRUE, _PREDICTED = "true class", "predicted class"

NAME_COLUMNS = 24
"""The width of the column for names in the table, unless a picture has a longer name."""


@dataclass(frozen=True, eq=False)
class Asked:
    """One image to predict.

    Attributes:
        key, value: "index" and the test image's index, or "image" and the path of a picture.
        title: the image's name in the table.
        pixels: `(height, width, channels)` uint8; None if the picture could not be read.
        label: the true class; None if unknown.
        warnings: reasons to doubt the answer.
        error: why the picture could not be read; empty if it could.
    """

    key: str
    value: int | str
    title: str
    pixels: Pixels | None = None
    label: int | None = None
    warnings: tuple[str, ...] = ()
    error: str = ""


def read(target: str, indices: Sequence[int], images: Sequence[Path], as_is: bool, as_json: bool,
         data: Path | None, classes: Path | None, runs_dir: Path | None, scale: InputScale | None = None
         ) -> int:  # fmt: skip
    """Print what a network predicts for test images and pictures, and return the exit status.

    Args:
        target: the name of a run, the path of a run directory, or the path of a network file.
        indices: indices of test images; image 0 if there are neither indices nor pictures.
        images: picture files. One that cannot be read is reported on standard error, and the others are still read.
        as_is: take pictures of the network's own size as they are, without looking for ink. If the network does not
            read digits, pictures are always taken whole, and scaled to its size.
        as_json: print one JSON object a line instead of a table.
        data: the data set; None for the run's own.
        classes: a text file with the names of the classes; None for the names in the data.
        runs_dir: the folder of runs; None for the default folder.
        scale: the input scale of a network file; None for the one chosen before, or a measured one.

    Raises:
        CnntuiError: the network or the data set cannot be read, or there is no image with a given index.
    """
    opened = _opened(target, runs_dir)
    indices = indices or (() if images else (0,))
    needs_data = indices or classes is not None or data is not None
    tests = data_for(opened, data, classes) if needs_data else None
    opened = at_its_scale(opened, scale, lambda: tests or data_for(opened, data, classes))
    asked = _asked(opened, tests, indices, images, as_is)
    width = max([NAME_COLUMNS, *(text_width(printable(os.fspath(image))) for image in images)])
    true_width, predicted_width = _columns(tests)
    columns = (set_width("image", width), set_width(_TRUE, true_width), set_width(_PREDICTED, predicted_width))
    heading = "" if as_json else "  ".join((*columns, "probability"))
    doubt = _doubt(opened.evidence) if scale is None else ()
    notes = tests.notes if tests is not None else ()
    failed = False
    for batch, probabilities in _answered(opened.network, asked):
        if heading:
            for line in (*notes, *doubt, heading):
                say(line)
            heading = ""
        answers = iter(probabilities)
        for image in batch:
            answer = next(answers) if image.pixels is not None else None
            failed |= answer is None
            say(_as_json(image, answer, tests, doubt) if as_json else _row(image, answer, width, tests))
            for line in image.warnings if not as_json else ():
                say(f"  {line}")
            if image.error:
                complain(f"cnntui: {image.error}")
    return 1 if failed else 0


def _opened(target: str, runs_dir: Path | None) -> Opened:
    runs_dir = runs_dir or default_runs_dir()
    if (path := file_of(target, runs_dir)) is not None:
        return open_file(path)
    opened = open_run(find_run(target, runs_dir))
    if opened.is_awaited and opened.run is not None:
        raise CnntuiError(
            f"The network of {opened.name} cannot be read. {opened.run.read_config().network_problem}",
            f"See its curves: cnntui open {opened.name}",
        )
    return opened


def _doubt(evidence: ScaleEvidence | None) -> tuple[str, ...]:
    """A warning if the input scale was guessed or remembered; empty if the network itself states it."""
    if evidence is None or evidence.source is ScaleSource.LAYER:
        return ()
    how = " Name another with --scale." if evidence.is_guessed else ""
    return (evidence.sentences[0] + how,)


def _asked(opened: Opened, tests: DataSet | None, indices: Sequence[int], images: Sequence[Path], as_is: bool
           ) -> Iterator[Asked]:  # fmt: skip
    """Each test image, then each picture, read when its turn comes."""
    if tests is not None:
        if wrong := [index for index in indices if index >= len(tests)]:
            raise CnntuiError(f"There is no test image {wrong[0]:,}.", f"They go from 0 to {len(tests) - 1:,}.")
        notes = (tests.reason,) if tests.reason else ()
        for index in indices:
            label = None if tests.reason else int(tests.labels[index])
            yield Asked("index", index, f"test image {index}", tests.images[index], label, notes)
    is_of_digits = reads_digits(opened, tests)
    for path in images:
        yield _picture(opened.network, path, as_is, is_of_digits)


def _picture(network: Network, path: Path, as_is: bool, is_of_digits: bool) -> Asked:
    name = os.fspath(path)
    # Bytes that are not UTF-8 would make the JSON invalid, so they are escaped, as on the screens.
    title = printable(name)
    key = name if _is_text(name) else title
    try:
        if not is_of_digits:
            return Asked("image", key, title, load_img(path, network.input_shape))
        if as_is:
            return Asked("image", key, title, load_as_is(path, network.input_shape))
        picture = load_picture(path)
    except CnntuiError as error:
        return Asked("image", key, title, error=str(error))
    return Asked("image", key, title, picture.canvas.own(as_mnist=True).pixels, warnings=picture.doubts)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _answered(network: Network, asked: Iterator[Asked]) -> Iterator[tuple[list[Asked], Iterable[Floats]]]:
    """Images in batches, with the probabilities `(n, classes)` of those that could be read, in order."""
    batch: list[Asked] = []
    for image in asked:
        batch.append(image)
        if len(batch) == network.batch(BATCH):
            yield batch, _probabilities(network, batch)
            batch = []
    if batch:
        yield batch, _probabilities(network, batch)


def _probabilities(network: Network, batch: Sequence[Asked]) -> Iterable[Floats]:
    pixels = [image.pixels for image in batch if image.pixels is not None]
    return network.probabilities(network.input_of(np.stack(pixels))) if pixels else ()


def _row(image: Asked, answer: Floats | None, width: int, data: DataSet | None) -> str:
    title = set_width(image.title, width)
    if answer is None:
        return f"{title}  cannot be read"
    true_width, predicted_width = _columns(data)
    true = set_width("–" if image.label is None else _named(data, image.label), true_width)
    predicted, probability = _prediction(answer)
    if predicted is None or probability is None:
        return f"{title}  {true}  no prediction: its numbers are not finite"
    named = set_width(_named(data, predicted), predicted_width)
    return f"{title}  {true}  {named}  {fraction(probability)}"


def _columns(data: DataSet | None) -> tuple[int, int]:
    """The widths of the table's columns for the true and the predicted class."""
    names = 0 if data is None else data.class_width
    return max(len(_TRUE), names), max(len(_PREDICTED), names)


def _named(data: DataSet | None, label: int) -> str:
    return str(label) if data is None else data.class_name(label)


def _prediction(answer: Floats) -> tuple[int | None, float | None]:
    """The most probable class and its probability; None for both if the network has diverged and outputs NaN."""
    if not np.isfinite(answer).all():
        return None, None
    predicted = int(answer.argmax())
    return predicted, float(answer[predicted])


def _as_json(image: Asked, answer: Floats | None, data: DataSet | None, doubt: tuple[str, ...]) -> str:
    found: dict[str, Any] = {image.key: image.value}
    if image.label is not None:
        found["true_class"] = image.label
    if answer is None:
        found |= {"class": None, "probability": None, "probabilities": None, "error": image.error}
    else:
        predicted, probability = _prediction(answer)
        numbers = [float(number) if np.isfinite(number) else None for number in answer]
        found |= {"class": predicted, "probability": probability, "probabilities": numbers}
        if data is not None and predicted is not None and not data.is_digits:
            found["class_name"] = data.class_name(predicted, sys.maxsize)
    return json.dumps(found | {"warnings": [*doubt, *image.warnings]})
