from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

import opencheck as oc
from opencheck.packs import Pack

# On CI the same cases every time, so that a change is judged by the change; at the desk new ones each time.
settings.register_profile("ci", derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "examples")]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def pack() -> Pack:
    return oc.load_pack("pingdu-2018")


@pytest.fixture(scope="session")
def ledger() -> Path:
    import make_ledger

    return ROOT / "examples" / make_ledger.NAME
