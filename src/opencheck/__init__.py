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
    from opencheck.api import check
    from opencheck.calendar import WorkCalendar
    from opencheck.errors import InputError, OpencheckError, PackError, UnknownDayError
    from opencheck.findings import Finding, Report
    from opencheck.packs import Pack, load_pack, pack_names
    from opencheck.prepublication import Preflight, preflight
    from opencheck.rules.outcomes import Outcome

__version__ = "0.1.0"

_HOMES = {
    "check": "api",
    "WorkCalendar": "calendar",
    "InputError": "errors",
    "OpencheckError": "errors",
    "PackError": "errors",
    "UnknownDayError": "errors",
    "Finding": "findings",
    "Report": "findings",
    "Pack": "packs",
    "load_pack": "packs",
    "pack_names": "packs",
    "Preflight": "prepublication",
    "preflight": "prepublication",
    "Outcome": "rules.outcomes",
}

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
