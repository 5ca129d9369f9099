from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import opencheck as oc
from opencheck.rules.packs.pack import Pack
from short_lived_java import JAVA_OPTIONS

# A machine under load is no fault, hence no deadline and no complaint about slow examples. On CI the same cases every time,
# so that a change is judged by the change; at the desk new ones each time. ``make test-fast`` asks for the profile "fast",
# ``make test-thorough`` for the long search.
settings.register_profile(
    "suite",
    max_examples=30,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("fast", parent=settings.get_profile("suite"), max_examples=15)
settings.register_profile("thorough", parent=settings.get_profile("suite"), max_examples=500, derandomize=False)
settings.load_profile("suite")

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent

UNUSED_PLUGINS = "-p no:schemathesis -p no:pointblank"
"""As pyproject.toml says for this pytest, and here for those that tests start: importing these takes longer than most of what they run."""
os.environ["PYTEST_ADDOPTS"] = UNUSED_PLUGINS


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """That of pytest, which takes what the environment says away."""
    monkeypatch.setenv("PYTEST_ADDOPTS", UNUSED_PLUGINS)
    return pytester


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Keep the collector of garbage from looking again and again through what stays.

    Half a million objects are made while tests are collected, and none of them goes: that took a quarter of the time of collection
    and a twelfth of that of the tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        gc.enable()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test after its argument and not after a file's bytes: those of a PDF or an archive hold the second in which they were made, and
    workers that collect in different seconds would collect different tests."""
    return argname if isinstance(val, bytes) else None


SHARED = {
    "spark": "spark",
    "engines.md]": "spark",
    "postgresql": "postgresql",
    "tests/integrations/http/": "http",
    "test_load.py": "http",
}
"""What stands in the names of tests that share a server, wherever they are defined: a second worker would start a second one."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run the tests of a file on one worker, so that its fixtures and cached checks are made once, and those that share a server, too.

    The groups of ``--dist loadgroup`` are lost under pytest 9.2: pytest-xdist 3.8 writes them where pytest no longer looks. Files are
    handed out in the order of their names and not by their number of tests: the slowest have few.
    """
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False

    class ByFileAndServer(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((server for part, server in SHARED.items() if part in nodeid.lower()), nodeid.partition("::")[0])

    return ByFileAndServer(config, log)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def pack() -> Pack:
    return oc.load_pack("pingdu-2018")


@pytest.fixture
def copy(tmp_path: Path, root: Path) -> Path:
    """A copy of the pack and of the norms it uses, to be edited."""
    for name in ("pingdu-2018", "cn-statutes"):
        shutil.copytree(root / "rules" / name, tmp_path / name)
    return tmp_path / "pingdu-2018"


@pytest.fixture(scope="session")
def ledger() -> Path:
    """The example ledger; what it should give stands in ``make_ledger.EXPECTED``."""
    import make_ledger

    if not make_ledger.EXPECTED:
        make_ledger.build()
    return ROOT / "examples" / make_ledger.NAME


@pytest.fixture(scope="session")
def report(ledger: Path) -> oc.Report:
    """What the example ledger gives at the end of 2018; tests that change a report make their own."""
    return oc.check(ledger, as_of="2018-12-31")


@pytest.fixture(scope="session")
def archive(ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example ledger as a folder of Parquet files, one table in two of them."""
    import polars as pl

    from example_tables import plain_tables

    folder = tmp_path_factory.mktemp("archive")
    for name, frame in plain_tables(ledger).items():
        frame.write_parquet(folder / f"{name}.parquet")
    half = len(plain_tables(ledger)["disclosure"]) // 2
    whole = folder / "disclosure.parquet"
    pl.read_parquet(whole).head(half).write_parquet(folder / "disclosure-1.parquet")
    pl.read_parquet(whole).slice(half).write_parquet(folder / "disclosure-2.parquet")
    whole.unlink()
    return folder


@pytest.fixture(scope="session")
def duck() -> Any:
    from opencheck.engine.carriers.duckdb import DuckDBCarrier

    return DuckDBCarrier("512MiB")


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session of Spark of our own; tests that need one are skipped where there is no Java."""
    if shutil.which("java") is None:
        pytest.skip("no Java here: Spark does not start (Debian: apt-get install openjdk-17-jre-headless)")
    from pyspark.sql import SparkSession

    from opencheck.engine.carriers.spark import SparkCarrier

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("opencheck tests").config("spark.driver.memory", "3g")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        # A program in Java that Spark would write and compile for each query costs more than all rows here; those of
        # spark-submit in tests/integrations/test_spark.py run as Spark is set up, with such programs.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "FATAL",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "America/New_York",  # no engine's own zone moves a day
        "spark.executorEnv.POLARS_MAX_THREADS": "1",
    }.items():
        builder = builder.config(key, value)
    with pytest.MonkeyPatch.context() as started:  # any other Java that a test starts would say that it found them
        started.setenv("JDK_JAVA_OPTIONS", JAVA_OPTIONS)
        session = builder.getOrCreate()
    yield SparkCarrier(session, small_rows=0)  # so that small files go through the workers, too
    session.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium; tests that need one are skipped where there is none.

    One for each file: while Playwright is open, its event loop counts as running, and no other test of the worker may start one.
    """
    path = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if path is None:
        pytest.skip("no Chromium here: pages cannot be opened (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=path, args=[*flags, "--disable-component-update", "--disable-sync"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own, on a free port, gone afterwards."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(p) for p in [shutil.which("initdb")] if p]
    if not found:
        pytest.skip("no PostgreSQL here (Debian: apt-get install postgresql)")
    bin_ = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="opencheck-postgres-"))
    folder.chmod(0o755)
    as_user: dict[str, Any] = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        import pwd

        other = next((u for u in ("postgres", "nobody") if _user(u)), "nobody")
        entry = pwd.getpwnam(other)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        as_user = {"user": entry.pw_uid, "group": entry.pw_gid}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (secret := folder / "pw").write_text("s3cr3t-word")
    secret.chmod(0o644)
    data = folder / "data"
    subprocess.run([bin_ / "initdb", "-D", data, "-U", "portal", "--pwfile", secret, "-A", "scram-sha-256", "-E", "UTF8"], check=True, capture_output=True, cwd="/", **as_user)  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    subprocess.run([bin_ / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"], check=True, stdout=subprocess.DEVNULL, cwd="/", **as_user)  # fmt: skip
    yield f"postgresql://portal:s3cr3t-word@127.0.0.1:{port}/postgres"
    subprocess.run([bin_ / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, cwd="/", **as_user)  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)


def _user(name: str) -> bool:
    import pwd

    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
