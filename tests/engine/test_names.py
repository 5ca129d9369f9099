"""The pack's names for what is written, and words that it does not know."""

from __future__ import annotations

import pickle
from collections import Counter

import polars as pl

import opencheck as oc
from opencheck.engine.names import Names, UnknownWords
from opencheck.records.dataset import REJECTED, SourceLocation
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
        pl.DataFrame({"training_forms": [["集中 培训", "集中培训"], [], None]}), UnknownWords()
    )
    assert lists["training_forms"].to_list() == [["集中培训", "集中培训"], [], None]


def test_names_what_stands_in_an_attachment_is_no_unknown_word() -> None:
    unknown = UnknownWords()
    frame = pl.DataFrame({"elements": [["详见附件"], ["别的说法", "招生范围"]]})
    Names.of(PACK, "disclosure").applied(frame, unknown)
    assert unknown == {"elements": {"别的说法": 1}}


def test_names_of_units_that_no_list_has_are_without_the_city() -> None:
    written = ["平度市供销社", "市供销社", "平度市财政局、平度市供销社", "平度市云山镇人民政府", "平度市政府", "各部门、各镇街"]
    found = Names.of(PACK, "disclosure").applied(pl.DataFrame({"unit": written}), UnknownWords())
    assert found["unit"].to_list() == [
        "市供销社",
        "市供销社",
        "市财政局；市供销社",
        "云山镇人民政府",
        "平度市人民政府",
        "各部门、各镇街",
    ]
