"""The page of a rule, generated from its YAML entry: duty, reading, parameters, examples, related clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opencheck.core.localized import LocalizedName
from opencheck.core.time_limits import StatuteRef
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.report.parameter_values import value_as_text
from opencheck.rules.kinds.evidence import Evidence
from opencheck.rules.kinds.within import Within
from opencheck.rules.remedy import Moment, Remedy
from opencheck.rules.rule import Example

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opencheck.core.time_limits import DatedLimit
    from opencheck.rules.packs.pack import Pack, PackRule

__all__ = [
    "readings_page",
    "rule_index",
    "rule_page",
    "rule_pages",
]


def rule_page(pack: Pack, rule_id: str, lang: str = "zh", *, linked: bool = False) -> str:
    """Return the page of a rule as Markdown; ``linked`` turns the names of other rules into links."""
    bound = pack.rules[rule_id]
    rule = bound.rule
    clause = pack.clauses.get(rule.clause)

    def text(part: str, **facts: Any) -> str:
        return messages.format_message(f"rulepage.{part}", lang, **facts)

    lines = [f"# {rule.id} {rule.title.get(lang)}", ""]
    lines += [_OTHER[lang].format(pack=pack.id, rule=rule.id), ""] if linked else []
    lines += [f"## {text('duty')}", ""]
    if clause:
        lines += [text("clause", clause=clause.id, duty=clause.duty.get(lang)), ""]
        lines += [text("unit", unit=clause.unit), ""] if clause.unit else []
    severity = messages.get_message(f"severity.{rule.effective_severity}", lang)
    lines += [
        text("facts", table=messages.table_label(rule.on, lang), severity=severity),
        "",
        text("remedy", remedy=rule.remedy.get(lang)),
        "",
        *(_other_moments(rule.remedy, lang)),
        f"## {text('reading')}",
        "",
        *_readings(bound, pack, lang),
    ]
    if isinstance(rule.kind, Evidence):
        shows = LocalizedName(rule.kind.shows, rule.kind.shows_en)
        lines += [text("evidence", shows=messages.format_value(shows, lang)), ""]
    checks = [c for c in pack.checks if c.id in rule.decides]
    if checks:
        lines += [text("checks", checks=_listed((c.id for c in checks), lang)), ""]
    lines += [f"- {_labelled(c.id, c.beyond.get(lang), lang)}" for c in checks if c.beyond]
    lines += [f"## {text('parameters')}", ""]
    lines += _parameters(bound, pack, lang)
    lines += ["", f"## {text('examples')}", ""]
    for example in rule.examples:
        name = example.name if isinstance(example.name, str) else example.name.get(lang)
        outcome = messages.get_message(f"outcome.{example.expect}", lang)
        example_text = text("example", name=name, as_of=example.as_of, outcome=outcome)
        facts = [*_facts(example, lang), *_other_values(example, rule.on, lang)]
        lines.append("- " + example_text + "".join(text("also", fact=fact) for fact in facts))
        lines += [f"    - {record}" for record in _given(example, lang)]
    related = [
        c
        for c in pack.clauses.values()
        if clause and c.id != clause.id and c.id.rpartition(".")[0] == clause.id.rpartition(".")[0]
    ]
    lines += ["", f"## {text('related')}", ""]
    same_clause = [i for i, b in pack.rules.items() if i != rule_id and b.rule.clause == rule.clause]
    if same_clause:
        lines.append(f"- {text('mates', rules=_listed((_link(i, linked) for i in same_clause), lang))}")
    for c in related:
        theirs = _listed((_link(i, linked) for i, b in pack.rules.items() if b.rule.clause == c.id), lang)
        duty = f"{c.id} {c.duty.get(lang)}"
        lines.append(f"- {messages.get_message('join.counted', lang).format(what=duty, count=theirs) if theirs else duty}")
    lines += [] if related or same_clause else ["—"]
    return "\n".join(lines) + "\n"


def _readings(bound: PackRule, pack: Pack, lang: str) -> list[str]:
    """What a lawyer could dispute of a rule: its reading, the limits of statutes, exceptions and justifications, a paragraph each."""

    def text(part: str, **facts: Any) -> str:
        return messages.get_message(f"rulepage.{part}", lang).format(**facts)

    rule = bound.rule
    lines = [rule.reading.get(lang), ""] if rule.reading else []
    for statute in _statutes(rule):
        lines += [f"- {_limit(limit, lang)}" for limit in pack.statutes[statute.statute]]
        if statute.otherwise:
            lines.append(f"- {text('otherwise', span=messages.format_value(statute.otherwise, lang))}")
        lines.append("")
    for grant in rule.exceptions:
        basis = messages.field_label(rule.on, grant.basis, lang)
        lines += [text("exception", title=grant.title.get(lang), basis=basis), ""]
    if rule.justification:
        lines += [text("justified", field=messages.field_label(rule.on, rule.justification, lang)), ""]
    return lines


def _parameters(bound: PackRule, pack: Pack, lang: str) -> list[str]:
    """The parameters by which a rule can be read otherwise, with the reading that holds now."""
    rolls = ["roll_over_days_off"] if _has_plain_days(bound.rule, pack) else []
    return [_parameter(pack, n, lang) for n in (*bound.parameters, *rolls, "binding_from") if n in pack.parameters]


def parameter_text(pack: Pack, name: str, lang: str) -> str:
    """A parameter of a pack: its value, the pack's own where that was changed, what it may be, and the reading behind it.

    >>> from opencheck.rules.packs.loader import load_pack
    >>> parameter_text(load_pack("pingdu-2018", {"sampling_period": "month"}), "sampling_period", "en").partition(": ")[0]
    '`sampling_period` = `month` (by default `quarter`; one of `month`, `quarter`, `year`)'
    """
    own, value = pack.parameters[name], pack.values[name]
    notes = []
    if value != own.value:
        notes.append(messages.get_message("rulepage.default", lang).format(value=value_as_text(own.value)))
    if own.choices:
        listed = _listed((f"`{value_as_text(choice)}`" for choice in own.choices), lang)
        notes.append(messages.get_message("rulepage.choices", lang).format(values=listed))
    listed = messages.get_message("rulepage.noted", lang).format(notes=_notes(notes, lang)) if notes else ""
    return _labelled(f"`{name}` = `{value_as_text(value)}`{listed}", own.reading.get(lang), lang)


def _notes(notes: list[str], lang: str) -> str:
    return messages.get_message("rulepage.and", lang).join(notes)


def _parameter(pack: Pack, name: str, lang: str) -> str:
    return f"- {parameter_text(pack, name, lang)}"


def readings_page(packs: Iterable[Pack], lang: str = "zh") -> str:
    """Return the page of all readings as Markdown: for each pack what holds for all rules, then rule by rule, with the parameters."""
    lines = [f"# {messages.get_message('readings.title', lang)}", "", messages.get_message("readings.about", lang), ""]
    for pack in packs:
        lines += [f"## {pack.title.get(lang)}", ""]
        used = {n for bound in pack.rules.values() for n in bound.parameters}
        lines += [f"### {messages.get_message('readings.general', lang)}", ""]
        lines += [_parameter(pack, name, lang) for name in pack.parameters if name not in used]
        lines.append("")
        for rule_id, bound in pack.rules.items():
            lines += [f"### [{rule_id}](rules/{pack.id}/{rule_id}.md) {bound.rule.title.get(lang)}", ""]
            lines += _readings(bound, pack, lang) or [messages.get_message("readings.plain", lang), ""]
            own = [_parameter(pack, name, lang) for name in bound.parameters]
            lines += [messages.get_message("readings.parameters", lang), "", *own, ""] if own else []
    return "\n".join(lines).rstrip("\n") + "\n"


# Links to the same page in the other language.
_OTHER = {
    "zh": "[English](../../en/rules/{pack}/{rule}.md)",
    "en": "[中文](../../../rules/{pack}/{rule}.md)",
}


def _listed(parts: Iterable[str], lang: str) -> str:
    return messages.get_message("join.list", lang).join(parts)


def _labelled(label: str, value: str, lang: str) -> str:
    return messages.get_message("join.labelled", lang).format(label=label, value=value)


def _limit(limit: DatedLimit, lang: str) -> str:
    """Describe a statutory limit: norm, days in force, duration, extension, and whether it was verified in the norm."""
    described = messages.get_message("rulepage.limit", lang).format(
        norm=messages.format_value(LocalizedName(limit.norm_zh or "", limit.norm_en or ""), lang) + (limit.clause or ""),
        since=limit.since or "…",
        until=limit.until or "…",
        span=messages.format_value(limit.duration, lang),
    )
    if limit.extension:
        described += messages.get_message("rulepage.extension", lang).format(span=messages.format_value(limit.extension, lang))
    return described if limit.verified_in_source else described + messages.get_message("rulepage.unseen", lang)


def _other_moments(remedy: Remedy, lang: str) -> list[str]:
    """The remedies of a rule for other moments, as a list."""
    lines = []
    for moment in (Moment.LATE, Moment.DRAFT, Moment.PAST):
        if own := remedy.at(moment):
            facts = {"remedy": LocalizedName(own.zh, own.en), "after": remedy.past and remedy.past.after}
            lines.append(f"- {messages.format_message(f'rulepage.remedy_{moment}', lang, **facts)}")
    return [*lines, ""] if lines else []


def _statutes(rule: Any) -> list[StatuteRef]:
    limits = [getattr(rule.kind, "limit", None), rule.due.limit if rule.due else None]
    return [x for x in limits if isinstance(x, StatuteRef)]


def _has_plain_days(rule: Any, pack: Pack) -> bool:
    """Return whether the rule has a deadline in calendar days, which may roll over days off."""
    limits = [x for s in _statutes(rule) for x in pack.statutes[s.statute]]
    return isinstance(rule.kind, Within) and any(x.duration.unit == "days" and x.duration.number > 0 for x in limits)


def _link(rule_id: str, linked: bool) -> str:
    return f"[{rule_id}]({rule_id}.md)" if linked else rule_id


def _given(example: Example, lang: str) -> list[str]:
    """Describe the records of an example, one line each."""
    lines = []
    for table, rows in example.given.items():
        name = messages.table_label(table, lang)
        if not rows:
            lines.append(_labelled(name, messages.get_message("rulepage.no_rows", lang), lang))
        for row in rows:
            known = {k: v for k, v in row.items() if k in TABLES[table].fields}
            facts = [f"{messages.field_label(table, k, lang)} {_value_as_text(v, lang)}" for k, v in known.items()]
            lines.append(_labelled(name, messages.get_message("join.parts", lang).join(facts), lang))
    return lines


def _value_as_text(value: Any, lang: str) -> str:
    if value is None:
        return messages.get_message("rulepage.blank", lang)
    if isinstance(value, bool):
        return messages.format_value(value, lang)
    text = _listed(map(str, value), lang) if isinstance(value, list) else str(value)
    return text.replace("\n", " ⏎ ").replace("*", "\\*")


def rule_index(pack: Pack, lang: str = "zh") -> str:
    """Return the index of a pack's rules as Markdown, by task, with links to their pages."""
    lines = [f"# {pack.title.get(lang)}", ""]
    if pack.source:
        lines += [f"{pack.source.issuer.get(lang)}　{pack.source.signed_on or ''}", ""]
    count = messages.format_message("rulepage.counts", lang, clauses=len(pack.clauses), rules=len(pack.rules))
    if pack.checks:
        count += messages.format_message("rulepage.check_count", lang, checks=len(pack.checks))
    lines += [count, ""]
    heads = " | ".join(messages.get_message(f"column.{name}", lang) for name in ("rule", "clause", "severity", "title"))
    by_task: dict[str, list[str]] = {}
    for rule_id, bound in pack.rules.items():
        by_task.setdefault(bound.rule.clause.rpartition(".")[0], []).append(rule_id)
    for task, title in pack.tasks.items():
        if task not in by_task:
            continue
        lines += [f"## {task} {title.get(lang)}", ""]
        lines += [f"| {heads} |", "|---|---|---|---|"]
        for rule_id in by_task[task]:
            rule = pack.rules[rule_id].rule
            severity = messages.get_message(f"severity.{rule.effective_severity}", lang)
            lines.append(f"| {_link(rule_id, True)} | {rule.clause} | {severity} | {rule.title.get(lang)} |")
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def rule_pages(pack: Pack) -> dict[str, str]:
    """Return every generated page of a pack by its path in the documentation, in Chinese and English.

    >>> from opencheck import load_pack
    >>> sorted(rule_pages(load_pack("cn-disclosure-2019")))[0]
    'en/rules/cn-disclosure-2019/CD-2.12.md'
    """
    found = {}
    for lang, root in (("zh", "rules"), ("en", "en/rules")):
        found[f"{root}/{pack.id}/index.md"] = rule_index(pack, lang)
        for rule_id in pack.rules:
            found[f"{root}/{pack.id}/{rule_id}.md"] = rule_page(pack, rule_id, lang, linked=True)
    return found


def _other_values(example: Example, on: str, lang: str) -> list[str]:
    """Describe for which other values an example holds, and which of its values it needs."""
    found = []
    for says, fields in (("each", example.each), ("needs", example.needs)):
        for key, values in fields.items():
            table, _, name = key.rpartition(".")
            field = messages.field_label(table or on, name, lang)
            listed = _notes([_value_as_text(value, lang) for value in values], lang)
            found.append(messages.get_message(f"rulepage.{says}", lang).format(field=field, values=listed))
    return found


def _facts(example: Example, lang: str) -> list[str]:
    """Describe what an example expects besides its outcome."""
    found = []
    if example.due:
        found.append(messages.get_message("rulepage.due", lang).format(due=example.due))
    if example.late_by:
        found.append(messages.get_message("rulepage.late", lang).format(late=example.late_by))
    if example.severity:
        found.append(messages.get_message(f"severity.{example.severity}", lang))
    if example.parameters:
        changed = _listed((f"{k}={value_as_text(v)}" for k, v in example.parameters.items()), lang)
        found.append(messages.get_message("rulepage.with", lang).format(changed=changed))
    return found
