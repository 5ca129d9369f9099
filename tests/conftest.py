from __future__ import annotations

import sys
from pathlib import Path

import pytest

import opencheck as oc
from opencheck.packs import Pack

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
