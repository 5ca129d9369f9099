"""The registry of requirement kinds: the built-in ones and those that other packages register."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from opencheck.core.errors import PackError, first_line
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
        kind = _loaded(entry)
        if kind.name in found:
            text = f"{entry.value}: 已有别的要求叫 {kind.name} / there is another requirement kind {kind.name!r}"
            raise PackError(text, code="kind_twice", field=kind.name)
        # A kind whose author met no rule with a condition has no sentence for what the rule does not concern; a listing asks for it.
        common = {f"{kind.name}.not_applicable": load_messages()["kind.not_applicable"]}
        try:
            add_messages({**common, **kind.messages}, entry.value)
        except ValueError as exc:
            raise PackError(str(exc), code="kind_message", field=kind.name) from exc
        found[kind.name] = kind
    return found


def _loaded(entry: EntryPoint) -> type[Kind]:
    """The kind of an entry point.

    Raises:
        PackError: it cannot be imported, or is no requirement kind with a name.
    """
    try:
        kind = entry.load()
    except Exception as exc:
        raise PackError(
            f"{entry.value}: 装好的软件包里的这种要求载入不了，请修好或卸载那个软件包 / this requirement kind of an installed package cannot "
            f"be loaded, mend or uninstall the package: {type(exc).__name__}: {first_line(exc)}",
            code="kind_unloadable",
            field=entry.name,
        ) from exc
    if not (isinstance(kind, type) and issubclass(kind, Kind) and isinstance(getattr(kind, "name", None), str)):
        raise PackError(
            f"{entry.value}: 不是要求的种类（opencheck.rules.requirement.Kind 的子类，有 name） / is no requirement kind: a subclass of "
            "opencheck.rules.requirement.Kind with a name",
            code="kind_unloadable",
            field=entry.name,
        )
    return kind


KINDS: dict[str, type[Kind]] = _kinds()
"""Requirement kinds by name: the built-in ones, and those of other packages (entry point ``opencheck.kinds``)."""
