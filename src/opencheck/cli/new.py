"""``opencheck new-pack`` and ``new-rule``: skeletons of a pack and of a rule, whose examples fail until they are filled in."""

from __future__ import annotations

import difflib
import json
import re
import textwrap
from collections import Counter
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opencheck.core.output_files import write_file

if TYPE_CHECKING:
    from opencheck.rules.packs.pack import Pack

_SUFFIX = ".yaml.j2"
_KINDS = sorted(
    f.name.removesuffix(_SUFFIX) for f in (files("opencheck.cli") / "skeletons" / "kinds").iterdir() if f.name.endswith(_SUFFIX)
)
_NEED_TOPIC = ("series", "in_one_place")
_FIRST_TOPIC = "first.topic"
_RULE_ID = re.compile(r"[A-Z][A-Z0-9]*-[\w.\-]+")
_PACK_ID = re.compile(r"[a-z0-9][a-z0-9\-]*")


def _render(skeleton: str, **facts: Any) -> str:
    """A skeleton with its facts filled in."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("opencheck.cli", "skeletons"),
        autoescape=False,  # YAML, not HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = _quoted
    return environment.get_template(f"{skeleton}{_SUFFIX}").render(**facts)


def _quoted(text: str) -> str:
    """A text as YAML writes it in quotes."""
    return json.dumps(text, ensure_ascii=False)


def _schema_of(folder: Path, name: str) -> str:
    """The JSON Schema that editors complete a pack's file from, relative to the pack.

    Within a checkout of opencheck it is the one in ``docs/schema``; elsewhere it is written to ``schema/`` of the pack.
    """
    for number, parent in enumerate(folder.resolve().parents, 1):
        if (parent / "docs" / "schema" / f"{name}.json").is_file() and (parent / "rules").is_dir():
            return f"{'../' * number}docs/schema/{name}.json"
    from opencheck.rules.packs.models import pack_schemas

    file = folder / "schema" / f"{name}.json"
    if not file.is_file():
        write_file(file, json.dumps(pack_schemas()[name], ensure_ascii=False, indent=2) + "\n", make_folders=True)
    return f"schema/{name}.json"


def _rule_text(id_: str, kind: str, clause: str, duty: Any, year: int, topic: Any = None) -> str:
    """The skeleton of one rule, with example days of a year that the working calendar knows."""
    from opencheck.api.pack_examples import TO_FILL
    from opencheck.core.calendar import WorkCalendar
    from opencheck.core.localized import LocalizedText

    calendar = WorkCalendar.china()
    year = min(max(year, calendar.first_known.year), calendar.last_known.year)
    duty = LocalizedText(zh=duty.zh.removeprefix(TO_FILL.zh), en=duty.en.removeprefix(TO_FILL.en))
    return _render(
        f"kinds/{kind}",
        id=id_,
        clause=clause,
        duty=duty,
        to_fill=TO_FILL,
        topic=topic
        and {"id": topic.id, "label": _quoted(topic.id if topic.title.zh.startswith(TO_FILL.zh) else topic.title.zh)},
        year=year,
        day=lambda month, number: date(year, month, number),
        days=lambda start, number: start + timedelta(days=number),
        working_days=calendar.add_working_days,
    )


@click.command("new-rule")
@click.argument("id_", metavar="ID")
@click.option(
    "--pack",
    "folder",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="规则包的文件夹 / folder of the pack",
)
@click.option("--kind", type=click.Choice(_KINDS), default="within", show_default=True, help="要求的种类 / requirement kind")
@click.option("--clause", default=None, help="条款编号；默认由规则编号得出 / id of the clause; by default from the rule's id")
@click.option("--topic", default=None, help="主题编号 / id of the topic that the rule is about")
def new_rule(id_: str, folder: Path, kind: str, clause: str | None, topic: str | None) -> None:
    """给规则包加一条规则的骨架；例子在填好之前不通过。Add the skeleton of a rule to a pack.

    \b
    opencheck new-rule PD-9.6 --pack rules/pingdu-2018
    opencheck new-rule MC-2.1 --pack my-city --kind series --topic estate.accounts
    """
    from opencheck.core.errors import PackError
    from opencheck.rules.packs.loader import load_pack

    if not (folder / "pack.yaml").is_file():
        raise click.UsageError(
            f"{folder}: 没有 pack.yaml，先 opencheck new-pack / has no pack.yaml: begin with opencheck new-pack"
        )
    pack = load_pack(folder)
    _check_id(pack, id_)
    clause = _clause(pack, id_, clause)
    duty = pack.clauses[clause].duty if clause in pack.clauses else pack.title
    rule = _rule_text(id_, kind, clause, duty, pack.covers.first.year, _topic(pack, kind, topic))
    file = _file_of(pack, clause)
    before = file.read_text(encoding="utf-8") if file.exists() else None
    written = (
        f"{_render('rules', schema=lambda name: _schema_of(folder, name))}{rule}" if before is None else _append(before, rule)
    )
    write_file(file, written)
    try:
        load_pack(folder)
    except PackError as exc:
        if before is None:
            file.unlink()
        else:
            write_file(file, before)
        raise PackError(f"{exc}\n{file}: 没有改动 / is left as it was") from exc
    click.echo(f"已写入 / written: {file}: {id_}")
    click.echo(f"填好“待填”之处，再运行 / fill in what is marked 待填, then run: opencheck test-pack {folder}")


def _check_id(pack: Pack, id_: str) -> None:
    if not _RULE_ID.fullmatch(id_):
        raise click.UsageError(
            f"规则编号 / rule id {id_!r}: 应为大写字母-条款 / expected capitals, a hyphen and the clause, such as AB-1.2"
        )
    if id_ in pack.rules:
        raise click.UsageError(f"规则 / rule {id_}: 已经有了 / exists already: {pack.places[id_]}")
    used = sorted({known.partition("-")[0] for known in pack.rules})
    if used and id_.partition("-")[0] not in used:
        raise click.UsageError(
            f"规则编号 / rule id {id_}: 本规则包的编号以此开头 / ids of this pack begin with {', '.join(f'{u}-' for u in used)}"
        )


def _clause(pack: Pack, id_: str, given: str | None) -> str:
    """The clause that is given or that the id names: ``PD-9.4b`` is of clause 9.4."""
    own = id_.partition("-")[2]
    clause = given or next((c for c in (own, own.rstrip("abcdefghijklmnopqrstuvwxyz")) if c in pack.clauses), own)
    if pack.clauses and clause not in pack.clauses:
        near = difflib.get_close_matches(clause, pack.clauses, n=1, cutoff=0.5)
        hint = f"；最接近的是 / nearest: {near[0]}" if near else ""
        raise click.UsageError(
            f"没有条款 / no clause {clause!r}{hint}。先写进 clauses.yaml，或用 --clause 指明 / "
            "write it into clauses.yaml, or name one by --clause"
        )
    return clause


def _topic(pack: Pack, kind: str, given: str | None) -> Any:
    if given is not None and given not in pack.topics:
        known = pack.topic_names.get(given) or next(iter(difflib.get_close_matches(given, pack.topics, n=1)), None)
        hint = f"；最接近的是 / nearest: {known}" if known else f"；有 / known: {', '.join(pack.topics) or '—'}"
        raise click.UsageError(f"没有主题 / no topic {given!r}{hint}")
    if given is not None:
        return pack.topics[given]
    if kind not in _NEED_TOPIC:
        return None
    if not pack.topics:
        raise click.UsageError(f"{kind} 需要主题，先写进 topics.yaml / needs a topic: write one into topics.yaml first")
    return next(iter(pack.topics.values()))


def _task(clause: str) -> str:
    """The task of a clause: what stands before the dot."""
    return clause.rpartition(".")[0] or clause


def _file_of(pack: Pack, clause: str) -> Path:
    """The file that holds most rules of the clause's task, or a new one for it."""
    task = _task(clause)
    held = Counter(pack.places[id_].rpartition(":")[0] for id_, bound in pack.rules.items() if _task(bound.rule.clause) == task)
    name = re.sub(r"[^\w-]+", "-", task)
    return Path(held.most_common(1)[0][0]) if held else pack.path / f"task-{name}.yaml"


def _append(before: str, rule: str) -> str:
    """A file's text with a rule added, indented as its list is."""
    first = re.search(r"(?m)^( *)- ", before)
    return f"{before.rstrip()}\n{textwrap.indent(rule, first[1] if first else '')}"


@click.command("new-pack")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--id", "id_", default=None, help="规则包的编号；默认是文件夹的名称 / id of the pack; by default the folder's name"
)
@click.option("--letters", default=None, help="规则编号开头的大写字母 / capitals that rule ids begin with")
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    default="within",
    show_default=True,
    help="第一条规则的要求种类 / requirement kind of the first rule",
)
def new_pack(folder: Path, id_: str | None, letters: str | None, kind: str) -> None:
    """写出一个新规则包的骨架；例子在填好之前不通过。Write the skeleton of a pack.

    \b
    opencheck new-pack my-city
    opencheck test-pack my-city
    """
    from opencheck.api.pack_examples import TO_FILL
    from opencheck.core.clock import today
    from opencheck.core.localized import LocalizedText
    from opencheck.rules.packs.models import Topic

    id_ = id_ or folder.resolve().name
    if not _PACK_ID.fullmatch(id_):
        raise click.UsageError(
            f"规则包编号 / pack id {id_!r}: 应为小写字母、数字和 - / expected small letters, digits and -; --id 另外指定 / sets it"
        )
    letters = letters or _initials(id_)
    if not re.fullmatch(r"[A-Z][A-Z0-9]*", letters):
        raise click.UsageError(f"--letters {letters!r}: 应为大写字母 / expected capitals, such as MC")
    if folder.is_dir() and (found := sorted(p.name for p in folder.iterdir() if p.suffix in (".yaml", ".yml"))):
        raise click.UsageError(f"{folder}: 已经有 / has already: {', '.join(found)}")
    year = int(today()[:4])
    facts = {"id": id_, "year": year, "topic": _FIRST_TOPIC, "schema": lambda name: _schema_of(folder, name)}
    texts = {f"{name}.yaml": _render(name, **facts) for name in ("pack", "clauses", "topics")}
    duty = LocalizedText(zh="第一条义务", en="the first duty")
    topic = Topic.model_validate({"id": _FIRST_TOPIC, "title": {"zh": TO_FILL.zh}}) if kind in _NEED_TOPIC else None
    texts["task-1.yaml"] = _render("rules", **facts) + _rule_text(f"{letters}-1.1", kind, "1.1", duty, year, topic)
    for name, text in texts.items():
        write_file(folder / name, text, make_folders=True)
    click.echo(f"已写入 / written: {folder}: {', '.join(texts)}")
    click.echo(f"填好“待填”之处，再运行 / fill in what is marked 待填, then run: opencheck test-pack {folder}")


def _initials(id_: str) -> str:
    """``my-city`` → MC, ``pingdu-2018`` → PI."""
    words = [w for w in id_.split("-") if w[:1].isalpha()]
    return "".join(w[0] for w in words).upper() if len(words) > 1 else (words[0][:2].upper() if words else "")
