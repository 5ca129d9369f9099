"""The registry of requirement kinds: the built-in ones and those that other packages register."""

from __future__ import annotations

from importlib.metadata import entry_points

from opencheck.core.message_catalogue import add_messages, load_messages
from opencheck.rules.kinds.columns import Columns
from opencheck.rules.kinds.converted import Converted
from opencheck.rules.kinds.count import Count
from opencheck.rules.kinds.evidence import Evidence
from opencheck.rules.kinds.free_of import FreeOf
from opencheck.rules.kinds.grid import Grid
from opencheck.rules.kinds.in_one_place import InOnePlace
from opencheck.rules.kinds.linked_in import LinkedIn
from opencheck.rules.kinds.marked import Marked
from opencheck.rules.kinds.meets import Meets
from opencheck.rules.kinds.permanent import Permanent
from opencheck.rules.kinds.posted import Posted
from opencheck.rules.kinds.recent import Recent
from opencheck.rules.kinds.series import Series
from opencheck.rules.kinds.stages import Stages
from opencheck.rules.kinds.within import Within
from opencheck.rules.kinds.within_hours import WithinHours
from opencheck.rules.requirement import Kind

__all__ = [
    "KINDS",
]


def _kinds() -> dict[str, type[Kind]]:
    ours = (
        *(Within, WithinHours, Posted, Permanent, Recent, Meets, Stages, Marked, FreeOf, LinkedIn),
        *(Columns, Count, Series, Grid, InOnePlace, Converted, Evidence),
    )
    found: dict[str, type[Kind]] = {k.name: k for k in ours}
    for entry in entry_points(group="opencheck.kinds"):
        kind = entry.load()
        if kind.name in found:
            raise ValueError(f"{entry.value}: there is another requirement kind {kind.name!r}")
        # A kind whose author met no rule with a condition has no sentence for what the rule does not concern; a listing asks for it.
        add_messages({f"{kind.name}.not_applicable": load_messages()["kind.not_applicable"], **kind.messages}, entry.value)
        found[kind.name] = kind
    return found


KINDS: dict[str, type[Kind]] = _kinds()
"""Requirement kinds by name: the built-in ones, and those of other packages (entry point ``opencheck.kinds``)."""
