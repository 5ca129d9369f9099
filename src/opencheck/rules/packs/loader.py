"""Find packs, read their YAML files, substitute parameters and validate the result."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from opencheck.core.built_files import BuiltFile, built_files
from opencheck.core.errors import NamedItems, PackError, alternatives, suggestion
from opencheck.rules.packs.located_yaml import Keys, LocatedYaml
from opencheck.rules.packs.models import PACK_FILES, PackFile, Parameter
from opencheck.rules.packs.pack import Pack, PackRule
from opencheck.rules.packs.references import check_references
from opencheck.rules.packs.scoring_sheet import ScoringSheet
from opencheck.rules.packs.validation import validate
from opencheck.rules.rule import Rule

__all__ = [
    "load_pack",
    "load_packs",
    "pack_names",
    "pack_path",
]


YAML_SUFFIXES = (".yaml", ".yml")

_WHOLE_NUMBER = re.compile(r"-?\d{1,9}")


def search_paths() -> list[Path]:
    """Return the folders of packs: in the installed package, and ``rules/`` of a source checkout."""
    here = Path(__file__).resolve().parents[2]
    found = [p for p in (here / "_packs", here.parent.parent / "rules") if p.is_dir()]
    return found or [_extracted_packs()]


@lru_cache(maxsize=1)
def _extracted_packs() -> Path:
    """Extract the packs of a zipped wheel (spark-submit imports it unpacked) into a folder that lives as long as the process."""
    folder = Path(tempfile.mkdtemp(prefix="opencheck-packs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

    def take(source: Traversable, into: Path) -> None:
        for entry in source.iterdir():
            if entry.is_dir():
                (into / entry.name).mkdir()
                take(entry, into / entry.name)
            else:
                (into / entry.name).write_bytes(entry.read_bytes())

    own = files("opencheck").joinpath("_packs")
    if own.is_dir():
        take(own, folder)
    return folder


def pack_names() -> list[str]:
    """Return the names of the packs that ship with opencheck.

    >>> "pingdu-2018" in pack_names()
    True
    """
    return sorted({p.parent.name for root in search_paths() for p in root.glob("*/pack.yaml")})


def pack_path(name: str | Path) -> Path:
    """Return the folder of a pack, given its path or the name of a pack that ships with opencheck.

    Raises:
        PackError: unknown pack.
    """
    given = Path(name)
    if (given / "pack.yaml").is_file():
        return given
    if len(given.parts) == 1:
        for root in search_paths():
            if (root / given / "pack.yaml").is_file():
                return root / given
    raise PackError(
        f"没有规则包 / no pack {str(name)!r}{suggestion(name, pack_names())}; accepted: a folder with pack.yaml, or {', '.join(pack_names())}",
        code="unknown_pack",
        found=str(name),
        accepted=pack_names(),
    )


def load_pack(name: str | Path, parameters: Mapping[str, Any] | None = None) -> Pack:
    """Load a pack. Packs are immutable and cached: the same object is returned until a file of the pack changes.

    Args:
        name: the name of a pack that ships with opencheck, or the path of a folder.
        parameters: values that override the pack's own, by parameter id; ``covers`` may be a year.

    Raises:
        PackError: the pack is invalid; with file and line.

    >>> pack = load_pack("pingdu-2018")
    >>> pack.clauses["9.4"].how
    'measured'
    >>> load_pack("pingdu-2018", {"covers": "2019"}).covers.first
    datetime.date(2019, 1, 1)
    """
    root = pack_path(name)
    key = (root.resolve(), json.dumps(dict(parameters or {}), sort_keys=True, default=repr))
    known = _cache.get(key)
    if known is None or known[1] != _fingerprint(known[0]):
        own = _cache.get((root.resolve(), "{}"))
        pack = _load(root, parameters, own[2] if own and own[1] == _fingerprint(own[0]) else None)
        roots = [p.resolve() for p in (root, *(_find_used_pack(root, other) for other in pack.uses))]
        while len(_cache) >= _CACHE_SIZE:
            _cache.pop(next(iter(_cache)), None)
        known = _cache[key] = (roots, _fingerprint(roots), pack)
    return known[2]


_CACHE_SIZE = 32

_cache: dict[tuple[Path, str], tuple[list[Path], Any, Pack]] = {}


def _fingerprint(roots: Iterable[Path]) -> list[tuple[str, int, int]]:
    """Return names, modification times and sizes of the folders' files: equal as long as no file changes."""
    found = []
    for root in roots:
        if not root.is_dir():
            continue
        for entry in sorted(os.scandir(root), key=lambda e: e.name):
            if entry.name.endswith(YAML_SUFFIXES):
                info = entry.stat()
                found.append((entry.path, info.st_mtime_ns, info.st_size))
    return found


def _find_used_pack(root: Path, other: str) -> Path:
    """Return the folder of a pack that another one uses: its sibling folder, else a pack that ships with opencheck."""
    beside = root.parent / other
    return beside if (beside / "pack.yaml").is_file() else pack_path(other)


def _load(root: Path, parameters: Mapping[str, Any] | None, unchanged: Pack | None) -> Pack:
    """Load a pack; of one that was loaded with other parameters the rules are kept that use none of those that differ."""
    listed = sorted(p for p in root.iterdir() if p.suffix in YAML_SUFFIXES)
    built = built_files(root, [p.name for p in listed])
    head_file = _read(root / "pack.yaml", built)
    head: PackFile = validate(TypeAdapter(PackFile), head_file, head_file.data, ())
    pack = _pack_without_rules(root, head, built, parameters or {})
    try:
        _ = pack.covers, pack.binding_from
    except (KeyError, ValueError, TypeError) as exc:
        raise _invalid_parameters(head_file, f"covers / binding_from: {exc}") from exc
    skip = {"pack", "score", *PACK_FILES}
    for path in (p for p in listed if p.stem not in skip):
        _load_rules(pack, _read(path, built), unchanged)
    if pack.values.get("covers") is None:
        needy = [i for i, b in pack.rules.items() if b.rule.kind.needs_covers or b.rule.for_year or b.rule.yearly]
        if needy:
            text = "没有参数 covers，按年、按期的规则无从检查 / no parameter covers, which rules by year or period need: "
            raise _invalid_parameters(head_file, f"{text}{', '.join(needy[:5])}{suggestion('covers', pack.values)}")
    order = {clause: number for number, clause in enumerate(pack.clauses)}
    # In the order of the source's clauses, independent of the files.
    in_order = dict(sorted(pack.rules.items(), key=lambda kv: order.get(kv[1].rule.clause, 0)))
    pack.rules = NamedItems("没有规则 / no rule", "unknown_rule", in_order)
    pack.clauses = NamedItems("没有条款 / no clause", "unknown_clause", pack.clauses)
    if (root / "score.yaml").is_file():
        pack.score = _load_score(pack, _read(root / "score.yaml", built))
    return pack


def _pack_without_rules(root: Path, head: PackFile, built: Mapping[str, BuiltFile], parameters: Mapping[str, Any]) -> Pack:
    """The pack with its parameters, topics, clauses, units, norms, terms and checks; rules refer to these."""
    by_id = {p.id: p for p in head.parameters}
    values = {p.id: p.value for p in head.parameters}
    for key, value in parameters.items():
        values[key] = _apply_parameter(head, by_id, key, value)
    contents: dict[str, list[Any]] = {}
    for file, (attribute, type_) in PACK_FILES.items():
        path = root / f"{file}.yaml"
        if path.is_file():
            doc = _read(path, built)
            items = contents[attribute] = validate(TypeAdapter(type_), doc, doc.data or [], ())
            _check_unique(doc, [f"{getattr(x, 'field', '')} {getattr(x, 'id', None) or x.name}".strip() for x in items])
    norms = list(contents.get("norms", []))
    for other in head.uses:
        norms += load_pack(_find_used_pack(root, other)).norms
    return Pack(
        head.id,
        head.title,
        root,
        head.source,
        by_id,
        values,
        {t.id: t for t in contents.get("topics", [])},
        {c.id: c for c in contents.get("clauses", [])},
        contents.get("units", []),
        norms,
        contents.get("terms", []),
        contents.get("checks", []),
        head.uses,
        head.tasks,
    )


def _invalid_parameters(head_file: LocatedYaml, why: str) -> PackError:
    at = ("parameters",)
    return PackError(f"{head_file.where(at)}: {why}", **head_file.at(at), code="pack_invalid", field="parameters")


def _load_score(pack: Pack, doc: LocatedYaml) -> ScoringSheet:
    """The scoring sheet, checked against the tasks and rules of its pack."""
    sheet: ScoringSheet = validate(TypeAdapter(ScoringSheet), doc, doc.data, ())
    try:
        sheet.check(pack.tasks, pack.rules)
    except ValueError as exc:
        raise PackError(f"{doc.where(())}: {exc}", **doc.at(()), code="pack_invalid") from exc
    return sheet


def _read(path: Path, built: Mapping[str, BuiltFile]) -> LocatedYaml:
    """One of a pack's files, from its built form where that is known."""

    def parsed() -> LocatedYaml:
        from opencheck.rules.packs.yaml_source import load_yaml  # the parser, for packs that are being written

        return load_yaml(path)

    known = built.get(path.name)
    return parsed() if known is None else LocatedYaml(path, known.data, lambda: parsed().lines, known.items)


def load_packs(names: Iterable[str | Path | Pack], parameters: Mapping[str, Any] | None = None) -> list[Pack]:
    """Load several packs; each parameter is set in the packs that declare it.

    Raises:
        PackError: a pack is invalid, or no pack declares a parameter.

    >>> [p.id for p in load_packs(["pingdu-2018", "cn-statutes"], {"covers": "2019"})]
    ['pingdu-2018', 'cn-statutes']
    """
    given = [n if isinstance(n, Pack) else load_pack(n) for n in names]
    wanted = dict(parameters or {})
    known = {key for pack in given for key in pack.parameters}
    if unknown := [key for key in wanted if key not in known]:
        raise PackError(
            f"规则包没有参数 / no pack has the parameter {', '.join(unknown)}"
            f"{alternatives(unknown[0], sorted(known), 'unknown_parameter')}",
            code="unknown_parameter",
            field="parameters",
            found=unknown[0],
            accepted=sorted(known),
        )
    result = []
    for pack in given:
        own = {k: v for k, v in wanted.items() if k in pack.parameters}
        result.append(load_pack(pack.path, own) if own else pack)
    return result


def _apply_parameter(head: PackFile, known: Mapping[str, Parameter], key: str, value: Any) -> Any:
    if key not in known:
        raise PackError(
            f"规则包 {head.id} 没有参数 / has no parameter {key!r}{alternatives(key, known, 'unknown_parameter')}",
            code="unknown_parameter",
            field="parameters",
            found=key,
            accepted=known,
        )
    default = known[key].value
    if isinstance(value, str) and isinstance(default, bool):
        value = {"true": True, "false": False, "是": True, "否": False}.get(value.lower(), value)
    elif isinstance(value, str) and isinstance(default, int) and _WHOLE_NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(default, (bool, int)) and type(value) is not type(default):
        raise PackError(
            f"参数 / parameter {key}: found {value!r}; accepted: a {type(default).__name__} such as {default!r}",
            code="bad_parameter",
            field=key,
            found=value,
        )
    choices = known[key].choices
    if choices is not None and value not in choices:
        raise PackError(
            f"参数 / parameter {key}: found {value!r}; accepted: {', '.join(map(str, choices))}",
            code="bad_parameter",
            field=key,
            found=value,
            accepted=map(str, choices),
        )
    return value


def _load_rules(pack: Pack, located: LocatedYaml, unchanged: Pack | None) -> None:
    path = located.path
    if not isinstance(located.data, list):
        raise PackError(
            f"{path}:1: 应为规则的列表 / expected a list of rules, found {type(located.data).__name__}",
            code="pack_invalid",
            path=path,
            row=1,
            found=type(located.data).__name__,
        )
    adapter = TypeAdapter(Rule)
    for index, raw in enumerate(located.data):
        keys = (index,)
        used: dict[str, None] = {}
        data = _substitute(raw, pack, located, keys, used)
        known = unchanged.rules.get(str(raw.get("id"))) if unchanged and isinstance(raw, dict) else None
        if known is not None and all(known.pack.values[name] == pack.values[name] for name in used):
            rule = known.rule
        else:
            rule = validate(adapter, located, data, keys)
        where = located.where(keys)
        if rule.id in pack.rules:
            raise PackError(
                f"{where}: 规则编号重复 / rule id stands twice: {rule.id} (first at {pack.places[rule.id]})",
                **located.at(keys),
                code="repeated",
                field="id",
                found=rule.id,
            )
        check_references(pack, rule, located, keys)
        pack.rules[rule.id] = PackRule(rule, pack, used)
        pack.places[rule.id] = where


def _substitute(value: Any, pack: Pack, located: LocatedYaml, keys: Keys, used: dict[str, None]) -> Any:
    """Replace ``$name`` by the parameter's value, and record the used parameters."""
    if isinstance(value, dict):
        return {k: _substitute(v, pack, located, (*keys, k), used) for k, v in value.items()}
    if isinstance(value, list):
        return [_substitute(v, pack, located, (*keys, i), used) for i, v in enumerate(value)]
    if isinstance(value, str) and value.startswith("$"):
        name = value[1:]
        if name not in pack.values:
            raise PackError(
                f"{located.where(keys)}: pack.yaml 没有这个参数 / pack.yaml has no parameter {name!r}{alternatives(name, pack.values)}",
                **located.at(keys),
                code="unknown_parameter",
                found=name,
                accepted=pack.values,
            )
        used[name] = None
        return pack.values[name]
    return value


def _check_unique(located: LocatedYaml, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            raise PackError(
                f"{located.where((index,))}: 重复 / stands twice: {name}", **located.at((index,)), code="repeated", found=name
            )
        seen.add(name)
