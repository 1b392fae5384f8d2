"""The lock of a run: its trainer holds it for as long as it lives, however it dies.

An `flock` belongs to the open file, not to the process. So the parent takes the lock before the trainer exists and lets
the trainer inherit it: the run never looks abandoned in between, and `kill -9` releases the lock at once.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from cnntui.files.errors import CnntuiError

# A viewer that checks whether a run is locked holds a shared lock for some microseconds; a trainer waits that long.
_PATIENCE_SECONDS = 0.5
_PAUSE_SECONDS = 0.005

# A run may be a stranger's: no link is followed out of its folder, and opening a pipe never blocks.
_SAFE = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class RunLock:
    """The lock of a run, held from construction until `release`, or until the last process that holds it ends.

    Raises:
        CnntuiError: another trainer holds the run.
        OSError: the lock file cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | _SAFE, 0o644)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not _try_lock(self.fd, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(self.fd)
                raise CnntuiError(
                    f"The run {path.parent.name} is being trained already.",
                    "Wait until its trainer has ended, stop it, or train under another name.",
                )
            time.sleep(_PAUSE_SECONDS)

    def release(self) -> None:
        """Release this process's hold; a process that inherited the lock keeps it."""
        os.close(self.fd)


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock at `path`; False if there is no such file, or not a lockable one."""
    try:
        fd = os.open(path, os.O_RDONLY | _SAFE)
    except OSError:
        return False
    try:
        return not _try_lock(fd, fcntl.LOCK_SH)
    except OSError:
        return False
    finally:
        os.close(fd)


def _try_lock(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise
    return True
