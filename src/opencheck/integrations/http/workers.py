"""The pool of worker processes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from typing import Any

from pebble import ProcessExpired, ProcessPool

from opencheck.integrations.http import jobs
from opencheck.integrations.http.middleware import HTTPProblem, JobError, Metrics
from opencheck.integrations.http.settings import Settings


class WorkerPool:
    """A pool of worker processes. A job that exceeds its limits is stopped with its process, which is replaced."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings, self.metrics, self.waiting = settings, metrics, 0
        self.pool = ProcessPool(
            max_workers=settings.workers,
            initializer=jobs.start,
            initargs=(settings.packs, settings.memory),
            context=get_context("spawn"),
        )

    async def run(self, job: str, values: Mapping[str, Any], uploads: Sequence[jobs.Upload] = ()) -> jobs.JobResult:
        """Run a job in a worker.

        Raises:
            HTTPProblem: the queue is full, the job exceeded a limit, or the input is invalid.
            JobError: the job failed.
        """
        if self.waiting >= 32 * self.settings.workers:
            raise HTTPProblem(503, "排队的请求太多 / too many requests are waiting", {"Retry-After": "2"})
        self.waiting += 1
        try:
            future = self.pool.schedule(jobs.run, args=[job, dict(values), list(uploads)], timeout=self.settings.timeout)
            result: jobs.JobResult = await asyncio.wrap_future(future)
        except TimeoutError:
            self.metrics.stopped.inc()
            detail = f"超过{self.settings.timeout:g}秒，已停止 / stopped after {self.settings.timeout:g} seconds"
            raise HTTPProblem(504, detail) from None
        except ProcessExpired:
            self.metrics.stopped.inc()
            raise HTTPProblem(422, "处理这份输入时超出了内存限制 / this input took more memory than is allowed") from None
        finally:
            self.waiting -= 1
        if result.server_error:
            raise JobError(result.server_error)
        if result.client_error:
            raise HTTPProblem(422, result.client_error)
        return result

    def warm(self) -> None:
        """Start every process ahead of the first request."""
        jobs = [self.pool.schedule(time.sleep, args=[0.05]) for _ in range(self.settings.workers)]
        for job in jobs:
            job.result()

    def close(self) -> None:
        """Finish running jobs, then stop."""
        self.pool.close()
        self.pool.join(timeout=self.settings.timeout)
        self.pool.stop()
        self.pool.join()
