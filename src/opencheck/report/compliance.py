"""A check as an assertion of a test: what was not read, or is not known to be kept, raises with its derivation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from opencheck.core.errors import InputError
from opencheck.core.outcomes import Outcome, Severity
from opencheck.engine.result import RuleResult
from opencheck.records.dataset import Rejected, SkippedLine
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.report.finding import Finding, by_gravity
from opencheck.report.rejected import rejected_line
from opencheck.report.rule_status import finding_text
from opencheck.report.wording import ignored_text

__all__ = ["refuse_breaches", "refuse_unchecked", "refuse_unread"]

_SHOWN = 20


def refuse_unchecked(rules: Iterable[str], results: Sequence[RuleResult], tables: Collection[str]) -> None:
    """Refuse rules that were not checked for want of their table.

    Raises:
        InputError: naming the rule and the table.
    """
    for name in rules:
        own = [r for r in results if r.rule.id == name]
        table = own[0].rule.on
        if not any(r.counts for r in own) and table not in tables:
            text = f"规则 {name} 没有检查：没有“{TABLES[table].label_zh}”表 / not checked: no table {table}"
            raise InputError(text, code="no_table", field="rule", found=name)


def refuse_unread(
    results: Iterable[RuleResult], rejected: Iterable[Rejected], unread: Sequence[SkippedLine], lang: str
) -> None:
    """Raise where rows of the tables that the rules read were rejected, or sheets or columns were not understood.

    Raises:
        AssertionError: with each place and reason.
    """
    __tracebackhide__ = True
    tables = {t for r in results for t in (r.rule.on, *(table for table, _ in r.rule.required_fields()))}
    lost = [r for r in rejected if r.table is None or r.table in tables]
    lines = [rejected_line(r, lang) for r in lost[:_SHOWN]]
    lines += [ignored_text(line, lang) for line in unread]
    if lines:
        counts = (("assert.rows", len(lost)), ("assert.columns", len(unread)))
        what = [messages.localized_message(name, {"count": count}) for name, count in counts if count]
        head = messages.localized_message("assert.unread", {"what": {"each": what}}).get(lang)
        raise AssertionError("\n".join([head, *lines]))


def refuse_breaches(findings: Iterable[Finding], fail_on: str, unknown: str, lang: str) -> None:
    """Raise where a duty is broken, or not known to be kept.

    Args:
        findings: those that count.
        fail_on: the lowest severity of a violation that counts, or ``never``.
        unknown: ``fail``, or ``pass`` to let through what is indeterminate or needs a review.
        lang: the language of the text.

    Raises:
        AssertionError: with the gravest findings and their derivations.
    """
    __tracebackhide__ = True
    least = Severity(fail_on).rank if fail_on != "never" else max(s.rank for s in Severity) + 1
    open_ = (Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW) if unknown == "fail" else ()
    found = [f for f in findings if f.outcome in open_ or (f.outcome is Outcome.VIOLATION and f.severity.rank >= least)]
    if found:
        shown = by_gravity(found)[:_SHOWN]
        head = messages.localized_message("assert.head", {"count": len(found), "shown": len(shown)}).get(lang)
        lines = [f"{f.rule} {f.result.rule.title.get(lang)}\n{finding_text(f, lang)}" for f in shown]
        raise AssertionError("\n".join([head, *lines]))
