"""A rule's page, made from its YAML entry: duty, reading, parameters, examples, related clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opencheck import messages
from opencheck.records.tables import TABLES
from opencheck.rules.rule import Example

if TYPE_CHECKING:
    from opencheck.packs import Pack

__all__ = ["page"]


def page(pack: Pack, rule_id: str, lang: str = "zh") -> str:
    """The page of a rule as Markdown, with its five headings."""
    bound = pack.rules[rule_id]
    rule, zh = bound.rule, lang == "zh"
    clause = pack.clauses.get(rule.clause)

    def say(a: str, b: str) -> str:
        return a if zh else b

    lines = [f"# {rule.id} {rule.title.in_(lang)}", "", f"## {say('义务', 'Duty')}", ""]
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
    statute = getattr(getattr(rule.kind, "limit", None), "statute", None)
    if statute:
        for limit in pack.statutes[statute]:
            span = f"{limit.since or '…'} — {limit.until or '…'}"
            extra = f"，{say('可延长', 'extension')}{messages.word(limit.extension, lang)}" if limit.extension else ""
            seen = "" if limit.seen else say("（未与原文核对）", " (not checked against the norm's text)")
            norm = limit.norm_zh if zh else limit.norm_en
            lines.append(f"- {norm}{limit.clause or ''}（{span}）：{messages.word(limit.span, lang)}{extra}{seen}")
        lines.append("")
    lines += [f"## {say('参数', 'Parameters')}", ""]
    for name in (*bound.parameters, "binding_from"):
        if name in pack.parameters:
            parameter = pack.parameters[name]
            lines.append(f"- `{name}` = `{pack.values[name]}`：{parameter.reading.in_(lang)}")
    lines += ["", f"## {say('例子', 'Examples')}", ""]
    for example in rule.examples:
        name = example.name if isinstance(example.name, str) else example.name.in_(lang)
        outcome = messages.word_of(f"outcome.{example.expect}", lang)
        extras = "".join(f"，{k} {v}" for k, v in _facts(example) if v is not None)
        lines.append(f"- {name}（{say('截至', 'as of')} {example.as_of}）→ **{outcome}**{extras}")
    related = [
        c
        for c in pack.clauses.values()
        if clause and c.id != clause.id and c.id.rpartition(".")[0] == clause.id.rpartition(".")[0]
    ]
    lines += ["", f"## {say('相关条款', 'Related clauses')}", ""]
    lines += [f"- {c.id} {c.duty.in_(lang)}" for c in related] or ["—"]
    return "\n".join(lines) + "\n"


def _facts(example: Example) -> list[tuple[str, Any]]:
    return [(k, getattr(example, k)) for k in ("due", "late_by", "severity")]
