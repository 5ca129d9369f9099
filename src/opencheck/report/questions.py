"""What to ask first: the columns whose absence leaves most judgements open, the headings that likely are those columns, and the topics
that nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from opencheck.core.localized import LocalizedName, LocalizedText
from opencheck.engine.names import advice_on_other_topics
from opencheck.records.dataset import Dataset, ReadHeading
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.report.finding import Finding
from opencheck.report.wording import place_text

__all__ = ["MOST_QUESTIONS", "Question", "heading_dict", "mapped_otherwise", "questions_of"]

MOST_QUESTIONS = 3

_MOST_SHOWN = 40
"""Headings of one sheet that are listed as not read."""

Columns = frozenset[tuple[str, str]]
"""Columns as (table, field)."""


@dataclass(frozen=True)
class Question:
    """Columns of one table that would settle judgements, if they were given; or what a topic is that the pack does not know."""

    table: str
    fields: tuple[str, ...]
    count: int
    """The judgements that lack nothing else."""
    likely: tuple[ReadHeading, ...] = ()
    """Headings that are not read and likely are some of the columns."""
    word: str | None = None
    """The topic that is asked about; the column of topics is there then."""
    nearest: str | None = None
    """The title of the pack's topic that it resembles."""
    other: LocalizedName | None = None
    """What to enter if it is none of the pack's topics."""

    @property
    def text(self) -> LocalizedText:
        """The question in both languages.

        >>> Question("request", ("registered_on",), 34).text.zh
        '“依申请公开”表补上“登记日期”，就能多判断34项'
        """
        return LocalizedText(zh=self._text("zh"), en=self._text("en"))

    def _text(self, lang: str) -> str:
        if self.word is not None:
            name = "question.topic_near" if self.nearest else "question.topic"
            facts = {"word": self.word, "near": self.nearest, "other": self.other or "", "count": self.count}
            return messages.format_message(name, lang, **facts)
        if len(self.fields) == len(self.likely) == 1:
            heading = self.likely[0]
            place = place_text(heading.place.file, heading.place.sheet, None, lang) or messages.table_label(self.table, lang)
            return messages.format_message(
                "question.heading", lang, place=place, count=self.count, **self._as_map(heading, lang)
            )
        facts = {"table": messages.table_label(self.table, lang), "count": self.count}
        text = messages.format_message("question.column", lang, fields=[(self.table, n) for n in self.fields], **facts)
        return text + "".join(messages.format_message("question.likely", lang, **self._as_map(h, lang)) for h in self.likely)

    def _as_map(self, heading: ReadHeading, lang: str) -> dict[str, Any]:
        """The heading, its field as a sentence names it, and as the option ``--map`` takes it."""
        field = TABLES[self.table].fields[heading.fields[0]]
        name = field.column.label_zh if lang == "zh" else field.name
        return {"heading": heading.text, "field": (self.table, field.name), "name": name}

    def as_dict(self) -> dict[str, Any]:
        """The question as JSON gives it."""
        text = self.text
        likely = [
            {
                "heading": h.text,
                "field": h.fields[0],
                "label": {lang: messages.field_label(self.table, h.fields[0], lang) for lang in ("zh", "en")},
                **h.place.as_dict(),
            }
            for h in self.likely
        ]
        return {
            "table": self.table,
            "fields": list(self.fields),
            "count": self.count,
            "likely": likely,
            "word": self.word,
            "nearest": self.nearest,
            "text": {"zh": text.zh, "en": text.en},
        }


def questions_of(indeterminate: Iterable[Finding], data: Dataset, headings: Sequence[ReadHeading]) -> list[Question]:
    """The questions that would settle most, the best first; at most three.

    Args:
        indeterminate: the findings that cannot be judged.
        data: what was read.
        headings: what became of its headings, as they are shown.

    Returns:
        Questions about columns that tables lack, and about topics that nobody knows. Tables that were not given, and blank cells, are told
        elsewhere.
    """
    open_: Counter[Columns] = Counter()
    topics: dict[tuple[str, str], Question] = {}
    for finding in indeterminate:
        if word := _unknown_topic(finding):
            table = finding.result.rule.on
            pack = finding.result.pack
            asked = topics.get((table, word)) or Question(
                table, ("topic",), 0, word=word, nearest=pack.nearest_topic(word), other=advice_on_other_topics(pack)
            )
            topics[table, word] = replace(asked, count=asked.count + 1)
            continue
        lacking = _lacking(finding, data)
        if lacking:
            open_[lacking] += 1
    found: list[Question] = []
    given: Columns = frozenset()
    while open_ and len(found) < MOST_QUESTIONS:
        gains = {columns: sum(n for other, n in open_.items() if other <= given | columns) for columns in open_}
        best = max(gains, key=lambda columns: (gains[columns] / len(columns - given), gains[columns], sorted(columns)))
        new = sorted(best - given)
        given |= best
        open_ = Counter({other: n for other, n in open_.items() if not other <= given})
        tables = list(dict.fromkeys(t for t, _ in new))
        if len(tables) == 1:
            names = _in_order(tables[0], (n for _, n in new))
            found.append(Question(tables[0], names, gains[best], _proposals(headings, tables[0], names)))
    return sorted([*found, *topics.values()], key=lambda q: -q.count)[:MOST_QUESTIONS]


def _unknown_topic(finding: Finding) -> str | None:
    """The one topic that nobody knows and that alone leaves a finding open; None where there is none or something else is lacking, too."""
    words = list(finding.facts.get("words") or ())
    only = {name.rpartition(".")[2] for name in finding.missing} <= {"topic"}
    return words[0][1] if only and len(words) == 1 and words[0][0] == "topic" else None


def _in_order(table: str, names: Iterable[str]) -> tuple[str, ...]:
    wanted = set(names)
    return tuple(n for n in TABLES[table].fields if n in wanted)


def _lacking(finding: Finding, data: Dataset) -> Columns | None:
    """The columns without which a finding cannot be judged; None where something else is lacking as well."""
    rule = finding.result.rule
    names = list(finding.missing)
    if not finding.decided_by_rule and (finding.due is None or finding.actual is None):
        # Whether the rule applies is open; once that is known its requirement must be judged, too.
        names += rule.kind.missing(rule, finding.facts, finding.result.context)
    found = set()
    for name in names:
        table, _, field = name.rpartition(".")
        table = table or rule.on
        if table not in data.tables or field not in TABLES[table].fields:
            return None
        at_place = data.fields_at(table, *data.place(finding.src, None)[:2]) if table == rule.on else None
        if field in (at_place or data.tables[table].present):
            return None
        found.add((table, field))
    return frozenset(found) or None


def _proposals(headings: Iterable[ReadHeading], table: str, names: tuple[str, ...]) -> tuple[ReadHeading, ...]:
    """For each column the first heading that is proposed for it."""
    found: dict[str, ReadHeading] = {}
    for heading in headings:
        if heading.status == "proposed" and heading.table == table and len(heading.fields) == 1 and heading.fields[0] in names:
            found.setdefault(heading.fields[0], heading)
    return tuple(found.values())


def mapped_otherwise(headings: Iterable[ReadHeading], lang: str) -> list[str]:
    """For each sheet the headings that were read under another name than the template's, and those that were not read, in words."""
    read: dict[tuple[str | None, str | None], list[str]] = {}
    unread: dict[tuple[str | None, str | None], list[str]] = {}
    for heading in headings:
        place = (heading.place.file, heading.place.sheet)
        if heading.status == "unknown":
            unread.setdefault(place, []).append(heading.text)
        elif heading.status == "mapped" and heading.how != "name":
            fields = [(heading.table, n) if "." not in n else tuple(n.split(".")) for n in heading.fields]
            text = messages.format_message("heading.as", lang, heading=heading.text, fields=fields)
            read.setdefault(place, []).append(text)
    lines = []
    for place in dict.fromkeys((*read, *unread)):
        label = place_text(*place, None, lang)
        if place in read:
            lines.append(messages.format_message("heading.read", lang, place=label, headings=read[place]))
        if place in unread:
            shown = [*unread[place][:_MOST_SHOWN], *(["…"] if len(unread[place]) > _MOST_SHOWN else [])]
            lines.append(messages.format_message("heading.unread", lang, place=label, headings=shown))
    return lines


def heading_dict(heading: ReadHeading) -> dict[str, Any]:
    """What became of a heading, as JSON gives it."""
    return {
        **heading.place.as_dict(),
        "table": heading.table,
        "heading": heading.text,
        "status": heading.status,
        "fields": list(heading.fields),
        "how": heading.how,
        "other": heading.other,
    }
