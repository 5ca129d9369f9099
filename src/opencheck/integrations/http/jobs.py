"""The jobs that worker processes run, each with one result; the pool stops a process that exceeds its limits of time or memory.

Uploaded files live in a temporary folder for the duration of the job, under sanitised names.
"""

from __future__ import annotations

import json
import re
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from opencheck.core.errors import InputError, OpencheckError
from opencheck.rules.packs.loader import load_pack, load_packs
from opencheck.rules.packs.pack import Pack

__all__ = [
    "JobResult",
    "Upload",
    "run",
    "start",
    "traceback_summary",
]


_packs: dict[str, Pack] = {}


class Upload(NamedTuple):
    """An uploaded file."""

    name: str
    content: bytes


class JobResult(NamedTuple):
    """The result of a job: content with a media type, or a ``client_error`` (message) or a ``server_error`` (location in the code)."""

    content: bytes = b""
    media: str = "application/json"
    name: str = ""
    client_error: str = ""
    server_error: str = ""


def start(packs: Sequence[str], memory: int) -> None:
    """Initialise a worker: limit its memory, load the packs, and run a first check."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except ImportError:  # pragma: no cover - Windows lacks this module
        pass
    for name in packs:
        pack = load_pack(name)
        _packs[pack.id] = pack
    from opencheck.api.preflight import preflight

    preflight({"title": "预热"}, pack=list(_packs.values()), as_of="2018-12-31")


def run(job: str, values: Mapping[str, Any], uploads: Sequence[Upload]) -> JobResult:
    """Run one job: ``preflight``, ``fix``, ``check`` or ``due``. Errors are returned in the result."""
    try:
        with tempfile.TemporaryDirectory(prefix="opencheck-") as folder:
            return _JOBS[job](values, _save_uploads(uploads, Path(folder)))
    except OpencheckError as exc:
        return JobResult(client_error=re.sub(r"\S*opencheck-\w+/(?:\d+/)?", "", str(exc)))
    except MemoryError:
        return JobResult(client_error="处理这份输入需要的内存超过限制 / this input needs more memory than is allowed")
    except Exception as exc:
        return JobResult(server_error=traceback_summary(exc))


def traceback_summary(exc: Exception) -> str:
    """Return type and location of an error for the log; its text is omitted because it may hold data of a client."""
    found = [f"{Path(f.filename).name}:{f.lineno}" for f in reversed(traceback.extract_tb(exc.__traceback__)[-5:])]
    return f"{type(exc).__name__} at {' < '.join(found)}"


def _save_uploads(uploads: Sequence[Upload], folder: Path) -> list[Path]:
    paths = []
    for number, upload in enumerate(uploads):
        name = re.sub(r"[\x00-\x1f/\\:]+", "_", upload.name.replace("\\", "/").rpartition("/")[2]).strip(". ")[-120:]
        target = folder / str(number) / (name or "file")
        target.parent.mkdir()
        target.write_bytes(upload.content)
        paths.append(target)
    return paths


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
        source: Any = files[0] if files else [given]
        listed = preflight(
            source,
            table=table,
            pack=_requested_packs(values),
            as_of=values["as_of"],
            parameters=values.get("parameters"),
            values=given if files else None,
        )
        return _json({**listed.as_dict(), "facts": {}, "text": ""})
    if files and values.get("own"):
        document = read(files[0])
        record, unread = document.as_record(), document.unread
        files = files[1:]
    for name, value in (values.get("record") or {}).items():
        record[(spec.resolve_header(str(name)) if spec else None) or str(name)] = value
    result = preflight(
        record,
        table=table,
        attachments=list(files),
        pack=_requested_packs(values),
        as_of=values["as_of"],
        parameters=values.get("parameters"),
        unread=unread,
    )
    shown = {k: v for k, v in record.items() if k in ("title", "number", "signed_on", "published_on", "attribute")}
    read_from = {k: v if isinstance(v, (str, type(None))) else str(v) for k, v in shown.items()}
    return _json({**result.as_dict(), "facts": read_from, "text": mask_personal_data(result.text)})


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


def _report(values: Mapping[str, Any], files: Sequence[Path]) -> Any:
    from opencheck.api.check import check_records

    packs = load_packs(_requested_packs(values), values.get("parameters"))
    sources = _sources(values, files)
    return check_records(
        sources,
        packs=packs,
        as_of=values["as_of"],
        rules=values.get("rules"),
        many=True,
        headings=values.get("headings"),
    )


_MEDIA = {
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
    if chosen not in _MEDIA:
        raise InputError(f"不支持的格式 / unsupported format {chosen!r}; accepted: {', '.join(_MEDIA)}")
    content = render(_report(values, files), chosen, str(values.get("lang") or "zh"))
    name = "" if chosen == "json" else f"检查结果.{ {'table': 'txt', 'junit': 'xml'}.get(chosen, chosen) }"
    return JobResult(content, _MEDIA[chosen], name)


def _due(values: Mapping[str, Any], files: Sequence[Path]) -> JobResult:
    from opencheck.api.check import as_day
    from opencheck.report.formats.due_list import as_ics, as_rows, upcoming_findings

    first = as_day(values["as_of"])
    last = as_day(values["until"]) if values.get("until") else first + timedelta(days=30)
    if values.get("data"):
        files = [Path(values["data"])]
    report = _report({**values, "tables": values.get("tables")}, files)
    found = [f for f in upcoming_findings(report, last) if not values.get("unit") or f.unit == values["unit"]]
    if values.get("format") == "ics":
        return JobResult(as_ics(report, found, str(values.get("lang") or "zh")), "text/calendar; charset=utf-8", "到期事项.ics")
    return _json({"as_of": first.isoformat(), "until": last.isoformat(), "due": as_rows(found)})


_JOBS = {"preflight": _preflight, "fix": _fix, "check": _check, "due": _due}
