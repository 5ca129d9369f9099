"""The words that a field may hold, and the one of them that an unknown word most resembles."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from opencheck.core.normalize import closest_word, normalize_key
from opencheck.engine.result import RuleResult
from opencheck.records.tables import TABLES
from opencheck.rules.packs.pack import Pack

__all__ = ["accepted_words", "known_words", "nearest_word"]

_YES_OR_NO = ("是", "否")


def accepted_words(table: str, name: str) -> list[str]:
    """What may be written in a field of few words, as its column's drop-down has them; empty where any text may stand.

    >>> accepted_words("proposal_reply", "kind"), accepted_words("meeting", "state_secret")
    (['建议', '提案'], ['是', '否'])
    """
    field = TABLES[table].fields[name]
    return list(_YES_OR_NO if field.kind == "bool" or field.is_dated else field.vocabulary.labels if field.vocabulary else ())


def known_words(pack: Pack, table: str, name: str) -> Collection[str]:
    """The words that a field may hold, under the names that the vocabulary or the pack gives them; empty where any text may stand."""
    field = TABLES[table].fields[name]
    if field.vocabulary is not None:
        return field.vocabulary.values
    return pack.topics if name == "topic" else pack.known_terms.get(name, frozenset())


def nearest_word(result: RuleResult, table: str, name: str, word: str) -> str | None:
    """The known word of a field that is most like an unknown one."""
    field = TABLES[table].fields[name]
    if field.column.entity == "unit":
        return next(iter(difflib.get_close_matches(word, sorted(result.context.known_units), n=1, cutoff=0.6)), None)
    vocabulary = field.vocabulary
    if name == "topic":
        return result.pack.nearest_topic(word)
    if vocabulary is None:
        return result.pack.nearest_term(name, word)
    # More than half alike: all marks end in 公开.
    close = closest_word(normalize_key(word), vocabulary.spellings, at_least=0.6)
    return vocabulary.label(vocabulary.spellings[close]) if close else None
