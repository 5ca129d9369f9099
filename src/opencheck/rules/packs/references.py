"""What a rule names in the other files of its pack must be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from opencheck.core.errors import PackError, alternatives
from opencheck.core.time_limits import StatuteRef
from opencheck.rules.packs.located_yaml import Keys, LocatedYaml
from opencheck.rules.packs.pack import Pack
from opencheck.rules.rule import Rule

__all__ = ["check_references"]


class _Name(NamedTuple):
    """A name that a rule uses: what it is of, where it stands, and the names there are."""

    what: str
    found: str
    accepted: Iterable[str]
    key: str
    code: str
    field: str


def check_references(pack: Pack, rule: Rule, located: LocatedYaml, keys: Keys) -> None:
    """Refuse a rule that names what its pack does not have.

    Args:
        pack: the pack, with everything but its rules.
        rule: the rule.
        located: the rule's file, for errors.
        keys: the rule's place in it.

    Raises:
        PackError: naming the nearest name that there is.
    """
    for name in _names(pack, rule):
        accepted = list(name.accepted)
        if name.found not in accepted:
            at = (*keys, name.key)
            raise PackError(
                f"{located.where(at)}: {name.what} {name.found!r}{alternatives(name.found, accepted)}",
                **located.at(at),
                code=name.code,
                field=name.field,
                found=name.found,
                accepted=accepted,
            )


def _names(pack: Pack, rule: Rule) -> Iterator[_Name]:
    if pack.clauses:
        what = "clauses.yaml 没有这个条款 / clauses.yaml has no clause"
        yield _Name(what, rule.clause, pack.clauses, "clause", "unknown_clause", "clause")
    for names, key in ((rule.topics, "when"), (rule.kind.topics_of(rule), "require")):
        what = "topics.yaml 没有这个主题 / topics.yaml has no topic"
        yield from (_Name(what, topic, pack.topics, key, "unknown_topic", "topic") for topic in names)
    limits = ((getattr(rule.kind, "limit", None), "require"), (rule.due.limit if rule.due else None, "due"))
    for limit, key in limits:
        if isinstance(limit, StatuteRef):
            what = "没有这个法定期限，它的规则包要写进 uses / its pack must stand in 'uses'; no limit"
            yield _Name(what, limit.statute, sorted(pack.statutes), key, "unknown_limit", "limit")
            if key == "require":
                what = "法定期限的单位不能用在这里 / a statutory limit in this unit cannot be used here:"
                held = [d for dated in pack.statutes[limit.statute] for d in (dated.duration, dated.extension) if d]
                held += [limit.otherwise] if limit.otherwise else []
                yield from (_Name(what, d.unit, rule.kind.limit_units, key, "wrong_unit", "limit") for d in held)
    what = "topics.yaml 没有这个要素 / topics.yaml has no element"
    elements = list(pack.element_names.values())
    yield from (_Name(what, element, elements, "require", "unknown_element", "elements") for element in rule.elements)
    if pack.checks:
        what = "checks.yaml 没有这项检查 / checks.yaml has no check"
        ids = [check.id for check in pack.checks]
        yield from (_Name(what, decided, ids, "decides", "unknown_check", "decides") for decided in rule.decides)
    for field, test in rule.all_tests():
        if terms := set(pack.term_names.get(field, {}).values()):
            what = f"{field}: terms.yaml 没有这个词 / terms.yaml has no term"
            wanted = (*(test.contains or ()), *(test.contains_any or ()))
            yield from (_Name(what, word, sorted(terms), "when", "unknown_term", field) for word in wanted)
