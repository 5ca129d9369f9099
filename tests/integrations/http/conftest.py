from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from servers import LEDGER, Server, serve


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = serve(tmp_path_factory.mktemp("service"), "--data", str(LEDGER), "--workers", "2")
    yield started
    started.process.terminate()
    assert started.process.wait(60) in (0, -signal.SIGTERM)
