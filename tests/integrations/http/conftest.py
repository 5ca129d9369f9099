from __future__ import annotations

from collections.abc import Iterator

import pytest

from servers import LEDGER, Server, serve


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = serve(tmp_path_factory.mktemp("service"), "--data", str(LEDGER), "--workers", "2")
    yield started
    started.process.terminate()
    started.process.wait(30)
