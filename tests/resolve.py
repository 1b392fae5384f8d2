"""`python -m tests.resolve`: whether what cnntui needs can be installed for each Python and machine it is meant for.

For each of them pip works out all packages, from wheels alone and without installing anything; a line says which
TensorFlow that is. Exits with 1 where something is missing. It needs the network, and time: pip may have to download a
wheel to read what that needs in turn. `--python 3.14` and `--machine linux-arm64` ask about one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"

PYTHONS = ("3.11", "3.12", "3.13", "3.14")

_GLIBC = ("39", "35", "34", "31", "28", "27", "26", "24", "17")
"""Minor versions of the C library that wheels are built for; a current machine supports all of them."""


def _linux(processor: str) -> tuple[str, ...]:
    # The last one covers the older names, too.
    return (*(f"manylinux_2_{minor}_{processor}" for minor in _GLIBC), f"manylinux2014_{processor}")


MACHINES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "linux-x86-64": (_linux("x86_64"), {"sys_platform": "linux", "platform_machine": "x86_64"}),
    "linux-arm64": (_linux("aarch64"), {"sys_platform": "linux", "platform_machine": "aarch64"}),
    "macos-arm64": (
        tuple(f"macosx_{major}_0_arm64" for major in (14, 13, 12, 11)),
        {"sys_platform": "darwin", "platform_machine": "arm64"},
    ),
}
"""The wheel tags that a machine supports, and the values of its requirement markers."""


def requirements(python: str, machine: Mapping[str, str]) -> list[str]:
    """What cnntui itself needs there, markers decided: pip would ask them about the machine that it runs on."""
    asked = {**machine, "python_version": python, "python_full_version": f"{python}.0"}
    declared = [Requirement(text) for text in tomllib.loads(PYPROJECT.read_text())["project"]["dependencies"]]
    wanted = [one for one in declared if one.marker is None or one.marker.evaluate(asked)]
    return [f"{one.name}{one.specifier}" for one in wanted]


def resolve(python: str, machine: str) -> dict[str, str]:
    """The version of each package that would be installed.

    Raises:
        subprocess.CalledProcessError: there is no way to install them; its `stderr` says what is missing.
    """
    tags, markers = MACHINES[machine]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed",
            "--only-binary=:all:", "--python-version", python, "--implementation", "cp", "--target", folder,
            "--report", f"{folder}/report.json", *(f"--platform={tag}" for tag in tags),
            *requirements(python, markers),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, text=True)
        report: dict[str, Any] = json.loads(Path(folder, "report.json").read_text())
    return {item["metadata"]["name"].lower(): item["metadata"]["version"] for item in report["install"]}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.resolve", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", choices=PYTHONS, action="append")
    parser.add_argument("--machine", choices=tuple(MACHINES), action="append")
    options = parser.parse_args()
    failed = 0
    for machine in options.machine or MACHINES:
        for python in options.python or PYTHONS:
            try:
                found = resolve(python, machine)
            except subprocess.CalledProcessError as error:
                failed += 1
                reasons = [line for line in error.stderr.splitlines() if line.startswith("ERROR")]
                print(f"Python {python}  {machine:<12}  {' '.join(reasons) or error.stderr.strip()}", flush=True)
                continue
            named = ", ".join(f"{name} {found.get(name, '–')}" for name in ("tensorflow", "keras", "numpy", "textual"))
            print(f"Python {python}  {machine:<12}  {len(found)} packages: {named}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
