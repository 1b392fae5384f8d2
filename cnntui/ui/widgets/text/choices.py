"""A list of choices in a window that may be too small to show any of them."""

from __future__ import annotations

from textual.widgets import OptionList


class ChoiceList(OptionList):
    """Textual's list; where there is no room for it there are no pages to turn, at which Textual's fails."""

    def action_page_up(self) -> None:
        """Up by what is seen at once."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Down by what is seen at once."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]
