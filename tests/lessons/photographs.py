"""Every page of the course as a picture.

`python -m tests.lessons.photographs FOLDER [COLUMNSxLINES] [LANGUAGE] [LESSON …]`

Each page is written twice, as it asks and as it has been answered, as SVG, and as text for a quick look.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

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


def main() -> int:
    folder, *others = sys.argv[1:]
    size = next((each for each in others if each[0].isdigit()), "80x24")
    language = next((each for each in others if each in ("en", "zh")), "en")
    lessons = tuple(each for each in others if each not in (size, language))
    Path(folder).mkdir(parents=True, exist_ok=True)
    columns, lines = map(int, size.split("x"))
    print(asyncio.run(photograph(Path(folder), (columns, lines), language, lessons)), "pictures in", folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
