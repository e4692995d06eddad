"""Files and folders that nobody else on the machine may read: what they hold is a company's customers."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(path: Path) -> None:
    """Creates it, with its parents, for its owner alone. Raises OSError."""
    path.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)


def close_to_others(path: Path) -> None:
    """Takes from a file or folder what others may do with it, where it is there and ours.

    A place that is not this program's alone stays as it is: one that everybody may write to, like /tmp, or a disk.
    """
    try:
        found = path.stat()
    except OSError:
        return
    is_shared = bool(found.st_mode & stat.S_ISVTX) or path.is_mount()
    is_ours = os.name == "posix" and found.st_uid == os.geteuid()
    if is_ours and not is_shared and found.st_mode & _OTHERS:
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
