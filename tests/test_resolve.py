"""What is asked for where: TensorFlow never keeps cnntui from being installed where there is none."""

from __future__ import annotations

import pytest

from tests.resolve import MACHINES, PYTHONS, requirements


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("python", PYTHONS)
def test_each_python_gets_the_tensorflow_that_there_is_for_it(python: str, machine: str) -> None:
    (learning,) = [one for one in requirements(python, MACHINES[machine][1]) if one.startswith("tensorflow")]
    assert ("2.22" in learning.partition("<")[0]) == (python == "3.14")


@pytest.mark.parametrize(
    ("python", "system", "processor"),
    [("3.15", "linux", "x86_64"), ("3.13", "linux", "riscv64"), ("3.13", "darwin", "x86_64")],
)
def test_elsewhere_cnntui_is_installed_without_it(python: str, system: str, processor: str) -> None:
    wanted = requirements(python, {"sys_platform": system, "platform_machine": processor})
    assert not [one for one in wanted if one.startswith("tensorflow")]
    assert {"numpy", "textual", "h5py"} <= {one.partition(">")[0] for one in wanted}
