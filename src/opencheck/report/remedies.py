"""What to do about a finding, as it fits the moment: overdue and undone, done late, still a draft, or of no use any more."""

from __future__ import annotations

from typing import Any

from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import QUIET, Outcome
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.report.open_points import Missing, field_name, table_name
from opencheck.report.sentences import Sentences, capitalised
from opencheck.rules.remedy import Moment

__all__ = ["moment_of", "remedy_of"]


_OF_CAUSE = {"within.calendar": "remedy.calendar", "within.no_norm": "remedy.no_norm"}
"""What to do where no fact of the record is missing, by the message that says why it cannot be judged."""


def remedy_of(sentences: Sentences) -> LocalizedText:
    """Return what to do now.

    Args:
        said: the finding's facts.

    Returns:
        For a breach the rule's remedy for the moment; else what must be filled in, or by when it must be done.
    """
    if sentences.outcome is Outcome.INDETERMINATE:
        return _of_indeterminate(sentences)
    if sentences.outcome is Outcome.PENDING:
        kind, context = sentences.rule.kind, sentences.result.context
        moment = kind.due_moment(sentences.rule, sentences.facts, context) if sentences.due is not None else None
        if moment is not None:
            return sentences.say("remedy.pending_at", {"due": moment})
        return sentences.say("remedy.pending" if sentences.due is not None else "remedy.pending_open", {"due": sentences.due})
    if sentences.outcome is Outcome.NEEDS_REVIEW:
        elsewhere = sentences.referring_elsewhere
        return (
            sentences.say("remedy.elsewhere", {"fields": elsewhere})
            if elsewhere
            else sentences.say(sentences.rule.kind.review, {})
        )
    if sentences.outcome is Outcome.WAIVED and sentences.waiver:
        return sentences.say("remedy.waived", sentences.waiver)
    if sentences.outcome in QUIET:
        return sentences.say("remedy.none", {})
    return _of_breach(sentences)


def moment_of(sentences: Sentences) -> Moment:
    """Return the moment at which a breach stands on the day of the check."""
    rule, context = sentences.rule, sentences.result.context
    if sentences.draft:
        return Moment.DRAFT
    if rule.kind.is_done(rule, sentences.facts, context):
        return Moment.LATE
    past = rule.remedy.past
    if past is not None and sentences.due is not None and (context.as_of - sentences.due).days > past.after.number:
        return Moment.PAST
    return Moment.UNDONE


def _of_breach(sentences: Sentences) -> LocalizedText:
    rule, moment = sentences.rule, moment_of(sentences)
    own = rule.remedy.at(moment)
    if own is None and moment is Moment.LATE:
        return sentences.say("remedy.late", {"actual": sentences.facts["actual"]})
    if own is None and rule.kind.is_done(rule, sentences.facts, sentences.result.context):
        return sentences.say("remedy.draft_late", {})
    text = own or rule.remedy
    return LocalizedText(zh=text.zh, en=capitalised(text.en))


def _of_indeterminate(sentences: Sentences) -> LocalizedText:
    if columns := sentences.unread_columns:
        return sentences.say("remedy.missing", {"steps": {"each": [messages.localized_message("remedy.confirm", columns)]}})
    steps = _steps(sentences, sentences.open_points.missing)
    if unknown := sentences.open_points.unknown_words:
        fields = [field_name(sentences.rule, f) for f in dict.fromkeys((sentences.rule.on, name) for name, _ in unknown)]
        words = messages.localized_message("remedy.words", {"fields": fields})
        steps = [words, *steps]
    if steps:
        return sentences.say("remedy.missing", {"steps": {"each": steps}})
    consistent = sentences.facts.get("consistent") is not False and sentences.applies
    cause = (
        sentences.rule.kind.message(sentences.rule, sentences.message_facts(), sentences.result.context)[0]
        if consistent
        else ""
    )
    return sentences.say(_OF_CAUSE.get(cause, "remedy.doubt"), {})


def _steps(sentences: Sentences, missing: Missing) -> list[LocalizedText]:
    """One instruction for each sort of what is missing."""
    found: list[tuple[str, dict[str, Any]]] = []
    if missing.tables:
        found.append(("remedy.give_table", {"fields": [*map(table_name, missing.tables)]}))
    if missing.blank:
        found.append(("remedy.fill", {"fields": [field_name(sentences.rule, f) for f in missing.blank]}))
    if missing.unclear:
        found.append(("remedy.unclear", {"fields": [field_name(sentences.rule, f) for f in missing.unclear]}))
    for table in dict.fromkeys(t for t, _ in missing.other_tables):
        fields = [(t, n) for t, n in missing.other_tables if t == table]
        links = all(TABLES[table].fields[n].column.link for _, n in fields)
        facts = {"table": table, "table_zh": TABLES[table].label_zh, "fields": fields}
        found.append(("remedy.correct_link" if links else "remedy.fill_table", facts))
    if missing.unread:
        found.append(("remedy.unread", {"unread": [*missing.unread]}))
    if missing.rejected:
        found.append(("remedy.rejected", {}))
    return [messages.localized_message(name, facts) for name, facts in found]
