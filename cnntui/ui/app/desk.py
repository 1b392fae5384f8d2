"""Copies to the clipboard, saves to files, looks terms up in the glossary, and lists the palette's commands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from textual.app import SystemCommand
from textual.command import Provider
from textual.screen import Screen

from cnntui.explore.place import SceneSource, command_line
from cnntui.files.assets import LANGUAGES
from cnntui.files.errors import CnntuiError
from cnntui.printable import printable, shortened
from cnntui.ui.app.origin import Origin
from cnntui.ui.app.showing import Showing
from cnntui.ui.views.base.commands import commands_of
from cnntui.ui.views.base.explorer import COVERED, ExplorerScreen
from cnntui.ui.views.base.overlay import Palette, lay_over

TEXT_COLUMNS = 100
"""The width in columns of a view that is written to a file."""


class Desk:
    """The app's clipboard, exports, glossary and palette."""

    def __init__(self, showing: Showing, origin: Origin) -> None:
        self._app, self._showing, self._origin = showing.app, showing, origin

    # To the clipboard

    def copy(self, text: str, what: str) -> None:
        """Copy text to the terminal's clipboard, and say so."""
        self._app.copy_to_clipboard(text)
        self._app.notify(shortened(f"{what}: {text.splitlines()[0]}", 200), markup=False, timeout=4)

    def copy_place(self) -> None:
        """Copy the command line that opens this place."""
        if isinstance(screen := self._app.screen, ExplorerScreen):
            self.copy(*self._origin.command_line(self._showing.state, self._showing.mode, screen.label))

    def copy_settings_path(self) -> None:
        """Copy the path of the settings file."""
        from cnntui.files.settings import settings_path

        self.copy(printable(str(settings_path())), "Copied the path of the settings")

    def place_to_keep(self) -> str:
        """The arguments that open this place; empty if the network does not come from a run."""
        showing, state = self._showing, self._showing.state
        if state.run is None:
            return ""
        line = command_line(
            SceneSource(state.scene.run), showing.mode, state.scene.network, state.scene.focus, None, self._label
        )
        return line.removeprefix("cnntui open ")

    @property
    def _label(self) -> int | None:
        app, showing = self._app, self._showing
        screen = app.get_screen(showing.mode) if app.is_screen_installed(showing.mode) else None
        return screen.label if isinstance(screen, ExplorerScreen) else None

    # To a file

    def save_text(self) -> None:
        """Write this place to a new file in the working directory, as plain text."""
        from cnntui.lessons.taking import Phase
        from cnntui.ui.views.base.plain import place_as_text

        if (sheet := self._showing.state.sheet) is not None and sheet.covers:
            is_asking = sheet.phase is Phase.ASKING
            way = "Answer, or show the answer with =." if is_asking else "A later page asks for what it shows."
            self._app.complain(CnntuiError(f"{COVERED[0].upper()}{COVERED[1:]}.", way))
            return
        try:
            state = replace(self._showing.state, label=self._label)
            lines = place_as_text(self._showing.mode, state, TEXT_COLUMNS)
        except CnntuiError as error:
            self._app.complain(error)
            return
        self._save("txt", "\n".join([*lines, ""]))

    def save_picture(self) -> None:
        """Write the screen to a new file in the working directory, as SVG."""
        self._save("svg", self._app.export_screenshot(title="cnntui"))

    def _save(self, kind: str, content: str) -> None:
        path = free_name(Path.cwd() / f"cnntui-{self._showing.mode}.{kind}")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(content)
        except OSError as error:
            what = f"{path} cannot be written: {error.strerror}."
            self._app.complain(CnntuiError(what, "Start cnntui in a folder of your own."))
            return
        self._app.notify(f"Written to {printable(str(path))}", markup=False, timeout=8)

    # Looking up

    def look_up(self) -> None:
        """Search the glossary."""
        from cnntui.ui.views.glossary.search import Glossary

        self._app.push_screen(Palette([Glossary], placeholder="Search for a word…"))

    async def explain(self, name: str) -> None:
        """Show a term's page."""
        from cnntui.explore.glossary import in_both_languages
        from cnntui.ui.views.glossary.page import TermPage

        await lay_over(self._app, TermPage(*in_both_languages(name, self._showing.language)))

    def turn_language(self) -> None:
        """Show the glossary in the other language first."""
        app, showing = self._app, self._showing
        showing.language = LANGUAGES[1 - LANGUAGES.index(showing.language)]
        app.notify(f"Glossary: {'English' if showing.language == 'en' else '中文'} first", timeout=4)

    # The palette

    def commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette's entries: every command that has a key on this screen, and those that have none."""
        app = self._app
        for command in commands_of(screen):
            yield SystemCommand(command.title, f"key: {command.keys}", command.run)
        yield SystemCommand("Theme", "Choose other colours for the texts", app.action_change_theme)
        yield SystemCommand("Glossary", "Look a word up, in English or Chinese", self.look_up)
        yield SystemCommand("Language of the glossary", "English first, or Chinese first", self.turn_language)
        yield SystemCommand("Settings", "Copy the path of their file: theme, language, keys", self.copy_settings_path)
        yield SystemCommand("Save as text", "Write this view to a file as plain text", self.save_text)
        yield SystemCommand("Save as picture", "Write the screen to a file as SVG", self.save_picture)


def words() -> type[Provider]:
    """The glossary's part of the palette."""
    from cnntui.ui.views.glossary.search import Words

    return Words


def free_name(path: Path) -> Path:
    """The path, or the first numbered variant that is free."""
    for number in range(1, 10_000):
        found = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        if not found.exists():
            return found
    return path
