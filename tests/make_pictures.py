"""Makes the pictures of README.md: `python -m tests.make_pictures`."""

from __future__ import annotations

import tests.conftest  # noqa: F401  (sets the terminal before Textual is imported)

# isort: split
import asyncio
import re
import tempfile
from dataclasses import replace
from pathlib import Path

from cnntui.launch import Wanted, build_app

PICTURES = {
    "train": Wanted(target="bundled", screen="train", digit=0),
    "network": Wanted(target="bundled", screen="network", layer="conv2d_1", digit=0, filter=4),
    "convolve": Wanted(target="bundled", screen="convolve", digit=0, filter=0),
    "convolve-channels": Wanted(target="bundled", layer="conv2d_1", digit=0, filter=9),
    "pool": Wanted(target="bundled", layer="max_pooling2d", digit=0, filter=2),
}

SIZE = (80, 24)


async def picture(wanted: Wanted) -> str:
    """The screen as SVG, with a font of the reader's machine instead of one from the web."""
    app = build_app(wanted)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        svg = app.export_screenshot()
    return re.sub(r"@font-face\s*{.*?}\s*", "", svg, flags=re.S).replace("Fira Code", "monospace")


def main() -> None:
    folder = Path(__file__).parent.parent / "assets" / "pictures"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as empty:
        for name, wanted in PICTURES.items():
            svg = asyncio.run(picture(replace(wanted, runs_dir=Path(empty))))
            (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
            print(f"{name}.svg {len(svg):,} bytes")


if __name__ == "__main__":
    main()
