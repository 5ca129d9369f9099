"""The pool of worker processes that read and check."""

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
    """The processes that do the work. A job that takes too long is stopped with its process, and a new one takes its place."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings, self.metrics, self.waiting = settings, metrics, 0
        self.pool = ProcessPool(
            max_workers=settings.workers,
            initializer=jobs.start,
            initargs=(settings.packs, settings.memory),
            context=get_context("spawn"),
        )

    async def run(self, job: str, values: Mapping[str, Any], uploads: Sequence[jobs.Upload] = ()) -> jobs.JobResult:
        if self.waiting >= 32 * self.settings.workers:
            raise HTTPProblem(503, "排队的请求太多 / too many requests are waiting", {"Retry-After": "2"})
        self.waiting += 1
        try:
            future = self.pool.schedule(jobs.run, args=[job, dict(values), list(uploads)], timeout=self.settings.timeout)
            answer: jobs.JobResult = await asyncio.wrap_future(future)
        except TimeoutError:
            self.metrics.stopped.inc()
            told = f"超过{self.settings.timeout:g}秒，已停止 / stopped after {self.settings.timeout:g} seconds"
            raise HTTPProblem(504, told) from None
        except ProcessExpired:
            self.metrics.stopped.inc()
            raise HTTPProblem(422, "处理这份输入时超出了内存限制 / this input took more memory than is allowed") from None
        finally:
            self.waiting -= 1
        if answer.server_error:
            raise JobError(answer.server_error)
        if answer.client_error:
            raise HTTPProblem(422, answer.client_error)
        return answer

    def warm(self) -> None:
        """Start every process before the first request waits for it."""
        jobs = [self.pool.schedule(time.sleep, args=[0.05]) for _ in range(self.settings.workers)]
        for job in jobs:
            job.result()

    def close(self) -> None:
        """Let what is under way end, then stop."""
        self.pool.close()
        self.pool.join(timeout=self.settings.timeout)
        self.pool.stop()
        self.pool.join()
