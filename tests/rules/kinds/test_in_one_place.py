"""in_one_place: one channel for all."""

from __future__ import annotations

from datetime import date

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


TOPIC = "environment.polluter_disclosure"
PORTAL, WECHAT, OWN = "政府门户网站", "政务微信", "企业网站"


def _said(subjects: str | list[str], *rows: dict[str, object]) -> dict[str, str]:
    """What is said of each subject of the roster."""
    roster = [{"id": f"n{i}", "topic": TOPIC, "subject": s} for i, s in enumerate(subjects)]
    made = [
        {"id": str(i), "topic": TOPIC, "published_on": "2018-06-20", "attribute": "主动公开"} | row
        for i, row in enumerate(rows)
    ]
    return {f.subject or "": str(f.outcome) for f in check("PD-8-7.10", {"roster": roster, "disclosure": made})}


def test_in_one_place_several_subjects_in_a_cell_publish_each() -> None:
    assert _said("甲乙", {"subject": "甲；乙", "channels": PORTAL}) == {"甲": "pass", "乙": "pass"}


def test_in_one_place_all_subjects_or_an_attachment_may_be_anyone() -> None:
    for subject in ("全市", "详见附件", None, "/"):
        assert _said("甲乙", {"subject": subject, "channels": PORTAL}) == {"甲": "indeterminate", "乙": "indeterminate"}, (
            subject
        )


def test_in_one_place_a_blank_place_beside_another_record_is_not_forgotten() -> None:
    rows = [{"subject": s, "channels": WECHAT} for s in "甲乙"]
    rows += [{"subject": s, "channels": PORTAL} for s in "丙丁戊"]
    said = _said("甲乙丙丁戊", *rows, {"subject": "丙", "channels": None})
    assert said == {
        "丙": "indeterminate",
        "丁": "indeterminate",
        "戊": "indeterminate",
        "甲": "indeterminate",
        "乙": "indeterminate",
    }
    said = _said(
        "甲乙丙", *({"subject": s, "channels": PORTAL} for s in "甲乙"), {"subject": "丙", "channels": OWN}, {"subject": "丙"}
    )
    assert said == {"甲": "pass", "乙": "pass", "丙": "indeterminate"}, "the blank one may be on the portal"


def test_in_one_place_a_word_that_nobody_knows_is_no_common_place() -> None:
    """厂区网站 may be one more company's own site, or the platform of all of them."""
    assert set(_said("甲乙", *({"subject": s, "channels": "厂区网站"} for s in "甲乙")).values()) == {"indeterminate"}
    said = _said("甲乙丙", *({"subject": s, "channels": PORTAL} for s in "甲乙"), {"subject": "丙", "channels": "信息发布平台"})
    assert said["丙"] == "indeterminate"
    assert _said("甲乙", *({"subject": s, "channels": "企业 网站"} for s in "甲乙")) == {"甲": "violation", "乙": "violation"}


def test_in_one_place_an_unknown_attribute_decides_nothing() -> None:
    rows = [{"subject": "甲", "channels": PORTAL}, {"subject": "乙", "channels": PORTAL, "attribute": "内部掌握"}]
    assert _said("甲乙", *rows) == {"甲": "pass", "乙": "indeterminate"}
    rows = [{"subject": "甲", "channels": PORTAL}, {"subject": "乙", "channels": WECHAT, "attribute": "内部掌握"}]
    assert _said("甲乙", *rows) == {"甲": "indeterminate", "乙": "indeterminate"}, "both may have a place of their own"


def test_in_one_place_names_the_word_that_nobody_knows() -> None:
    roster = [{"id": "n", "topic": TOPIC, "subject": "甲"}]
    rows = [{"id": "1", "topic": TOPIC, "subject": "甲", "published_on": "2018-06-20", "channels": "厂区网站"}]
    (found,) = check("PD-8-7.10", {"roster": roster, "disclosure": rows})
    assert "厂区网站" in found.message.zh
    assert "厂区网站" in found.message.en
    assert found.missing == ("disclosure.channels",)


def test_in_one_place_two_places_that_the_same_subjects_use_are_no_tie() -> None:
    both = f"{PORTAL}；{WECHAT}"
    assert set(_said("甲乙丙", *({"subject": s, "channels": both} for s in "甲乙丙")).values()) == {"pass"}
    said = _said("甲乙丙", *({"subject": s, "channels": both} for s in "甲乙"))
    assert said == {"甲": "pass", "乙": "pass", "丙": "violation"}
    said = _said("甲乙丙", {"subject": "甲", "channels": both}, *({"subject": s, "channels": PORTAL} for s in "乙丙"))
    assert set(said.values()) == {"pass"}
    rows = [{"subject": "甲", "channels": both}, {"subject": "乙", "channels": PORTAL}, {"subject": "丙", "channels": WECHAT}]
    assert set(_said("甲乙丙", *rows).values()) == {"violation"}, "as many use one as the other, and not the same ones"
    said = _said("甲乙丙", *({"subject": s, "channels": both} for s in "甲乙"), {"subject": "丙", "channels": None})
    assert said["丙"] == "indeterminate"
    assert set(said.values()) <= {"pass", "indeterminate"}


def test_in_one_place_only_days_of_the_covered_year_up_to_the_check_count() -> None:
    days = {"甲": "2018-01-01", "乙": "2018-12-31", "丙": "2017-12-31", "丁": "2019-01-01"}
    roster = [{"id": s, "topic": TOPIC, "subject": s} for s in days]
    rows = [{"id": s, "topic": TOPIC, "subject": s, "published_on": d, "channels": PORTAL} for s, d in days.items()]
    for as_of, later in (("2018-12-30", "pending"), ("2018-12-31", "violation"), ("2019-06-30", "violation")):
        found = check("PD-8-7.10", {"roster": roster, "disclosure": rows}, date.fromisoformat(as_of))
        second = "pass" if as_of > "2018-12-30" else "pending"
        assert {f.subject: str(f.outcome) for f in found} == {"甲": "pass", "乙": second, "丙": later, "丁": later}
        assert {f.due for f in found} == {date(2018, 12, 31)}
        assert {f.subject for f in found if "没有" in f.message.zh} == ({"丙", "丁"} if later == "violation" else set())


def test_in_one_place_expects_who_is_on_the_roster_in_the_covered_year() -> None:
    spans = {"甲": ("2018-12-31", None), "乙": ("2019-01-01", None), "丙": (None, "2018-01-01"), "丁": (None, "2017-12-31")}
    roster = [
        {"id": s, "topic": TOPIC, "subject": s, "since": since, "until": until, "unit": "市环保局"}
        for s, (since, until) in spans.items()
    ]
    found = check("PD-8-7.10", {"roster": roster, "disclosure": []})
    assert [(f.subject, f.unit) for f in found] == [("丙", "市环保局"), ("甲", "市环保局")]


def test_in_one_place_without_a_roster_expects_who_published_and_says_so() -> None:
    rows = [
        {"id": s, "topic": TOPIC, "subject": s, "published_on": "2018-06-20", "channels": p, "attribute": a}
        for s, p, a in (
            ("甲", PORTAL, "主动公开"),
            ("乙", PORTAL, "主动公开"),
            ("丙", OWN, "主动公开"),
            ("丁", PORTAL, "内部掌握"),
        )
    ]
    found = check("PD-8-7.10", {"disclosure": rows})
    assert [(f.subject, str(f.outcome)) for f in found] == [
        (None, "indeterminate"),
        ("丙", "violation"),
        ("乙", "pass"),
        ("甲", "pass"),
    ]
    assert found[0].missing == ("roster.subject",)


def test_in_one_place_names_what_is_entered_without_its_day_to_those_who_are_not_there() -> None:
    same = {"topic": TOPIC, "published_on": "2018-06-20", "channels": PORTAL}
    subjects = ("甲", "丁", "丙", "乙", None, "甲")
    rows = [{"id": str(n), "subject": s} | same for n, s in enumerate(subjects)]
    rows[2]["channels"] = WECHAT
    for row in rows[3:]:
        row["published_on"] = None
    roster = [{"id": s, "topic": TOPIC, "subject": s} for s in "甲乙丙丁"]
    found = {f.subject: f.message.zh for f in check("PD-8-7.10", {"roster": roster, "disclosure": rows})}
    entered = {s: text.partition("编号")[2].partition("已登记")[0] for s, text in found.items()}
    assert entered == {"甲": "", "丁": "", "丙": "4", "乙": "3、4"}


def test_in_one_place_a_row_that_could_not_be_used_decides_nothing() -> None:
    kept = [{"subject": s, "channels": PORTAL} for s in "乙丙"]
    for day, outcome in (("8/9/2018", "indeterminate"), ("2017-12-31", "violation")):
        said = _said("甲乙丙", *kept, {"subject": "甲", "channels": PORTAL, "published_on": day})
        assert said == {"甲": outcome, "乙": "pass", "丙": "pass"}


def test_in_one_place_tells_what_is_unknown_of_the_record_that_may_decide() -> None:
    roster = [{"id": s, "topic": TOPIC, "subject": s, "unit": "市环保局"} for s in "甲乙丙"]
    same = {"topic": TOPIC, "published_on": "2018-06-20", "channels": PORTAL, "attribute": "主动公开"}
    rows = [{"id": s, "subject": s} | same for s in "乙丙"]

    def said(**doubt: object) -> tuple[str, tuple[str, ...]]:
        records = {"roster": roster, "disclosure": [*rows, {"id": "甲", "subject": "甲"} | same | doubt]}
        (found,) = [f for f in check("PD-8-7.10", records) if f.subject == "甲"]
        return str(found.outcome), found.missing

    assert said() == ("pass", ())
    for doubt, unknown in (
        ({"topic": None}, "topic"),
        ({"topic": "某某专刊"}, "topic"),
        ({"attribute": "内部掌握"}, "attribute"),
        ({"subject": None}, "subject"),
        ({"channels": None}, "channels"),
        ({"channels": ["厂区网站"]}, "channels"),
        ({"reviewed_on": "下周"}, "rejected"),
    ):
        assert said(**doubt) == ("indeterminate", (f"disclosure.{unknown}",)), doubt


def test_in_one_place_without_a_roster_the_last_record_tells_whose_a_subject_is() -> None:
    same = {"topic": TOPIC, "subject": "甲", "published_on": "2018-06-20", "channels": OWN}
    rows = [{"id": str(n), "unit": unit} | same for n, unit in enumerate(("市水利局", "市环保局"))]
    found = check("PD-8-7.10", {"disclosure": rows})
    assert [(f.subject, f.unit) for f in found] == [(None, found[0].unit), ("甲", "市环保局")]


def test_in_one_place_that_hangs_on_others_says_so() -> None:
    places = {"甲": PORTAL, "乙": PORTAL, "丙": WECHAT, "丁": None}
    roster = [{"id": s, "topic": TOPIC, "subject": s} for s in places]
    rows = [{"id": s, "topic": TOPIC, "subject": s, "published_on": "2018-06-20", "channels": p} for s, p in places.items()]
    found = {f.subject: f.message.zh for f in check("PD-8-7.10", {"roster": roster, "disclosure": rows})}
    assert [s for s, text in found.items() if "其他对象的公开情况不全" in text] == ["丙", "乙", "甲"]
    assert found["丁"] == "无法判断：缺少“公开渠道”"


def test_in_one_place_several_subjects_that_are_separated_otherwise_publish_each() -> None:
    for cell in ("甲厂和乙厂", "甲厂\n乙厂", "甲厂 乙厂", "（1）甲厂（2）乙厂"):
        assert _said(["甲厂", "乙厂"], {"subject": cell, "channels": PORTAL}) == {"甲厂": "pass", "乙厂": "pass"}, cell


def test_in_one_place_subject_that_a_cell_may_mean_is_not_absent() -> None:
    first = {"subject": "甲厂", "channels": PORTAL}
    for cell, second in (
        ("乙厂东厂区", "indeterminate"),
        ("丙厂等2家", "indeterminate"),
        ("2家企业", "indeterminate"),
        ("丁厂", "violation"),
    ):
        said = _said(
            ["甲厂", "乙厂", "丙厂"], first, {"subject": "丙厂", "channels": PORTAL}, {"subject": cell, "channels": PORTAL}
        )
        assert said == {"甲厂": "pass", "乙厂": second, "丙厂": "pass"}, cell
