"""Packs with what checks records by them: rules and packs are data, and know nothing of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from opencheck.api.check import check_records
from opencheck.api.preflight import CompiledRules
from opencheck.report.finding import Finding
from opencheck.rules.packs import loader
from opencheck.rules.packs.pack import Pack

__all__ = ["Runner", "load_pack"]


class Runner:
    """Checks records by the rules of a pack."""

    def check(self, pack: Pack, rule: str, records: Any, as_of: date | str, *, include_all: bool) -> list[Finding]:
        """The findings of one rule alone."""
        return check_records(records, packs=[pack], as_of=as_of, rules=[rule], include_all=include_all).findings()

    def compile(self, pack: Pack, table: str, as_of: date | str) -> CompiledRules:
        """The rules about single records of a table, planned once for many of them."""
        return CompiledRules(pack, table, as_of)


_RUNNER = Runner()


def load_pack(name: str | Path, parameters: Mapping[str, Any] | None = None) -> Pack:
    """Load a pack of rules by its name or folder.

    Args:
        name: the name of a pack that comes with opencheck, or the folder of one.
        parameters: values in place of the pack's own, by parameter id (``{"covers": "2019"}``).

    Raises:
        PackError: no such pack, or one that does not load; the message names file and line.

    >>> pack = load_pack("pingdu-2018")
    >>> pack.clauses["9.4"].id, len(pack.rules) > 100
    ('9.4', True)
    """
    pack = loader.load_pack(name, parameters)
    pack.runner = _RUNNER
    return pack
