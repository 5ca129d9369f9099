"""Files are written whole or not at all: on a full disk, in a process that is killed, over links and without rights."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import opencheck as oc
from opencheck.core.output_files import write_file

resource = pytest.importorskip("resource", reason="limits and signals are those of POSIX")

OLD = b"old" * 1000

WRITE = "import sys; from opencheck.core.output_files import write_file; write_file(sys.argv[1], b'new' * int(sys.argv[2]))"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    file = tmp_path / "report.json"
    file.write_bytes(OLD)
    return file


def left_over(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir() if p.name.startswith(".opencheck")]


def test_write_file_replaces_what_stood_there(old: Path) -> None:
    assert write_file(old, "新") == old
    assert old.read_bytes() == "新".encode()
    assert left_over(old.parent) == []


def test_write_file_keeps_permissions_and_follows_links(old: Path) -> None:
    old.chmod(0o640)
    link = old.with_name("link.json")
    link.symlink_to(old.name)
    write_file(link, b"new")
    assert link.is_symlink()
    assert old.read_bytes() == b"new"
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    dangling = old.with_name("dangling.json")
    dangling.symlink_to("made.json")
    write_file(dangling, b"x")
    assert old.with_name("made.json").read_bytes() == b"x"


def test_write_file_new_file_has_the_rights_of_new_files(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_file(tmp_path / "own", b"")
    assert (tmp_path / "own").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_write_file_to_what_is_no_file_goes_there(tmp_path: Path) -> None:
    write_file(os.devnull, b"x")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen([sys.executable, "-c", f"print(open({str(pipe)!r}).read(), end='')"], stdout=subprocess.PIPE)
    write_file(pipe, b"through")
    assert reader.communicate(timeout=30)[0] == b"through"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("place", ["missing/x.json", "report.json/x.json", "."])
def test_write_file_names_the_file_and_the_reason(old: Path, place: str) -> None:
    target = old.parent / place
    with pytest.raises(oc.OutputError) as caught:
        write_file(target, b"new")
    assert str(target) in str(caught.value)
    assert caught.value.path == str(target)
    assert any(reason in str(caught.value) for reason in ("No such file", "Not a directory", "Is a directory"))
    assert old.read_bytes() == OLD


def test_write_file_makes_folders_only_where_it_is_asked_to(old: Path) -> None:
    write_file(old.parent / "a" / "b.json", b"x", make_folders=True)
    assert (old.parent / "a" / "b.json").read_bytes() == b"x"
    with pytest.raises(oc.OutputError, match=r"report\.json"):
        write_file(old / "b.json", b"x", make_folders=True)


@pytest.mark.parametrize("closed", ["folder", "file"])
def test_write_file_without_the_right_to_leaves_everything(old: Path, closed: str) -> None:
    """A file that its owner protected is not replaced, although its folder would allow it."""
    if os.getuid() == 0:
        for folder in (old.parent, *old.parent.parents[:2]):
            folder.chmod(0o755)
        os.chown(old.parent, 65534, 65534)
        os.chown(old, 65534, 65534)
    (old.parent if closed == "folder" else old).chmod(0o555)
    child = os.fork()  # a new process could not read Python itself, where that lies in a home
    if child == 0:
        status = 9
        try:
            if os.getuid() == 0:
                os.setuid(65534)
            write_file(old, b"new")
        except oc.OutputError as exc:
            status = 3 if f"{old}: 没有写成" in str(exc) and "Permission denied" in str(exc) else 4
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    old.parent.chmod(0o755)
    assert os.waitstatus_to_exitcode(status) == 3
    assert old.read_bytes() == OLD
    assert left_over(old.parent) == []


def test_write_file_beyond_a_limit_leaves_the_old_file(old: Path) -> None:
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # noqa: E731
    done = subprocess.run([sys.executable, "-c", WRITE, str(old), "100000"], capture_output=True, text=True, preexec_fn=limit)
    assert done.returncode == 1
    assert f"OutputError: {old}: 没有写成" in done.stderr
    assert "File too large" in done.stderr
    assert old.read_bytes() == OLD
    assert left_over(old.parent) == []


def test_write_file_on_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", str(disk)], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        old = disk / "report.json"
        old.write_bytes(OLD)
        with pytest.raises(oc.OutputError, match="No space left on device") as caught:
            write_file(old, b"new" * 100_000)
        assert str(old) in str(caught.value)
        assert old.read_bytes() == OLD
        assert left_over(disk) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_write_file_in_a_killed_process_leaves_the_old_file(old: Path) -> None:
    for _ in range(10):
        child = subprocess.Popen([sys.executable, "-c", WRITE, str(old), "100000000"])
        while child.poll() is None and not left_over(old.parent):
            time.sleep(0.001)
        child.send_signal(signal.SIGKILL)
        if child.wait() == -signal.SIGKILL and left_over(old.parent):
            break
    else:
        pytest.fail("the process was never caught while it wrote")
    assert old.read_bytes() == OLD
    assert [p for p in old.parent.iterdir() if p != old and not p.name.startswith(".")] == []
