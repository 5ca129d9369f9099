"""A rule's page, made from its YAML entry: duty, reading, parameters, examples, related clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opencheck import messages
from opencheck.findings import plain
from opencheck.records.tables import TABLES
from opencheck.rules.evidence import Evidence
from opencheck.rules.limits import StatuteRef
from opencheck.rules.rule import Example
from opencheck.rules.within import Within

if TYPE_CHECKING:
    from opencheck.packs import Pack

__all__ = ["index", "page", "pages"]


def page(pack: Pack, rule_id: str, lang: str = "zh", *, linked: bool = False) -> str:
    """The page of a rule as Markdown, with its five headings; ``linked`` makes other rules links to their pages."""
    bound = pack.rules[rule_id]
    rule, zh = bound.rule, lang == "zh"
    clause = pack.clauses.get(rule.clause)

    def say(a: str, b: str) -> str:
        return a if zh else b

    other = f"[English](../../en/rules/{pack.id}/{rule.id}.md)" if zh else f"[中文](../../../rules/{pack.id}/{rule.id}.md)"
    lines = [f"# {rule.id} {rule.title.in_(lang)}", "", *([other, ""] if linked else []), f"## {say('义务', 'Duty')}", ""]
    if clause:
        lines += [f"{say('条款', 'Clause')} {clause.id}：{clause.duty.in_(lang)}", ""]
        lines += [f"{say('责任单位', 'Responsible')}：{clause.unit}", ""] if clause.unit else []
    lines += [
        f"{say('检查的表', 'Table')}：{TABLES[rule.on].zh if zh else rule.on}　{say('级别', 'Severity')}："
        f"{messages.word_of(f'severity.{rule.effective_severity}', lang)}",
        "",
        f"{say('怎么办', 'What to do')}：{rule.remedy.in_(lang)}",
        "",
        f"## {say('理解', 'Reading')}",
        "",
        *([rule.reading.in_(lang), ""] if rule.reading else []),
    ]
    for statute in _statutes(rule):
        for limit in pack.statutes[statute.statute]:
            span = f"{limit.since or '…'} — {limit.until or '…'}"
            extra = f"，{say('可延长', 'extension')}{messages.word(limit.extension, lang)}" if limit.extension else ""
            seen = "" if limit.seen else say("（未与原文核对）", " (not checked against the norm's text)")
            norm = limit.norm_zh if zh else limit.norm_en
            lines.append(f"- {norm}{limit.clause or ''}（{span}）：{messages.word(limit.span, lang)}{extra}{seen}")
        if statute.otherwise:
            lines.append(
                f"- {say('没有规定生效的日子按', 'on days on which no norm is in force: ')}{messages.word(statute.otherwise, lang)}"
            )
        lines.append("")
    for grant in rule.exceptions:
        basis = messages.field_label(rule.on, grant.basis, lang)
        lines += [
            f"{say('例外', 'Exception')}：{grant.title.in_(lang)}{say('，须写明', '; its basis must stand in ')}{basis}",
            "",
        ]
    if rule.justification:
        field = messages.field_label(rule.on, rule.justification, lang)
        lines += [
            say(
                f"未做到而在“{field}”写明理由的，视为符合并显示理由。",
                f"A breach is answered by a reason in “{field}”, which is shown.",
            ),
            "",
        ]
    if isinstance(rule.kind, Evidence):
        lines += [f"{say('佐证应证明', 'The evidence must show')}：{rule.kind.shows if zh else rule.kind.shows_en}", ""]
    checks = [c for c in pack.checks if c.id in rule.decides]
    if checks:
        lines += [f"{say('细分检查', 'Atomic checks')}：{'、'.join(c.id for c in checks)}", ""]
    lines += [f"- {c.id}：{c.beyond.in_(lang)}" for c in checks if c.beyond]
    lines += [f"## {say('参数', 'Parameters')}", ""]
    rolls = ["roll_over_days_off"] if _in_plain_days(rule, pack) else []
    for name in (*bound.parameters, *rolls, "binding_from"):
        if name in pack.parameters:
            parameter = pack.parameters[name]
            lines.append(f"- `{name}` = `{plain(pack.values[name])}`：{parameter.reading.in_(lang)}")
    lines += ["", f"## {say('例子', 'Examples')}", ""]
    for example in rule.examples:
        name = example.name if isinstance(example.name, str) else example.name.in_(lang)
        outcome = messages.word_of(f"outcome.{example.expect}", lang)
        extras = "".join(f"，{text}" for text in _facts(example, lang))
        lines.append(f"- {name}（{say('截至', 'as of')} {example.as_of}）→ **{outcome}**{extras}")
        lines += [f"    - {text}" for text in _given(example, lang)]
    related = [
        c
        for c in pack.clauses.values()
        if clause and c.id != clause.id and c.id.rpartition(".")[0] == clause.id.rpartition(".")[0]
    ]
    lines += ["", f"## {say('相关条款', 'Related clauses')}", ""]
    own = [c.id for c in related]
    mates = [i for i, b in pack.rules.items() if i != rule_id and b.rule.clause == rule.clause]
    if mates:
        lines.append(
            f"- {say('同一条款的其他规则', 'other rules of this clause')}：{'、'.join(_link(i, linked) for i in mates)}"
        )
    for c in related:
        theirs = "、".join(_link(i, linked) for i, b in pack.rules.items() if b.rule.clause == c.id)
        lines.append(f"- {c.id} {c.duty.in_(lang)}" + (f"（{theirs}）" if theirs else ""))
    lines += [] if own or mates else ["—"]
    return "\n".join(lines) + "\n"


def _statutes(rule: Any) -> list[StatuteRef]:
    limits = [getattr(rule.kind, "limit", None), rule.due.limit if rule.due else None]
    return [x for x in limits if isinstance(x, StatuteRef)]


def _in_plain_days(rule: Any, pack: Pack) -> bool:
    """Whether the rule has a deadline in plain days, which may run over a day off."""
    limits = [x for s in _statutes(rule) for x in pack.statutes[s.statute]]
    return isinstance(rule.kind, Within) and any(x.span.unit == "days" and x.span.number > 0 for x in limits)


def _link(rule_id: str, linked: bool) -> str:
    return f"[{rule_id}]({rule_id}.md)" if linked else rule_id


def _given(example: Example, lang: str) -> list[str]:
    """The records of an example in words, a line each."""
    lines = []
    for table, rows in example.given.items():
        name = messages.table_label(table, lang)
        if not rows:
            lines.append(f"{name}：{'（没有）' if lang == 'zh' else '(none)'}")
        for row in rows:
            facts = [f"{messages.field_label(table, k, lang)} {_plain(v)}" for k, v in row.items() if k in TABLES[table].fields]
            lines.append(f"{name}：{'；'.join(facts)}" if lang == "zh" else f"{name}: {'; '.join(facts)}")
    return lines


def _plain(value: Any) -> str:
    text = "（空）" if value is None else "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return {"True": "是", "False": "否"}.get(text, text).replace("\n", " ⏎ ").replace("*", "\\*")


def index(pack: Pack, lang: str = "zh") -> str:
    """The list of a pack's rules as Markdown, by task, each a link to its page."""
    zh = lang == "zh"
    lines = [f"# {pack.title.in_(lang)}", ""]
    if pack.source:
        lines += [f"{pack.source.issuer.in_(lang)}　{pack.source.signed_on or ''}", ""]
    count = (
        f"{len(pack.clauses)} 个条款，{len(pack.rules)} 条规则"
        if zh
        else f"{len(pack.clauses)} clauses, {len(pack.rules)} rules"
    )
    lines += [count + (f"，{len(pack.checks)} 项细分检查" if zh and pack.checks else ""), ""]
    by_task: dict[str, list[str]] = {}
    for rule_id, bound in pack.rules.items():
        by_task.setdefault(bound.rule.clause.rpartition(".")[0], []).append(rule_id)
    for task, title in pack.tasks.items():
        if task not in by_task:
            continue
        lines += [f"## {task} {title.in_(lang)}", ""]
        lines += ["| 规则 | 条款 | 级别 | 内容 |" if zh else "| rule | clause | severity | title |", "|---|---|---|---|"]
        for rule_id in by_task[task]:
            rule = pack.rules[rule_id].rule
            severity = messages.word_of(f"severity.{rule.effective_severity}", lang)
            lines.append(f"| {_link(rule_id, True)} | {rule.clause} | {severity} | {rule.title.in_(lang)} |")
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def pages(pack: Pack) -> dict[str, str]:
    """Every generated page of a pack by its path in the documentation: Chinese first, English beside.

    >>> from opencheck import load_pack
    >>> sorted(pages(load_pack("cn-disclosure-2019")))[0]
    'en/rules/cn-disclosure-2019/CD-2.12.md'
    """
    found = {}
    for lang, root in (("zh", "rules"), ("en", "en/rules")):
        found[f"{root}/{pack.id}/index.md"] = index(pack, lang)
        for rule_id in pack.rules:
            found[f"{root}/{pack.id}/{rule_id}.md"] = page(pack, rule_id, lang, linked=True)
    return found


def _facts(example: Example, lang: str) -> list[str]:
    """What an example expects beyond its outcome, in words."""
    found = []
    if example.due:
        found.append(f"{'最迟' if lang == 'zh' else 'due '}{example.due}")
    if example.late_by:
        found.append(f"迟（差）{example.late_by}" if lang == "zh" else f"late or short by {example.late_by}")
    if example.severity:
        found.append(messages.word_of(f"severity.{example.severity}", lang))
    if example.parameters:
        changed = "，".join(f"{k}={plain(v)}" for k, v in example.parameters.items())
        found.append(f"参数{changed}" if lang == "zh" else f"with {changed}")
    return found
