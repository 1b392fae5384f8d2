"""The input scale for a network file: chosen by the user, now or earlier, or found by measuring."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnntui.cnn.input_scale import InputScale, parse_scale
from cnntui.cnn.network import Network
from cnntui.files.archives import MOST_ARCHIVE_BYTES
from cnntui.files.errors import CnntuiError
from cnntui.files.regular import open_regular
from cnntui.files.remembered import remember, remembered
from cnntui.images.data import DataSet
from cnntui.images.scale_evidence import ScaleEvidence, ScaleSource, candidates, found
from cnntui.runs.reading.opening import Opened

SCALES = "input-scales"
"""The key of the remembered scales: the scale that was chosen for each file, by the file's SHA-256."""

MOST_PARTS = 100
"""How many files of an unpacked `.keras` folder are hashed; it has three."""

UNREADABLE = ""
"""Stands for the SHA-256 of a file that cannot be read, for which nothing is remembered."""


def at_its_scale(opened: Opened, chosen: InputScale | None, labelled: Callable[[], DataSet]) -> Opened:
    """A network from a file at its input scale, with the evidence for that scale. A run's network stays unchanged.

    Args:
        opened: the network.
        chosen: the scale that the user has named; None for the one chosen for this file before, or else for a measured
            one.
        labelled: reads images that can be shown to the network; raises CnntuiError if there are none.

    Raises:
        CnntuiError: a scale was given for a run, or the scale is for another number of channels.
    """
    if opened.run is not None or opened.file is None:
        if chosen is not None:
            raise CnntuiError(
                f"--scale goes with a network file; the run {opened.name} is read at the scale of its settings.",
                "Leave it out.",
            )
        return opened
    network = opened.network

    def fitting() -> DataSet:
        data = labelled()
        if data.reason:
            raise CnntuiError(data.reason)
        return data

    if chosen is not None:
        _check(chosen, network)
    else:
        chosen = _chosen_before(opened.file, network)
    if chosen is not None:
        evidence = ScaleEvidence(chosen, ScaleSource.CHOSEN, candidates(network)).chosen(chosen)
    else:
        evidence = found(network, fitting)
    return replace(opened, network=replace(network, scale=evidence.scale), evidence=evidence)


def remember_scale(path: Path, scale: InputScale | None) -> None:
    """Remember the scale that was chosen for a file; None forgets it."""
    if (sha256 := _sha256(path)) != UNREADABLE:
        remember(SCALES, sha256, None if scale is None else scale.written)


def _chosen_before(path: Path, network: Network) -> InputScale | None:
    """The scale that was chosen for a file before; None if there was none, or if the stored scale is invalid."""
    # A large file is hashed for this only if a scale was ever chosen.
    if not (kept := remembered(SCALES)) or (text := kept.get(_sha256(path))) is None:
        return None
    try:
        scale = parse_scale(text)
        _check(scale, network)
    except CnntuiError:
        return None
    return scale


def _check(scale: InputScale, network: Network) -> None:
    scale.applied(np.zeros((1, 1, network.input_shape[-1]), np.uint8))


def _sha256(path: Path) -> str:
    """The SHA-256 of a file, or of everything in a folder, by name."""
    try:
        if path.is_dir():
            parts = sorted(part for part in path.rglob("*") if not part.is_dir())[:MOST_PARTS]
            return hashlib.sha256("".join(f"{part.relative_to(path)}\n{_sha256(part)}\n" for part in parts)
                                  .encode(errors="replace")).hexdigest()  # fmt: skip
        with open_regular(path, MOST_ARCHIVE_BYTES) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return UNREADABLE
