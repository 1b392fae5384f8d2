"""Each setting of a training is declared once: one more declaration is enough for all places."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields

import pytest

from cnntui.files.errors import CnntuiError
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.config.settings import CHOICES, PLACES, SETTINGS, Settings
from cnntui.runs.starting.draft import FIELDS, setting_of
from cnntui.runs.starting.options import TrainOptions

PATIENCE = """
    patience: int = setting(
        3, Whole(0, 50), "learning", "epochs without progress before it stops", metavar="N",
        subject="The patience", meaning="Training stops after so many epochs without progress.",
    )
"""

OPTIONAL = """
    patience: int | None = setting(
        None, Whole(1, 50), "learning", "epochs without progress before it stops", metavar="N", empty="never",
    )
"""

FIRST = "    epochs: int = setting("

PRELUDE = f"""
import sys, types
from importlib.util import find_spec
spec = find_spec("cnntui.runs.config.settings")
source = spec.loader.get_source(spec.name)
assert source.count({FIRST!r}) == 1
module = types.ModuleType(spec.name)
module.__file__, module.__spec__ = spec.origin, spec
sys.modules[spec.name] = module
exec(compile(source.replace({FIRST!r}, {PATIENCE!r} + {FIRST!r}), spec.origin, "exec"), module.__dict__)
"""
"""Code that adds a setting to cnntui in a fresh interpreter."""


def with_patience(code: str, declaration: str = PATIENCE) -> str:
    """The output of some code there."""
    prelude = PRELUDE.replace(repr(PATIENCE), repr(declaration))
    done = subprocess.run([sys.executable, "-c", prelude + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_declaration_is_an_option_with_its_help_and_its_check() -> None:
    page = with_patience("from cnntui.cli import main\nmain(['train', '--help'])")
    assert "--patience N" in page
    assert "epochs without progress before it stops (default: 3)" in " ".join(page.split())
    refused = with_patience(
        "import contextlib, sys\nfrom cnntui.cli import main\n"
        "with contextlib.redirect_stderr(sys.stdout): print(main(['train', '--patience', '51']))"
    )
    assert refused == "cnntui train: The patience must be a whole number from 0 to 50, not 51. Change --patience.\n2\n"


@pytest.mark.slow
def test_a_declaration_is_in_the_settings_of_a_run_and_in_what_differs() -> None:
    said = with_patience("""
from dataclasses import replace
from cnntui.commands.progress import _title
from cnntui.files.errors import CnntuiError
from cnntui.runs.config.run_config import RunConfig, new_config
from cnntui.runs.config.differences import differences
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.starting.options import TrainOptions
config = TrainOptions(name="mine", seed=1, patience=7).config()
again = RunConfig.from_json(config.to_json())
assert again == config and again.patience == 7
assert '"patience": 7' in config.to_json()
assert RunConfig.from_json('{"name": "old", "seed": 1}').patience == 3
try:
    RunConfig.from_json('{"name": "bad", "seed": 1, "patience": "long"}')
except CnntuiError as error:
    print(error)
print(differences([config, replace(config, patience=0, seed=2)]))
from pathlib import Path
print(_title(RunDirectory(Path("mine")), config))
""").splitlines()
    assert said == [
        "The patience must be a whole number from 0 to 50, not 'long'. Change patience.",
        "(Difference(name='patience', values=('7', '0')), Difference(name='seed', values=('1', '2')))",
        "Training mine: 5 epochs, batches of 64, rmsprop 0.001, seed 1, patience 7",
    ]


@pytest.mark.slow
def test_a_setting_may_be_left_empty() -> None:
    code = """
from cnntui.runs.config.differences import differences
from cnntui.runs.config.run_config import RunConfig
from cnntui.runs.starting.draft import Draft
from cnntui.runs.starting.options import TrainOptions
config = TrainOptions(name="mine", seed=1).config()
assert RunConfig.from_json(config.to_json()) == config and config.patience is None
assert RunConfig.from_json('{"name": "old", "seed": 1}').patience is None
assert Draft.of(TrainOptions(patience=3)).write("patience", "").options().patience is None
print(differences([config, TrainOptions(name="mine", seed=1, patience=3).config()])[0].values)
"""
    assert with_patience(code, OPTIONAL) == "('never', '3')\n"


@pytest.mark.slow
def test_a_declaration_is_a_field_of_the_form() -> None:
    said = with_patience("""
from tests.canned import texts
from cnntui.runs.starting.draft import Draft
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.views.form import text
from cnntui.ui.views.form.meaning_text import about
from cnntui.ui.widgets.text.editor import Editor
draft = Draft.of(TrainOptions())
for width in (58, 78):
    page = text.page(draft, "patience", Editor.on("3"), width)
    print(texts(page.lines)[1][:19].rstrip())
    print(page.field_at(17, 1), max(map(len, texts(page.lines))) <= width)
print(texts(about(draft, "patience", 80, 3))[0])
print(texts(about(draft.write("patience", "x"), "patience", 80, 3))[0])
print(draft.write("patience", "9").options().patience)
print(text.along("patience", 1, draft), text.along("epochs", -1, draft), draft.fields[0])
""").splitlines()
    assert said == [
        *["▸patience       3", "patience True"] * 2,
        "Training stops after so many epochs without progress.",
        "The patience must be a whole number from 0 to 50, not 'x'.",
        "9",
        "epochs patience patience",
    ]


def test_what_is_declared_makes_sense() -> None:
    for name, setting in SETTINGS.items():
        assert setting.name == name
        assert setting.default is None or setting.kind.fault(setting.default) is None
        assert bool(setting.empty) == (setting.default is None), "what may be left empty says what is taken then"
        assert setting.subject.startswith("The ")
    assert {setting_of(field).name for field in FIELDS} == {name for name, known in SETTINGS.items() if known.place}
    assert {known.place for known in SETTINGS.values()} == {*PLACES, None}


def test_a_run_and_a_training_to_come_have_all_settings() -> None:
    for class_ in (RunConfig, TrainOptions):
        assert SETTINGS.keys() <= {field.name for field in fields(class_)}
    assert all(getattr(TrainOptions(), name) == setting.default for name, setting in SETTINGS.items())
    assert fields(Settings)[0].name == next(iter(SETTINGS))


@pytest.mark.parametrize("name", SETTINGS)
def test_a_value_of_no_kind_is_refused_by_name(name: str) -> None:
    with pytest.raises(CnntuiError) as caught:
        SETTINGS[name].check(object())
    assert name in f"{caught.value}"
    assert all(SETTINGS[name].kind.fault(word) is None for word in CHOICES.get(name, ()))
