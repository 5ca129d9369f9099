"""Files that opencheck writes: whole or not at all.

The content is written beside the file and moved into its place, so that a full disk or a killed process leaves the old file as it was.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from opencheck.core.errors import OutputError

__all__ = ["write_file"]

_BINARY = getattr(os, "O_BINARY", 0)
"""Windows ends lines its own way without it."""


def write_file(path: str | Path, content: bytes | str, *, make_folders: bool = False) -> Path:
    """Write a file, in place of what stands there.

    A link is followed: the file it points to is replaced. Permissions are kept. What is no file, such as ``/dev/stdout`` or a named pipe,
    is written to directly.

    Args:
        path: where to.
        content: bytes, or a text, which is written in UTF-8.
        make_folders: whether folders that are missing are made.

    Returns:
        The path as given.

    Raises:
        OutputError: the file cannot be written; it names the file and the reason, and what stood there is as it was.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(Path(folder) / "a.txt", "好").read_bytes().decode()
    '好'
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return Path(path)
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if make_folders:
            target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, data)
    except OSError as exc:
        reason = exc.strerror or str(exc)
        text = f"{path}: 没有写成，原来的文件没有动 / not written, what stood there is as it was: {reason}"
        raise OutputError(text, code="not_written", path=path, found=reason) from exc
    return Path(path)


def _replace(target: Path, data: bytes) -> None:
    """Write beside the target and move into its place."""
    # The name begins with a dot: readers of folders pass over what a killed process leaves.
    beside = target.with_name(f".opencheck-{secrets.token_hex(8)}.tmp")
    try:
        # Not tempfile: its files are for the owner alone, a new report has the rights that the user's settings give new files.
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            _keep_rights(target, beside)
        os.replace(beside, target)
    finally:
        with suppress(OSError):
            beside.unlink()


def _keep_rights(old: Path, new: Path) -> None:
    """Give the new file the owner and the permissions of the old one."""
    found = old.stat()
    if hasattr(os, "chown"):
        with suppress(OSError):  # only root may give files away
            os.chown(new, found.st_uid, found.st_gid)
    with suppress(OSError):
        shutil.copystat(old, new)  # access lists, too, where the system has them
    os.chmod(new, stat.S_IMODE(found.st_mode))
    os.utime(new)
