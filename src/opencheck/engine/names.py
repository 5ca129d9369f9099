"""Replace what ledgers write for topics, units and other words by the pack's names, and count the words that it does not know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from opencheck.core.localized import LocalizedName
from opencheck.core.message_catalogue import LANGUAGES, get_message
from opencheck.core.normalize import UNUSUAL_SPELLING, Spelling, normalize_batch, normalize_key, normalize_name
from opencheck.engine.result import Note
from opencheck.records.contradictions import (
    CONTRADICTED,
    Doubt,
    contradictions_in,
    entries_of,
    has_contradictions,
    same_words_in,
    says_same_words,
)
from opencheck.records.dataset import REJECTED, ROW, SRC, SourceLocation
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import OTHER_TOPIC, TOPIC_LIKE, UNKNOWN_TOPIC
from opencheck.rules.packs.listed_words import words_of_item
from opencheck.rules.packs.pack import Pack, topic_like
from opencheck.rules.packs.unit_names import UnitNames

__all__ = ["Names", "UnknownWords", "advice_on_other_topics", "counted"]

_FEW = 200
"""Values up to which Python counts them faster than a query."""
_BETWEEN_WORDS = "\x1f"
"""Between the names for one item of a list that holds several words."""
_SAME_WORDS = "_same_words"
"""Among the words that a pack does not know: 同上 and the like, which are taken for blanks."""
_NO_LIKENESS = pl.lit(None, dtype=pl.String).alias(TOPIC_LIKE)
_DOUBT_NOTES = {
    Doubt.DIFFERENT: "note.contradicted",
    Doubt.MERGED: "note.merged_across",
    Doubt.UNKNOWN: "note.unknown_day",
    Doubt.WORD: "note.left_open_word",
    Doubt.PERIOD: "note.left_open_period",
    Doubt.TIME: "note.left_open_time",
}
_OF_ONE_CELL = frozenset({Doubt.UNKNOWN, Doubt.WORD, Doubt.PERIOD, Doubt.TIME})
"""The doubts about what stands in one cell: it is told, not the column's header."""
_MOST_TOLD = 10
"""Different cells of a field that one note tells."""
PlaceOf = Callable[[int | None, int | None], SourceLocation]
UnknownWords = dict[str, Counter[str]]
"""For each field the words that a pack does not know, with the number of records; under ``_contradicted`` why fields are left open."""


@dataclass
class Names:
    """The pack's names for a table: for each field the name by its normalized spelling. It can be pickled."""

    table: str
    by_field: dict[str, Mapping[str, str]]
    reported: frozenset[str]
    """The fields of which unknown words are reported."""
    identifying: Mapping[str, Spelling] = field(default_factory=dict)
    """The fields by which things are told apart (subjects, batches), and what each names: their spellings are unified."""
    placeholders: frozenset[str] = frozenset()
    """Words that say nothing (normalized), besides those that are blanks for every pack."""
    _known: dict[str, dict[str, str | None]] = field(default_factory=dict, repr=False)
    """By field the names of the values of earlier batches, None for unknown ones: a cache."""
    _nearest: dict[str, str | None] = field(default_factory=dict, repr=False)
    """For each unknown topic the known one that it resembles: a cache."""
    _canonical: dict[str, pl.Series] = field(default_factory=dict, repr=False)
    """By field the values in ``_known`` that are names of the pack already."""

    @classmethod
    def of(cls, pack: Pack, table: str) -> Names:
        """The names that a pack has for a table's fields."""
        fields = TABLES[table].fields
        units = {n: pack.unit_names for n, f in fields.items() if f.column.entity == "unit"}
        maps: dict[str, Mapping[str, str]] = {
            "topic": pack.topic_names,
            "elements": pack.element_names,
            **units,
            **pack.term_names,
        }
        by_field = {n: names for n, names in maps.items() if names and n in fields}
        reported = frozenset({"topic", "elements", *pack.term_names}) & set(by_field)
        identifying = {n: what for n, f in fields.items() if (what := f.column.tells_apart) and n not in by_field}
        return cls(table, by_field, reported, identifying, pack.placeholders)

    def applied(self, batch: pl.DataFrame, unknown: UnknownWords) -> pl.DataFrame:
        """Replace spellings in a batch by the pack's names.

        Args:
            batch: the batch.
            unknown: where words that the pack does not know are counted.
        """
        if self.placeholders:
            batch = self._without_placeholders(batch)
        batch = self._with_one_spelling(batch)
        changed: list[pl.Expr] = [_NO_LIKENESS] if "topic" in batch.columns else []
        usable = batch.filter(~pl.col(REJECTED)) if REJECTED in batch.columns and batch[REJECTED].any() else batch
        if has_contradictions(usable):
            differing = unknown.setdefault(CONTRADICTED, Counter())
            for entry, number in entries_of(usable[CONTRADICTED]):
                for c in contradictions_in(entry):
                    said = dict.fromkeys(v if c.doubt in _OF_ONE_CELL else h for h, v in c.columns)
                    differing["\x1f".join((c.doubt, c.field, *said))] += number
            self._count_same(usable, unknown)
        for name, names in self.by_field.items():
            if name not in batch.columns:
                continue
            values = batch[name]
            nested = isinstance(values.dtype, pl.List)
            known = self._known.setdefault(name, {})
            own = self._canonical.get(name)
            if own is not None and len(values) > _FEW and (values.explode() if nested else values).is_in(own.implode()).all():
                continue
            mapping: dict[str, str] = {}
            numbers = None if usable is batch else dict(counted(usable[name]))
            for value, count in counted(values):
                if value not in known:
                    known[value] = _name_of(value, names, is_item=nested)
                name_of = known[value]
                if name_of is None:
                    number = count if numbers is None else numbers.get(value, 0)
                    own_name = names.local(value) if isinstance(names, UnitNames) else value
                    if own_name != value:
                        mapping[value] = own_name
                    if name in self.reported and number and value != ELSEWHERE:
                        unknown.setdefault(name, Counter())[own_name] += number
                elif name_of != value:
                    mapping[value] = name_of
            if len(values) > _FEW:
                self._canonical[name] = pl.Series(
                    [v for v, n in list(known.items()) if v == n], dtype=pl.String
                )  # a copy: other threads add to it
            if mapping:
                column = pl.col(name)
                changed.append(column.list.eval(_replaced(mapping)) if nested else column.replace(mapping))
            if name == "topic" and (alike := self._nearest_topics(w for w, _ in counted(values) if known[w] is None)):
                changed[0] = pl.col(name).replace_strict(alike, default=None, return_dtype=pl.String).alias(TOPIC_LIKE)
        return batch.with_columns(changed) if changed else batch

    @staticmethod
    def _count_same(usable: pl.DataFrame, unknown: UnknownWords) -> None:
        """Count the cells that only say that they are as another one, under the first row of the batch that has such a cell of the field."""
        told = usable.select(CONTRADICTED, SRC, ROW).filter(says_same_words())
        cells = [(*cell, src, row) for text, src, row in told.iter_rows() for cell in same_words_in(text)]
        first: dict[tuple[str, str], str] = {}
        for name, word, src, row in cells:
            key = first.setdefault((name, word), "\x1f".join((name, word, str(src), "" if row is None else str(row))))
            unknown.setdefault(_SAME_WORDS, Counter())[key] += 1

    def _nearest_topics(self, unknown: Iterable[str]) -> dict[str, str]:
        """For unknown topics the one that each resembles: such a record may keep, or break, the duty that is looked for."""
        found = {}
        for word in unknown:
            if word not in self._nearest:
                self._nearest[word] = topic_like(word, self.by_field["topic"])
            found[word] = self._nearest[word] or UNKNOWN_TOPIC
        return found

    def _with_one_spelling(self, batch: pl.DataFrame) -> pl.DataFrame:
        """The batch with the spellings of the identifying fields unified."""
        changed: list[pl.Expr] = []
        for name, what in self.identifying.items():
            if name not in batch.columns:
                continue
            values = batch[name]
            nested = isinstance(values.dtype, pl.List)
            flat = values.explode() if nested else values
            if what == "batch":
                unusual, spelled = flat.drop_nulls(), normalize_batch
            else:
                unusual, spelled = flat.filter(flat.str.contains(UNUSUAL_SPELLING)), _in_one_spelling
            if mapping := {value: one for value in unusual.unique().to_list() if (one := spelled(value)) != value}:
                column = pl.col(name)
                changed.append(column.list.eval(pl.element().replace(mapping)) if nested else column.replace(mapping))
        return batch.with_columns(changed) if changed else batch

    def _without_placeholders(self, batch: pl.DataFrame) -> pl.DataFrame:
        """The batch with blanks where the pack's own placeholders stand."""
        fields = TABLES[self.table].fields
        changed: list[pl.Expr] = []
        for name in batch.columns:
            if name not in fields or fields[name].kind not in ("text", "list") or not fields[name].takes_placeholders:
                continue
            if hits := [value for value, _ in counted(batch[name]) if normalize_key(value) in self.placeholders]:
                column = pl.col(name)
                if fields[name].kind == "list":
                    kept = column.list.eval(pl.element().filter(~pl.element().is_in(hits)))
                    changed.append(pl.when(kept.list.len() > 0).then(kept).alias(name))
                else:
                    changed.append(pl.when(~column.is_in(hits)).then(column).alias(name))
        return batch.with_columns(changed) if changed else batch

    def notes(self, unknown: UnknownWords, pack: Pack, place: PlaceOf) -> list[Note]:
        """What is to be said of words that the pack does not know, and of cells that were taken for blank or for another column's.

        Args:
            unknown: what was counted.
            pack: the pack.
            place: where a row stands, by the number of its source.
        """
        found = self._same_notes(unknown.get(_SAME_WORDS, {}), place)
        open_fields: dict[tuple[str, ...], tuple[list[str], int]] = {}
        for key, number in sorted(unknown.get(CONTRADICTED, {}).items()):
            doubt, field_, *told = key.split("\x1f")
            # All cells of a field are told in one note; columns that disagree, each group of them in its own.
            group = (doubt, field_) if doubt in _OF_ONE_CELL else (doubt, field_, *told)
            before, count = open_fields.get(group, ([], 0))
            open_fields[group] = ([*before, *told][:_MOST_TOLD], count + number)
        for (doubt, field_, *_), (told, number) in open_fields.items():
            facts_of_field = {"table": self.table, "table_zh": TABLES[self.table].label_zh, "field": (self.table, field_)}
            found.append((_DOUBT_NOTES[Doubt(doubt)], {**facts_of_field, "columns": told, "count": number}))
        for name in self.by_field:
            words = unknown.get(name)
            if not words:
                continue
            if name == "topic":
                for topic, number in words.items():
                    nearest = pack.nearest_topic(topic)
                    nearest_texts = [
                        get_message("note.nearest", lang).format(nearest=nearest) if nearest else "" for lang in LANGUAGES
                    ]
                    facts = {"topic": topic, "count": number, "nearest": nearest, "near": LocalizedName(*nearest_texts)}
                    facts["other"] = advice_on_other_topics(pack)
                    found.append(("note.unknown_topic", facts))
                continue
            shown = [word for word, _ in sorted(words.items(), key=lambda w: (-w[1], w[0]))[:10]]
            found.append(("note.unknown_words", {"field": (self.table, name), "words": shown, "count": len(words)}))
        return found

    def _same_notes(self, cells: Mapping[str, int], place: PlaceOf) -> list[Note]:
        """A note for each column with cells that only say that they are as another one: how many, and where the first one is."""
        columns: dict[str, list[tuple[int, int | None, str, int]]] = {}
        for key, number in cells.items():
            name, word, src, line = key.split("\x1f")
            columns.setdefault(name, []).append((int(src), int(line) if line else None, word, number))
        found: list[Note] = []
        for name, entries in sorted(columns.items()):
            entries.sort(key=lambda entry: (entry[0], entry[1] or 0))
            file, sheet, row = place(*entries[0][:2])
            facts = {
                "table": self.table,
                "table_zh": TABLES[self.table].label_zh,
                "field": (self.table, name),
                "words": list(dict.fromkeys(word for _, _, word, _ in entries)),
                "count": sum(number for _, _, _, number in entries),
                "first": " ".join(part for part in (file, sheet) if part),
                "row": row,
            }
            found.append(("note.same_as_above" if row is not None else "note.same_as_above_somewhere", facts))
        return found


def _name_of(value: str, names: Mapping[str, str], *, is_item: bool) -> str | None:
    """The pack's name for a value, None where it knows none; an item of a list may hold several words."""
    if isinstance(names, UnitNames):
        return names.in_cell(value)
    if is_item:
        return _BETWEEN_WORDS.join(words_of_item(value, names)) or None
    return names.get(normalize_key(value))


def _replaced(mapping: Mapping[str, str]) -> pl.Expr:
    """The items of a list under the pack's names, those that hold several words taken apart."""
    items = pl.element().replace(dict(mapping))
    if not any(_BETWEEN_WORDS in names for names in mapping.values()):
        return items
    return items.str.split(_BETWEEN_WORDS).explode().unique(maintain_order=True)


def _in_one_spelling(text: str) -> str:
    """The one spelling of what tells things apart; each line may name another thing."""
    return "\n".join(normalize_name(line) for line in text.split("\n"))


def advice_on_other_topics(pack: Pack) -> LocalizedName:
    """What to write for a topic that is none of the pack's, where the pack has a name for it."""
    other = pack.topics.get(OTHER_TOPIC)
    if other is None:
        return LocalizedName("", "")
    return LocalizedName(*(get_message("note.other_topic", lang).format(title=other.title.zh) for lang in LANGUAGES))


def counted(values: pl.Series) -> Iterable[tuple[str, int]]:
    """The different texts of a column, or of the lists in it, with their numbers, in the order in which they come."""
    nested = isinstance(values.dtype, pl.List)
    if len(values) <= _FEW:
        listed = values.to_list()
        return Counter(v for row in listed for v in ((row or ()) if nested else (row,)) if v is not None).items()
    flat = (values.explode() if nested else values).drop_nulls().to_frame("v")
    return flat.group_by("v", maintain_order=True).len().iter_rows()
