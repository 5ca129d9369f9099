"""Write the generated pages of the documentation: a page a rule in Chinese and English, their lists and all readings on one page, which
``make site`` needs and git does not keep; the reference of tables, commands and Python, which git keeps.

python scripts/make_docs.py [FOLDER]
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import functools
import inspect
import re
import shutil
import sys
import textwrap
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
from docstrings import docstring, inline, markdown, signature_block

import opencheck
from opencheck import load_pack
from opencheck.cli.main import main as commands
from opencheck.records.tables import TABLES
from opencheck.report.formats.rule_page import readings_page, rule_pages
from opencheck.rules.packs.loader import pack_names

ROOT = Path(__file__).resolve().parent.parent
RULE_PAGES = ("rules", "en/rules")
REFERENCE = ("reference", "en/reference")
FOLDERS = (*RULE_PAGES, *REFERENCE)


def generated() -> dict[str, str]:
    """Every generated page by its path under docs/."""
    found: dict[str, str] = {}
    packs = sorted((p for name in pack_names() if (p := load_pack(name)).rules), key=lambda p: -len(p.rules))
    for pack in packs:
        found |= rule_pages(pack)
    found |= {path: readings_page(packs, lang) for path, lang in (("readings.md", "zh"), ("en/readings.md", "en"))}
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
                "、".join((*field.column.aliases, *field.column.nearby)),
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


def api(lang: str) -> str:
    """Every public name with its signature, docstring, attributes and methods."""
    lines = ["# Python 接口" if lang == "zh" else "# Python", "", "`import opencheck as oc`"]
    for name in sorted(opencheck.__all__):
        thing = getattr(opencheck, name)
        if inspect.ismodule(thing):
            lines += ["", f"## oc.{name}", "", *markdown(docstring(thing), lang)]
            for inner in thing.__all__:
                lines += _about(f"oc.{name}.{inner}", getattr(thing, inner), lang)
        elif name == "__version__":
            lines += [
                "",
                f"## oc.{name}",
                "",
                "本库的版本，文字。" if lang == "zh" else "The version of the library, a text.",
            ]
        else:
            lines += _about(f"oc.{name}", thing, lang)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _about(name: str, thing: Any, lang: str) -> list[str]:
    lines = ["", f"## {name}", ""]
    if not inspect.isclass(thing):
        return [
            *lines,
            *(signature_block(name, _signature(thing)) if callable(thing) else ()),
            "",
            *markdown(docstring(thing), lang),
        ]
    lines += [*signature_block(name, _signature(thing)), ""] if constructed(thing) else []
    lines += markdown(docstring(thing), lang)
    if rows := attributes(thing):
        head = ("属性", "类型", "说明") if lang == "zh" else ("attribute", "type", "what it is")
        lines += ["", f"| {' | '.join(head)} |", "|---|---|---|"]
        lines += [f"| `{key}` | <code>{_code(kind)}</code> | {_cell(inline(text))} |" for key, kind, text in rows]
    for key, function in methods(thing):
        lines += ["", f"### {name.rpartition('.')[2]}.{key}", "", *signature_block(key, _signature(function)), ""]
        lines += markdown(docstring(function), lang)
    return lines


def _code(text: str) -> str:
    """A type in a cell of a table: a pipe would end the cell."""
    return text.replace("<", "&lt;").replace("|", "&#124;")


def _signature(thing: Any) -> inspect.Signature:
    """A signature as it is written, annotations without the quotes of ``from __future__ import annotations``."""
    signature = inspect.signature(thing)
    plain = [p.replace(annotation=_written(p.annotation)) for p in signature.parameters.values()]
    given = signature.return_annotation
    return signature.replace(parameters=plain, return_annotation=_written(given))


def _written(annotation: Any) -> Any:
    if not isinstance(annotation, str):
        return annotation
    return type("Written", (), {"__repr__": lambda _: annotation})()


def _family(thing: type) -> list[type]:
    """A class and those of its bases that are ours, the base first."""
    return [c for c in reversed(thing.__mro__) if c.__module__.startswith("opencheck")]


def constructed(thing: type) -> bool:
    """Whether users make objects of a class themselves; results of a check they only get."""
    return inspect.isfunction(thing.__init__) and not dataclasses.is_dataclass(thing) and not issubclass(thing, enum.Enum)


def attributes(thing: type) -> list[tuple[str, str, str]]:
    """The public attributes and properties of a class: name, type and docstring."""
    found: dict[str, tuple[str, str]] = {}
    if issubclass(thing, enum.Enum):
        texts = _attribute_docs(thing)
        found |= {member.name: (repr(member.value), texts.get(member.name, "")) for member in thing}
    for one in _family(thing):
        texts = _attribute_docs(one)
        for key, annotation in inspect.get_annotations(one).items():
            if not key.startswith("_") and "ClassVar" not in str(annotation):
                found[key] = (annotation if isinstance(annotation, str) else annotation.__name__, texts.get(key, ""))
        for key, member in vars(one).items():
            if not key.startswith("_") and isinstance(member, (property, functools.cached_property)):
                function = member.fget if isinstance(member, property) else member.func
                kind = inspect.get_annotations(function).get("return", "")
                found[key] = (kind if isinstance(kind, str) else kind.__name__, docstring(function).split("\n\n")[0])
    return [(key, kind, text) for key, (kind, text) in found.items()]


def _attribute_docs(thing: type) -> dict[str, str]:
    """The docstrings that stand below the attributes in a class's source."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for one, after in pairwise(body.body):
        text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else None
        target = one.target if isinstance(one, ast.AnnAssign) else one.targets[0] if isinstance(one, ast.Assign) else None
        if isinstance(target, ast.Name) and isinstance(text, str):
            found[target.id] = inspect.cleandoc(text)
    return found


def methods(thing: type) -> list[tuple[str, Any]]:
    """The public methods of a class, with those that it inherits from ours."""
    found: dict[str, Any] = {}
    for one in _family(thing):
        for key, member in vars(one).items():
            plain = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
            if not key.startswith("_") and inspect.isfunction(plain):
                found[key] = getattr(thing, key) if isinstance(member, classmethod) else plain
    return list(found.items())


def main(folder: Path) -> None:
    pages = generated()
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    for path, text in pages.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
