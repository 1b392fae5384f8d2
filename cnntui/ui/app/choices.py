"""The user's settings: checked when the app starts, and returned with any changes when it closes."""

from __future__ import annotations

import os
from collections.abc import Mapping

from cnntui.explore.views import VIEWS
from cnntui.files.assets import LANGUAGES
from cnntui.files.settings import UserSettings
from cnntui.printable import printable
from cnntui.ui.app.showing import Showing
from cnntui.ui.widgets.grids.style import GridStyle


class Choices:
    """The theme, grid style, language and keys from the settings file, as far as they exist.

    Args:
        settings: the contents of the file.
        themes: the names of all themes.
        default: the theme to use if none is chosen.
        environment: the environment variables; `$TEXTUAL_THEME` takes precedence over the file.
    """

    def __init__(
        self, settings: UserSettings, themes: Mapping[str, object], default: str,
        environment: Mapping[str, str] = os.environ,
    ) -> None:  # fmt: skip
        self._settings = settings
        self.problems = [settings.problem] if settings.problem else []
        self.style, self.language, self.keys = GridStyle.AUTO, LANGUAGES[0], dict[str, str]()
        asked = environment.get("TEXTUAL_THEME", "").strip() or settings.theme
        self.theme = asked if asked in themes else default
        if asked and asked not in themes:
            self.problems.append(printable(f"There is no theme “{asked}”: ctrl+p, Theme lists all."))
        if settings.grids:
            styles = {style.value: style for style in GridStyle}
            self.style = styles.get(settings.grids, GridStyle.AUTO)
            if settings.grids not in styles:
                self._complain("style of grids", settings.grids, [*styles])
        if settings.language in LANGUAGES:
            self.language = settings.language
        elif settings.language:
            self._complain("language", settings.language, LANGUAGES)
        if settings.keys:
            from cnntui.ui.keys.remapping import remapped

            self.keys, problem = remapped(settings.keys)
            self.problems += [problem] if problem else []
        self._first = (self.theme, self.style, self.language)

    def _complain(self, what: str, named: str, there_are: object) -> None:
        names = ", ".join(map(str, there_are)) if isinstance(there_are, list | tuple) else there_are
        self.problems.append(printable(f"There is no {what} “{named}” as the settings ask for. There are: {names}."))

    def changes(self, showing: Showing, place: str) -> dict[str, str]:
        """The settings that the user has changed, and the current place, if it can be opened again."""
        now = {"theme": showing.app.theme, "grids": showing.style.value, "language": showing.language}
        first = dict(zip(now, (self._first[0], self._first[1].value, self._first[2]), strict=True))
        changed = {name: value for name, value in now.items() if value != first[name]}
        if place and place != self._settings.place and showing.mode in VIEWS:
            changed["place"] = place
        return changed
