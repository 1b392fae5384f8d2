"""Files made to cost memory or time: each ends in a sentence, or is read, within a gigabyte and five seconds.

Every file is opened in a process of its own, of which the system counts memory and time.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
import zlib
from ast import literal_eval
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.cnn.test_keras_file import small
from tests.keras_files import model_config, weights_file, write_archive, write_keras_file

pytestmark = pytest.mark.slow

MOST_BYTES = 1024**3
MOST_SECONDS = 5

OPENER = """
import os, resource, sys
from pathlib import Path
import h5py
import numpy as np
from cnntui.cnn.readers.keras import file as keras_file
from cnntui.cnn.readers.keras import h5 as keras_h5
from cnntui.cnn.readers.model_file import read_model
from cnntui.files.errors import CnntuiError

def open_and_compute(path):
    resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
    try:
        network = read_model(path)
        network.forward(np.zeros(network.input_shape, np.float32))
        said = "opened"
    except CnntuiError as error:
        said = str(error)
    usages = own, children = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    most = own.ru_maxrss
    try:
        # The other figure includes the memory of the process that started this one.
        (most,) = (int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM:"))
    except OSError:
        pass
    print(max(most, children.ru_maxrss), sum(usage.ru_utime + usage.ru_stime for usage in usages), repr(said))

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        open_and_compute(Path(line.removesuffix("\\n")))
        sys.stdout.flush()
        os._exit(0)
    print("exit", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

Opener = Callable[[Path], str]


@pytest.fixture(scope="session")
def opener() -> Iterator[Opener]:
    """Opens a file in a process of its own that has done its imports; returns what that says."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", OPENER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asks, answers = process.stdin, process.stdout

        def check_cost(path: Path) -> str:
            asks.write(f"{path}\n")
            asks.flush()
            answer = answers.readline()
            assert not answer.startswith("exit"), answer
            kilobytes, seconds, quoted = answer.split(maxsplit=2)
            said = str(literal_eval(quoted))
            assert answers.readline() == "exit 0\n"
            assert int(kilobytes) * 1024 < MOST_BYTES, said
            assert float(seconds) < MOST_SECONDS, said
            assert len(said) < 1000
            return said.strip()

        yield check_cost
        asks.close()


Config = dict[str, Any]


def layer(kind: str, name: str, **config: Any) -> Config:
    return {"class_name": kind, "config": {"name": name, **config}, "name": name}


def chain(*layers: Config, shape: tuple[int, ...] = (28, 28, 1)) -> Config:
    source = layer("InputLayer", "input", batch_shape=[None, *shape])
    return {"class_name": "Sequential", "config": {"name": "model", "layers": [source, *layers]}}


END = layer("Flatten", "flatten"), layer("Dense", "dense", units=10, activation="softmax")


def conv(name: str = "conv", **config: Any) -> Config:
    return layer(
        "Conv2D", name, **{"filters": 1, "kernel_size": [3, 3], "activation": "relu", "padding": "same", **config}
    )


def functional(*layers: tuple[Config, list[list[Any]]]) -> Config:
    source = layer("InputLayer", "input", batch_shape=[None, 28, 28, 1])
    described = [{**each, "inbound_nodes": calls} for each, calls in ((source, []), *layers)]
    last = layers[-1][0]["name"]
    config = {"layers": described, "input_layers": [["input", 0, 0]], "output_layers": [[last, 0, 0]], "name": "m"}
    return {"class_name": "Functional", "config": config, "name": "m"}


def read(*names: str) -> list[Any]:
    return [[[name, 0, 0, {}] for name in names]]


def models_within_models() -> Config:
    """Each model is applied thirty times in the one around it, twelve deep."""
    inner: Config = functional((layer("Dropout", "drop"), read("input")))
    for _ in range(12):
        inner = {**inner, "name": "inner", "inbound_nodes": [read("input")[0]] * 30}
        inner["config"]["name"] = "inner"
        source = {**layer("InputLayer", "input", batch_shape=[None, 28, 28, 1]), "inbound_nodes": []}
        config = {"layers": [source, inner], "input_layers": [["input", 0, 0]], "output_layers": [["inner", 29, 0]]}
        inner = {"class_name": "Functional", "config": {**config, "name": "m"}, "name": "m"}
    return inner


def backwards(count: int) -> Config:
    """A long chain of layers that are listed from the last to the first."""
    names = ["input", *(f"add{number}" for number in range(count))]
    layers = [(layer("Activation", name, activation="relu"), read(before)) for before, name in pairwise(names)]
    return functional(*reversed(layers))


def thicket(count: int) -> Config:
    """Every layer reads all layers before it, the last of them first."""
    names = [f"add{number}" for number in range(count)]
    layers = [
        (layer("Add", name), read(*reversed(names[:number]), "input", "input")) for number, name in enumerate(names)
    ]
    return functional(*layers)


def many_outputs(count: int) -> Config:
    """Every output depends on all layers."""
    model = backwards(1900)
    heads = [f"head{number}" for number in range(count)]
    last = model["config"]["output_layers"][0][0]
    model["config"]["layers"] += [
        {**layer("Flatten", head), "inbound_nodes": read(model["config"]["layers"][1]["name"])} for head in heads
    ]
    model["config"]["output_layers"] = [[head, 0, 0] for head in [*heads, last]]
    return model


CONFIGS: dict[str, Callable[[], Config]] = {
    "a huge image": lambda: chain(conv(), *END, shape=(100_000, 100_000, 1)),
    "an image of more axes than memory": lambda: chain(*END, shape=(2,) * 4000),
    "many large maps": lambda: chain(
        *(conv(f"conv{number}") for number in range(200)), layer("GlobalMaxPooling2D", "p"), *END, shape=(4000, 4000, 1)
    ),
    "a large kernel on a large map": lambda: chain(conv(kernel_size=[200, 200]), *END, shape=(1500, 1500, 1)),
    "a kernel larger than the map": lambda: chain(conv(kernel_size=[7000, 7000]), *END),
    "a kernel with holes": lambda: chain(conv(dilation_rate=[10**6, 10**6]), *END),
    "a pool larger than the map": lambda: chain(
        layer("MaxPooling2D", "pool", pool_size=[10**6, 10**6], padding="same"), *END
    ),
    "many multiplications": lambda: chain(
        *(conv(f"conv{number}", filters=500) for number in range(21)),
        layer("GlobalMaxPooling2D", "p"),
        *END,
        shape=(200, 200, 1),
    ),
    "upsampling": lambda: chain(*(layer("UpSampling2D", f"up{number}", size=[100, 100]) for number in range(9)), *END),
    "upsampling at once": lambda: chain(layer("UpSampling2D", "up", size=[10**9, 10**9]), *END),
    "padding": lambda: chain(layer("ZeroPadding2D", "pad", padding=[[9999, 9999], [9999, 9999]]), *END),
    "a transposed kernel of millions of cells": lambda: chain(
        layer("Conv2DTranspose", "up", filters=1, kernel_size=[4000, 3000], padding="same"), *END
    ),
    "maps laid far apart": lambda: chain(
        layer("Conv2DTranspose", "up", filters=1, kernel_size=2, strides=[10**4000, 1]), *END
    ),
    "more parameters than memory": lambda: chain(layer("Flatten", "f"), layer("Dense", "d", units=10**8), *END),
    "whole numbers without end": lambda: chain(conv(strides=[10**4000, 1]), *END),
    "a number beyond floats": lambda: chain(layer("ReLU", "relu", max_value=10**400), *END),
    "scales beyond floats": lambda: chain(layer("Rescaling", "scale", scale=10**400), *END),
    "a scale for each of many": lambda: chain(layer("Rescaling", "scale", scale=[1.0] * 3_000_000), *END),
    "a name without end": lambda: chain(conv(name="\x1b" * 2_500_000), *END),
    "a kind without end": lambda: chain(layer("A" * 15_000_000, "odd"), *END),
    "an argument without end": lambda: chain(conv(padding="\x1b" * 2_500_000), *END),
    "lists in lists": lambda: chain(conv(), *END) | {"config": {"layers": json.loads("[" * 900 + "]" * 900)}},
    "outputs in lists in lists": lambda: {
        **(model := functional((layer("Flatten", "f"), read("input")))),
        "config": {**model["config"], "output_layers": json.loads("[" * 900 + "]" * 900)},
    },
    "more layers than any model": lambda: chain(*(layer("Dropout", "drop") for _ in range(150_000)), *END),
    "layers backwards": lambda: backwards(1990),
    "far more layers backwards": lambda: backwards(80_000),
    "a thicket of layers": lambda: thicket(1100),
    "a layer applied without end": lambda: functional(
        (layer("Dropout", "drop"), [read("input")[0]] * 500_000), (END[0], read("drop")), (END[1], read("flatten"))
    ),
    "models within models": models_within_models,
    "many outputs": lambda: many_outputs(16),
    "a circle": lambda: functional((layer("Add", "a"), read("b", "input")), (layer("Add", "b"), read("a", "input"))),
}


def packed(folder: Path, members: dict[str, bytes], **lies: int) -> Path:
    """An archive whose directory lies about its members."""
    path = folder / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        for info in archive.filelist:
            for key, value in lies.items():
                setattr(info, key, value)
    return path


def config_of_small() -> bytes:
    return json.dumps(model_config(small())).encode()


def weights_that_swell(folder: Path) -> Path:
    return packed(folder, {"config.json": config_of_small(), "model.weights.h5": bytes(300 * 1024**2)})


def largest_weights_that_swell(folder: Path) -> Path:
    layers = layer("Flatten", "flatten"), layer("Dense", "d", units=4900, activation="relu"), *END[1:]
    config = json.dumps(chain(*layers, shape=(100, 100, 1))).encode()
    return packed(folder, {"config.json": config, "model.weights.h5": bytes(640 * 1024**2)})


def largest_weights_compressed(folder: Path) -> Path:
    """Zeros as the weights of 100 million parameters: as arrays and unpacked, they would take 800 MB."""
    layers = layer("Flatten", "flatten"), layer("Dense", "d", units=9900, activation="relu"), *END[1:]
    config = json.dumps(chain(*layers, shape=(100, 100, 1))).encode()
    return packed(folder, {"config.json": config, "model.weights.h5": bytes(400 * 1024**2)})


def more_than_declared(folder: Path) -> Path:
    return packed(folder, {"config.json": bytes(1100 * 1024**2)}, file_size=1000)


def another_packing(folder: Path) -> Path:
    path = folder / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("config.json", bytes(20 * 1024**2))
        archive.filelist[0].file_size = 1000
    return path


def one_member_for_all(folder: Path) -> Path:
    """Every entry of the directory points to the same compressed zeros."""
    path = packed(folder, {"config.json": bytes(8 * 1024**2), "model.weights.h5": bytes(8 * 1024**2)})
    content = bytearray(path.read_bytes())
    first, second = (match.start() for match in re.finditer(b"PK\x01\x02", content))
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    path.write_bytes(content)
    return path


def text_of_many_lists(folder: Path) -> Path:
    return write_archive(folder / "model.keras", {"config.json": b"[" + b"{}," * 5_000_000 + b"{}]"})


def many_members(folder: Path) -> Path:
    return write_archive(folder / "model.keras", {str(number): b"" for number in range(60_000)})


def h5_with(change: Callable[[h5py.File], None]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        with h5py.File(folder / "model.h5", "w") as file:
            file.attrs["model_config"] = json.dumps(model_config(small()))
            file.create_group("model_weights")
            change(file)
        return folder / "model.h5"

    return write


def links(file: h5py.File) -> None:
    file["model_weights/a"] = file["model_weights"]
    file["model_weights/b"] = file["model_weights"]


def far_too_much(file: h5py.File) -> None:
    file.create_dataset("model_weights/conv2d/kernel", shape=(10**6, 10**6), dtype="f8")


def compressed(file: h5py.File) -> None:
    chunk = 10**6
    swells = file.create_dataset("model_weights/a", (100 * chunk,), "f4", chunks=(chunk,), compression="gzip")
    zeros = zlib.compress(bytes(4 * chunk))
    for place in range(100):
        swells.id.write_direct_chunk((place * chunk,), zeros)


def long_text(file: h5py.File) -> None:
    file.attrs.create("model_config", " " * 200_000_000, dtype=h5py.string_dtype())


def sparse(folder: Path) -> Path:
    with open(folder / "model.h5", "wb") as file:
        file.write(b"\x89HDF\r\n\x1a\n")
        file.truncate(10**12)
    return folder / "model.h5"


def keras_with(change: Callable[[h5py.File], None]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        buffer = io.BytesIO(weights_file(small()))
        with h5py.File(buffer, "r+") as file:
            change(file)
        return write_keras_file(folder / "model.keras", small(), weights=buffer.getvalue())

    return write


def kernel_of_chunks(file: h5py.File) -> None:
    del file["layers/conv2d/vars/0"]
    file.create_dataset(
        "layers/conv2d/vars/0", (3, 3, 1, 1), "f4", maxshape=(None,) * 4, chunks=(400, 400, 40, 40), compression="gzip"
    )


FILES: dict[str, Callable[[Path], Path]] = {
    "weights that swell": weights_that_swell,
    "the largest weights that swell": largest_weights_that_swell,
    "the largest weights, compressed": largest_weights_compressed,
    "more than is declared": more_than_declared,
    "another packing": another_packing,
    "a text of many lists": text_of_many_lists,
    "many members": many_members,
    "one member for all": one_member_for_all,
    "groups in a circle": h5_with(links),
    "an array larger than the file": h5_with(far_too_much),
    "arrays that swell": h5_with(compressed),
    "a long text": h5_with(long_text),
    "a file of holes": sparse,
    "chunks larger than the array": keras_with(kernel_of_chunks),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_description_costs_little(tmp_path: Path, opener: Opener, name: str) -> None:
    config = json.dumps(CONFIGS[name](), ensure_ascii=False).encode()
    path = write_archive(tmp_path / "model.keras", {"config.json": config, "model.weights.h5": weights_file(small())})
    # Two thousand activations cost little, and can be looked at: the network gives maps, and no answer.
    assert (opener(path) == "opened") == (name in ("layers backwards", "many outputs"))


def test_the_largest_that_is_opened_costs_what_is_allowed(tmp_path: Path, opener: Opener) -> None:
    convs = [conv(f"conv{number}", filters=4, kernel_size=[2, 2]) for number in range(3)]
    layers = *convs, conv("last", filters=4, kernel_size=[2, 3]), layer("GlobalMaxPooling2D", "pool"), END[1]
    config = chain(*layers, shape=(1900, 1900, 4))
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs.create("model_config", json.dumps(config), dtype=h5py.string_dtype())
        for name, size in (*((each["name"], (2, 2)) for each in convs), ("last", (2, 3))):
            file[f"model_weights/{name}/{name}/kernel"] = np.ones((*size, 4, 4), np.float32)
            file[f"model_weights/{name}/{name}/bias"] = np.ones(4, np.float32)
        file["model_weights/dense/dense/kernel"] = np.ones((4, 10), np.float32)
        file["model_weights/dense/dense/bias"] = np.ones(10, np.float32)
    assert opener(tmp_path / "model.h5") == "opened"


def test_the_most_parameters_that_are_opened_cost_what_is_allowed(tmp_path: Path, opener: Opener) -> None:
    """A third of what is allowed are parameters, a third the maps, and a third the windows of one convolution."""
    units = 4, 5000, 10_000, 5000, 10
    convs = [conv(f"conv{number}", filters=4, kernel_size=[2, 2]) for number in range(2)]
    dense = [layer("Dense", f"dense{number}", units=count) for number, count in enumerate(units[1:])]
    config = chain(*convs, layer("GlobalMaxPooling2D", "pool"), *dense, shape=(1900, 1900, 4))
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs.create("model_config", json.dumps(config), dtype=h5py.string_dtype())
        kernels = {each["name"]: (2, 2, 4, 4) for each in convs}
        kernels |= {f"dense{number}": shape for number, shape in enumerate(pairwise(units))}  # type: ignore[misc]
        for name, shape in kernels.items():  # HDF5 keeps no zeros, but the reader has to
            file.create_dataset(f"model_weights/{name}/{name}/kernel", shape, np.float32)
            file.create_dataset(f"model_weights/{name}/{name}/bias", shape[-1:], np.float32)
    assert opener(tmp_path / "model.h5") == "opened"


@pytest.mark.parametrize("name", FILES)
def test_a_file_costs_little(tmp_path: Path, opener: Opener, name: str) -> None:
    assert opener(FILES[name](tmp_path)) != "opened"
