"""The jobs that worker processes run, each with one result; the pool stops a process that exceeds its limits of time or memory.

What a request sent lies in the job's folder, where everything that is written for the job goes, too; the parent process removes it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from opencheck.core.clock import today
from opencheck.core.errors import InputError, OpencheckError
from opencheck.core.json_files import parse_json
from opencheck.core.message_catalogue import LANGUAGES
from opencheck.core.personal_data import mask_for_display
from opencheck.integrations.http.schemas import REQUESTS, validation_text
from opencheck.rules.packs.loader import load_pack, load_packs
from opencheck.rules.packs.pack import Pack

if TYPE_CHECKING:
    from opencheck.documents import Document

__all__ = [
    "MEDIA",
    "JobResult",
    "Submission",
    "process_id",
    "run",
    "start",
    "traceback_summary",
]


MAP_SUFFIX = ".map.yaml"
"""How the name of a mapping of headings ends; it may be sent with the ledger."""

_packs: dict[str, Pack] = {}


_server_folders: list[str] = []


class Submission(NamedTuple):
    """What a request sent: the fields of a form, its files, or the file with its body in JSON; ``own`` marks a document among the files."""

    values: Mapping[str, Any]
    files: Sequence[Path] = ()
    body: Path | None = None
    own: bool = False


class JobResult(NamedTuple):
    """The result of a job: content with a media type, or a ``client_error`` (message) or a ``server_error`` (location in the code)."""

    content: bytes = b""
    media: str = "application/json"
    name: str = ""
    client_error: str = ""
    server_error: str = ""


def start(packs: Sequence[str], memory: int, data: Path | None = None) -> None:
    """Initialise a worker: limit its memory, load the packs, and run a first check."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except ImportError:  # pragma: no cover - Windows lacks this module
        pass
    for name in packs:
        pack = load_pack(name)
        _packs[pack.id] = pack
    own = [Path(__file__).parents[3], Path(sys.prefix), Path.cwd(), Path.home(), Path(tempfile.gettempdir())]
    named = [Path(name).resolve() for name in packs if Path(name).exists()] + ([data.parent] if data else [])
    _server_folders[:] = sorted({str(p) for p in (*own, *named) if len(p.parts) > 1}, key=len, reverse=True)
    from opencheck.api.preflight import preflight

    preflight({"title": "预热"}, pack=list(_packs.values()), as_of="2018-12-31")


def process_id() -> int:
    """Return the worker's process id; when this runs, it takes jobs."""
    return os.getpid()


def _request(job: str, body: bytes) -> dict[str, Any]:
    """What a request in JSON says.

    Raises:
        InputError: it is no JSON, or nothing that can be a record.
        ValidationError: it lacks something, or has what is unknown.
    """
    try:
        content = parse_json(body.decode("utf-8-sig"))
    except ValueError as exc:
        raise InputError(f"不是JSON / not JSON: {mask_for_display(str(exc))}") from exc
    return REQUESTS[job].model_validate(content).model_dump()


def run(job: str, sent: Submission, folder: Path) -> JobResult:
    """Run one job: ``preflight``, ``fix``, ``check``, ``due`` or ``template``. Errors are returned in the result."""
    tempfile.tempdir = str(folder)  # what libraries write goes with the folder, even if this process is killed
    try:
        values = dict(sent.values) if sent.body is None else _request(job, sent.body.read_bytes())
        values["as_of"] = values.get("as_of") or today()
        values["lang"] = values.get("lang") or LANGUAGES[0]
        if values["lang"] not in LANGUAGES:
            raise InputError(f"不支持的语言 / unsupported language {values['lang']!r}; accepted: {', '.join(LANGUAGES)}")
        return _JOBS[job]({**values, "own": sent.own}, sent.files)
    except ValidationError as exc:
        return JobResult(client_error=validation_text(exc.errors(include_url=False), REQUESTS[job].model_json_schema()))
    except OpencheckError as exc:
        return JobResult(client_error=_without_server_paths(str(exc), folder))
    except MemoryError:
        return JobResult(client_error="处理这份输入需要的内存超过限制 / this input needs more memory than is allowed")
    except Exception as exc:
        return JobResult(server_error=traceback_summary(exc))
    finally:
        tempfile.tempdir = None


def _without_server_paths(text: str, folder: Path) -> str:
    """Name the files of a request as the client named them, and those of the server without their folders."""
    text = re.sub(re.escape(str(folder)) + r"[/\\](?:\d+[/\\])?", "", text)
    for known in _server_folders:
        text = text.replace(known + os.sep, "").replace(known, "")
    return text


def traceback_summary(exc: Exception) -> str:
    """Return type and location of an error for the log; its text is omitted because it may hold data of a client."""
    found = [f"{Path(f.filename).name}:{f.lineno}" for f in reversed(traceback.extract_tb(exc.__traceback__)[-5:])]
    return f"{type(exc).__name__} at {' < '.join(found)}"


def _requested_packs(values: Mapping[str, Any]) -> list[Pack]:
    named = values.get("pack") or next(iter(_packs))
    names = [named] if isinstance(named, str) else list(named)
    if unknown := [n for n in names if n not in _packs]:
        raise InputError(f"没有规则包 / no pack {', '.join(map(str, unknown))}; accepted: {', '.join(_packs)}")
    return [_packs[n] for n in names]


def _json(content: Any) -> JobResult:
    return JobResult(json.dumps(content, ensure_ascii=False).encode())


def _preflight(values: Mapping[str, Any], files: Sequence[Path]) -> JobResult:
    from opencheck.api.preflight import preflight
    from opencheck.core.personal_data import mask_personal_data
    from opencheck.documents import read
    from opencheck.records.tables import TABLES

    table = str(values.get("table") or "document")
    spec = TABLES.get(table)
    record: dict[str, Any] = {}
    unread: list[tuple[str, dict[str, Any]]] = []
    if table == "listing":
        given = values.get("record") or {}
        of_file = bool(files) and bool(values.get("own") or not given)
        attachments, problems = _read_attachments(files[1:] if of_file else files)
        listed = preflight(
            files[0] if of_file else [given],
            table=table,
            attachments=attachments,
            pack=_requested_packs(values),
            as_of=values["as_of"],
            parameters=values.get("parameters"),
            unread=problems,
            values=given if of_file else None,
        )
        return _json({**listed.as_dict(), "facts": {}, "text": ""})
    if files and values.get("own"):
        document = read(files[0])
        record, unread = document.as_record(), document.unread
        files = files[1:]
    for name, value in (values.get("record") or {}).items():
        record[spec.key_for(str(name)) if spec else str(name)] = value
    attachments, problems = _read_attachments(files)
    unread = [*unread, *problems]
    result = preflight(
        record,
        table=table,
        attachments=attachments,
        pack=_requested_packs(values),
        as_of=values["as_of"],
        parameters=values.get("parameters"),
        unread=unread,
    )
    shown = {k: v for k, v in record.items() if k in ("title", "number", "signed_on", "published_on", "attribute")}
    if "title" in shown:
        shown["title"] = result.record["title"]  # as it was read: the positions of fixes in the title count its characters
    read_from = {k: None if v is None else mask_personal_data(str(v)) for k, v in shown.items()}
    return _json({**result.as_dict(), "facts": read_from, "text": mask_personal_data(result.text)})


def _read_attachments(files: Sequence[Path]) -> tuple[dict[str, Document], list[tuple[str, dict[str, Any]]]]:
    """Read attachments; one that cannot be read stays open, for a person to look at, and the rest is checked all the same."""
    from opencheck.documents import read
    from opencheck.integrations.attachments import free_name

    documents: dict[str, Document] = {}
    problems: list[tuple[str, dict[str, Any]]] = []
    names: set[str] = set()
    for path in files:
        name = free_name(path.name, names)
        names.add(name)
        try:
            documents[name] = read(path.read_bytes(), name)
        except InputError as exc:
            problems.append(("attachment.unread", {"name": name, "problem": str(exc).removeprefix(f"{name}: ")}))
    return documents, problems


def _fix(values: Mapping[str, Any], files: Sequence[Path]) -> JobResult:
    from opencheck.documents import fixed_copy

    if not files:
        raise InputError("缺少文件 / a file is needed")
    path = files[0]
    attribute = values.get("attribute") or None
    if attribute is not None:
        from opencheck.documents import read
        from opencheck.records.vocabularies import VOCABULARIES

        if attribute not in VOCABULARIES["attribute"].values:
            accepted = "、".join(VOCABULARIES["attribute"].values)
            raise InputError(f"公开属性不对 / no such attribute: {attribute}; accepted: {accepted}")
        if read(path).attribute is not None:
            attribute = None
    media = "application/octet-stream"
    return JobResult(fixed_copy(path.read_bytes(), path.name, attribute=attribute), media, f"{path.stem}.已处理{path.suffix}")


def _sources(values: Mapping[str, Any], files: Sequence[Path]) -> list[Any]:
    sources: list[Any] = list(files)
    if values.get("tables") is not None:
        sources.append(values["tables"])
    if not sources:
        raise InputError("没有台账：请上传文件，或在JSON里给 tables / no ledger: send a file, or tables in JSON")
    return sources


def _with_mappings(values: Mapping[str, Any], files: Sequence[Path]) -> tuple[list[Path], dict[str, str]]:
    """The ledgers among the files, and what headings mean: by the mappings among them (``NAME.map.yaml``), then by the field ``headings``."""
    from opencheck.readers.heading_maps import written_map

    mapped: dict[str, str] = {}
    for path in files:
        if path.name.endswith(MAP_SUFFIX):
            mapped |= written_map(path)
    return [f for f in files if not f.name.endswith(MAP_SUFFIX)], mapped | (values.get("headings") or {})


def _report(values: Mapping[str, Any], files: Sequence[Path]) -> Any:
    from opencheck.api.check import check_records

    packs = load_packs(_requested_packs(values), values.get("parameters"))
    ledgers, headings = _with_mappings(values, files)
    return check_records(
        _sources(values, ledgers),
        packs=packs,
        as_of=values["as_of"],
        rules=values.get("rules"),
        many=True,
        headings=headings,
        ledger_unit=values.get("ledger_unit") or None,
    )


MEDIA: dict[str, str] = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "table": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "sarif": "application/sarif+json",
    "junit": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _check(values: Mapping[str, Any], files: Sequence[Path]) -> JobResult:
    from opencheck.report.output import render

    chosen = str(values.get("format") or "json")
    if chosen == "map":
        return _map(values, files)
    if chosen not in MEDIA:
        raise InputError(f"不支持的格式 / unsupported format {chosen!r}; accepted: {', '.join(MEDIA)}, map")
    content = render(_report(values, files), chosen, values["lang"])
    name = "" if chosen == "json" else f"检查结果.{ {'table': 'txt', 'junit': 'xml'}.get(chosen, chosen) }"
    return JobResult(content, MEDIA[chosen], name)


def _map(values: Mapping[str, Any], files: Sequence[Path]) -> JobResult:
    """What is said of the ledger's headings, and what is to be confirmed, as the file that is kept beside the ledger."""
    from opencheck.readers import read
    from opencheck.readers.heading_maps import map_path, map_text, open_headings

    ledgers, mapped = _with_mappings(values, files)
    data = read(*_sources(values, ledgers), headings=mapped)
    name = ledgers[0].name if ledgers else "台账"
    content = map_text(name, mapped, [(key, label) for key, label, _ in open_headings(data.headings)]).encode()
    return JobResult(content, "application/yaml", map_path(Path(name)).name)


def _template(values: Mapping[str, Any], files: Sequence[Path]) -> JobResult:
    from opencheck.report.formats.template import template_workbook

    return JobResult(template_workbook(_requested_packs(values)[0]), MEDIA["xlsx"], "台账模板.xlsx")


def _due(values: Mapping[str, Any], files: Sequence[Path]) -> JobResult:
    from opencheck.api.check import as_day
    from opencheck.report.formats.due_list import as_ics, as_rows, upcoming_findings

    chosen = str(values.get("format") or "json")
    if chosen not in ("json", "ics"):
        raise InputError(f"不支持的格式 / unsupported format {chosen!r}; accepted: json, ics")
    first = as_day(values["as_of"])
    last = as_day(values["until"]) if values.get("until") else first + timedelta(days=30)
    report = _report({**values, "tables": values.get("tables")}, files)
    found = upcoming_findings(report.of_units(values["unit"]) if values.get("unit") else report, last)
    if chosen == "ics":
        return JobResult(as_ics(report, found, values["lang"]), "text/calendar; charset=utf-8", "到期事项.ics")
    return _json({"as_of": first.isoformat(), "until": last.isoformat(), "due": as_rows(found)})


_JOBS = {"preflight": _preflight, "fix": _fix, "check": _check, "due": _due, "template": _template}
