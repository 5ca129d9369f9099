"""``opencheck template``, ``schema`` and ``completion``: generated files."""

from __future__ import annotations

import json
from pathlib import Path

import click

from opencheck.cli.options import PACK, echo_json
from opencheck.core.output_files import write_file


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """写出命令补全脚本。Print the script that completes commands in a shell.

    \b
    opencheck completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(click.get_current_context().find_root().command, {}, "opencheck", "_OPENCHECK_COMPLETE").source())


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@PACK
@click.option("--force", is_flag=True, help="覆盖已有文件 / overwrite")
def template(file: Path, pack: str, force: bool) -> None:
    """写出空白台账模板。Write the template workbook."""
    import opencheck as oc
    from opencheck.report.formats.template import template_workbook as make

    if file.exists() and not force:
        raise click.UsageError(f"{file} 已存在，加 --force 覆盖 / exists; add --force")
    if file.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{file}: 模板是 .xlsx 文件 / the template is an .xlsx file")
    write_file(file, make(oc.load_pack(pack)))
    click.echo(f"已写入 / written: {file}")


@click.command()
@click.argument("name", required=False)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, file_okay=False), default=None, help="写到文件夹 / write all to a folder"
)
def schema(name: str | None, output: Path | None) -> None:
    """记录和规则包的JSON Schema。JSON Schemas of records and of packs."""
    from opencheck.api.json_schemas import all_schemas

    found = all_schemas()
    if output is not None:
        for key, content in found.items():
            write_file(output / f"{key}.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n", make_folders=True)
        click.echo(f"已写入 / written: {output} ({len(found)})")
        return
    if name is None:
        click.echo("\n".join(found))
        return
    if name not in found:
        raise click.UsageError(f"没有 / no schema {name}; 有 / known: {', '.join(found)}")
    echo_json(found[name])
