"""Runs the examples of a pack's rules as tests of the rules, the calendar and the messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from opencheck.api.check import check_records
from opencheck.core.errors import OpencheckError, alternatives
from opencheck.core.localized import LocalizedText
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES
from opencheck.report.finding import Finding
from opencheck.report.report import Report
from opencheck.rules.packs.loader import load_pack
from opencheck.rules.packs.pack import Pack
from opencheck.rules.rule import Example

__all__ = [
    "TO_FILL",
    "ExampleResult",
    "run_example",
    "run_examples",
]


_COMPARED = ("due", "actual", "late_by", "severity", "borderline", "before_plan", "justified", "subject", "period")


TO_FILL = LocalizedText(zh="待填：", en="to be filled: ")
"""What the texts of a skeleton begin with until somebody writes them; ``opencheck new-rule`` and ``new-pack`` put it there."""

_LEFT = "还没有填 / still to be filled in"


@dataclass(frozen=True)
class ExampleResult:
    """The result of one example: rule, name, location, and the differences from its expectation (none: passed)."""

    rule: str
    name: str
    place: str
    differences: tuple[str, ...]


def run_examples(pack: Pack) -> Iterator[ExampleResult]:
    """Every example of every rule of a pack, in order; before them, as failures, the texts of a skeleton that nobody wrote yet.

    >>> next(run_examples(load_pack("pingdu-2018"))).differences
    ()
    """
    for holder, name, place, text in _texts(pack):
        if _is_left(text):
            yield ExampleResult(holder, name, place, (f"{_LEFT}: {text.zh} / {text.en}",))
    for bound in pack.rules.values():
        for example in bound.rule.examples:
            name = example.name if isinstance(example.name, str) else example.name.zh
            yield ExampleResult(
                bound.rule.id, name, pack.places[bound.rule.id], tuple(run_example(pack, bound.rule.id, example))
            )


def _is_left(text: LocalizedText | str) -> bool:
    """Whether nobody has written a skeleton's text yet, in one of its languages."""
    if isinstance(text, str):
        return text.startswith((TO_FILL.zh, TO_FILL.en))
    return text.zh.startswith(TO_FILL.zh) or text.en.startswith(TO_FILL.en)


def _texts(pack: Pack) -> Iterator[tuple[str, str, str, LocalizedText]]:
    """The texts that the author of a pack writes, with what holds them and where that stands."""
    head, path = str(pack.path / "pack.yaml"), pack.path
    yield "pack.yaml", "title", head, pack.title
    yield from (("pack.yaml", f"parameters {p.id}", head, p.reading) for p in pack.parameters.values())
    yield from (("pack.yaml", f"tasks {number}", head, title) for number, title in pack.tasks.items())
    yield from (("clauses.yaml", c.id, str(path / "clauses.yaml"), c.duty) for c in pack.clauses.values())
    yield from (("topics.yaml", t.id, str(path / "topics.yaml"), t.title) for t in pack.topics.values())
    for id_, bound in pack.rules.items():
        texts: dict[str, LocalizedText | None] = {
            "title": bound.rule.title,
            "reading": bound.rule.reading,
            "remedy": bound.rule.remedy,
        }
        kind = bound.rule.kind
        if hasattr(kind, "shows") and hasattr(kind, "shows_en"):
            texts["shows"] = LocalizedText(zh=kind.shows, en=kind.shows_en)
        yield from ((id_, name, pack.places[id_], text) for name, text in texts.items() if text is not None)


def run_example(pack: Pack, rule: str, example: Example) -> list[str]:
    """Run an example and return the differences between its expectation and the worst finding.

    An example that says ``each`` or ``needs`` is run once more for every value that stands there, for its outcome alone.
    """
    if _is_left(example.name):
        return [_LEFT]
    if unknown := _unknown_keys(example):
        return unknown
    try:
        used = load_pack(pack.path, {**_changed_parameters(pack), **example.parameters}) if example.parameters else pack
        report = check_records(example.given, packs=[used], as_of=example.as_of, rules=[rule], include_all=True)
    except OpencheckError as exc:
        return [str(exc)]
    return _compare(example, report) or list(_compare_values(used, rule, example))


def _compare_values(pack: Pack, rule: str, example: Example) -> Iterator[str]:
    """The values of ``each`` and ``needs`` that do not do what the example says of them."""
    on = pack.rules[rule].rule.on
    for says, fields in (("each", example.each), ("needs", example.needs)):
        for key, values in fields.items():
            table, _, name = key.rpartition(".")
            spec = TABLES.get(table or on)
            if spec is None or name not in spec.fields:
                yield f"{says}: 没有这个字段 / no field {key!r}"
                continue
            change = _put if says == "each" else _taken
            for value in values:
                rows = change(example.given.get(spec.name, []), spec, name, value)
                if rows is None:
                    yield f"{says}.{key}: {value!r}: 例子的记录里没有 / not in the records of the example"
                    continue
                given = {**example.given, spec.name: rows}
                report = check_records(given, packs=[pack], as_of=example.as_of, rules=[rule], include_all=True)
                found = max((f.outcome for f in report.findings()), key=lambda outcome: outcome.gravity, default=None)
                if found is None or (str(found) == example.expect) != (says == "each"):
                    expected = example.expect if says == "each" else f"not {example.expect}"
                    yield f"{says}.{key}: {value!r}: expected {expected}, found {found}"


def _put(rows: list[dict[str, Any]], spec: TableSpec, name: str, value: Any) -> list[dict[str, Any]] | None:
    """The rows with a value in a field of each; None where there are no rows."""
    cell = [value] if spec.fields[name].kind == "list" and not isinstance(value, list) else value
    return [{k: v for k, v in row.items() if spec.resolve_header(k) != name} | {name: cell} for row in rows] or None


def _taken(rows: list[dict[str, Any]], spec: TableSpec, name: str, value: Any) -> list[dict[str, Any]] | None:
    """The rows without a value in the lists of a field, or, where the field is no list, without those that hold it."""

    def held(row: dict[str, Any]) -> Any:
        return next((v for k, v in row.items() if spec.resolve_header(k) == name), None)

    left: list[dict[str, Any]] = []
    for row in rows:
        cell = held(row)
        if isinstance(cell, list) and value in cell:
            without = [item for item in cell if item != value]
            left.append({k: without if spec.resolve_header(k) == name else v for k, v in row.items()})
        elif cell != value:
            left.append(row)
    return left if left != rows else None


def _compare(example: Example, report: Report) -> list[str]:
    """The differences between what an example expects and the worst finding."""
    findings = report.findings()
    if report.rejected:
        return [f"rows of the example were rejected: {[p.code for r in report.rejected for p in r.problems]}"]
    if not findings:
        return ["no finding at all"]
    worst: Finding = max(findings, key=lambda f: f.outcome.gravity)
    if str(worst.outcome) != example.expect:
        return [f"outcome: expected {example.expect}, found {worst.outcome} ({worst.message.en})"]
    chosen = [f for f in findings if f.outcome is worst.outcome]
    differences = []
    for name in _COMPARED:
        wanted: Any = getattr(example, name)
        if wanted is not None and getattr(worst, name) != wanted:
            differences.append(f"{name}: expected {wanted}, found {getattr(worst, name)}")
    if example.missing is not None and sorted(worst.missing) != sorted(example.missing):
        differences.append(f"missing: expected {example.missing}, found {list(worst.missing)}")
    if example.findings is not None and len(chosen) != example.findings:
        differences.append(f"findings: expected {example.findings}, found {len(chosen)}")
    explanation = "\n".join(t.zh for t in worst.explanation)
    if example.says is not None and example.says not in explanation:
        differences.append(f"says: {example.says!r} is not in the explanation")
    if example.silent is not None and example.silent in explanation:
        differences.append(f"silent: {example.silent!r} is in the explanation")
    for finding in findings:
        texts = [finding.message, *finding.explanation]
        if not all(t.zh and t.en and "{" not in t.zh + t.en for t in texts):
            differences.append(f"a {finding.outcome} that is not told in full")
    return differences


def _unknown_keys(example: Example) -> list[str]:
    """The keys of an example's records that no table has: what they were to say would be left out."""
    found = []
    for table, rows in example.given.items():
        spec = TABLES.get(table)
        if spec is None or table == "listing":  # a published table has columns of its own
            continue
        for key in dict.fromkeys(key for row in rows for key in row if spec.resolve_header(key) is None):
            found.append(f"given.{table}: 没有这个字段 / no field {key!r}{alternatives(key, spec.fields)}")
    return found


def _changed_parameters(pack: Pack) -> dict[str, Any]:
    return {k: v for k, v in pack.values.items() if k in pack.parameters and v != pack.parameters[k].value}
