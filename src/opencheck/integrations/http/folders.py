"""The folder of a job: what a request sent and what its worker writes. The parent process owns it, so that it outlives no job.

A folder is locked for as long as its job runs. A service that is killed loses its locks; the next one removes what is not locked.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = [
    "job_folder",
    "safe_name",
    "sweep_abandoned",
]


_PREFIX = "opencheck-job-"
_MAX_NAME_BYTES = 200
"""File systems allow 255 bytes, and readers may add a suffix."""


@contextmanager
def job_folder() -> Iterator[Path]:
    """Make a locked folder in the temporary folder of the system; it is removed with all its content in the end.

    Raises:
        OSError: there is no room for it, or the temporary folder cannot be written.

    >>> with job_folder() as folder:
    ...     _ = (folder / "a.txt").write_text("a")
    >>> folder.exists()
    False
    """
    made = Path(tempfile.mkdtemp(prefix=".opencheck-new-"))  # it gets its name when it is locked: nobody takes it for abandoned
    lock = _lock(made)
    folder = made.with_name(_PREFIX + made.name.removeprefix(".opencheck-new-"))
    try:
        made.rename(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def sweep_abandoned() -> int:
    """Remove the folders of services that were killed, of this user only; return how many. Nothing is removed on Windows.

    >>> with job_folder() as folder:
    ...     _ = sweep_abandoned()
    ...     folder.exists()
    True
    """
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
                continue
            lock = _lock(folder)
        except (OSError, AttributeError):  # gone meanwhile, or locked by a service that runs; Windows has no getuid
            continue
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)
        removed += 1
    return removed


def _lock(folder: Path) -> int | None:
    """Lock a folder for this process; None where the system cannot.

    Raises:
        OSError: another process holds the lock.
    """
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows lacks this module
        return None
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


def safe_name(name: str) -> str:
    """Return the name of an uploaded file as one that any file system takes; its ending is kept.

    >>> safe_name("../../etc/台账.xlsx"), safe_name("\\\\"), len(safe_name("长" * 300 + ".xlsx").encode()), safe_name("长" * 300 + ".xlsx")[-5:]
    ('台账.xlsx', 'file', 200, '.xlsx')
    """
    last = name.encode("utf-8", "replace").decode("utf-8").replace("\\", "/").rpartition("/")[2]
    clean = re.sub(r"[\x00-\x1f\x7f:*?\"<>|]+", "_", last).strip(". ")
    stem, dot, ending = clean.rpartition(".")
    ending = f"{dot}{ending}" if stem and len(ending.encode()) <= 16 else ""
    stem = clean.removesuffix(ending) if ending else clean
    return stem.encode()[: _MAX_NAME_BYTES - len(ending.encode())].decode("utf-8", "ignore").rstrip(". ") + ending or "file"
