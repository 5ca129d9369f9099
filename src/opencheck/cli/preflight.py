"""``opencheck preflight``: check one document before it is published."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from opencheck.cli.options import LANG, PACKS, SET, echo_json, parse_settings
from opencheck.core.clock import today


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@PACKS
@click.option("--as-of", default=None, help="拟公布日，默认今天 / day of publication  [today]")
@click.option("--table", default="document", show_default=True, help="记录属于哪张表 / the record's table")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=VALUE",
    help="补充或更正字段，如 是否政策性文件=是 / add or correct a field",
)
@click.option(
    "--attachment",
    "attachments",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="一起公布的附件，可给多个 / published with it",
)
@click.option("--fix", is_flag=True, help="另存一份改好的副本（遮盖、补标注），不动原件 / write a fixed copy")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), default=None, help="副本写到哪里 / where the copy goes"
)
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@SET
@LANG
def preflight(
    file: Path,
    packs: tuple[str, ...],
    as_of: str | None,
    table: str,
    fields: tuple[str, ...],
    attachments: tuple[Path, ...],
    fix: bool,
    output: Path | None,
    format_: str,
    settings: tuple[str, ...],
    lang: str,
) -> None:
    """公布之前检查一份文件（.docx .pdf .ofd .html .txt）或一条记录（.json）。Check one document before it is published.

    \b
    opencheck preflight 通知.docx --as-of 2018-08-28 --field 是否政策性文件=是
    opencheck preflight 通知.docx --as-of 2018-08-28 --field 公开属性=主动公开 --attachment 名单.xlsx --fix
    opencheck preflight 低保公示.xlsx --table listing --field 主题=最低生活保障
    """
    import opencheck as oc
    from opencheck.api.preflight_result import FINDING_GROUPS
    from opencheck.core.json_files import read_json
    from opencheck.core.message_catalogue import get_message
    from opencheck.records.tables import TABLES
    from opencheck.report.messages import format_message

    unread: list[tuple[str, dict[str, Any]]] = []
    record: Any
    if table == "listing" and file.suffix.lower() != ".json":
        record = file
    elif file.suffix.lower() == ".json":
        record = read_json(file)
        if not isinstance(record, dict):
            raise click.UsageError(f"{file}: 应为一条记录（字段和值） / must be one record")
    else:
        document = oc.documents.read(file)
        record, unread = document.as_record(), document.unread
    spec = TABLES.get(table)
    for name, value in () if record is file else parse_settings(fields).items():
        record[spec.key_for(name) if spec else name] = value
    result = oc.preflight(
        record,
        table=table,
        attachments=attachments,
        pack=packs,
        as_of=as_of or today(),
        parameters=parse_settings(settings),
        unread=unread,
        values=parse_settings(fields) if record is file else None,
    )
    if format_ == "json":
        echo_json(result.as_dict())
    else:
        for group in FINDING_GROUPS:
            found = getattr(result, group)
            if found:
                click.echo(format_message("join.counted", lang, what=get_message(f"preflight.{group}", lang), count=len(found)))
            for f in found:
                click.echo(f"  {f.rule} {f.message.get(lang)}\n    → {f.remedy.get(lang)}")
        for note in result.notes:
            click.echo(format_message("preflight.note", lang, text=note.get(lang)))
        for name, found in (("unread", result.unread), ("contradictions", result.contradictions)):
            if found and not result.blocking:
                click.echo(get_message(f"preflight.{name}", lang))
        if result.undecided and not result.blocking:
            rules = [f.rule for f in result.undecided]
            click.echo(format_message("preflight.undecided", lang, count=len(rules), rules=rules))
        if result.publishable:
            click.echo(get_message("preflight.free", lang))
        if result.fixes and not fix:
            click.echo(format_message("preflight.fixable", lang, count=len(result.fixes)))
    if fix:
        _write_fixed(file, attachments, output, result)
    sys.exit({"yes": 0, "no": 1, "needs_review": 2}[result.clearance])


def _write_fixed(file: Path, attachments: tuple[Path, ...], output: Path | None, result: Any) -> None:
    """Write fixed copies beside the files with fixes; the original files are unchanged."""
    from opencheck.core.output_files import write_file
    from opencheck.documents.redaction import fixed_copy, free_copy_name

    if file.suffix.lower() == ".json":
        raise click.UsageError("--fix 改的是文件，不是记录 / --fix is for documents, not for records")
    if output is not None and output.exists():
        raise click.UsageError(f"{output}: 已经存在，不覆盖 / exists already, is not overwritten")
    for path in (file, *attachments):
        fixes = [
            f
            for f in result.fixes
            if (f.part.startswith(f"附件 {path.name}") if path is not file else not f.part.startswith("附件 "))
        ]
        if not fixes:
            continue
        label = next((f for f in fixes if f.action == "insert"), None)
        attribute = result.record.get("attribute") if label else None
        target = output if output is not None and path is file else free_copy_name(path)
        write_file(target, fixed_copy(path.read_bytes(), path.name, attribute=attribute))
        click.echo(f"已另存 / written: {target}（{len(fixes)}）", err=True)
