"""What leaves a finding open: what is missing, contradicted, unknown or was not read; sorted, and as clauses of its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from opencheck.core.localized import LocalizedName, LocalizedText
from opencheck.core.outcomes import Outcome
from opencheck.engine.result import RuleResult
from opencheck.records.contradictions import Contradiction, Doubt
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.report.known_words import accepted_words, known_words, nearest_word
from opencheck.rules.conditions import SEVERAL
from opencheck.rules.contradicted import contradictions_of
from opencheck.rules.rule import Rule

__all__ = ["Missing", "OpenPoints", "field_name", "table_name"]


@dataclass(frozen=True)
class Missing:
    """What leaves a finding open, sorted by what a person must do about it; fields are (table, field) pairs."""

    blank: tuple[tuple[str, str], ...] = ()
    """Fields of the rule's own table that are not filled in."""
    unclear: tuple[tuple[str, str], ...] = ()
    """Fields of it that are filled in and do not decide the matter."""
    other_tables: tuple[tuple[str, str], ...] = ()
    """Fields of other tables."""
    tables: tuple[str, ...] = ()
    """Tables that were not given."""
    rejected: bool = False
    """Whether rows could not be used."""
    unread: tuple[str, ...] = ()
    """Names of what was not read and may hold the records."""


@dataclass(frozen=True)
class OpenPoints:
    """What leaves one finding open."""

    result: RuleResult
    facts: dict[str, Any]
    outcome: Outcome
    missing_names: tuple[str, ...]

    @property
    def rule(self) -> Rule:
        """The rule."""
        return self.result.rule

    @cached_property
    def missing(self) -> Missing:
        """What leaves the finding open, sorted."""
        own = self.rule.on
        unknown_fields = {name for name, _ in self.unknown_words}
        contradicted = {c.field for c in self.contradicted}
        blank: list[tuple[str, str]] = []
        unclear: list[tuple[str, str]] = []
        other_tables: list[tuple[str, str]] = []
        tables: list[str] = []
        for name in self.missing_names:
            table, _, field = name.rpartition(".")
            table = table or own
            if table == own and field in unknown_fields:
                continue
            if name in TABLES and name not in TABLES[own].fields:
                tables.append(name)
            elif field != "rejected" and table != own:
                (unclear if name in self.facts.get("unclear", ()) else other_tables).append((table, field))
            elif field != "rejected":
                record = self.rule.kind.about == "record"
                filled = self.facts.get(field) not in (None, []) if record else field in self.facts.get("unclear", ())
                filled = filled or field in contradicted or field in self._left_open
                (unclear if filled else blank).append((table, field))
        unused = {n.rpartition(".")[0] or own for n in self.missing_names if n.rpartition(".")[2] == "rejected"}
        unread = tuple(name for table in sorted(unused) for name in self.result.context.unread.get(table, ()))
        doubtful = self.doubtful(self.facts)
        rejected = bool(unused) and not (doubtful and set(doubtful) <= set(unread))
        return Missing(tuple(blank), tuple(unclear), tuple(other_tables), tuple(tables), rejected, unread)

    @cached_property
    def contradicted(self) -> list[Contradiction]:
        """The fields that the rule reads and of which two columns of the record disagree, where these leave the finding open."""
        return contradictions_of(self.rule, self.facts, self.result.context) if self.outcome is Outcome.INDETERMINATE else []

    @property
    def disagreement(self) -> LocalizedText:
        """What the columns say that disagree."""
        parts = []
        for field, columns, doubt in self.contradicted:
            facts: dict[str, Any] = {"field": (self.rule.on, field), "header": columns[0][0], "value": columns[0][1]}
            if doubt is Doubt.DIFFERENT:
                texts = [messages.localized_message("contradiction.column", {"header": h, "value": v}) for h, v in columns]
                facts = {"field": (self.rule.on, field), "columns": [LocalizedName(c.zh, c.en) for c in texts]}
            name = str(doubt or "columns")
            if doubt is Doubt.WORD:
                near = nearest_word(self.result, self.rule.on, field, columns[0][1])
                facts |= {"near": near, "values": accepted_words(self.rule.on, field)}
                name = "word_near" if near else "word"
            parts.append(messages.localized_message(f"contradiction.{name}", facts))
        return LocalizedText(zh="；".join(t.zh for t in parts), en="; ".join(t.en for t in parts))

    @cached_property
    def unknown_words(self) -> list[tuple[str, str]]:
        """The words that the pack does not know, where these leave the finding open, with their fields."""
        if (words := self.facts.get("words")) is not None:
            return [(n, w) for n, w in words if self._is_unknown(n, w)]
        if self.rule.kind.about == "set":
            return []
        values = {n: self.facts.get(n) for n in self.missing_names if "." not in n}
        listed = {n: v if isinstance(v, list) else [v] for n, v in values.items() if v is not None}
        return [(n, w) for n, given in listed.items() for w in given if isinstance(w, str) and self._is_unknown(n, w)]

    def _is_unknown(self, name: str, word: str) -> bool:
        field = TABLES[self.rule.on].fields[name]
        if field.column.entity == "unit":
            return not self.result.context.known_units.issuperset(word.split(SEVERAL))
        if field.kind == "bool":
            return True
        known = known_words(self.result.pack, self.rule.on, name)
        return bool(known) and word not in known and word != ELSEWHERE

    def _unknown_word_clauses(self) -> list[LocalizedText]:
        """A clause for each word that leaves the finding open, with the known one that is nearest."""
        texts = []
        for name, word in self.unknown_words[:5]:
            near = nearest_word(self.result, self.rule.on, name, word)
            facts = {"field": (self.rule.on, name), "word": word, "near": near}
            texts.append(messages.localized_message("unknown.word_near" if near else "unknown.word", facts))
        return texts

    @cached_property
    def _left_open(self) -> dict[str, str]:
        """The fields that doubtful records of a set leave open, each with the doubt; a word is told by itself."""
        return {name: doubt for name, doubt in self.facts.get("left_open") or () if doubt != Doubt.WORD}

    @staticmethod
    def doubtful(facts: dict[str, Any]) -> list[str]:
        """The ids of records that may be what is missing, among them the names of what was not read."""
        return [i for i in facts.get("doubtful") or () if i is not None]

    def which(self, facts: dict[str, Any], lang: str) -> str:
        """Which records may be what is missing."""
        doubtful, unread = self.doubtful(facts), self.result.context.unread.get(self.rule.on, ())
        found = {
            "lacks.which": [i for i in doubtful if i not in unread],
            "lacks.which_unread": [i for i in doubtful if i in unread],
        }
        told = [messages.format_message(name, lang, ids=ids) for name, ids in found.items() if ids]
        return messages.format_value(told, lang) if told else messages.get_message("lacks.which_unnamed", lang)

    def _field_name(self, field: tuple[str, str]) -> LocalizedText:
        return field_name(self.rule, field)

    @cached_property
    def names(self) -> list[LocalizedText]:
        """What is missing, as names of fields and tables."""
        missing = self.missing
        fields = (*missing.blank, *missing.unclear, *missing.other_tables)
        return [*map(self._field_name, fields), *map(table_name, missing.tables)]

    @cached_property
    def clauses(self) -> dict[str, list[LocalizedText]]:
        """What leaves it open as clauses: words that nobody knows, blank fields, those that do not decide, tables not given."""
        missing, named = self.missing, self.facts.get("named_periods")
        told = {"period"} if named else set()
        reasons = {f: doubt for f, doubt in self._left_open.items() if (self.rule.on, f) in missing.unclear and f not in told}
        open_fields = [
            ("lacks.tables", [*map(table_name, missing.tables)]),
            ("lacks.fields", [*map(self._field_name, (*missing.blank, *missing.other_tables))]),
            ("lacks.unclear", [*map(self._field_name, (f for f in missing.unclear if f[1] not in {*reasons, *told}))]),
        ]
        clauses = self._unknown_word_clauses()
        clauses += [messages.localized_message(name, {"fields": fields}) for name, fields in open_fields if fields]
        for name, doubt in reasons.items():
            facts = {"fields": [self._field_name((self.rule.on, name))]}
            clauses.append(messages.localized_message(f"lacks.open_{doubt or 'columns'}", facts))
        if named and any(field == "period" for _, field in missing.unclear):
            of_periods = {"field": (self.rule.on, "period"), "periods": [messages.period_name(p) for p in named[:5]]}
            clauses.append(messages.localized_message("lacks.named_periods", of_periods))
        clauses += [messages.localized_message("lacks.unread", {"unread": [*missing.unread]})] if missing.unread else []
        clauses += [messages.localized_message("lacks.rejected")] if missing.rejected else []
        return {"each": clauses}


def table_name(table: str) -> LocalizedText:
    """Return a table as a sentence names it."""
    return messages.localized_message("lacks.table", {"table": table, "table_zh": TABLES[table].label_zh})


def field_name(rule: Rule, field: tuple[str, str]) -> LocalizedText:
    """Return a field as a sentence names it, with its table where that is not the rule's own."""
    return _field_name(*field, is_own=field[0] == rule.on)


@lru_cache(maxsize=1024)
def _field_name(table: str, name: str, *, is_own: bool) -> LocalizedText:
    facts = {"table": table, "table_zh": TABLES[table].label_zh, "field": (table, name)}
    return messages.localized_message("lacks.field" if is_own else "lacks.of_table", facts)
