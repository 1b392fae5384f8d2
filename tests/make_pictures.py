"""Makes the pictures of README.md: `python -m tests.make_pictures`, all of them or those that are named."""

from __future__ import annotations

import tests.conftest  # noqa: F401  (sets the terminal before Textual is imported)

# isort: split
import asyncio
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from cnntui.commands.launch import build_app
from cnntui.commands.wanted import Wanted
from cnntui.runs.directory.run_directory import RunDirectory
from cnntui.runs.reading.follow import RunFollower
from cnntui.ui.views.labs.background import BackgroundLab
from tests import colour_shapes


@dataclass(frozen=True)
class Picture:
    """What is opened, the keys that are pressed there, and the strokes, from cell to cell of the screen."""

    wanted: Wanted
    keys: tuple[str, ...] = ()
    strokes: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


def _bundled(screen: str, **wanted: Any) -> Wanted:
    return Wanted(target="bundled", screen=screen, **wanted)


IN_COLOUR = {
    "colour": Picture(Wanted(screen="convolve", layer="conv2d", index=2, filter=2, cell=(17, 12))),
    "normalization": Picture(Wanted(layer="batch_norm", index=2, filter=2, cell=(17, 12))),
}
"""Pictures of a network in colour, which is trained for them."""

PICTURES = {
    "train": Picture(_bundled("train", index=0)),
    "network": Picture(_bundled("network", layer="conv2d_1", index=0, filter=4)),
    "convolve": Picture(_bundled("convolve", index=0, filter=0)),
    "convolve-channels": Picture(_bundled("convolve", layer="conv2d_1", index=0, filter=9)),
    "pool": Picture(_bundled("pool", layer="max_pooling2d", index=0, filter=2)),
    "field": Picture(_bundled("field", layer="conv2d_2", index=4, filter=58, cell=(3, 2))),
    "dense": Picture(_bundled("dense", layer="dense", index=4, filter=51)),
    "time": Picture(_bundled("convolve", index=4, filter=9, step=16)),
    "why": Picture(_bundled("why", index=18), ("right", "down", "right", "right", "v")),
    "pixels": Picture(Wanted(target="dense", layer="dense", index=4, filter=5)),
    "shift": Picture(_bundled("shift", index=4), ("right", "right", "right", "up")),
    "overfitting": Picture(_bundled("overfitting"), ("down", "right", "right")),
    "draw": Picture(
        _bundled("draw", index=0),
        strokes=(((9, 6), (18, 5)), ((18, 5), (18, 8)), ((18, 8), (13, 9)), ((13, 9), (19, 11)), ((19, 11), (17, 14)),
                 ((17, 14), (9, 14))),
    ),
}  # fmt: skip

SIZE = (80, 24)


async def picture(asked: Picture) -> str:
    """The screen as SVG."""
    app = build_app(asked.wanted)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*asked.keys)
        for begin, end in asked.strokes:
            await pilot.mouse_down(offset=begin)
            await pilot.hover(offset=end)
            await pilot.mouse_up(offset=end)
        # Until what is worked out in the background is there.
        await app.workers.wait_for_complete()
        while isinstance(app.screen, BackgroundLab) and not app.screen.job.is_finished:
            await pilot.pause(0.1)
        await pilot.pause(0.5)
        return _with_own_font(app.export_screenshot())


def _with_own_font(svg: str) -> str:
    """With a font of the reader's machine instead of one from the web."""
    return re.sub(r"@font-face\s*{.*?}\s*", "", svg, flags=re.S).replace("Fira Code", "monospace")


WATCH = "watch"
"""The picture of a script that trains, and of the app that watches it."""


def watched(folder: Path) -> str:
    """A script's terminal, and below it the app that watches its training, while that goes on."""
    log = folder / "log"
    environment = {**os.environ, "CNNTUI_RUNS_DIR": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONUNBUFFERED": "1"}
    with log.open("w") as file:
        script = subprocess.Popen(
            [sys.executable, "-m", "tests.watched_script", "40"], stdout=file, stderr=subprocess.STDOUT, env=environment
        )
    try:
        follower = None
        while follower is None or len(follower.poll().history.epochs) < 6:
            assert script.poll() is None, log.read_text()
            time.sleep(0.05)
            if follower is None and RunDirectory(folder / "shapes").exists():
                follower = RunFollower(RunDirectory(folder / "shapes"))
        app = asyncio.run(picture(Picture(Wanted(target="shapes", screen="train", index=3, runs_dir=folder))))
        said = [line for line in log.read_text().splitlines() if line.startswith(("Watch it", "Epoch", "125/125"))]
    finally:
        script.kill()
        script.wait()
    console = Console(width=SIZE[0], record=True, file=io.StringIO(), highlight=False)
    call = 'callbacks=[Watch("shapes", images=x_val, labels=y_val, classes=NAMES)]'
    shown = "\n".join(line.partition(" --runs-dir")[0] for line in [said[0], *said[-6:]])
    console.print(f"$ grep Watch train.py\n    {call}\n$ python train.py\n{shown}", markup=False)
    return _above(_with_own_font(console.export_svg(title="train.py")), app)


def _above(upper: str, lower: str) -> str:
    """Two pictures as one."""
    sizes = [tuple(map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0])) for svg in (upper, lower)]
    width, height = max(size[0] for size in sizes), sum(size[1] for size in sizes)
    parts = "".join(
        svg.replace("<svg ", f'<svg x="0" y="{place}" width="{size[0]}" height="{size[1]}" ', 1)
        for svg, size, place in zip((upper, lower), sizes, (0, sizes[0][1]), strict=True)
    )
    return f'<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">{parts}</svg>\n'


def main() -> None:
    folder = Path(__file__).parent.parent / "assets" / "pictures"
    folder.mkdir(exist_ok=True)
    named = set(sys.argv[1:]) or {*PICTURES, *IN_COLOUR, WATCH}
    if WATCH in named:
        with tempfile.TemporaryDirectory() as runs:
            (folder / f"{WATCH}.svg").write_text(watched(Path(runs)), encoding="utf-8")
    with tempfile.TemporaryDirectory() as empty:
        file, data = colour_shapes.write(Path(empty)) if named & {*IN_COLOUR} else (None, None)
        for name, asked in (PICTURES | IN_COLOUR).items():
            if name not in named:
                continue
            wanted = replace(asked.wanted, runs_dir=Path(empty))
            if name in IN_COLOUR:
                wanted = replace(wanted, target=str(file), data=data)
            svg = asyncio.run(picture(replace(asked, wanted=wanted)))
            (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
            print(f"{name}.svg {len(svg):,} bytes")


if __name__ == "__main__":
    main()
