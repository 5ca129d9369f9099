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
    from opencheck.api.packs import load_pack
    from opencheck.api.preflight import preflight
    from opencheck.api.preflight_result import Preflight
    from opencheck.core.calendar import WorkCalendar
    from opencheck.core.errors import InputError, OpencheckError, OutputError, PackError, UnknownDayError, UnknownNameError
    from opencheck.core.outcomes import Outcome, Severity
    from opencheck.core.version import __version__
    from opencheck.report.finding import Finding
    from opencheck.report.report import Report
    from opencheck.rules.packs.loader import pack_names
    from opencheck.rules.packs.pack import Pack

__all__ = [
    "Finding",
    "InputError",
    "OpencheckError",
    "Outcome",
    "OutputError",
    "Pack",
    "PackError",
    "Preflight",
    "Report",
    "Severity",
    "UnknownDayError",
    "UnknownNameError",
    "WorkCalendar",
    "__version__",
    "check",
    "documents",
    "load_pack",
    "pack_names",
    "preflight",
]


_HOMES = {
    "__version__": "opencheck.core.version",
    "check": "opencheck.api.check",
    "WorkCalendar": "opencheck.core.calendar",
    "InputError": "opencheck.core.errors",
    "OpencheckError": "opencheck.core.errors",
    "OutputError": "opencheck.core.errors",
    "PackError": "opencheck.core.errors",
    "UnknownDayError": "opencheck.core.errors",
    "UnknownNameError": "opencheck.core.errors",
    "Finding": "opencheck.report.finding",
    "Report": "opencheck.report.report",
    "Pack": "opencheck.rules.packs.pack",
    "load_pack": "opencheck.api.packs",
    "pack_names": "opencheck.rules.packs.loader",
    "Preflight": "opencheck.api.preflight_result",
    "preflight": "opencheck.api.preflight",
    "Outcome": "opencheck.core.outcomes",
    "Severity": "opencheck.core.outcomes",
}


def __getattr__(name: str) -> Any:
    if name == "documents":
        return import_module("opencheck.documents")
    if name not in _HOMES:
        raise AttributeError(f"module 'opencheck' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
