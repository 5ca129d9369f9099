"""Write the generated pages of the documentation: a page a rule in Chinese and English and their lists, which ``make site`` needs and git
does not keep; the reference of tables, commands and Python, which git keeps.

python scripts/make_docs.py [FOLDER]
"""

from __future__ import annotations

import inspect
import shutil
import sys
from pathlib import Path
from typing import Any

import click

import opencheck
from opencheck import load_pack
from opencheck.cli.main import main as commands
from opencheck.records.tables import TABLES
from opencheck.report.formats.rule_page import rule_pages
from opencheck.rules.packs.loader import pack_names

ROOT = Path(__file__).resolve().parent.parent
RULE_PAGES = ("rules", "en/rules")
REFERENCE = ("reference", "en/reference")
FOLDERS = (*RULE_PAGES, *REFERENCE)


def generated() -> dict[str, str]:
    """Every generated page by its path under docs/."""
    found: dict[str, str] = {}
    for name in pack_names():
        pack = load_pack(name)
        if pack.rules:
            found |= rule_pages(pack)
    for lang, folder in (("zh", "reference"), ("en", "en/reference")):
        found |= {f"{folder}/{name}.md": make(lang) for name, make in (("tables", tables), ("cli", cli), ("api", api))}
    return found


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def tables(lang: str) -> str:
    """Every table with its fields."""
    zh = lang == "zh"
    lines = ["# 表和字段" if zh else "# Tables and fields", ""]
    lines.append("表头写中文名、英文名或别名都行。" if zh else "Headers may be the Chinese or English names, or an alias.")
    head = ("字段", "中文表头", "别名", "类型", "可填") if zh else ("field", "Chinese header", "aliases", "kind", "values")
    for table in TABLES.values():
        lines += ["", f"## {table.label_zh}（{table.name}）" if zh else f"## {table.name} ({table.label_zh})", ""]
        lines += [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
        for field in table.fields.values():
            accepted = "、".join(field.vocabulary.labels) if field.vocabulary else ""
            row = (
                f"`{field.name}`",
                field.column.label_zh,
                "、".join(field.column.aliases),
                field.kind,
                accepted or (field.doc if zh else ""),
            )
            lines.append(f"| {' | '.join(_cell(c) for c in row)} |")
    return "\n".join(lines) + "\n"


def _option(parameter: click.Parameter) -> str:
    names = (
        ", ".join(f"`{o}`" for o in (*parameter.opts, *parameter.secondary_opts))
        if parameter.param_type_name == "option"
        else f"`{parameter.human_readable_name}`"
    )
    choices = getattr(parameter.type, "choices", None)
    return f"{names} {'|'.join(map(str, choices))}" if choices else names


def cli(lang: str) -> str:
    """Every command with its options."""
    lines = ["# 命令行" if lang == "zh" else "# Command line", ""]
    lines.append(
        "退出码：0 没有达到 `--fail-on` 的违规；1 有；2 用法不对或读不了。命令补全：`opencheck completion bash`。"
        if lang == "zh"
        else "Exit status: 0 nothing at or above `--fail-on`; 1 violations; 2 bad usage. Completion: `opencheck completion bash`."
    )
    context = click.Context(commands)
    for name in sorted(commands.list_commands(context)):
        command = commands.get_command(context, name)
        assert command is not None
        text = inspect.cleandoc(command.help or "").split("\b")[0].strip()
        lines += ["", f"## opencheck {name}", "", text, ""]
        head = ("选项", "说明") if lang == "zh" else ("option", "what it does")
        lines += [f"| {' | '.join(head)} |", "|---|---|"]
        for parameter in command.params:
            told = getattr(parameter, "help", None) or ""
            lines.append(f"| {_cell(_option(parameter))} | {_cell(told)} |")
    return "\n".join(lines) + "\n"


def _doc(thing: Any) -> str:
    return inspect.cleandoc(thing.__doc__ or "")


def api(lang: str) -> str:
    """Every public name with its signature and docstring."""
    lines = ["# Python 接口" if lang == "zh" else "# Python", "", "`import opencheck as oc`"]
    for name in sorted(n for n in opencheck.__all__ if n != "__version__"):
        thing = getattr(opencheck, name)
        if inspect.ismodule(thing):
            for inner in thing.__all__:
                lines += _about(f"oc.{name}.{inner}", getattr(thing, inner))
        else:
            lines += _about(f"oc.{name}", thing)
    return "\n".join(lines) + "\n"


def _about(name: str, thing: Any) -> list[str]:
    lines = ["", f"## {name}", ""]
    if inspect.isfunction(thing):
        return [*lines, "```text", f"{name}{inspect.signature(thing)}", "```", "", "```text", _doc(thing), "```"]
    lines += ["```text", _doc(thing), "```"]
    if not inspect.isclass(thing):
        return lines
    for key, member in vars(thing).items():
        plain = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
        if key.startswith("_") or not (inspect.isfunction(plain) or isinstance(member, property)):
            continue
        function = member.fget if isinstance(member, property) else plain
        if function is None or not function.__doc__:
            continue
        shown = key if isinstance(member, property) else f"{key}{inspect.signature(function)}"
        lines += ["", f"### {name.rpartition('.')[2]}.{key}", "", "```text", shown, "", _doc(function), "```"]
    return lines


def main(folder: Path) -> None:
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    for path, text in generated().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
