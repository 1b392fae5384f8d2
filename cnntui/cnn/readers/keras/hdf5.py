"""Reads arrays from an untrusted HDF5 file.

Paths are followed only within the file: HDF5 can link to other files, and store arrays in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import EllipsisType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnntui.cnn.layers import Shape, times
from cnntui.files.errors import CnntuiError
from cnntui.values import dataclass

if TYPE_CHECKING:
    import h5py

# Which of these h5py raises for damage depends on the HDF5 call that failed.
DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError, MemoryError)

_FLOAT32, _BFLOAT16 = np.dtype(np.float32), np.dtype("V2")
_DEEPEST = 40
_MOST_LINKS = 50_000


def opened(file: h5py.File, path: str) -> Any:
    """The object at a path within the file.

    Raises:
        KeyError: there is none, or it is a link to another file.
    """
    import h5py

    node: Any = file
    for part in path.split("/"):
        if not isinstance(node, h5py.Group) or node.id.links.get_info(part.encode()).type != h5py.h5l.TYPE_HARD:
            raise KeyError(f"{path} is not there")
        node = node[part]
    return node


def datasets_below(group: h5py.Group) -> Iterator[tuple[str, h5py.Dataset]]:
    """The arrays in a group and its subgroups, by their paths from the group.

    Raises:
        ValueError: there are more than any model has, or the groups contain each other in a circle.
    """
    import h5py

    waiting: list[tuple[tuple[str, ...], h5py.Group]] = [((), group)]
    seen = 0
    while waiting:
        path, inner = waiting.pop()
        for name in inner:
            seen += 1
            if seen > _MOST_LINKS or len(path) > _DEEPEST:
                raise ValueError("there are groups within groups without end")
            if inner.id.links.get_info(name.encode()).type != h5py.h5l.TYPE_HARD:
                continue
            node = inner[name]
            if isinstance(node, h5py.Group):
                waiting.append(((*path, name), node))
            elif isinstance(node, h5py.Dataset):
                yield "/".join((*path, name)), node


def is_in_one_piece(dataset: h5py.Dataset) -> bool:
    """Whether an array is as large as it claims: its numbers lie in the file itself, in one piece."""
    return not (dataset.external or dataset.is_virtual or dataset.chunks)


def holds_floats(dataset: h5py.Dataset) -> bool:
    """Whether an array holds floating-point numbers; HDF5 knows those of the type bfloat16 only as two bytes each."""
    return bool(dataset.dtype.kind == "f" or dataset.dtype == _BFLOAT16)


@dataclass(frozen=True, eq=False)
class Floats32:
    """An array of floating-point numbers of any size, which is read as float32 when it is indexed."""

    dataset: h5py.Dataset

    @property
    def shape(self) -> Shape:
        return tuple(self.dataset.shape)

    def __getitem__(self, index: EllipsisType) -> NDArray[Any]:
        found = self.dataset[index]
        if self.dataset.dtype != _BFLOAT16:
            return np.asarray(found, _FLOAT32)
        # A bfloat16 is the first half of a float32.
        return (np.frombuffer(found.tobytes(), "<u2").astype(np.uint32) << 16).view(_FLOAT32).reshape(self.shape)


def array_at(file: h5py.File, path: str, shape: Shape, where: str, hint: str, dtype: np.dtype[Any] | None = None
             ) -> NDArray[Any]:  # fmt: skip
    """The array at a path, after checking that its declared shape and type are what the architecture needs.

    Args:
        file: an HDF5 file.
        path: the path of the array.
        shape: the shape it must have.
        where: what to call the file.
        hint: what a user can do if the shape or the type differs.
        dtype: the type it must have; None for floating-point numbers, which are read as float32.

    Raises:
        CnntuiError: it has another shape or type, or is not stored in one piece.
    """
    import h5py

    found = opened(file, path)
    is_fit = isinstance(found, h5py.Dataset) and found.shape == shape
    if not is_fit or (not holds_floats(found) if dtype is None else found.dtype != dtype):
        said = f"{found.dtype} {times(found.shape or ())}" if isinstance(found, h5py.Dataset) else "no array"
        raise CnntuiError(f"{path} of {where} should be {dtype or _FLOAT32} {times(shape)}, but is {said}.", hint)
    if not is_in_one_piece(found):
        raise CnntuiError(f"{path} of {where} is not stored in one piece in the file itself.", hint)
    return Floats32(found)[...] if dtype is None else np.asarray(found[...], dtype)
