"""``opencheck rules``, ``explain``, ``coverage`` and ``test-pack``: the contents of a pack."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opencheck.cli.options import LANG, PACK, PACKS, SET, SOURCE, complete_rules, echo_json, parse_settings, stdout_console
from opencheck.core.clock import today

if TYPE_CHECKING:
    from opencheck.rules.packs.pack import Pack


@click.command()
@click.option(
    "--parameters", is_flag=True, help="列出参数：现在的值、可选的值、怎么理解、哪些规则用它 / list the parameters instead"
)
@PACKS
@SET
@LANG
def rules(packs: tuple[str, ...], settings: tuple[str, ...], parameters: bool, lang: str) -> None:
    """列出规则包的规则或参数。List the rules or the parameters of a pack."""
    from rich.table import Table

    from opencheck.core.message_catalogue import get_message
    from opencheck.report.messages import table_label
    from opencheck.rules.packs.loader import load_packs

    loaded = load_packs(packs, parse_settings(settings))
    if parameters:
        for pack in loaded:
            _print_parameters(pack, lang)
        return
    table = Table(box=None, padding=(0, 1), header_style="bold")
    for head in ("rule", "clause", "severity", "table", "title", "duty"):
        table.add_column(get_message(f"column.{head}", lang), no_wrap=head in ("rule", "clause", "severity"), overflow="fold")
    for pack in loaded:
        for id_, bound in pack.rules.items():
            rule, clause = bound.rule, pack.clauses.get(bound.rule.clause)
            severity = get_message(f"severity.{rule.effective_severity}", lang)
            duty = clause.duty.get(lang) if clause else ""
            table.add_row(id_, rule.clause, severity, table_label(rule.on, lang), rule.title.get(lang), duty)
    stdout_console().print(table)


def _print_parameters(pack: Pack, lang: str) -> None:
    """Each parameter in two lines: its value and the rules that it changes, then the reading behind it."""
    from opencheck.core.message_catalogue import get_message
    from opencheck.report.formats.rule_page import parameter_text

    console = stdout_console()
    for name in pack.parameters:
        users = [id_ for id_, bound in pack.rules.items() if name in bound.parameters]
        console.print(f"{parameter_text(pack, name, lang)}", markup=False, highlight=False)
        console.print(
            f"    {', '.join(users) or get_message('readings.general', lang)}", markup=False, highlight=False, style="dim"
        )


@click.command()
@click.argument("rule", metavar="RULE|REPORT.json", shell_complete=complete_rules)
@click.option(
    "--finding", metavar="ID", default=None, help="报告（JSON）里的一项问题怎么得出的 / how a finding of a JSON report follows"
)
@PACKS
@SET
@LANG
def explain(rule: str, finding: str | None, packs: tuple[str, ...], settings: tuple[str, ...], lang: str) -> None:
    """一条规则的说明：义务、理解、参数、例子；或一项问题的来龙去脉。Explain a rule, or a finding.

    \b
    opencheck explain PD-9.4
    opencheck explain 9.4
    opencheck explain --finding 3f2a81c09d4e 报告.json
    """
    from rich.markdown import Markdown

    from opencheck.report.formats.rule_page import rule_page
    from opencheck.report.formats.terminal import print_finding
    from opencheck.rules.packs.loader import load_packs
    from opencheck.rules.packs.selection import select_rules

    if finding is not None:
        print_finding(Path(rule), finding, stdout_console(), lang)
        return
    given = load_packs(packs, parse_settings(settings))
    for chosen in select_rules(given, rule):
        pack = next(p for p in given if chosen in p.rules)
        stdout_console().print(Markdown(rule_page(pack, chosen, lang)))


@click.command()
@click.argument("paths", nargs=-1, type=SOURCE)
@PACK
@click.option("--as-of", default=None, help="有数据时的检查日 / day of the check, with data")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@LANG
def coverage(paths: tuple[Path | str, ...], pack: str, as_of: str | None, format_: str, lang: str) -> None:
    """条款 → 规则；给了数据就加上结果计数。Which rules decide which clause."""
    from rich.table import Table

    import opencheck as oc
    from opencheck.core.message_catalogue import get_message

    loaded = oc.load_pack(pack)
    counts: dict[str, dict[str, int]] = {}
    if paths:
        counts = oc.check(paths[0], *paths[1:], pack=loaded, as_of=as_of or today()).summary["by_rule"]
    rows = [
        {
            "clause": clause.id,
            "how": clause.how,
            "duty": clause.duty.model_dump(),
            "rules": [
                {
                    "id": i,
                    "kind": b.rule.kind.name,
                    "decides": b.rule.decides,
                    **({"outcomes": counts.get(i, {})} if paths else {}),
                }
                for i, b in loaded.rules.items()
                if b.rule.clause == clause.id
            ],
        }
        for clause in loaded.clauses.values()
    ]
    covered = sum(1 for row in rows if row["rules"])
    checks = [
        {
            "id": c.id,
            "clause": c.clause,
            "how": c.how,
            "rules": [i for i, b in loaded.rules.items() if c.id in b.rule.decides],
            "beyond_records": c.beyond and c.beyond.model_dump(),
        }
        for c in loaded.checks
    ]
    decided = sum(1 for c in checks if c["rules"] or c["beyond_records"])
    if format_ == "json":
        echo_json(
            {
                "pack": loaded.id,
                "clauses": len(rows),
                "covered": covered,
                "checks": len(checks),
                "decided": decided,
                "coverage": rows,
                "readings": checks,
            }
        )
        return
    table = Table(box=None, padding=(0, 1), header_style="bold")
    for head in ("clause", "how", "rules", "outcomes", "duty"):
        table.add_column(get_message(f"column.{head}", lang))
    for row in rows:
        found: Any = row["rules"]
        outcomes = "；".join(", ".join(f"{k} {v}" for k, v in r.get("outcomes", {}).items()) for r in found)
        duty: Any = row["duty"]
        table.add_row(
            str(row["clause"]),
            str(row["how"]),
            ", ".join(f"{r['id']}({r['kind']})" for r in found) or "—",
            outcomes,
            duty[lang],
        )
    console = stdout_console()
    console.print(table)
    console.print(f"条款 / clauses: {covered} / {len(rows)}")
    if checks:
        console.print(f"细分检查 / atomic checks: {decided} / {len(checks)}")


@click.command("test-pack")
@click.argument("folders", nargs=-1, required=True)
@click.option("--quiet", "-q", is_flag=True, help="只列不通过的 / only failures")
def test_pack(folders: tuple[str, ...], quiet: bool) -> None:
    """把规则里的例子当测试跑。Run the examples of a pack's rules as tests."""
    import opencheck as oc
    from opencheck.api.pack_examples import run_examples

    passed = failed = 0
    for folder in folders:
        for result in run_examples(oc.load_pack(folder)):
            if result.differences:
                failed += 1
                click.echo(f"FAIL {result.rule} {result.name} ({result.place})")
                for difference in result.differences:
                    click.echo(f"     {difference}")
            else:
                passed += 1
                if not quiet:
                    click.echo(f"ok   {result.rule} {result.name}")
    click.echo(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
