"""The dialog for choosing a picture, by its path or in the tree of folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import DirectoryTree, Static

from cnntui.files.errors import CnntuiError
from cnntui.images.picture_file import KINDS, MOST_PIXELS, SUFFIXES
from cnntui.images.pictures import Picture, load_picture
from cnntui.printable import printable
from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.background import fetch
from cnntui.ui.views.base.overlay import Overlay
from cnntui.ui.widgets.text.typed_line import TypedLine

HELP = f"{KINDS}, at most {MOST_PIXELS // 1_000_000} million pixels, dark on light or light on dark."


class PictureTree(DirectoryTree):
    """A tree of folders and the pictures in them."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Keep only what can be opened, and nothing hidden."""
        for path in paths:
            is_picture = path.suffix.lower() in SUFFIXES
            if not path.name.startswith(".") and (is_picture or self._safe_is_dir(path)):
                yield path

    def process_label(self, label: str | Text) -> Text:
        """A name without characters that a terminal could take for commands."""
        return Text(printable(str(label)))


class PictureDialog(ModalScreen[Picture], Overlay[Picture]):
    """A dialog that closes with the chosen picture; if a picture cannot be read, it says why and stays open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the fields, which would handle escape themselves.
        Binding("escape", "dismiss", "Close", priority=True),
        *bindings(pages.PICTURE_DIALOG),
    ]

    DEFAULT_CSS = """
    PictureDialog {
        align: center middle; background: $background 60%;
        #dialog { width: 76; max-width: 100%; height: 20; max-height: 100%; padding: 1 2; background: $panel; }
        #path { margin: 1 0 0 0; background: $background; }
        #message { height: 2; margin: 1 0; color: $quiet; }
        #message.-bad { color: $error; }
        PictureTree { height: 1fr; background: $panel; scrollbar-size-vertical: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        closing = Content.styled("   enter opens, tab goes to the folders, esc closes", "$quiet")
        with Vertical(id="dialog"):
            yield Static(Content.assemble(Content.styled("Open a picture", "bold"), closing))
            yield TypedLine(id="path", passes=("tab",))
            yield Static(HELP, markup=False, id="message")
            yield PictureTree(Path.cwd())

    def on_mount(self) -> None:
        self.query_one(TypedLine).ask("path:", "", "")

    def on_typed_line_submitted(self, event: TypedLine.Submitted) -> None:
        """Open the file with the typed path, or show the folder."""
        event.stop()
        if event.value.strip():
            self._open(Path(os.path.expanduser(event.value.strip())))

    def on_directory_tree_file_selected(self, event: DirectoryTree.FileSelected) -> None:
        """Open a file of the tree."""
        event.stop()
        self._open(event.path)

    def action_above(self) -> None:
        """Show the parent folder."""
        tree = self.query_one(PictureTree)
        tree.path = Path(tree.path).resolve().parent

    def _open(self, path: Path) -> None:
        self._say(f"reading {printable(path.name)} …")
        # A large picture takes a second or two to read; choosing another picture abandons it.
        fetch(self, partial(_read, path), partial(self._take, path), self._complain, "picture")

    def _take(self, path: Path, picture: Picture | None) -> None:
        if picture is None:
            self._show_folder(path)
        else:
            self.dismiss(picture)

    def _complain(self, error: CnntuiError) -> None:
        self._say(str(error), bad=True)

    def _show_folder(self, path: Path) -> None:
        tree = self.query_one(PictureTree)
        tree.path = path
        tree.focus()
        self._say(HELP)

    def _say(self, text: str, bad: bool = False) -> None:
        message = self.query_one("#message", Static)
        message.set_class(bad, "-bad")
        message.update(Content(text), layout=False)


def _read(path: Path) -> Picture | None:
    """The picture; None if the path leads to a folder."""
    return None if os.path.isdir(path) else load_picture(path)
