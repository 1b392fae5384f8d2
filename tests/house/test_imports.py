"""Which part of cnntui may import which, and what each loads in a fresh interpreter."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.training.later import Later

PACKAGE = Path(__file__).resolve().parents[2] / "cnntui"

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"__init__", "printable", "values"}),
    frozenset({"files"}),
    frozenset({"cnn", "palette", "terminal"}),
    frozenset({"images"}),
    frozenset({"runs.__init__", "runs.config"}),
    frozenset({"runs.history", "runs.directory"}),
    frozenset({"runs.listing", "runs.recording", "runs.starting"}),
    frozenset({"runs.reading"}),
    frozenset({"explore", "labs", "training", "keras"}),
    frozenset({"lessons"}),
    frozenset({"ui.__init__", "ui.keys"}),
    frozenset({"ui.widgets"}),
    frozenset({"ui.views"}),
    frozenset({"ui.app"}),
    frozenset({"commands"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
"""Parts of the package, from the bottom up; each imports only from its own layer and from those below it."""

LAUNCHED = "training"
"""The part that runs as a process and is never imported."""

CALLBACK = "keras"
"""The part that only users' own scripts import."""

DRAWING = {"textual", "rich"}
LEARNING = {"tensorflow", "keras"}
HEAVY = DRAWING | LEARNING | {"h5py", "tensorboard", "plotext", "textual_plotext", "matplotlib", "PIL"}


@cache
def modules() -> dict[str, Path]:
    """All modules of the package by name."""
    names = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def part_of(module: str) -> str:
    """The part of the package that a module belongs to: `cnntui.cnn.ops` to `cnn`. In `runs` and `ui`, each room."""
    _, *parts = [*module.split("."), "__init__"]
    return ".".join(parts[:2]) if parts[0] in {"runs", "ui"} else parts[0]


def level(part: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if part in layer)


def within(outer: ast.AST) -> Iterator[ast.AST]:
    """All statements in a module or a statement, with the branches that hold them; an expression holds none."""
    for node in ast.iter_child_nodes(outer):
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            yield node
            yield from within(node)


@cache
def statements(path: Path) -> dict[ast.Import | ast.ImportFrom, bool]:
    """Every import in a module, anywhere in it, and whether it is for type checking only."""
    nodes = [*within(ast.parse(path.read_text()))]
    skipped = {
        node
        for branch in nodes
        if isinstance(branch, ast.If) and isinstance(branch.test, ast.Name) and branch.test.id == "TYPE_CHECKING"
        for node in within(branch)
    }
    return {node: node in skipped for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)}


@cache
def imports(path: Path, *, types: bool = False) -> set[str]:
    """What a module imports of cnntui, anywhere in it; what is imported for type checking only, if `types` is set."""
    found = set()
    for node, is_of_types in statements(path).items():
        if is_of_types and not types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            assert node.level == 0, f"{path} imports by a relative name"
            # `from cnntui.runs.directory import control` imports a module where there is one of that name.
            submodules = {f"{node.module}.{alias.name}" for alias in node.names} & modules().keys()
            found |= submodules or {node.module or ""}
    return {name for name in found if name.split(".")[0] == "cnntui"}


def loaded_by(code: str) -> set[str]:
    """The top-level packages in memory after running some code in a fresh interpreter."""
    code += "\nimport sys; print('loaded', *{name.partition('.')[0] for name in sys.modules})"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(result.stdout.split("loaded ")[-1].split())


@pytest.mark.slow
def test_imports_are_found_wherever_they_stand() -> None:
    assert len(modules()) > 40
    assert {"cnntui.files.errors", "cnntui.commands.launch", "cnntui.commands.runs"} <= imports(modules()["cnntui.cli"])
    assert "cnntui.runs.directory.control" in imports(modules()["cnntui.ui.app.session"])
    assert "cnntui.runs.directory.control.ask" not in imports(modules()["cnntui.commands.train"])


def test_every_part_has_its_place() -> None:
    assert {part_of(module) for module in modules()} <= frozenset().union(*LAYERS)


def test_imports_run_downwards_only() -> None:
    for module, path in modules().items():
        part = part_of(module)
        for imported in imports(path):
            below = part_of(imported)
            assert below != LAUNCHED or part == LAUNCHED, f"{module} imports {imported}, which is only ever launched"
            assert below != CALLBACK or part == LAUNCHED, f"{module} imports {imported}, which is for scripts"
            assert level(below) <= level(part), f"{module} imports {imported}, which is above it"


@pytest.mark.slow
def test_parts_of_one_layer_do_not_import_each_other_in_a_circle() -> None:
    within = {
        (part_of(module), part_of(imported))
        for module, path in modules().items()
        for imported in imports(path)
        if part_of(module) != part_of(imported) and level(part_of(module)) == level(part_of(imported))
    }
    assert not {(below, above) for above, below in within} & within


def circles(of: dict[str, set[str]]) -> set[str]:
    """The modules that import each other in circles, or lie between two circles, by what each module imports."""
    left = of
    while True:
        imported = set().union(*left.values())
        kept = {module: below & left.keys() for module, below in left.items() if below & left.keys()}
        kept = {module: below for module, below in kept.items() if module in imported}
        if kept == left:
            return set(left)
        left = kept


def test_modules_know_each_other_in_one_direction_even_as_types() -> None:
    assert circles({"app": {"part", "base"}, "part": {"base"}, "base": set()}) == set()
    assert circles({"main": {"app"}, "app": {"part"}, "part": {"app", "base"}, "base": set()}) == {"app", "part"}
    assert not circles({module: imports(path, types=True) - {module} for module, path in modules().items()})


@pytest.mark.parametrize("part", ["cnn", "labs", "lessons", "runs"])
def test_the_core_brings_nothing_heavy(part: str) -> None:
    names = [module for module in modules() if module.split(".")[1:2] == [part]]
    if not names:
        pytest.skip(f"there is no cnntui.{part}")
    loaded = loaded_by("\n".join(f"import {name}" for name in names))
    assert "cnntui" in loaded
    assert not loaded & HEAVY


@pytest.mark.slow
def test_what_the_app_is_made_of_needs_no_screen() -> None:
    loaded = loaded_by("import cnntui.ui.app.navigator, cnntui.ui.app.session, cnntui.ui.app.time_travel")
    assert "cnntui" in loaded
    assert not loaded & HEAVY


@pytest.mark.slow
def test_starting_the_app_brings_nothing_that_learns_or_reads_checkpoints() -> None:
    loaded = loaded_by("import cnntui.ui.app.app, cnntui.commands.launch, cnntui.cli")
    assert {"textual", "numpy"} <= loaded
    assert not loaded & (HEAVY - DRAWING)


@pytest.mark.slow
def test_building_the_app_on_the_bundled_run_brings_no_more() -> None:
    loaded = loaded_by(
        "from pathlib import Path\n"
        "from cnntui.commands.launch import build_app\nfrom cnntui.commands.wanted import Wanted\n"
        "build_app(Wanted(runs_dir=Path('/nowhere/at/all')))"
    )
    assert "textual" in loaded
    assert not loaded & (HEAVY - DRAWING)


@pytest.mark.slow
def test_showing_a_place_as_text_needs_no_screen() -> None:
    loaded = loaded_by(
        "from cnntui.cli import main\nfrom cnntui.explore.views import VIEWS\n"
        "from cnntui.ui.views.labs.hierarchy import plain as hierarchy\n"
        "from cnntui.ui.views.labs.shift import plain as shift\n"
        "hierarchy.MOST_IMAGES = shift.COUNT = 20\n"
        "[main(['show', 'bundled', '--screen', name]) for name in VIEWS]"
    )
    assert "numpy" in loaded
    # Rich knows how many columns a character takes; the network that the shift lab compares with is a file of HDF5.
    assert not loaded & (HEAVY - {"rich", "h5py"})


def test_the_command_line_answers_without_numpy_and_textual() -> None:
    loaded = loaded_by("import cnntui.cli")
    assert "cnntui" in loaded
    assert not loaded & (HEAVY | {"numpy"})


def test_only_the_trainer_and_the_callback_name_tensorflow_or_keras() -> None:
    for module, path in modules().items():
        named = {
            (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
            for node in statements(path)
            for alias in node.names
        }
        assert part_of(module) in (LAUNCHED, CALLBACK) or not {name.split(".")[0] for name in named} & LEARNING, module


def test_collecting_the_tests_imports_no_tensorflow() -> None:
    module = Later("no module of this name")
    assert not hasattr(module, "__bases__")
    assert not hasattr(module, "_pytestfixturefunction")
    with pytest.raises(ModuleNotFoundError):
        module.something_of_it  # noqa: B018
