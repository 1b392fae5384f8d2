"""Brings the screen of a view to the front, and paints it only once."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from textual.app import App
from textual.screen import Screen

from cnntui.ui.views.base.background import in_background
from cnntui.ui.views.base.overlay import uncover
from cnntui.ui.views.base.state import AppState

VIEWS = Path(__file__).parents[1] / "views"
"""The folders of the views, with a `layout.tcss` each."""

PACKAGE = "cnntui.ui.views"
"""The same folders, as a package."""

AHEAD_SECONDS, BETWEEN_SECONDS = 2.0, 0.01
"""Seconds from the first painting until the other screens are imported, and between two imports."""


class Switcher:
    """Keeps the screen of each view, which is created on the first visit."""

    def __init__(self, app: App[Any], make: Callable[[str, AppState | None], Screen[Any]], first: str) -> None:
        """Start with nothing in front.

        Args:
            app: the app that shows the screens.
            make: creates the screen of a view, for another state than the present one if given.
            first: the view that lies below all others, since Textual can switch any screen but the first.
        """
        self._app = app
        self._make = make
        self._first = first
        self._unpainted: ExitStack | None = None
        self._has_styles = False

    def screen_of(self, mode: str) -> Screen[Any]:
        """The screen of a view."""
        if not self._app.is_screen_installed(mode):
            if mode != "train":
                self.read_styles()
            self._app.install_screen(self._make(mode, None), mode)
        return self._app.get_screen(mode)

    def read_styles(self) -> None:
        """Read the style sheets of the pages and the screens that can be reached from Train."""
        if self._has_styles:
            return
        self._has_styles = True
        # Sorted by name, so that `base`, which the views share, comes first. A lab's style sheet is read on its first
        # visit.
        styles = self._app.stylesheet
        styles.read_all([path for path in sorted(VIEWS.glob("*/layout.tcss")) if not styles.has_source(str(path))])
        styles.parse()

    def look_ahead(self) -> None:
        """Once the first screen is painted, read the styles of the others; then import their modules in a thread."""
        self.read_styles()
        self._app.set_timer(AHEAD_SECONDS, partial(in_background, self._app, _import_all, "ahead"))

    def prepare(self, mode: str, state: AppState) -> None:
        """Create the screen of a view while another screen is read, so that opening it takes half the time.

        Args:
            mode: the view; does nothing if its screen exists already.
            state: what the screen shows until it comes to the front.
        """
        app = self._app
        if app.is_running and not app.is_screen_installed(mode):
            self.read_styles()
            screen = self._make(mode, state)
            app.install_screen(screen, mode)
            # Textual does not register it again when it comes to the front.
            app._register(app, screen)

    def switch(self, mode: str) -> None:
        """Bring the screen of a view to the front, and close any overlay on the previous one."""
        app = self._app
        uncover(app)
        # Textual's modes are not used: switching to one parses all styles again, twice for a new one, paints nothing
        # for 50 ms, and then paints twice. Textual paints a screen when it appears, when its widgets do, and when they
        # are laid out. Hold painting until all that is done and `ready` is called.
        if self._unpainted is None:
            self._unpainted = ExitStack()
            self._unpainted.enter_context(app.batch_update())
        if mode == self._first:
            app.pop_screen()
        elif app.screen_stack[-1] is app.screen_stack[0]:
            app.push_screen(self.screen_of(mode))
        else:
            app.switch_screen(self.screen_of(mode))

    def ready(self) -> None:
        """Paint the new screen, which now has its widgets and its state."""
        if self._unpainted is not None:
            self._unpainted.close()
            self._unpainted = None
            self._app.screen.refresh()


def _import_all(is_wanted: Callable[[], bool]) -> None:
    """Import the screens one after another, in a thread."""
    parts = (path.relative_to(VIEWS).with_suffix("").parts for path in sorted(VIEWS.glob("**/screen.py")))
    for name in (".".join((PACKAGE, *names)) for names in parts):
        if not is_wanted():
            return
        if name not in sys.modules:
            import_module(name)
            # A key that is pressed meanwhile waits for one module at most.
            time.sleep(BETWEEN_SECONDS)
