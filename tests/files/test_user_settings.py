"""The settings file: what is read from it, and that only changes are written to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntui.files.settings import UserSettings, keep_settings, load_settings, settings_path, with_value

WRITTEN = """\
# mine
theme = "nord"  # the one I like
grids='blocks'

[keys]
next-filter = "x"  # by hand
"""


def written(content: str | bytes) -> Path:
    path = settings_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_without_a_file_nothing_is_chosen() -> None:
    assert load_settings() == UserSettings()


def test_what_is_written_is_read() -> None:
    written(WRITTEN)
    assert load_settings() == UserSettings(theme="nord", grids="blocks", keys={"next-filter": "x"})


def test_only_what_was_changed_is_written_and_comments_stay() -> None:
    path = written(WRITTEN)
    keep_settings({"theme": "textual-light", "grids": "blocks", "place": 'open "a b"'})
    expected = WRITTEN.replace('"nord"', '"textual-light"').replace("'blocks'", '"blocks"')
    assert path.read_text() == expected.replace("\n\n[keys]", '\nplace = "open \\"a b\\""\n\n[keys]')
    assert load_settings().place == 'open "a b"'
    assert [*path.parent.iterdir()] == [path]


def test_a_new_file_says_what_can_be_set() -> None:
    keep_settings({"theme": "nord"})
    content = settings_path().read_text()
    assert content.startswith("# The settings of cnntui.")
    assert content.endswith('theme = "nord"\n')
    assert load_settings() == UserSettings(theme="nord")


@pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe", b"[keys", b"a" * 300_000, b'theme = """nord\n"""\n"x'])
def test_a_broken_file_is_told_of_in_one_sentence_and_left_alone(content: bytes) -> None:
    path = written(content)
    settings = load_settings()
    assert settings == UserSettings(problem=settings.problem)
    assert str(path) in settings.problem
    assert "\n" not in settings.problem
    keep_settings({"theme": "nord"})
    assert path.read_bytes() == content


def test_what_is_not_known_is_named_and_the_rest_is_read() -> None:
    written('theme = 3\nsize = 2\ngrids = "glyphs"\n[keys]\nnext-filter = 1\nwhy = " "\nhelp = "f1"\n')
    settings = load_settings()
    assert (settings.theme, settings.grids, dict(settings.keys)) == ("", "glyphs", {"help": "f1"})
    assert "size, theme, keys.next-filter, keys.why" in settings.problem


def test_a_value_that_spans_lines_is_not_touched() -> None:
    content = 'theme = """nord"""\n'
    path = written(content)
    keep_settings({"theme": "dracula"})
    assert path.read_text() == content


def test_where_nothing_can_be_written_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    keep_settings({"theme": "nord"})
    assert load_settings() == UserSettings()


def test_a_value_within_a_table_is_another_one() -> None:
    assert with_value('[keys]\ntheme = "a"\n', "theme", "b") == 'theme = "b"\n[keys]\ntheme = "a"\n'
