"""in_one_place: one channel for all."""

from __future__ import annotations

from pingdu_rules import check


def test_in_one_place_is_not_guessed() -> None:
    topic = "environment.polluter_disclosure"

    def outcomes(*places: str | None) -> list[str]:
        roster = [{"id": str(i), "topic": topic, "subject": f"厂{i}"} for i in range(len(places))]
        rows = [
            {"id": str(i), "topic": topic, "subject": f"厂{i}", "published_on": "2018-06-20", "channels": p}
            for i, p in enumerate(places)
        ]
        return [str(f.outcome) for f in check("PD-8-7.10", {"roster": roster, "disclosure": rows})]

    portal, own = "政府门户网站", "企业网站"
    assert outcomes(portal, portal) == ["pass", "pass"]
    assert outcomes(portal, own) == ["pass", "violation"], "a company's own site is no common place"
    assert outcomes(own, own) == ["violation", "violation"], "two sites of their own are not one place"
    assert outcomes(portal, "政务微信") == ["violation", "violation"], "no place is common"
    assert outcomes(portal, portal, own) == ["pass", "pass", "violation"]
    assert outcomes(portal, portal, "政务微信", None) == ["indeterminate"] * 4, "the blank one decides which place is common"
    assert outcomes(portal, portal, portal, "政务微信", None) == ["pass", "pass", "pass", "violation", "indeterminate"]
    assert outcomes(f"{own}；{portal}", portal) == ["pass", "pass"]
