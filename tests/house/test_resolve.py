"""Dependencies by platform: where there is no TensorFlow, cnntui can still be installed."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from tests.resolve import MACHINES, PYTHONS, requirements


def wanted(python: str, system: str, processor: str) -> dict[str, Requirement]:
    asked = requirements(python, {"sys_platform": system, "platform_machine": processor})
    return {one.name: one for one in map(Requirement, asked)}


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("python", PYTHONS)
def test_each_python_gets_the_tensorflow_that_there_is_for_it(python: str, machine: str) -> None:
    markers = MACHINES[machine][1]
    specifier = wanted(python, markers["sys_platform"], markers["platform_machine"])["tensorflow"].specifier
    newest = specifier.contains("2.22.0", prereleases=True)
    assert (newest, specifier.contains("2.21.0")) == (python == "3.14", python != "3.14")


@pytest.mark.parametrize(
    ("python", "system", "processor"),
    [("3.15", "linux", "x86_64"), ("3.13", "linux", "riscv64"), ("3.13", "darwin", "x86_64")],
)
def test_elsewhere_cnntui_is_installed_without_it(python: str, system: str, processor: str) -> None:
    names = set(wanted(python, system, processor))
    assert not names & {"tensorflow", "keras"}
    assert {"numpy", "textual", "h5py"} <= names
