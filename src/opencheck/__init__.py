"""opencheck: checks whether government offices keep their openness duties (政务公开).

    import opencheck as oc
    report = oc.check("ledger.xlsx", pack="pingdu-2018", as_of="2018-12-31")
    for finding in report.violations:
        print(finding.unit, finding.message.zh, finding.remedy.zh)

Everything is imported when it is first used: ``import opencheck`` itself loads no library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opencheck import documents
    from opencheck.api.check import check
    from opencheck.api.preflight import Preflight, preflight
    from opencheck.core.calendar import WorkCalendar
    from opencheck.core.errors import InputError, OpencheckError, PackError, UnknownDayError
    from opencheck.core.outcomes import Outcome
    from opencheck.core.version import __version__
    from opencheck.report.finding import Finding
    from opencheck.report.report import Report
    from opencheck.rules.packs.loader import load_pack, pack_names
    from opencheck.rules.packs.pack import Pack

__all__ = [
    "Finding",
    "InputError",
    "OpencheckError",
    "Outcome",
    "Pack",
    "PackError",
    "Preflight",
    "Report",
    "UnknownDayError",
    "WorkCalendar",
    "__version__",
    "check",
    "documents",
    "load_pack",
    "pack_names",
    "preflight",
]


_HOMES = {
    "check": "api.check",
    "WorkCalendar": "core.calendar",
    "InputError": "core.errors",
    "OpencheckError": "core.errors",
    "PackError": "core.errors",
    "UnknownDayError": "core.errors",
    "Finding": "report.finding",
    "Report": "report.report",
    "Pack": "rules.packs.pack",
    "load_pack": "rules.packs.loader",
    "pack_names": "rules.packs.loader",
    "Preflight": "api.preflight",
    "preflight": "api.preflight",
    "Outcome": "core.outcomes",
    "__version__": "core.version",
}


def __getattr__(name: str) -> Any:
    if name == "documents":
        return import_module("opencheck.documents")
    if name not in _HOMES:
        raise AttributeError(f"module 'opencheck' has no attribute {name!r}")
    value = getattr(import_module(f"opencheck.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
