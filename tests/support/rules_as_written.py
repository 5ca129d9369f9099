"""Rules as the data that their author wrote."""

from __future__ import annotations

from typing import Any

from opencheck.core.time_limits import StatuteRef
from opencheck.rules.rule import Rule


def as_written(rule: Rule) -> dict[str, Any]:
    """What the author of a rule wrote, parameters filled in."""
    written = rule.model_dump(by_alias=True, exclude_unset=True)
    for holder, told in ((written["require"].get(rule.kind.name), rule.kind), (written.get("due"), rule.due)):
        if isinstance(limit := getattr(told, "limit", None), StatuteRef):
            holder["limit"] = {"statute": limit.statute} | ({"otherwise": str(limit.otherwise)} if limit.otherwise else {})
    return {name: written[name] for name in written if name != "examples"}
