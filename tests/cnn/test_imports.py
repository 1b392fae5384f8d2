"""The modules that importing the mathematics loads in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnntui.cnn.network import weights_of
from tests.keras_files import write_keras_file
from tests.networks import flat_weights, mnist_network

HEAVY = {"textual", "rich", "h5py", "tensorflow", "keras", "plotext", "matplotlib"}


def imported_by(code: str, *arguments: str) -> set[str]:
    """The top-level modules in memory after running `code`."""
    code = f"import sys\n{code}\nprint('modules', *{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(result.stdout.split("modules ")[-1].split())


def test_the_mathematics_imports_numpy_and_nothing_heavy() -> None:
    folder = Path(__file__).parents[2] / "cnntui" / "cnn"
    modules = [".".join(path.relative_to(folder).with_suffix("").parts) for path in folder.rglob("[a-z]*.py")]
    assert len(modules) >= 10
    code = "\n".join(f"import cnntui.cnn.{module}" for module in modules) + "\nimport cnntui.images.data"
    loaded = imported_by(code)
    assert {"cnntui", "numpy"} <= loaded
    assert not loaded & HEAVY


@pytest.mark.slow
def test_a_model_with_a_snapshot_of_weights_is_read_without_h5py(tmp_path: Path) -> None:
    network = mnist_network()
    model = write_keras_file(tmp_path / "model.keras", network)
    np.savez(tmp_path / "snapshot.npz", **flat_weights(weights_of(network)))  # type: ignore[arg-type]
    code = """
from pathlib import Path
from cnntui.cnn.readers.keras.file import read_network
from cnntui.cnn.weights import weights_from_npz
assert read_network(Path(sys.argv[1]), weights_from_npz(Path(sys.argv[2]))).parameters == 127978
"""
    assert not imported_by(code, str(model), str(tmp_path / "snapshot.npz")) & HEAVY
