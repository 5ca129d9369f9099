"""What to do about a finding, as it fits the moment: overdue and undone, done late, still a draft, or of no use any more."""

from __future__ import annotations

from typing import Any

from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import QUIET, Outcome
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.report.sentences import Missing, Sentences, capitalised
from opencheck.rules.remedy import Moment

__all__ = ["moment_of", "remedy_of"]


_OF_CAUSE = {"within.calendar": "remedy.calendar", "within.no_norm": "remedy.no_norm"}
"""What to do where no fact of the record is missing, by the message that says why it cannot be judged."""


def remedy_of(said: Sentences) -> LocalizedText:
    """Return what to do now.

    Args:
        said: the finding's facts.

    Returns:
        For a breach the rule's remedy for the moment; else what must be filled in, or by when it must be done.
    """
    if said.outcome is Outcome.INDETERMINATE:
        return _of_indeterminate(said)
    if said.outcome is Outcome.PENDING:
        kind, context = said.rule.kind, said.result.context
        moment = kind.due_moment(said.rule, said.facts, context) if said.due is not None else None
        if moment is not None:
            return said.say("remedy.pending_at", {"due": moment})
        return said.say("remedy.pending" if said.due is not None else "remedy.pending_open", {"due": said.due})
    if said.outcome is Outcome.NEEDS_REVIEW:
        elsewhere = said.referring_elsewhere
        return said.say("remedy.elsewhere", {"fields": elsewhere}) if elsewhere else said.say(said.rule.kind.review, {})
    if said.outcome is Outcome.WAIVED and said.waiver:
        return said.say("remedy.waived", said.waiver)
    if said.outcome in QUIET:
        return said.say("remedy.none", {})
    return _of_breach(said)


def moment_of(said: Sentences) -> Moment:
    """Return the moment at which a breach stands on the day of the check."""
    rule, context = said.rule, said.result.context
    if said.draft:
        return Moment.DRAFT
    if rule.kind.is_done(rule, said.facts, context):
        return Moment.LATE
    past = rule.remedy.past
    if past is not None and said.due is not None and (context.as_of - said.due).days > past.after.number:
        return Moment.PAST
    return Moment.UNDONE


def _of_breach(said: Sentences) -> LocalizedText:
    rule, moment = said.rule, moment_of(said)
    own = rule.remedy.at(moment)
    if own is None and moment is Moment.LATE:
        return said.say("remedy.late", {"actual": said.facts["actual"]})
    if own is None and rule.kind.is_done(rule, said.facts, said.result.context):
        return said.say("remedy.draft_late", {})
    text = own or rule.remedy
    return LocalizedText(zh=text.zh, en=capitalised(text.en))


def _of_indeterminate(said: Sentences) -> LocalizedText:
    steps = _steps(said, said.missing)
    if strange := said.strange_words:
        fields = [*map(said.field_name, dict.fromkeys((said.rule.on, name) for name, _ in strange))]
        words = messages.localized_message("remedy.words", {"fields": fields})
        steps = [words, *steps]
    if steps:
        return said.say("remedy.missing", {"steps": {"each": steps}})
    consistent = said.facts.get("consistent") is not False and said.applies
    cause = said.rule.kind.message(said.rule, said.told(), said.result.context)[0] if consistent else ""
    return said.say(_OF_CAUSE.get(cause, "remedy.doubt"), {})


def _steps(said: Sentences, missing: Missing) -> list[LocalizedText]:
    """One instruction for each sort of what is missing."""
    found: list[tuple[str, dict[str, Any]]] = []
    if missing.tables:
        found.append(("remedy.give_table", {"fields": [*map(said.table_name, missing.tables)]}))
    if missing.blank:
        found.append(("remedy.fill", {"fields": [*map(said.field_name, missing.blank)]}))
    if missing.unclear:
        found.append(("remedy.unclear", {"fields": [*map(said.field_name, missing.unclear)]}))
    for table in dict.fromkeys(t for t, _ in missing.elsewhere):
        fields = [(t, n) for t, n in missing.elsewhere if t == table]
        links = all(TABLES[table].fields[n].column.link for _, n in fields)
        facts = {"table": table, "table_zh": TABLES[table].label_zh, "fields": fields}
        found.append(("remedy.correct_link" if links else "remedy.fill_table", facts))
    if missing.rejected:
        found.append(("remedy.rejected", {}))
    return [messages.localized_message(name, facts) for name, facts in found]
