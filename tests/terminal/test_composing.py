"""Parts of a screen that are drawn alone look the same as when all of it is drawn."""

from __future__ import annotations

import asyncio
from random import Random
from types import SimpleNamespace

from rich.color import ColorSystem
from rich.segment import Segment
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.containers import Container, VerticalScroll
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static

from cnntui.terminal.app import TerminalApp
from cnntui.terminal.composing import Composer
from cnntui.terminal.driver import TerminalDriver
from cnntui.terminal.screen_buffer import ScreenBuffer
from cnntui.ui.widgets.kept import Blank, BlankScreen, Kept

WIDTH, HEIGHT = 40, 12
RUBBISH = [Segment("#" * WIDTH)]


class Lined(Kept):
    """Tells its lines apart."""

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(f"{y}数字e\u0301▀".ljust(WIDTH, "."), self.page)]).crop(0, self.outer_size.width)


class Stage(Blank, Container):
    """Draws nothing where there is no other widget."""


class Crowded(BlankScreen):
    """Widgets beside, over and in one another, one of them scrolled, one of them beyond the edge."""

    CSS = """
    Crowded { layers: low high; }
    Stage { height: 7; layer: low; }
    Lined { width: 17; height: 5; background: #203040; }
    #over { layer: high; offset: 8 2; width: 12; height: 4; border: round red; background: #102010; }
    #beyond { layer: high; offset: 33 -1; width: 12; height: 6; background: #302010; }
    VerticalScroll { height: 4; layer: low; }
    """

    def compose(self) -> ComposeResult:
        yield Stage(Lined())
        yield VerticalScroll(Static("\n".join(f"字 {line} of many" for line in range(9))))
        yield Static("字字 over all", id="over")
        yield Lined(id="beyond")


class CrowdedApp(App[None]):
    def get_default_screen(self) -> Screen[None]:
        return Crowded()


def rubbish() -> ScreenBuffer:
    canvas = ScreenBuffer(WIDTH, HEIGHT, ColorSystem.TRUECOLOR)
    for y in range(HEIGHT):
        canvas.put(0, y, RUBBISH)
    return canvas


def regions(random: Random) -> set[Region]:
    return {
        Region(random.randrange(-3, WIDTH), random.randrange(-2, HEIGHT), random.randint(1, 15), random.randint(1, 4))
        for _ in range(random.randint(1, 5))
    }


def test_each_part_is_drawn_as_when_all_is_drawn_and_nothing_else_is() -> None:
    async def draw() -> None:
        app, random = CrowdedApp(), Random(3)
        async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
            app.screen.query_one(VerticalScroll).scroll_to(y=3, animate=False)
            await pilot.pause()
            compositor = app.screen._compositor
            whole, composer = rubbish(), Composer()
            whole.apply(compositor.render_full_update())
            for _ in range(60):
                drawn, changed = rubbish(), regions(random)
                compositor._dirty_regions = set(changed)
                composer.compose(compositor, drawn)
                assert not compositor._dirty_regions
                for y in range(HEIGHT):
                    inside = {x for region in changed if y in region.line_range for x in region.column_range}
                    for x in range(WIDTH):
                        if x not in inside:
                            assert drawn._text[y][x] == "#"
                        elif drawn._text[y][x] != whole._text[y][x]:
                            # Half of a wide character is a blank.
                            assert drawn._text[y][x] == " "
                            assert whole._text[y][x] in ("数", "字", "")
                        else:
                            assert drawn._looks[y][x] == whole._looks[y][x]
            compositor._dirty_regions = {Region(0, 0, WIDTH, HEIGHT)}
            drawn = rubbish()
            composer.compose(compositor, drawn)
            assert (drawn._text, drawn._looks) == (whole._text, whole._looks)
            # A part that begins or ends within a wide character does not break it.
            for _ in range(60):
                compositor._dirty_regions = regions(random)
                composer.compose(compositor, drawn)
                assert (drawn._text, drawn._looks) == (whole._text, whole._looks)

    asyncio.run(draw())


def test_what_is_not_seen_of_a_widget_is_not_drawn_when_it_changes() -> None:
    async def draw() -> None:
        app = CrowdedApp()
        async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
            stage = app.screen.query_one(Stage)
            stage.styles.height = 3
            await pilot.pause()
            lined, asked = stage.query_one(Lined), app.screen._repaint_regions
            asked.clear()
            lined.refresh()
            assert {*asked} == {Region(0, 0, lined.region.width, 3)}
            asked.clear()
            lined.refresh(Region(0, 1, 5, 1), Region(0, 4, 5, 1))
            assert {*asked} == {Region(0, 1, 5, 1)}

    asyncio.run(draw())


async def test_after_a_batch_the_gaps_between_widgets_are_drawn_too() -> None:
    app, compositor = TerminalApp(), Compositor()
    app._driver, app._batch_count = TerminalDriver.__new__(TerminalDriver), 1
    compositor.size = Size(WIDTH, HEIGHT)
    compositor._dirty_regions = {Region(0, 0, 17, 5), Region(18, 0, 17, 5)}
    screen = SimpleNamespace(_compositor=compositor, _repaint_required=False)
    assert app.holds_back(screen)  # type: ignore[arg-type]
    assert compositor._dirty_regions == {Region(0, 0, WIDTH, HEIGHT)}
    assert screen._repaint_required
