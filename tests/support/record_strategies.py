"""Hypothesis strategies for records of every table, and the records of all rules' examples."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from engine_reports import PACKS
from judged_together import is_long_search
from opencheck.records.tables import TABLES
from pingdu_rules import MAYBE, PACK

SIX = ["实施步骤", "具体措施", "责任分工", "工作进展", "工作成效", "监督方式"]


STAGES = ["受理", "审查", "审批决定"]


_MINUTES = st.datetimes(datetime(2018, 9, 1), datetime(2018, 10, 20)).map(lambda d: d.replace(second=0, microsecond=0))
MOMENT = _MINUTES.filter(lambda d: d.hour or d.minute)  # a midnight is a day without its time


WORDS = [None, "甲", "市环保局", "主动公开", "政府门户网站", "王某 11010519491231002X", "（此件公开发布）"]


TOPICS = [*PACK.topics, None, "没有的主题"]


BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "date": MAYBE,
    "datetime": st.one_of(st.none(), MOMENT),
    "bool": st.sampled_from([True, False, None]),
    "int": st.sampled_from([None, 0, 1, 2, 2018]),
    "year": st.sampled_from([None, 0, 1948, 2018, 2019, 20188]),
    "percent": st.sampled_from([None, 0.0, 4.0]),
    "period": st.sampled_from([None, "2018", "2018-06", "2018-Q2", "2019"]),
    "list": st.one_of(st.none(), st.lists(st.sampled_from([*SIX, *STAGES, "政府门户网站", "固定公开栏", "甲"]), max_size=4)),
    "text": st.sampled_from(WORDS),
    "prose": st.sampled_from([*WORDS, "通知\n\n（此件公开发布）\n附件：1.名单", "甲\r\n乙"]),
}


def rows(table: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of a table with any values in its fields, some fields left out."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for name, spec in TABLES[table].fields.items():
        if spec.vocabulary:
            fields[name] = st.sampled_from([None, *spec.vocabulary.values])
        elif name == "topic":
            fields[name] = st.sampled_from(TOPICS)
        elif name == "clause":
            fields[name] = st.sampled_from([None, "3.4", "19.1"])
        elif name == "rule":
            fields[name] = st.sampled_from([None, "PD-9.4", "PD-3.4"])
        elif name.endswith("_id"):
            fields[name] = st.sampled_from([None, "0", "1", "x"])
        else:
            fields[name] = BY_KIND[spec.kind]
    del fields["id"]
    record = st.fixed_dictionaries({}, optional=fields)
    return st.lists(record, max_size=3).map(lambda found: [{"id": str(i), **r} for i, r in enumerate(found)])


LEDGERS = st.fixed_dictionaries({name: rows(name) for name in TABLES if name not in ("waiver", "listing")})


def all_examples() -> dict[str, list[dict[str, Any]]]:
    """The records of examples of every rule in one ledger, their ids kept apart: each rule comes to every outcome that it can have.

    One example of each outcome; all of them in the long search.
    """
    ledger: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES if name != "waiver"}
    for rule, bound in PACKS[0].rules.items():
        known: set[str] = set()
        for number, example in enumerate(bound.rule.examples):
            if example.expect in known and not is_long_search():
                continue
            known.add(example.expect)
            for table, records in example.given.items():
                for place, record in enumerate(records):
                    ids = {
                        k: f"{rule}/{number}/{v}"
                        for k, v in record.items()
                        if v is not None and (k == "id" or k.endswith("_id"))
                    }
                    if table in ledger:
                        ledger[table].append({"id": f"{rule}/{number}/{table}/{place}", **record, **ids})
    return {table: list({r["id"]: r for r in records}.values()) for table, records in ledger.items() if records}
