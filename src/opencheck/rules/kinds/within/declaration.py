"""What a rule declares of ``within``: the limit, what starts it anew, extends it or suspends it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from opencheck.core.time_limits import Duration, LimitSpec
from opencheck.records.tables import TABLES
from opencheck.rules.expressions import require_field
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.requirement import Kind

__all__ = ["Restart", "Suspension", "WithinDeclaration", "other_units"]


class Restart(BaseModel):
    """A period that starts anew: when that was asked for, and the day from which it runs then."""

    model_config = ConfigDict(extra="forbid")

    asked: Annotated[str, Field(description="date field: when the applicant was asked for a correction")]
    on: Annotated[str, Field(description="date field: when the corrected request came")]


class Suspension(BaseModel):
    """Working days that are not counted, from their own dates: those after one day up to another."""

    model_config = ConfigDict(extra="forbid")

    from_: Annotated[str, Field(alias="from", description="date field: the day on which others were asked")]
    to: Annotated[str, Field(description="date field: the day on which they answered")]
    at_most: Annotated[LimitSpec, Field(description="while they have not answered, so many working days")]


class WithinDeclaration(Kind):
    """The data of ``within``."""

    from_: Annotated[str, Field(alias="from", description="date field of the record: the event, itself not counted")]
    to: Annotated[str, Field(description="date field that must lie in the limit; table.field for a linked table")]
    limit: LimitSpec
    extended_by_notice: Annotated[
        str | None, Field(description="date field: notice of the extension that the statute allows")
    ] = None
    not_counted: Annotated[str | None, Field(description="number field: working days that are not counted")] = None
    restarts: Annotated[Restart | None, Field(description="the period starts anew from another day")] = None
    suspended: Annotated[list[Suspension], Field(description="working days not counted, by their own dates")] = []
    also: Annotated[str | None, Field(description="date field of the record itself that tells the linked day too")] = None

    def target(self, rule: RuleSpec) -> tuple[str | None, str]:
        table, _, name = self.to.rpartition(".")
        return table or None, name

    def check(self, rule: RuleSpec) -> None:
        table, name = self.target(rule)
        require_field(rule.on, self.from_, "date", "datetime")
        require_field(table or rule.on, name, "date", "datetime")
        if isinstance(self.limit, Duration) and self.limit.unit == "hours":
            raise ValueError("a limit in hours belongs to 'within_hours'")
        linked = rule.require.linked
        if (table is None) != (linked is None) or (linked and linked.table != table):
            raise ValueError(f"'to: {self.to}' and 'linked' must name the same table")
        if linked:
            require_field(linked.table, linked.by, "text")
        for other in (self.extended_by_notice, self.also, *self._other_days()):
            if other:
                require_field(rule.on, other, "date")
        if self.not_counted:
            require_field(rule.on, self.not_counted, "int")
        if self.varies_by_record and isinstance(self.limit, Duration) and self.limit.unit == "days":
            raise ValueError("an extension and days not counted need a limit in working days")

    def _other_days(self) -> list[str]:
        """The fields of what starts the period anew or suspends it."""
        restart = [self.restarts.asked, self.restarts.on] if self.restarts else []
        return [*restart, *(n for s in self.suspended for n in (s.from_, s.to))]

    @property
    def varies_by_record(self) -> bool:
        """Whether the due day differs by record, so that working days are counted by their numbers."""
        return bool(self.extended_by_notice or self.not_counted or self.restarts or self.suspended)

    @property
    def limit_units(self) -> tuple[str, ...]:
        return ("working_days",) if self.varies_by_record else ("working_days", "days")

    def relieving_fields(self, rule: RuleSpec) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for n in (self.extended_by_notice, self.not_counted, *self._other_days()) if n))

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        table, name = self.target(rule)
        found = {(rule.on, self.from_), (table or rule.on, name)}
        if rule.require.linked and table:
            by = rule.require.linked.by
            target = TABLES[table].fields[by].column.link
            found |= {(table, by), (table, "unit"), (table, "id"), *({(target, "id")} if target else ())}
            found |= {(rule.on, n) for n in ("number", "title", *other_units(rule)) if n in TABLES[rule.on].fields}
        return found | {(rule.on, n) for n in (self.extended_by_notice, self.not_counted, self.also, *self._other_days()) if n}


def other_units(rule: RuleSpec) -> list[str]:
    """The fields besides ``unit`` that name offices of a record: who drafted it, for one."""
    return [n for n, spec in TABLES[rule.on].fields.items() if spec.column.entity == "unit" and n != "unit"]
