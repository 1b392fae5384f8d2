"""Every page of the course as a picture, twice: as it asks and as it has been answered; as SVG and as text."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from cnntui.files.assets import LANGUAGES
from tests.screens.apps import settled
from tests.screens.test_learn import learning


async def photograph(folder: Path, size: tuple[int, int], language: str, lessons: tuple[str, ...]) -> int:
    """Open the pages one after the other; returns how many there were."""
    app = learning(None, language)
    asking = app.asking.learning
    taken = 0
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for lesson in asking._course().course.everything:
            if lessons and lesson.id not in lessons:
                continue
            for place, page in enumerate(lesson.pages):
                asking.begin(lesson.id, place)
                await settled(pilot)
                await asyncio.sleep(0.2)
                await settled(pilot)
                name = f"{lesson.id}-{place + 1}-{page.id}"
                taken += _take(app, folder / f"{name}-1")
                if page.question is not None and not lesson.is_test:
                    await pilot.press("equals_sign")
                    await settled(pilot)
                    taken += _take(app, folder / f"{name}-2")
    return taken


def _take(app, path: Path) -> int:  # type: ignore[no-untyped-def]
    path.with_suffix(".svg").write_text(app.export_screenshot(), encoding="utf-8")
    lines = [strip.text for strip in app.screen._compositor.render_strips()]
    path.with_suffix(".txt").write_text("\n".join(lines), encoding="utf-8")
    return 1


def size(text: str) -> tuple[int, int]:
    """Columns and lines, written as 120x40."""
    columns, lines = map(int, text.split("x"))
    return columns, lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lessons.photographs", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("size", nargs="?", type=size, default=(80, 24), help="such as 120x40 (by default 80x24)")
    parser.add_argument("language", nargs="?", choices=LANGUAGES, default="en", help="by default en")
    parser.add_argument("lessons", nargs="*", metavar="lesson", help="ids of lessons; by default all")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    taken = asyncio.run(photograph(given.folder, given.size, given.language, tuple(given.lessons)))
    print(taken, "pictures in", given.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
