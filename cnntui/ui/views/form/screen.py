"""The form before a training: it starts with the recipe, and every setting can be changed."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import isawaitable
from typing import ClassVar

from textual import events
from textual.actions import parse
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from cnntui.files.errors import CnntuiError
from cnntui.runs.config.settings import CHOICES, Text
from cnntui.runs.starting.draft import FIELDS, Draft, setting_of
from cnntui.runs.starting.options import TrainOptions
from cnntui.ui.keys import pages
from cnntui.ui.keys.command import bindings
from cnntui.ui.views.base.page import Page
from cnntui.ui.views.form import meaning_text as form_meaning_text
from cnntui.ui.views.form import text as form_text
from cnntui.ui.views.form.drawing import drawing
from cnntui.ui.views.form.text import START
from cnntui.ui.widgets.bars.key_bar import KeyBar
from cnntui.ui.widgets.text.editor import Editor
from cnntui.ui.widgets.text.form_lines import FormLines
from cnntui.ui.widgets.text.line import Line
from cnntui.ui.widgets.text.lines import Lines
from cnntui.ui.widgets.text.responsive import ResponsiveText

TITLE: Line = ((" cnntui ", "dim"), (" Train a network ", "strong"))

TEXTUAL = tuple(field for field in FIELDS if isinstance(setting_of(field).kind, Text))
"""Fields that accept any letter: in other fields t starts, q leaves and ? explains."""

LETTERS_THAT_DO = ("t", "q", "question_mark")


class FormScreen(Page):
    """A page that asks the app to start a training; the app closes it."""

    TOPIC = "Train a network"
    TEXT = """
Here you choose what to train: the usual recipe, unless you change it. Press t again, or Enter, to start.

At the left is how it learns: the number of epochs, the images per batch, the optimizer and the learning rate. At the
right is the network. The model cnn has three convolutions, a pool after each of the first two, and two dense layers.
You can choose the filters and kernel size of each convolution, whether maps are padded with zeros, and how they are
halved: by max or average pooling, by a stride in the first two convolutions (written /2), or not at all. The model
dense has only the two dense layers, for comparison.

Shapes and parameter counts follow every change. Where a map is smaller than the kernel no such network exists, and
the sum that shows why is displayed.

↑ ↓ move from field to field; tab goes through all of them. What you type replaces the old value; ← → move inside it
and, past its end, to the next column. Space or ← → change a word. ctrl+r restores the recipe.
"""

    BINDINGS: ClassVar[list[BindingType]] = bindings(pages.FORM)

    class Start(Message):
        """A request for a training with these settings."""

        def __init__(self, options: TrainOptions) -> None:
            super().__init__()
            self.options = options

    class Left(Message):
        """The form was closed without a training; the filled-in form is kept."""

        def __init__(self, draft: Draft) -> None:
            super().__init__()
            self.draft = draft

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft
        self.at = START
        self._editor = Editor()

    def compose_page(self) -> Iterable[Widget]:
        yield Lines(TITLE, id="title")
        yield FormLines(id="fields")
        yield FormLines(id="start")
        yield ResponsiveText(id="about")
        yield ResponsiveText(id="drawing")

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        draft, at, editor = self.draft, self.at, self._editor
        self.write("fields", lambda room: form_text.page(draft, at, editor, room.width).lines)
        self.write("about", lambda room: form_meaning_text.about(draft, at, room.width, room.height))
        self.write("drawing", lambda room: drawing(draft, room.width, room.height))
        self.write("start", lambda room: [form_text.button(draft, at)])

    def _go(self, field: str) -> None:
        self.at = field
        self._editor = Editor.on(self.draft.texts[field]) if field != START else Editor()
        self._show()

    # Writing

    async def on_key(self, event: events.Key) -> None:
        """Write typed characters into the selected field; all other keys are bindings.

        Bindings run here: by the time the app ran them, the next key would already have gone into a field.
        """
        if self._write(event):
            event.stop()
            event.prevent_default()
            return
        for active in self.active_bindings.values():
            if active.node is self and active.binding.key == event.key:
                event.stop()
                event.prevent_default()
                _, name, arguments = parse(active.binding.action)
                done = getattr(self, f"action_{name}")(*arguments)
                if isawaitable(done):
                    await done
                return

    def _write(self, event: events.Key) -> bool:
        """Edit a field. Returns False if the key does not edit."""
        field, before = self.at, self._editor
        if field == START or field in CHOICES or (field not in TEXTUAL and event.key in LETTERS_THAT_DO):
            return False
        after = before.press(event.key, event.character if event.is_printable else None)
        if after is None:
            return False
        stays = before.is_whole or after.cursor == before.cursor
        if event.key in ("left", "right") and stays and field not in TEXTUAL:
            # Past the end of the text, these keys go to another field. A field that was just entered is passed at once.
            return False
        self._editor = after
        self.draft = self.draft.write(field, after.text)
        self._show()
        return True

    async def on_paste(self, event: events.Paste) -> None:
        """Paste the first line of a text into a field."""
        if self.at == START or self.at in CHOICES:
            return
        self._editor = self._editor.paste(event.text)
        self.draft = self.draft.write(self.at, self._editor.text)
        self._show()

    # Keys

    def action_along(self, step: int) -> None:
        """Go to the field below or above."""
        self._go(form_text.along(self.at, step, self.draft))

    def action_tab(self, step: int) -> None:
        """Go to the next or the previous of all fields."""
        fields = (*self.draft.fields, START)
        self._go(fields[(fields.index(self.at) + step) % len(fields)])

    def action_beside(self, step: int) -> None:
        """Change the word of a field with choices, or go to the neighbouring field."""
        if self.at in CHOICES:
            words = CHOICES[self.at]
            text = self.draft.texts[self.at]
            place = (words.index(text) + step) % len(words) if text in words else 0
            self.draft = self.draft.write(self.at, words[place])
            self._show()
        else:
            self._go(form_text.beside(self.at, step, self.draft))

    def action_enter(self) -> None:
        """Go to the button; if already there, start."""
        if self.at == START:
            self.action_start()
        else:
            self._go(START)

    def action_start(self) -> None:
        """Request the training, or go to the field that is wrong."""
        try:
            options = self.draft.options()
        except CnntuiError:
            self._go(self.draft.wrong or START)
            self.app.post_message(KeyBar.Hint("something on the form has to be changed first"))
            return
        self.app.post_message(self.Start(options))

    def action_recipe(self) -> None:
        """Restore the recipe."""
        base = self.draft.base
        recipe = TrainOptions(runs_dir=base.runs_dir, module=base.module)
        self.draft = Draft.of(recipe)
        self._go(START)

    def action_leave(self) -> None:
        """Close the form and keep the filled-in settings."""
        self.dismiss()
        self.app.post_message(self.Left(self.draft))

    # Mouse

    def on_form_lines_pressed(self, event: FormLines.Pressed) -> None:
        """Select a field, and change its word if it has choices; on the button, start the training."""
        if event.lines.id == "start":
            self.action_start()
            return
        page = form_text.page(self.draft, self.at, self._editor, event.lines.size.width)
        field = page.field_at(event.x, event.y)
        if field is None:
            return
        self._go(field)
        if field in CHOICES:
            self.action_beside(1)
