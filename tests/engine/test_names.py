"""The pack's names for what is written, and words that it does not know."""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import date
from typing import Any

import polars as pl

import opencheck as oc
from opencheck.core.localized import LocalizedName
from opencheck.engine.names import Names, UnknownWords, counted
from opencheck.records.contradictions import CONTRADICTED, blank_text, contradiction_text, merged_text
from opencheck.records.dataset import REJECTED, ROW, SRC, SourceLocation
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import TOPIC_LIKE, UNKNOWN_TOPIC

PACK = oc.load_pack("pingdu-2018")
TOPIC, SPELLING = "environment.air_quality", PACK.topics["environment.air_quality"].title.zh


def batch(topics: list[str | None], rejected: list[bool] | None = None) -> pl.DataFrame:
    lists = [["主要内容", "没有的要素"] if t else None for t in topics]
    elements = pl.Series(lists, dtype=pl.List(pl.String))
    frame = pl.DataFrame({"topic": pl.Series(topics, dtype=pl.String), "elements": elements})
    return frame.with_columns(pl.Series(REJECTED, rejected or [False] * len(topics), dtype=pl.Boolean))


def test_names_spellings_become_the_packs_and_unknown_words_stay() -> None:
    names, unknown = Names.of(PACK, "disclosure"), UnknownWords()
    found = names.applied(batch([SPELLING, f" {SPELLING}", TOPIC, "没有的主题", None]), unknown)
    assert found["topic"].to_list() == [TOPIC, TOPIC, TOPIC, "没有的主题", None]
    assert unknown["topic"] == Counter({"没有的主题": 1})
    assert unknown["elements"]["没有的要素"] == 4


def test_names_are_the_same_in_every_batch_and_counts_add_up() -> None:
    topics = [SPELLING, "甲", TOPIC, None, "乙", "甲"] * 200
    once, whole = UnknownWords(), Names.of(PACK, "disclosure")
    expected = whole.applied(batch(topics), once)
    for size in (1, 7, 500):
        names, unknown = Names.of(PACK, "disclosure"), UnknownWords()
        parts = [names.applied(batch(topics[at : at + size]), unknown) for at in range(0, len(topics), size)]
        assert pl.concat(parts).equals(expected)
        assert unknown == once
        assert list(unknown["topic"]) == ["甲", "乙"]  # in the order in which they come


def test_names_of_one_spelling_alone_are_the_packs_in_every_large_batch() -> None:
    names, unknown = Names.of(PACK, "disclosure"), UnknownWords()
    for topic, found in [(SPELLING, TOPIC), (TOPIC, TOPIC), (SPELLING, TOPIC), ("甲", "甲"), (SPELLING, TOPIC), ("甲", "甲")]:
        assert set(names.applied(batch([topic for _ in range(300)]), unknown)["topic"]) == {found}
    assert unknown["topic"] == Counter({"甲": 600})


def test_names_words_of_rejected_rows_are_not_counted() -> None:
    for more in (0, 2000):  # few rows, and many
        names, unknown = Names.of(PACK, "disclosure"), UnknownWords()
        topics = ["甲", "乙", "甲", *[TOPIC] * more]
        found = names.applied(batch(topics, [True, True, False, *[False] * more]), unknown)
        assert found["topic"].to_list() == topics
        assert unknown["topic"] == Counter({"甲": 1})


def test_names_pickle_and_note_the_nearest_topic() -> None:
    names, unknown = pickle.loads(pickle.dumps(Names.of(PACK, "disclosure"))), UnknownWords()
    names.applied(batch([f"{SPELLING}吗"]), unknown)
    notes = dict(names.notes(unknown, PACK, SourceLocation))
    told = notes["note.unknown_topic"]
    assert (told["topic"], told["count"], told["nearest"]) == (f"{SPELLING}吗", 1, SPELLING)
    assert told["near"] == LocalizedName(f"；最接近的是“{SPELLING}”", f"; the nearest is “{SPELLING}”")


def test_names_an_unknown_topic_stands_beside_the_one_that_it_resembles() -> None:
    names = Names.of(PACK, "disclosure")
    topics = ["市政府常务会议", SPELLING, None, "办公用品采购", f"{SPELLING}情况"]
    for more in (0, 2000):  # few rows, and many
        found = names.applied(batch([*topics, *[TOPIC] * more]), UnknownWords())
        assert found[TOPIC_LIKE].to_list()[:5] == ["meeting.decisions", None, None, UNKNOWN_TOPIC, TOPIC]
        assert found[TOPIC_LIKE].null_count() == 2 + more


def test_names_a_code_resembles_another_only_if_misspelt() -> None:
    names = Names.of(PACK, "disclosure")
    found = names.applied(batch(["environment.noise", "environment.air_qualiti"]), UnknownWords())
    assert found[TOPIC_LIKE].to_list() == [UNKNOWN_TOPIC, "environment.air_quality"]


def test_names_by_which_things_are_told_apart_have_one_spelling_in_every_batch() -> None:
    written = ["尹府 水库", "尹府水库", "Ａ1 井(东)", "2018-1号", "20181号", None]
    frame = pl.DataFrame({"subject": written * 3, "title": written * 3})
    names = Names.of(PACK, "disclosure")
    parts = [names.applied(frame[at : at + size], UnknownWords()) for size in (1, 5, 18) for at in range(0, 18, size)]
    found = pl.concat(parts)
    assert found["subject"].to_list() == ["尹府水库", "尹府水库", "A1井（东）", "2018-1号", "20181号", None] * 9
    assert found["title"].to_list() == written * 9  # what tells nothing apart stays as it was written
    lists = Names.of(PACK, "unit").applied(
        pl.DataFrame({"training_forms": [["集中 培训", "集中培训（第二期）"], [], None]}), UnknownWords()
    )
    assert lists["training_forms"].to_list() == [["集中培训", "集中培训"], [], None]


def test_names_of_batches_have_one_spelling() -> None:
    written = ["首批", "第１批", "1", "2018年度第1批", None, "9月", "2018", "0", "百"]
    found = Names.of(PACK, "service_item").applied(pl.DataFrame({"batch": written, "name": written}), UnknownWords())
    assert found["batch"].to_list() == [*["第一批"] * 3, "2018年第一批", None, "9月", "2018", "0", "百"]
    assert found["name"].to_list() == written


def test_names_of_several_words_in_one_item_are_several_in_every_batch() -> None:
    written = [["增减变化 变化原因", "增减变化"], ["报名须知"], [], None, ["增减变化及原因", "走势预判"], ["增减变化/其他"]]
    names = Names.of(PACK, "disclosure")
    unknown = UnknownWords()
    parts = [
        names.applied(pl.DataFrame({"elements": rows}, schema={"elements": pl.List(pl.String)}), unknown)
        for rows in (written, written[2:4], written[4:], written * 100)
    ]
    both = ["增减变化", "变化原因"]
    expected = [both, ["报名须知"], [], None, [*both, "走势预判"], ["增减变化/其他"]]
    assert [set(row) if row else row for row in parts[0]["elements"].to_list()] == [
        set(row) if row else row for row in expected
    ]
    assert parts[0]["elements"].to_list()[4] == expected[4]
    assert parts[1]["elements"].to_list() == [[], None]
    assert parts[2]["elements"].to_list() == expected[4:]
    assert parts[3]["elements"].to_list()[4::6] == [expected[4]] * 100
    assert dict(unknown["elements"]) == {"报名须知": 101, "增减变化/其他": 102}


def test_names_what_stands_in_an_attachment_is_no_unknown_word() -> None:
    unknown = UnknownWords()
    frame = pl.DataFrame({"elements": [["详见附件"], ["别的说法", "招生范围"]]})
    Names.of(PACK, "disclosure").applied(frame, unknown)
    assert unknown == {"elements": {"别的说法": 1}}


def test_names_of_units_that_no_list_has_are_without_the_city() -> None:
    written = [
        "平度市供销社",
        "市供销社",
        "平度市财政局、平度市供销社",
        "平度市工商局、环保局",
        "平度市云山镇人民政府",
        "平度市政府",
        "各部门、各镇街",
    ]
    found = Names.of(PACK, "disclosure").applied(pl.DataFrame({"unit": written}), UnknownWords())
    assert found["unit"].to_list() == [
        "市供销社",
        "市供销社",
        "市财政局；市供销社",
        "市市场监督管理局；市环保局",
        "云山镇人民政府",
        "平度市人民政府",
        "各部门、各镇街",
    ]


def test_names_notes_list_ten_unknown_words_the_most_frequent_first() -> None:
    words = [f"词{n:02}" for n in range(12)]
    lists = [[word] for word in words] + [["词11", "词05"], ["词11"]]
    unknown = UnknownWords()
    names = Names.of(PACK, "disclosure")
    names.applied(pl.DataFrame({"elements": lists, "topic": ["没有的主题"] * len(lists)}), unknown)
    (first, _), (name, facts) = names.notes(unknown, PACK, SourceLocation)
    assert first == "note.unknown_topic"
    assert (name, facts["field"], facts["count"]) == ("note.unknown_words", ("disclosure", "elements"), 12)
    assert facts["words"] == ["词11", "词05", *(w for w in words if w not in ("词11", "词05"))][:10]


def told(
    texts: list[str | None], rejected: list[bool] | None = None, first: int | None = 1, *, last_first: bool = False
) -> list[tuple[str, dict[str, Any]]]:
    """The notes on what stands beside the fields of requests, in rows of two sources and batches of two rows."""
    rows = len(texts)
    frame = pl.DataFrame(
        {
            "subject": ["甲"] * rows,
            CONTRADICTED: texts,
            SRC: [1 - n % 2 for n in range(rows)],
            ROW: [None if first is None else first + n for n in range(rows)],
            REJECTED: rejected or [False] * rows,
        },
        schema={"subject": pl.String, CONTRADICTED: pl.String, SRC: pl.Int32, ROW: pl.Int64, REJECTED: pl.Boolean},
    )
    names, unknown = Names.of(PACK, "request"), UnknownWords()
    starts = range(0, rows, 2)
    for at in reversed(starts) if last_first else starts:
        names.applied(frame[at : at + 2], unknown)
    return names.notes(unknown, PACK, lambda src, row: SourceLocation(f"{src}.xlsx", "一", row))


def test_names_notes_tell_of_columns_that_disagree_and_of_merged_cells() -> None:
    request = TABLES["request"].fields
    differ = contradiction_text(request["replied_on"], [("答复日期", date(2018, 9, 3)), ("办结日期", date(2018, 9, 4))])
    merged = merged_text("received_on", "收到日期", "2018-09-03")
    found = told([differ, merged, differ + merged, differ], [False, False, False, True])
    assert [(name, facts["field"][1], facts["columns"], facts["count"]) for name, facts in found] == [
        ("note.contradicted", "replied_on", ["答复日期", "办结日期"], 2),
        ("note.merged_across", "received_on", ["收到日期"], 2),
    ]
    assert told([None, None]) == []


def test_names_notes_tell_once_a_column_of_cells_that_are_as_another_and_where_the_first_is() -> None:
    request = TABLES["request"].fields
    same, mark = blank_text(request["replied_on"], "列", "同上"), blank_text(request["replied_on"], "列", "〃")
    other = blank_text(request["received_on"], "列", "同上")
    found = told([same, None, same + other, mark])
    assert [
        (name, facts["field"][1], facts["words"], facts["count"], facts["first"], facts["row"]) for name, facts in found
    ] == [
        ("note.same_as_above", "received_on", ["同上"], 1, "1.xlsx 一", 3),
        ("note.same_as_above", "replied_on", ["〃", "同上"], 3, "0.xlsx 一", 4),
    ]
    ((_, facts),) = told([same] * 8, last_first=True)
    assert (facts["first"], facts["row"], facts["count"]) == ("1.xlsx 一", 1, 8), "whichever batch is read first"
    ((name, facts),) = told([same], first=None)
    assert (name, facts["row"], facts["count"]) == ("note.same_as_above_somewhere", None, 1)


def test_names_placeholders_of_a_pack_leave_the_other_items_of_a_list() -> None:
    names = Names("disclosure", {}, frozenset(), placeholders=frozenset({"另行公布"}))
    frame = pl.DataFrame(
        {
            "id": ["另行公布", "2", "3"],
            "published_on": [date(2018, 9, 3)] * 3,
            "justification": ["另行公布。", "依据", None],
            "elements": [["另行公布", "限额"], ["另行公布"], None],
        }
    )
    found = names.applied(frame, UnknownWords())
    assert found["justification"].to_list() == [None, "依据", None]
    assert found["elements"].to_list() == [["限额"], None, None]
    assert found["id"].to_list() == ["另行公布", "2", "3"]


def test_counted_tells_each_text_with_its_number_in_the_order_in_which_they_come() -> None:
    for times in (1, 100, 101):  # few, and many
        texts = pl.Series(["乙", None, "甲", "乙"] * times)
        assert list(counted(texts)) == [("乙", 2 * times), ("甲", times)]
        lists = pl.Series([["乙", "甲"], None, [], ["乙"]] * times, dtype=pl.List(pl.String))
        assert list(counted(lists)) == [("乙", 2 * times), ("甲", times)]


def test_names_words_of_one_field_are_counted_where_all_of_another_are_known() -> None:
    names, unknown = Names.of(PACK, "disclosure"), UnknownWords()
    for _ in range(2):
        names.applied(batch([TOPIC] * 300), unknown)
    assert unknown["elements"]["没有的要素"] == 600
