"""Ledgers by a seed: records that a rule concerns, on its boundaries, in the forms that clerks write, and with what goes wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import slow_calendar
from opencheck.records.tables import TABLES

from .generate_sets import SetRows
from .logic import ALIKE
from .records import fields_read
from .texts import FIXED, made
from .world import AGAIN, BETWEEN, ONE, Span, elements, entries, kind_of, limit_on, rules, terms, topics

DAYS_OF_CHECKS = [
    date.fromisoformat(d)
    for d in (
        "2018-02-14",
        "2018-02-24",
        "2018-08-24",
        "2018-09-29",
        "2018-09-30",
        "2018-10-08",
        "2018-10-09",
        "2018-12-29",
        "2018-12-30",
        "2018-12-31",
        "2019-01-31",
        "2019-05-15",
        "2019-06-30",
    )
]
EDGES = [
    date.fromisoformat(d)
    for d in (
        "2018-02-09",
        "2018-02-11",
        "2018-02-14",
        "2018-02-24",
        "2018-04-08",
        "2018-08-24",
        "2018-09-21",
        "2018-09-28",
        "2018-09-29",
        "2018-09-30",
        "2018-10-08",
        "2018-12-28",
        "2018-12-29",
        "2018-12-31",
        "2019-01-01",
        "2019-02-02",
        "2019-05-14",
        "2019-05-15",
    )
]

REASONS = [
    "《中华人民共和国保守国家秘密法》第九条",
    "依据《政府信息公开条例》第十四条不予公开",
    "机密★1年",
    "无法律依据",
    "领导要求",
    "工作需要",
    "不属于保密范围",
    "投诉举报核查",
    "日常检查",
    "相对人是自然人",
    "汛期公开栏损毁，改为入户发放",
    "第五条规定执行情况每季度向社会公开",
    "文件中未作规定",
    "不公开",
    "公开",
    "60日内申请行政复议，6个月内提起诉讼",
    "60日内申请复议，对复议决定不服的15日内起诉",
    "30日内",
    "详见附件",
    "无",
    "待定",
    "市政府办公室",
]
UNITS = [
    "市环保局",
    "平度市财政局",
    "市财政局",
    "市民政局",
    "市政府办公室",
    "平度市人民政府",
    "云山镇人民政府",
    "市食药局",
    "市工商局",
    "市环保局；市财政局",
    "某某中心",
    "",
    "无",
]
MANAGERS = [
    "本单位",
    "我局办公室",
    "市环保局宣传科",
    "市财政局办公室",
    "云山镇宣传办",
    "某传媒公司",
    "办公室",
    "市财政局；某传媒公司",
]
"""Who manages an account besides units: parts of them, companies, and names that nobody knows."""
SUBJECTS = ["甲", "乙", "云山丈岭井群", "某村土地征收批复", "关于某村土地征收批复的信息", "", "同上", "全市"]
PLACEHOLDERS = [None, None, "", "无", "/", "待定", "同上", "—"]
NO_LAST_DAY = [None, None, "", "无", "/", "待定", "—", "至今"]
"""For a last day: 同上 there leaves the record open, which the second evaluator does not know; see tests/readers/test_unknown_last_day.py."""


def in_words(day: date) -> str:
    def number(n: int) -> str:
        tens, ones = divmod(n, 10)
        return ("" if not tens else "十" if tens == 1 else "一二三四五六七八九"[tens - 1] + "十") + (
            "一二三四五六七八九"[ones - 1] if ones else ""
        )

    year = "".join("〇一二三四五六七八九"[int(c)] for c in str(day.year))
    return f"{year}年{number(day.month)}月{number(day.day)}日"


class Generator(SetRows):
    """Makes ledgers; the same seed makes the same ones."""

    def __init__(self, seed: int | str) -> None:
        self.random = Random(str(seed))
        self.noise = 0.1
        """How often a cell of the present record is blank, unknown or wrong: most records have little of it, for something must be decided."""

    def written(self, value: Any) -> Any:
        """A value in one of the forms that clerks write."""
        r = self.random
        if isinstance(value, datetime):
            return r.choice(
                [value.strftime("%Y-%m-%d %H:%M"), f"{value.year}年{value.month}月{value.day}日{value.hour}时{value.minute}分"]
            )
        if isinstance(value, date):
            y, m, d = value.year, value.month, value.day
            forms = [value.isoformat(), f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}{m:02}{d:02}", f"{y}年{m}月{d}日", in_words(value)]
            return r.choice([value.isoformat(), r.choice(forms)])
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, list):
            return r.choice("；;、").join(value) if value else r.choice(["无", "没有"])
        return value

    def day(self, near: list[date], spans: list[Span]) -> date:
        """A day on an edge: a deadline, the day before or after, a holiday, the end of the year."""
        r = self.random
        start = r.choice([near[0], near[-1]])
        choice = r.random()
        if choice < 0.1:
            return r.choice(EDGES)
        if choice < 0.2:
            return start + r.randint(-40, 40) * ONE
        if choice < 0.4 or not spans:
            return start + r.choice([-1, 0, 0, 1, 2, 9, 10]) * ONE
        span = r.choice(spans)
        shift = r.choice([-1, 0, 0, 1]) * ONE
        if len(near) == 1:  # the first day: the limit ends about the day of the check, or well before it
            start, left = start - r.choice([0, 0, 60]) * ONE, span.number
            while left > 0:
                start -= ONE
                left -= slow_calendar.works(start) if span.unit == "working_days" else 1
            return start + shift
        end = slow_calendar.add(start, span.number) if span.unit == "working_days" else start + span.number * ONE
        return end + shift

    def record(self, rule: dict[str, Any], as_of: date, number: str) -> dict[str, Any]:
        """A record that the rule mostly concerns."""
        r = self.random
        self.noise = r.choice([0.01, 0.01, 0.01, 0.1])
        table = rule["on"]
        read = fields_read(rule, kind_of(rule))
        wanted: dict[str, list[Any]] = {}
        for part in ("when", "consistent"):
            self._wish(rule.get(part) or {}, wanted)
        for grant in rule.get("exceptions", []):
            if r.random() < 0.4:
                self._wish(grant["when"], wanted)
        self._wish(rule["require"].get("meets", {}), wanted)
        near, spans = [as_of], spans_of(rule)
        row: dict[str, Any] = {}
        for name, spec in TABLES[table].fields.items():
            if name == "id":
                row[name] = number
            elif name not in read and r.random() < 0.8:
                row[name] = r.choice(NO_LAST_DAY if spec.column.open_ended else PLACEHOLDERS) if spec.kind != "prose" else None
            else:
                row[name] = self.cell(table, name, wanted.get(name, []), near, spans)
        if kind_of(rule) == "free_of" and r.random() < 0.8:
            row[rule["require"]["free_of"].get("text", "text")] = made(r)
        return row

    def member(self, rule: dict[str, Any], as_of: date, number: str, *, quiet: bool) -> dict[str, Any]:
        """A record of a set: mostly of those whose records count, of a period of the year, and published about when it is due."""
        r = self.random
        row = self.record(rule, as_of, number)
        self.noise = 0.0 if quiet else r.choice([0.0, 0.0, 0.1])
        need = rule["require"][kind_of(rule)]
        fields = TABLES[rule["on"]].fields
        if rule["on"] == "listing":
            return self._entry(row)
        if rule["on"] == "evidence":
            return self._evidence(rule, row, as_of, quiet=quiet)
        if "topic" in rule.get("when", {}):
            row["topic"] = self._topic(
                [rule["when"]["topic"]] if isinstance(rule["when"]["topic"], str) else rule["when"]["topic"]
            )
        if "unit" in fields:
            own = need.get("unit") or ["市环保局", "市财政局"]
            row["unit"] = r.choice([*own, None] * 3 + ([] if quiet else ["云山镇人民政府", "市旅游局", "某某中心"]))
        if "level" in fields:
            levels = need.get("level") or ["city", "county", "town", "village"]
            row["level"] = r.choice([*levels, "县级", None] + ([] if quiet else ["镇级"])) if levels != ["x"] else None
        if "subject" in fields:
            row["subject"] = r.choice(
                ["甲", "甲", "乙", "乙"]
                if quiet
                else ["甲", "甲 ", "乙", "丙", "Ａ井", "A 井", "甲；乙", "全市", "详见附件", None, *self._several(rule)]
            )
        if "attribute" in fields:
            row["attribute"] = r.choice(
                [None, "主动公开", "此件公开发布"] + ([] if quiet else ["依申请公开", "不予公开", "内部掌握"])
            )
        for axis in need.get("axes", []):
            if axis["field"] in ("elements", "sector"):
                words = [w for v in axis["values"] for w in (v, *need.get("stands_for", {}).get(v, []))]
                words += need.get("comprises", {})
                words += need.get("holds", {}).get(str(row.get("topic")), [])
                row[axis["field"]] = self._list("elements", words) if axis["field"] == "elements" else r.choice(words)
            elif axis["field"] == "aspect":
                row["aspect"] = r.choice(axis["values"])
        if "place" in need:
            row[need["place"]] = self._places(need, quiet=quiet)
        if need.get("per") == "sector":
            row["sector"] = r.choice(["教育", "教育领域", "环保"])
        month = r.randint(1, 12)
        day = date(2018, month, r.choice([1, 15, 28]))
        if "formed_on" in fields:
            row["formed_on"] = self.written(day) if r.random() > self.noise else None
        if "period" in fields:
            every = need.get("every", "year")
            names = {"month": f"2018-{month:02}", "quarter": f"2018-Q{(month + 2) // 3}", "year": "2018"}
            other = r.choice([f"2018年{month}月", "2017", "2019-01", names["month"], names["quarter"], names["year"]])
            row["period"] = r.choice([None, names[every], names[every], *([] if quiet else [other])])
        if "published_on" in fields:
            ends = [date(2018, m, 28) for m in range(1, 13)] + [as_of, date(2018, 12, 31), date(2018, 7, 31), date(2019, 1, 1)]
            shift = r.choice([0, 1, 2, 3, 4, 31, 33, 34, 62, -1, -3])
            published = r.choice([day, r.choice(ends)]) + shift * ONE
            if need.get("once") and r.random() < 0.8:  # one or two of the values, about the same day
                steps = need["axes"][0]["values"]
                row["elements"] = self.written(r.choice([*([s] for s in steps), steps[:-1], steps[1:], steps]))
                published = date(2018, 9, 28) + r.choice([-1, 0, 0, 1, 2]) * ONE
            row["published_on"] = self.written(published) if r.random() > self.noise else r.choice([None, "未公开", "/"])
        return row

    @staticmethod
    def _several(rule: dict[str, Any]) -> list[str]:
        """Other ways to name several subjects, or none for certain."""
        lists = ["甲\n乙", "乙和甲", "（1）甲（2）乙"]
        return (
            lists
            if kind_of(rule) == "grid"
            else [*lists, "A井等2处", "A井等", "A井水源", "全部", "2处", "甲\nA井", "甲、乙和丁"]
        )

    def roster(self, rule: dict[str, Any]) -> list[dict[str, Any]]:
        """Who is expected: often nobody says."""
        r = self.random
        need = rule["require"][kind_of(rule)]
        topic = need.get("roster") or rule.get("when", {}).get("topic")
        if not isinstance(topic, str) or r.random() < 0.35:
            return []
        spans = [(None, None), ("2018-03-15", None), (None, "2018-09-30"), ("2018-02-01", "2018-02-28"), ("2019-01-01", None)]
        return [
            {
                "id": f"n{i}",
                "topic": topic if r.random() > self.noise / 3 else r.choice(["某某名单", "其他", None]),
                "subject": name,
                "since": since,
                "until": until,
                "level": r.choice(["county", None]),
            }
            for i, name in enumerate(["甲", "乙", "丁", "A井"][: r.choice([1, 2, 3, 4])])
            for since, until in [r.choice(spans[:1] * 4 + spans)]
        ]

    def _wish(self, conditions: dict[str, Any], wanted: dict[str, list[Any]]) -> None:
        for name, test in conditions.items():
            if name == "any":
                self._wish(self.random.choice(test), wanted)
            elif isinstance(test, dict):
                for key, value in test.items():
                    if key == "is" and not isinstance(value, dict):
                        wanted.setdefault(name, []).append(value)
                    elif key in ("in", "contains", "contains_any"):
                        wanted.setdefault(name, []).extend(value)
                    elif key in ("at_least", "at_most", "items_at_least") and isinstance(value, int):
                        wanted.setdefault(name, []).extend([value - 1, value, value + 1])
            else:
                wanted.setdefault(name, []).extend(test if isinstance(test, list) else [test])

    def cell(self, table: str, name: str, wanted: list[Any], near: list[date], spans: list[Span]) -> Any:
        """A cell: what the rule asks for, a neighbour of it, a blank, or what nobody knows."""
        r = self.random
        spec = TABLES[table].fields[name]
        kind = spec.kind
        luck = r.random()
        if luck < self.noise or (luck < self.noise + 0.1 and spec.column.blank_means_pending):
            return r.choice(NO_LAST_DAY if spec.column.open_ended else PLACEHOLDERS)
        if kind in ("date", "datetime"):
            return self._date(spec, near, spans)
        if name == "attribute" and not wanted:
            wanted = ["主动公开"]
        if kind == "bool":
            return self.written(r.choice([v for v in wanted if isinstance(v, bool)] * 8 + [True, False]))
        if kind in ("int", "percent", "year"):
            numbers = [v for v in wanted if not isinstance(v, bool) and v >= 0] or [0, 1, 2, 3]
            if kind == "year":
                return r.choice([2018, 2018, 2018, 2017, 2019, "2018年"])
            value = r.choice([*numbers, 0, 1, 2, 3, 10])
            return r.choice([value, f"{value}%"]) if kind == "percent" else r.choice([value, str(value), f"{value}人", "三人"])
        if kind == "period":
            return r.choice(["2018", "2018年", "2018-06", "2018年6月", "2018-Q2", "2018年第二季度", "2017", "2019-01"])
        if spec.vocabulary:
            words = [w for w in wanted if w in spec.vocabulary.values] * 6 + list(spec.vocabulary.values)
            term = r.choice(words)
            spelled = next(t for t in spec.vocabulary.terms if t.value == term)
            odd = spec.vocabulary.open and r.random() < self.noise
            return "内部掌握" if odd else r.choice([term, spelled.zh, *spelled.spellings])
        if name == "topic":
            return self._topic(wanted)
        if kind == "list":
            return self._list(name, [w for w in wanted if isinstance(w, str)])
        if kind == "prose":
            return "详见附件" if r.random() < self.noise else r.choice(FIXED)
        if spec.column.link:
            return "x9" if r.random() < self.noise else f"r{r.randint(0, 300)}"
        if spec.column.entity == "unit" or name == "unit":
            return r.choice(UNITS if name == "unit" or r.random() < 0.5 else MANAGERS)
        if name == "subject":
            return r.choice(SUBJECTS)
        texts = [w for w in wanted if isinstance(w, str)]
        return r.choice([*texts, *REASONS])

    def _date(self, spec: Any, near: list[date], spans: list[Span]) -> Any:
        r = self.random
        luck = r.random()
        if luck < self.noise:
            return r.choice(["待定", "长期", "至今"] if spec.column.open_ended else ["未公开", "办理中", "待定"])
        if luck < self.noise * 1.2:
            return r.choice(["2018-02-30", "8/9/2018", "下周"])
        if near and spec.kind == "datetime":
            day = self.day(near, [])
            moment = datetime(day.year, day.month, day.day, r.choice([0, 8, 12, 23]), r.choice([0, 30, 59]))
            if len(near) > 1 and r.random() < 0.6:
                start = r.choice(near[1:])
                moment = datetime(start.year, start.month, start.day, 8, 30) + timedelta(
                    hours=r.choice([0, 5, 24, 48]), minutes=r.choice([-1, 0, 1, 60])
                )
            near.append(moment.date())
            return self.written(moment)
        found = self.day(near, spans)
        near.append(found)
        return self.written(found)

    def _topic(self, wanted: list[Any]) -> str:
        r = self.random
        asked = [w for w in wanted if w in set(topics().values())]
        luck = r.random()
        if asked and luck > self.noise:
            topic = r.choice(asked)
            return r.choice([n for n, t in _spellings() if t == topic])
        return r.choice([*ALIKE, "食堂采购", "办公用品", *(n for n, _ in r.sample(_spellings(), 3))])

    def _list(self, name: str, wanted: list[str]) -> Any:
        r = self.random
        if name == "drafting_units":
            return self.written(r.sample(["市环保局", "平度市财政局", "市工商局", "市食药局", "市民政局"], r.choice([1, 1, 2])))
        known = elements() if name == "elements" else terms(name)
        keep = r.choice([0.8, 0.95, 1])
        chosen = [w for w in dict.fromkeys(wanted) if r.random() < keep]
        if r.random() < 0.3:
            chosen += r.sample(sorted(set(known.values())) or ["甲", "乙"], min(2, len(known) or 2))
        if r.random() < self.noise:
            chosen.append("别的说法")
        if r.random() < self.noise / 2:
            return "详见附件"
        if chosen and r.random() < 0.05:
            chosen.append(r.choice(chosen) + AGAIN)
        if len(chosen) > 1 and r.random() < 0.15:
            several = r.choice([1, len(chosen) - 1])
            chosen = [*chosen[: several - 1], r.choice(BETWEEN).join(chosen[several - 1 :])]
        return self.written(chosen)


def _spellings() -> list[tuple[str, str]]:
    return [
        (name, t["id"])
        for t in entries("pingdu-2018/topics.yaml")
        for name in (t["id"], t["title"]["zh"], *t.get("aliases", []))
    ]


def spans_of(rule: dict[str, Any]) -> list[Span]:
    """The limits that a rule names."""
    found: list[Span] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in ("limit", "at_least", "follow_up", "valid", "at_most") and isinstance(inner, str | dict):
                    try:
                        span = limit_on(inner, date(2018, 9, 1))
                    except (KeyError, ValueError, AttributeError):
                        span = None
                    if span and span.unit != "hours":
                        found.append(span)
                        if span.longer:
                            found.append(Span(span.number + span.longer.number, span.unit))
                look(inner)

    look(rule["require"])
    look(rule.get("due") or {})
    return found


def rules_about_records(kinds: set[str]) -> dict[str, dict[str, Any]]:
    """The rules of some kinds."""
    return {i: rule for i, rule in rules().items() if kind_of(rule) in kinds}
