"""Small maps keep their form, the selected one is in view, and selecting repaints little."""

from __future__ import annotations

import numpy as np
import pytest
from textual.geometry import Region
from textual.screen import Screen

from cnntui.ui.widgets.grids.gallery import Gallery
from cnntui.ui.widgets.kept import Kept
from tests.widgets.grids import OneWidget, text_of


async def test_selecting_repaints_two_numbers_and_scrolls_where_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery()
    maps = np.random.default_rng(0).random((12, 12, 64), np.float32)
    limits = maps.max(axis=(0, 1))
    async with OneWidget(gallery, 50, 12).run_test() as pilot:
        gallery.show(maps, limits, 0)
        await pilot.pause()
        assert gallery.tiling.in_view == range(21)
        asked: list[tuple[Region, ...]] = []
        refresh = Kept.refresh
        monkeypatch.setattr(
            Gallery, "refresh", lambda self, *regions, **more: (asked.append(regions), refresh(self, *regions, **more))
        )
        gallery.show(maps, limits, 1)
        assert asked == [(Region(0, 3, 6, 1), Region(7, 3, 6, 1))]
        gallery.show(maps, limits, 63)
        assert asked[1] == ()
        assert 63 in gallery.tiling.in_view
        assert "63" in text_of(gallery)[-1]
        gallery.show(maps, limits, 60)
        assert len(asked[2]) == 2


async def test_another_scale_is_asked_for_in_the_screens_name(monkeypatch: pytest.MonkeyPatch) -> None:
    # Where the screen is asked to paint something, it forgets which widgets asked in their own name.
    gallery = Gallery()
    maps = np.random.default_rng(0).random((6, 6, 8), np.float32)
    async with OneWidget(gallery, 50, 12).run_test() as pilot:
        gallery.show(maps, np.full(8, 1, np.float32), 0)
        await pilot.pause()
        asked: list[Region] = []
        monkeypatch.setattr(Screen, "refresh", lambda screen, *regions, **more: asked.extend(regions))
        gallery.show(maps, np.full(8, 100, np.float32), 0)
        assert asked == [gallery.region]
