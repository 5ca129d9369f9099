"""What a process used: its own peak of memory and its own processor time, with those of the processes that it started.

The peak is ``VmHWM`` of ``/proc/self/status``, read by the process itself at its end. ``ru_maxrss`` is not used on Linux: a child inherits it from
the parent that forked it, so that every small child of a big parent shows the parent's peak.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

MALLOC = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:10000,muzzy_decay_ms:10000,oversize_threshold:0,percpu_arena:percpu"}
"""The memory allocator of Polars as the command ``opencheck`` sets it: every contender and every tree is measured with it."""


def peak_mib() -> float:
    """The largest memory that this process had resident, in MiB; processes that it started and that still run are added (Spark's)."""
    own = _peak_kib("self")
    if own is None:
        return _peak_elsewhere()
    return (own + sum(_peak_kib(pid) or 0 for pid in descendants())) / 1024


def cpu_seconds() -> float:
    """Processor seconds of this process so far, of children that ended, and of those that still run."""
    own = os.times()
    ticks = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
    return own.user + own.system + own.children_user + own.children_system + sum(map(_ticks, descendants())) / ticks


def _peak_elsewhere() -> float:
    """Without /proc: what the system calls the peak; macOS counts bytes."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _peak_kib(pid: str) -> int | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), None)


def _stat(pid: str) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold blanks: state, parent, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _ticks(pid: str) -> int:
    """User and system time of a process and of its children that ended."""
    fields = _stat(pid)
    return sum(map(int, fields[11:15])) if fields else 0


def descendants() -> Iterator[str]:
    """The processes that this one started, directly or not, and that still run."""
    try:
        pids = [p.name for p in Path("/proc").iterdir() if p.name.isdigit()]
    except OSError:
        return
    parents = {pid: fields[1] for pid in pids if (fields := _stat(pid))}
    for pid in parents:
        above = parents.get(pid)
        while above is not None and above != str(os.getpid()):
            above = parents.get(above)
        if above is not None:
            yield pid
