"""In which units a limit of each kind is written: another one is refused where the rule is read.

The rules stand here by themselves: a pack whose rules are all refused could not even be loaded.
"""

from __future__ import annotations

from typing import Any

import pytest

from opencheck.rules.rule import Rule

LIMITS = ("0 days", "1 days", "3 working_days", "1 hours")
IN_DAYS = {"0 days", "1 days", "3 working_days"}
CALENDAR_DAYS = {"1 days"}


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(
    ("table", "kind", "key", "more", "accepted", "told"),
    [
        ("disclosure", "posted", "at_least", {"from": "published_on", "until": "posted_until"}, CALENDAR_DAYS, "at_least: N days"),
        ("evidence", "evidence", "valid", {"shows": "甲"}, {"0 days", "1 days"}, "valid: N days"),
        ("request", "within", "limit", {"from": "received_on", "to": "replied_on"}, IN_DAYS, "belongs to 'within_hours'"),
        ("opinion_case", "within_hours", "limit", {"from": "warned_at", "to": "responded_at"}, {"1 hours"}, "limit: N hours"),
        ("disclosure", "recent", "limit", {"field": "published_on"}, IN_DAYS, "days or working_days"),
        (
            "request", "converted", "limit",
            {"at_least": 3, "of": "subject", "day": "received_on", "into": {"table": "disclosure", "by": "subject"}},
            IN_DAYS, "days or working_days",
        ),
    ],
)  # fmt: skip
def test_limit_is_taken_in_the_units_in_which_the_kind_counts(
    table: str, kind: str, key: str, more: dict[str, Any], accepted: set[str], told: str, limit: str
) -> None:
    rule = {"id": "X-1", "clause": "1", "title": {"zh": "甲", "en": "a"}, "remedy": {"zh": "补", "en": "mend"}, "on": table}
    written = rule | {"require": {kind: {**more, key: limit}}}
    if limit in accepted:
        assert str(getattr(Rule.model_validate(written).kind, key)) == limit
    else:
        with pytest.raises(ValueError, match=told):
            Rule.model_validate(written)
