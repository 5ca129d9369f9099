"""The worker processes: each takes one job after the other, and is replaced when it is lost."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from pebble import CONSTS, ProcessExpired, ProcessPool

from opencheck.integrations.http import jobs
from opencheck.integrations.http.middleware import JobError, Metrics
from opencheck.integrations.http.problem import HTTPProblem
from opencheck.integrations.http.settings import Settings

__all__ = [
    "WorkerPool",
]


log = logging.getLogger("opencheck.integrations.http")

_CHECK_SECONDS = 0.25
"""How often an idle worker is looked after."""

_KILLED = (-9, -15)
"""The exit codes of a process that was sent SIGKILL or SIGTERM; Windows has no name for the first."""

# A process that is killed while it looks for a job takes the lock of the pool's channel with it: ending that pool waits for the lock so long.
CONSTS.channel_lock_timeout = 5

_RETRY_SECONDS = 5.0
"""How long to wait where a worker cannot be started."""


@dataclass(eq=False)
class _Job:
    name: str
    sent: jobs.Submission
    folder: Path
    is_abandoned: Callable[[], Awaitable[bool]]
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    result: asyncio.Future[jobs.JobResult] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    was_lost: bool = False

    def fail(self, error: Exception) -> None:
        if not self.result.done():
            self.result.set_exception(error)


class WorkerPool:
    """Worker processes, each in a pool of its own: what one process does to its pipe cannot keep another from its work.

    A process that exceeds the limits of a job, or that the system kills, is replaced. A job that was lost with its process is run once more;
    if it is lost again, it is the input that ends its processes.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings, self.metrics = settings, metrics
        self._seats = 0
        self._queue: asyncio.Queue[_Job] = asyncio.Queue()
        self._pools: set[ProcessPool] = set()
        self._tasks: list[asyncio.Task[None]] = []
        metrics.working.set_function(lambda: self.working)

    @property
    def working(self) -> int:
        """How many workers can take jobs, or are at one."""
        return sum(pool.active for pool in self._pools)

    async def start(self) -> None:
        """Start every process ahead of the first request; one that does not start is tried again later."""
        tried = [asyncio.Event() for _ in range(self.settings.workers)]
        self._tasks = [asyncio.create_task(self._keep_working(event)) for event in tried]
        await asyncio.gather(*(event.wait() for event in tried))

    async def close(self) -> None:
        """Stop the processes; the server has answered every request before."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(asyncio.to_thread(_stop, pool) for pool in tuple(self._pools)))
        self._pools.clear()

    @contextmanager
    def seat(self) -> Iterator[None]:
        """Hold a place for a request, from before its body is read until it is answered.

        Raises:
            HTTPProblem: too many requests are under way.
        """
        if self._seats >= self.settings.queue * self.settings.workers:
            raise HTTPProblem(503, "排队的请求太多 / too many requests are waiting", {"Retry-After": "2"})
        self._seats += 1
        try:
            yield
        finally:
            self._seats -= 1

    async def run(
        self, name: str, sent: jobs.Submission, folder: Path, is_abandoned: Callable[[], Awaitable[bool]]
    ) -> jobs.JobResult:
        """Run a job in a worker.

        Args:
            name: the job.
            sent: what the request sent.
            folder: the job's folder; the caller removes it.
            is_abandoned: returns whether the client has left; its job is then not begun.

        Raises:
            HTTPProblem: no worker was free in time, the job exceeded a limit, or the input is invalid.
            JobError: the job failed.
        """
        job = _Job(name, sent, folder, is_abandoned)
        self._queue.put_nowait(job)
        try:
            async with asyncio.timeout(self.settings.queue_seconds):
                await job.taken.wait()
            result = await job.result
        except TimeoutError:
            seconds = f"{self.settings.queue_seconds:g}"
            detail = f"等了{seconds}秒还没有轮到 / no worker was free for {seconds} seconds"
            raise HTTPProblem(503, detail, {"Retry-After": "10"}) from None
        finally:
            job.result.cancel()  # nobody waits for it any more
        if result.server_error:
            raise JobError(result.server_error)
        if result.client_error:
            raise HTTPProblem(422, result.client_error)
        return result

    async def _keep_working(self, tried: asyncio.Event) -> None:
        """Keep one worker: start its process, take jobs until the process is lost, start it again."""
        lost: _Job | None = None
        while True:
            opened = await self._open()
            tried.set()
            if opened is None:
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            pool, pid = opened
            self._pools.add(pool)
            try:
                lost = await self._take_jobs(pool, pid, lost)
            finally:
                self._pools.discard(pool)
                await asyncio.shield(asyncio.to_thread(_stop, pool))

    async def _open(self) -> tuple[ProcessPool, int] | None:
        """Start a process that has loaded the packs, and return it with its id; None if it does not start."""
        pool = ProcessPool(
            max_workers=1,
            initializer=jobs.start,
            initargs=(self.settings.packs, self.settings.memory, self.settings.data),
            context=get_context("spawn"),
        )
        try:
            pid: int = await asyncio.wrap_future(pool.schedule(jobs.process_id))
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.to_thread(_stop, pool))
            raise
        except (BrokenProcessPool, ProcessExpired, RuntimeError) as exc:
            log.warning("a worker did not start (%s); it is tried again", type(exc).__name__)
            await asyncio.to_thread(_stop, pool)
            return None
        return pool, pid

    async def _take_jobs(self, pool: ProcessPool, pid: int, lost: _Job | None) -> _Job | None:
        """Take jobs, beginning with one that was lost, until the process is gone; return a job that was lost with it.

        The pool starts another process in the place of one that ends while it is idle, but over the same channel, whose lock may be lost.
        """
        job = lost
        while pool.active and not _has_ended(pid):
            if job is None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_CHECK_SECONDS):
                        job = await self._queue.get()
                continue  # the process may have ended while it waited
            if job.result.done():
                job = None
                continue
            job.taken.set()
            if await job.is_abandoned():
                job.fail(HTTPProblem(503, "对方已断开 / the client has left", {"Retry-After": "2"}))
            elif not await self._run_one(pool, job):
                return None if job.result.done() else job
            job = None
        return job

    async def _run_one(self, pool: ProcessPool, job: _Job) -> bool:
        """Run one job; return whether the process is still there. A job without a result is to be run again."""
        try:
            future: Future[jobs.JobResult] = pool.schedule(
                jobs.run, args=[job.name, job.sent, job.folder], timeout=self.settings.timeout
            )
            result = await asyncio.wrap_future(future)
        except TimeoutError:
            self.metrics.stopped.inc()
            detail = f"超过{self.settings.timeout:g}秒，已停止 / stopped after {self.settings.timeout:g} seconds"
            job.fail(HTTPProblem(504, detail))
            return False
        except (BrokenProcessPool, ProcessExpired, RuntimeError) as exc:
            self.metrics.lost.inc()
            if job.was_lost:
                job.fail(_lost_twice(exc))
            job.was_lost = True
            return False
        except Exception as exc:  # a result that cannot be sent: the worker goes on with the next job
            job.fail(JobError(jobs.traceback_summary(exc)))
            return True
        if not job.result.done():
            job.result.set_result(result)
        return True


def _has_ended(pid: int) -> bool:
    """Whether a process of ours has ended, looked at without taking its end from who waits for it; False where that cannot be seen."""
    if not hasattr(os, "waitid"):  # Windows
        return False
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _lost_twice(exc: Exception) -> HTTPProblem:
    """What to tell of a job whose process ended twice: a kill comes from outside, any other end from the input."""
    if isinstance(exc, ProcessExpired) and exc.exitcode not in _KILLED:
        return HTTPProblem(
            422,
            "处理这份输入的进程两次中断，多半是超出了内存限制"
            " / the process that handled this input ended twice, most likely for want of memory",
        )
    return HTTPProblem(
        503,
        "处理的进程两次被系统终止，请稍后再试 / the system ended the process twice; try again later",
        {"Retry-After": "30"},
    )


def _stop(pool: ProcessPool) -> None:
    pool.stop()
    pool.join()
