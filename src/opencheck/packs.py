"""Packs: folders of YAML that hold topics, parameters, clauses and rules; found by name in a checkout and in a wheel alike."""

from __future__ import annotations

import atexit
import difflib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from opencheck import yamlfile
from opencheck.errors import PackError
from opencheck.periods import Period
from opencheck.records.text import fold
from opencheck.rules.base import Covers
from opencheck.rules.limits import DatedLimit, Limit, StatuteRef
from opencheck.rules.outcomes import Modality
from opencheck.rules.rule import Rule, Text
from opencheck.score import Sheet

if TYPE_CHECKING:
    from opencheck.findings import Finding
    from opencheck.prepublication import CompiledRules

__all__ = [
    "BoundRule",
    "Clause",
    "Norm",
    "Pack",
    "PackFile",
    "Parameter",
    "Topic",
    "load_pack",
    "load_packs",
    "pack_names",
    "pack_path",
    "schemas",
]

DEFAULT_SUFFIX = (".yaml", ".yml")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Days(_Model):
    """A first and a last day, both included; null leaves the end open."""

    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None


class Parameter(_Model):
    """A number or word that a user of the pack may set otherwise, with the reading that it stands for."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    value: Any
    choices: list[Any] | None = None
    reading: Text


class Clause(_Model):
    """One clause of the source, with the duty in our own words."""

    id: str
    unit: str | None = None
    on: str
    how: Annotated[str, Field(pattern="^(measured|structural|statutory|evidence)$")]
    modality: Modality = "must"
    duty: Text


class Element(_Model):
    """An element that a disclosure of a topic may have to contain."""

    name: str
    en: str
    aliases: list[str] = []


class Topic(_Model):
    """A topic of disclosures: its code, names, spellings and elements."""

    id: str
    title: Text
    aliases: list[str] = []
    elements: list[Element] = []


class UnitName(_Model):
    """One office under one name, with the other names that ledgers use for it."""

    name: str
    aliases: list[str] = []


class Term(_Model):
    """A value of a text or list field under one name, with the other spellings that ledgers use for it."""

    field: str
    name: str
    en: str
    aliases: list[str] = []


class Check(_Model):
    """One atomic check of a finer reading of the source; ``beyond`` says what of it records cannot show, and why."""

    id: str
    clause: str
    how: Annotated[str, Field(pattern="^(measured|structural|statutory|evidence)$")]
    beyond: Text | None = None


class NormLimit(_Model):
    """A time limit that a norm sets."""

    id: str
    clause: str | None = None
    event: Text | None = None
    within: Limit | None = None
    extension: Limit | None = None
    by: str | None = None
    seen: Annotated[bool, Field(description="whether the number was read in the norm's own published text")]
    note: Text | None = None


class Norm(_Model):
    """A statute or other norm with its days in force."""

    id: str
    family: Annotated[
        str | None, Field(description="what its versions have in common; the norm's own id where it has none")
    ] = None
    title: Text
    in_force: Days = Days()
    limits: list[NormLimit]


class Source(_Model):
    """The document that the pack turns into rules."""

    title: Text
    issuer: Text
    signed_on: date | None = None
    published_on: date | None = None
    cites: list[str] = []


class PackFile(_Model):
    """``pack.yaml``."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9\-]*$")]
    title: Text
    source: Source | None = None
    uses: Annotated[list[str], Field(description="other packs whose norms the rules refer to")] = []
    parameters: list[Parameter] = []
    tasks: Annotated[dict[str, Text], Field(description="titles of the tasks that group the clauses")] = {}


FILES: dict[str, tuple[str, Any]] = {
    "topics": ("topics", list[Topic]),
    "clauses": ("clauses", list[Clause]),
    "units": ("units", list[UnitName]),
    "norms": ("norms", list[Norm]),
    "terms": ("terms", list[Term]),
    "checks": ("checks", list[Check]),
}
"""Files of a pack besides ``pack.yaml`` and the rule files, with what they hold."""


def _covers(value: Any) -> Covers:
    if isinstance(value, Mapping):
        return Covers(date.fromisoformat(str(value["from"])), date.fromisoformat(str(value["to"])))
    text = str(value)
    if ".." in text:
        first, last = text.split("..")
        return Covers(date.fromisoformat(first.strip()), date.fromisoformat(last.strip()))
    period = Period.parse(text)
    return Covers(period.first_day, period.last_day)


@dataclass
class Pack:
    """A loaded pack: rules by id, clauses by id, topics, parameters with their values, and the norms it uses."""

    id: str
    title: Text
    path: Path
    source: Source | None
    parameters: dict[str, Parameter]
    values: dict[str, Any]
    topics: dict[str, Topic]
    clauses: dict[str, Clause]
    units: list[UnitName]
    norms: list[Norm]
    terms: list[Term] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    tasks: dict[str, Text] = field(default_factory=dict)
    rules: dict[str, BoundRule] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    score: Sheet | None = None
    """How an appraisal scores it, where ``score.yaml`` says so."""
    plans: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """What the engine has planned for small tables; see :mod:`opencheck.plans`."""

    def __getstate__(self) -> dict[str, Any]:
        # Plans are of this process: they hold native expressions.
        return {**self.__dict__, "plans": {}}

    def compile(self, table: str, as_of: date | str) -> CompiledRules:
        """The rules about single records of a table, ready for many of them one by one: a plan is made once, not for each record.

        Args:
            table: the table's name, ``document`` for one.
            as_of: the checks are made at the end of this day (Asia/Shanghai).

        Raises:
            InputError: no such table, or no such day.

        >>> rules = load_pack("pingdu-2018").compile("document", "2018-12-31")
        >>> [f.rule for f in rules.check({"id": "1", "is_policy": True, "proposed_attribute": None}) if f.rule == "PD-13.1"][:1]
        ['PD-13.1']
        """
        from opencheck.prepublication import CompiledRules

        return CompiledRules(self, table, as_of)

    @cached_property
    def covers(self) -> Covers:
        """The days that duties by year or period are checked for."""
        value = self.values.get("covers")
        if value is None:
            return Covers(date(1949, 10, 1), date(1949, 10, 1))
        return _covers(value)

    @cached_property
    def binding_from(self) -> date | None:
        """The day from which the source binds; what fell due earlier is information only."""
        value = self.values.get("binding_from")
        return None if value is None else date.fromisoformat(str(value))

    @cached_property
    def statutes(self) -> dict[str, tuple[DatedLimit, ...]]:
        """Limits of the norms by ``family/limit``, in order of their days in force."""
        found: dict[str, list[DatedLimit]] = {}
        for norm in self.norms:
            for limit in norm.limits:
                if limit.within is not None:
                    found.setdefault(f"{norm.family or norm.id}/{limit.id}", []).append(
                        DatedLimit(
                            limit.within,
                            norm.in_force.from_,
                            norm.in_force.to,
                            limit.extension,
                            norm.title.zh,
                            norm.title.en,
                            limit.clause,
                            limit.seen,
                        )
                    )
        ordered = {name: tuple(sorted(limits, key=lambda d: d.since or date.min)) for name, limits in found.items()}
        for name, limits in ordered.items():
            for earlier, later in pairwise(limits):
                if earlier.until is None or later.since is None or earlier.until >= later.since:
                    raise PackError(
                        f"{self.path}: {name}: 同一天有两个期限生效 / two limits are in force on one day: "
                        f"{earlier.norm_zh} (…{earlier.until or ''}), {later.norm_zh} ({later.since or ''}…)"
                    )
        return ordered

    @cached_property
    def topic_names(self) -> dict[str, str]:
        """Folded spelling → topic code."""
        return {fold(n): t.id for t in self.topics.values() for n in (t.id, t.title.zh, t.title.en, *t.aliases)}

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Folded spelling → the office's name in the pack."""
        return {fold(n): u.name for u in self.units for n in (u.name, *u.aliases)}

    @cached_property
    def element_names(self) -> dict[str, str]:
        """Folded spelling → element name, where all topics agree on it."""
        found: dict[str, set[str]] = {}
        for topic in self.topics.values():
            for element in topic.elements:
                for name in (element.name, element.en, *element.aliases):
                    found.setdefault(fold(name), set()).add(element.name)
        return {name: next(iter(meant)) for name, meant in found.items() if len(meant) == 1}

    @cached_property
    def term_names(self) -> dict[str, dict[str, str]]:
        """For each field whose values the pack names: folded spelling → the pack's name."""
        found: dict[str, dict[str, str]] = {}
        for term in self.terms:
            for text in (term.name, term.en, *term.aliases):
                found.setdefault(term.field, {})[fold(text)] = term.name
        return found

    def nearest_topic(self, text: str) -> str | None:
        """The topic whose name is most like a text that is none, for the message about it."""
        close = difflib.get_close_matches(fold(text), self.topic_names, n=1, cutoff=0.5)
        return self.topics[self.topic_names[close[0]]].title.zh if close else None


class BoundRule:
    """A rule of a pack, ready to check records alone: ``pack.rules["PD-9.4"].check(records, as_of="2018-12-31")``."""

    def __init__(self, rule: Rule, pack: Pack, parameters: Iterable[str] = ()) -> None:
        self.rule = rule
        self.pack = pack
        self.parameters = tuple(parameters)
        """Ids of the pack's parameters that the rule uses."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "rule" not in self.__dict__:  # while it is copied or unpickled it has no rule yet
            raise AttributeError(name)
        return getattr(self.rule, name)

    def __repr__(self) -> str:
        return f"<rule {self.rule.id} of {self.pack.id}: {self.rule.title.zh}>"

    def check(self, records: Any, *, as_of: date | str, everything: bool = True) -> list[Finding]:
        """The findings of this rule alone.

        Args:
            records: what :func:`opencheck.check` accepts; rows of other tables are used where the rule links to them.
            as_of: the day whose end the check is made at.
            everything: whether passes are listed too.

        Returns:
            The findings, in the order of the records.

        >>> import opencheck as oc
        >>> rule = oc.load_pack("pingdu-2018").rules["PD-9.4"]
        >>> document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
        >>> reading = {"id": "r", "document_id": "1", "published_on": "2018-10-08"}
        >>> [str(f.outcome) for f in rule.check({"document": [document], "interpretation": [reading]}, as_of="2018-12-31")]
        ['pass']
        """
        from opencheck.api import check_records

        report = check_records(records, packs=[self.pack], as_of=as_of, rules=[self.rule.id], everything=everything)
        return report.findings()


def search_paths() -> list[Path]:
    """Where packs lie: inside the installed package, and in ``rules/`` of a source checkout."""
    here = Path(__file__).resolve().parent
    found = [p for p in (here / "_packs", here.parent.parent / "rules") if p.is_dir()]
    return found or [_unpacked()]


@lru_cache(maxsize=1)
def _unpacked() -> Path:
    """The packs of a wheel that is imported as it is, as spark-submit does: taken out into a folder for as long as the process runs."""
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
    """The packs that come with opencheck.

    >>> "pingdu-2018" in pack_names()
    True
    """
    return sorted({p.parent.name for root in search_paths() for p in root.glob("*/pack.yaml")})


def pack_path(name: str | Path) -> Path:
    """The folder of a pack: a path to one, or the name of one that comes with opencheck.

    Raises:
        PackError: no such pack.
    """
    given = Path(name)
    if (given / "pack.yaml").is_file():
        return given
    if len(given.parts) == 1:
        for root in search_paths():
            if (root / given / "pack.yaml").is_file():
                return root / given
    raise PackError(f"没有规则包 / no pack {str(name)!r}; accepted: a folder with pack.yaml, or {', '.join(pack_names())}")


def load_pack(name: str | Path, parameters: Mapping[str, Any] | None = None) -> Pack:
    """Load a pack; one that was loaded already is the same object, until a file of it changes. Packs are read, not changed.

    Args:
        name: the name of a pack that comes with opencheck, or the path of a folder.
        parameters: values to use instead of the pack's own, by parameter id; ``covers`` may be a year.

    Raises:
        PackError: with file and line, for anything in it that does not fit.

    >>> pack = load_pack("pingdu-2018")
    >>> pack.clauses["9.4"].how
    'measured'
    >>> load_pack("pingdu-2018", {"covers": "2019"}).covers.first
    datetime.date(2019, 1, 1)
    """
    root = pack_path(name)
    key = (root.resolve(), json.dumps(dict(parameters or {}), sort_keys=True, default=repr))
    known = _loaded.get(key)
    if known is None or known[1] != _stamp(known[0]):
        pack = _load(root, parameters)
        roots = [p.resolve() for p in (root, *(_sibling(root, other) for other in pack.uses))]
        while len(_loaded) >= _MOST:
            _loaded.pop(next(iter(_loaded)), None)
        known = _loaded[key] = (roots, _stamp(roots), pack)
    return known[2]


_MOST = 32
_loaded: dict[tuple[Path, str], tuple[list[Path], Any, Pack]] = {}


def _stamp(roots: Iterable[Path]) -> list[tuple[str, int, int]]:
    """What changes when a file of these folders does: names, times and sizes."""
    found = []
    for root in roots:
        if not root.is_dir():
            continue
        for entry in sorted(os.scandir(root), key=lambda e: e.name):
            if entry.name.endswith(DEFAULT_SUFFIX):
                info = entry.stat()
                found.append((entry.path, info.st_mtime_ns, info.st_size))
    return found


def _sibling(root: Path, other: str) -> Path:
    """The folder of a pack that another one uses: beside it, else one that comes with opencheck."""
    beside = root.parent / other
    return beside if (beside / "pack.yaml").is_file() else pack_path(other)


def _load(root: Path, parameters: Mapping[str, Any] | None) -> Pack:
    located = yamlfile.load(root / "pack.yaml")
    head: PackFile = _validate(TypeAdapter(PackFile), located, located.data, ())
    values = {p.id: p.value for p in head.parameters}
    by_id = {p.id: p for p in head.parameters}
    for key, value in (parameters or {}).items():
        values[key] = _override(head, by_id, key, value)
    contents: dict[str, list[Any]] = {}
    for file, (attribute, type_) in FILES.items():
        path = root / f"{file}.yaml"
        if path.is_file():
            doc = yamlfile.load(path)
            contents[attribute] = _validate(TypeAdapter(type_), doc, doc.data or [], ())
            _no_twins(
                doc, [f"{getattr(x, 'field', '')} {getattr(x, 'id', None) or x.name}".strip() for x in contents[attribute]]
            )
    norms = list(contents.get("norms", []))
    for other in head.uses:
        norms += load_pack(_sibling(root, other)).norms
    pack = Pack(
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
    try:
        _ = pack.covers, pack.binding_from
    except (KeyError, ValueError, TypeError) as exc:
        raise PackError(f"{located.where(('parameters',))}: covers / binding_from: {exc}") from exc
    skip = {"pack", "score", *FILES}
    for path in sorted(p for p in root.iterdir() if p.suffix in DEFAULT_SUFFIX and p.stem not in skip):
        _load_rules(pack, path)
    order = {clause: number for number, clause in enumerate(pack.clauses)}
    # In the order of the source's clauses, whatever file a rule stands in.
    pack.rules = dict(sorted(pack.rules.items(), key=lambda kv: order.get(kv[1].rule.clause, 0)))
    if (root / "score.yaml").is_file():
        doc = yamlfile.load(root / "score.yaml")
        pack.score = _validate(TypeAdapter(Sheet), doc, doc.data, ())
        try:
            pack.score.check(pack)
        except ValueError as exc:
            raise PackError(f"{doc.where(())}: {exc}") from exc
    return pack


def load_packs(names: Iterable[str | Path | Pack], parameters: Mapping[str, Any] | None = None) -> list[Pack]:
    """Load several packs; each parameter is set in the packs that have it.

    Raises:
        PackError: a pack that does not load, or a parameter that none of them has.

    >>> [p.id for p in load_packs(["pingdu-2018", "cn-statutes"], {"covers": "2019"})]
    ['pingdu-2018', 'cn-statutes']
    """
    given = [n if isinstance(n, Pack) else load_pack(n) for n in names]
    wanted = dict(parameters or {})
    known = {key for pack in given for key in pack.parameters}
    if unknown := [key for key in wanted if key not in known]:
        raise PackError(f"规则包没有参数 / no pack has the parameter {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    result = []
    for pack in given:
        own = {k: v for k, v in wanted.items() if k in pack.parameters}
        result.append(load_pack(pack.path, own) if own else pack)
    return result


def _override(head: PackFile, known: Mapping[str, Parameter], key: str, value: Any) -> Any:
    if key not in known:
        raise PackError(f"规则包 {head.id} 没有参数 / has no parameter {key!r}; it has: {', '.join(known) or 'none'}")
    default = known[key].value
    if isinstance(value, str) and isinstance(default, bool):
        value = {"true": True, "false": False, "是": True, "否": False}.get(value.lower(), value)
    elif isinstance(value, str) and isinstance(default, int) and value.lstrip("-").isdigit():
        value = int(value)
    if isinstance(default, (bool, int)) and type(value) is not type(default):
        raise PackError(f"参数 / parameter {key}: found {value!r}; accepted: a {type(default).__name__} such as {default!r}")
    choices = known[key].choices
    if choices is not None and value not in choices:
        raise PackError(f"参数 / parameter {key}: found {value!r}; accepted: {', '.join(map(str, choices))}")
    return value


def _load_rules(pack: Pack, path: Path) -> None:
    located = yamlfile.load(path)
    if not isinstance(located.data, list):
        raise PackError(f"{path}:1: 应为规则的列表 / expected a list of rules, found {type(located.data).__name__}")
    for index, raw in enumerate(located.data):
        keys = (index,)
        used: dict[str, None] = {}
        data = _substitute(raw, pack, located, keys, used)
        rule: Rule = _validate(TypeAdapter(Rule), located, data, keys)
        where = located.where(keys)
        if rule.id in pack.rules:
            raise PackError(f"{where}: 规则编号重复 / rule id stands twice: {rule.id} (first at {pack.places[rule.id]})")
        if pack.clauses and rule.clause not in pack.clauses:
            raise PackError(f"{located.where((*keys, 'clause'))}: 没有这个条款 / no clause {rule.clause!r} in clauses.yaml")
        for topic in (*rule.topics, *rule.kind.topics_of(rule)):
            if topic not in pack.topics:
                raise PackError(f"{located.where((*keys, 'when'))}: 没有这个主题 / no topic {topic!r} in topics.yaml")
        limits = (getattr(rule.kind, "limit", None), rule.due.limit if rule.due else None)
        for limit in (x for x in limits if isinstance(x, StatuteRef) and x.statute not in pack.statutes):
            raise PackError(
                f"{located.where((*keys, 'require'))}: 没有这个法定期限 / no limit {limit.statute!r}; known: "
                f"{', '.join(sorted(pack.statutes)) or 'none'} (add its pack to 'uses')"
            )
        for element in rule.elements:
            if element not in pack.element_names.values():
                raise PackError(f"{located.where((*keys, 'require'))}: 没有这个要素 / no element {element!r} in topics.yaml")
        known = {c.id for c in pack.checks}
        if known and (unknown := [d for d in rule.decides if d not in known]):
            raise PackError(f"{located.where((*keys, 'decides'))}: 没有这项检查 / no check {', '.join(unknown)} in checks.yaml")
        for name, test in rule.tests():
            names = set(pack.term_names.get(name, {}).values())
            wanted = [*(test.contains or ()), *(test.contains_any or ())]
            if names and (odd := [v for v in wanted if v not in names]):
                raise PackError(f"{located.where(keys)}: {name}: 没有这个词 / no term {', '.join(odd)} in terms.yaml")
        pack.rules[rule.id] = BoundRule(rule, pack, used)
        pack.places[rule.id] = where


def _substitute(value: Any, pack: Pack, located: yamlfile.Located, keys: yamlfile.Keys, used: dict[str, None]) -> Any:
    """Replace ``$name`` by the parameter's value, and note which parameters are used."""
    if isinstance(value, dict):
        return {k: _substitute(v, pack, located, (*keys, k), used) for k, v in value.items()}
    if isinstance(value, list):
        return [_substitute(v, pack, located, (*keys, i), used) for i, v in enumerate(value)]
    if isinstance(value, str) and value.startswith("$"):
        name = value[1:]
        if name not in pack.values:
            raise PackError(
                f"{located.where(keys)}: 没有这个参数 / no parameter {name!r}; pack.yaml has: {', '.join(pack.values)}"
            )
        used[name] = None
        return pack.values[name]
    return value


def _validate(adapter: TypeAdapter[Any], located: yamlfile.Located, data: Any, keys: yamlfile.Keys) -> Any:
    try:
        return adapter.validate_python(data)
    except ValidationError as exc:
        lines = []
        for error in exc.errors():
            loc = tuple(error["loc"])
            where = located.where((*keys, *loc))
            path = ".".join(str(k) for k in loc)
            found = "" if isinstance(error["input"], (dict, list)) else f"; found {error['input']!r}"
            lines.append(f"{where}: {path or 'rule'}: {error['msg']}{found}")
        raise PackError("\n".join(dict.fromkeys(lines))) from exc


def _no_twins(located: yamlfile.Located, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            raise PackError(f"{located.where((index,))}: 重复 / stands twice: {name}")
        seen.add(name)


def schemas() -> dict[str, Any]:
    """JSON Schemas of a pack's files, by file: so an editor completes and checks them while they are written.

    >>> sorted(schemas())
    ['checks', 'clauses', 'norms', 'pack', 'rules', 'score', 'terms', 'topics', 'units']
    """
    found = {"pack": TypeAdapter(PackFile).json_schema(), "rules": TypeAdapter(list[Rule]).json_schema()}
    found["score"] = Sheet.model_json_schema()
    return found | {file: TypeAdapter(type_).json_schema() for file, (_, type_) in FILES.items()}
