"""What a request sends: its files are written into the folder of its job, where the worker reads them; nothing large stays in memory."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from fastapi import Request
from starlette.datastructures import UploadFile

from opencheck.core.encoding import decode
from opencheck.core.errors import InputError
from opencheck.core.json_files import parse_json
from opencheck.integrations.http.folders import safe_name
from opencheck.integrations.http.jobs import Submission
from opencheck.integrations.http.problem import HTTPProblem
from opencheck.integrations.http.schemas import FORM_FIELDS, REQUESTS

__all__ = [
    "read_submission",
]


_MAX_PARTS = 50
_OBJECTS = ("record", "parameters", "headings")
"""Fields of forms that hold a JSON object."""


async def read_submission(request: Request, job: str, folder: Path) -> Submission:
    """Read the body of a request into the folder of its job.

    Args:
        request: the request, whose body nobody has read.
        job: the job, whose fields and content types are accepted.
        folder: the job's folder.

    Returns:
        The fields of a form with its files, or the file of a body in JSON, which the worker validates.

    Raises:
        HTTPProblem: the content type, a field or a file is not accepted.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" and job in REQUESTS:
        body = folder / "body.json"
        with body.open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
        return Submission({}, body=body)
    if kind != "multipart/form-data":
        accepted = f"{'application/json, ' if job in REQUESTS else ''}multipart/form-data"
        raise HTTPProblem(415, f"内容类型 / content type {kind[:60] or '—'}; accepted: {accepted}")
    return await _read_form(request, job, folder)


async def _read_form(request: Request, job: str, folder: Path) -> Submission:
    values: dict[str, Any] = {}
    files: list[Path] = []
    own: Path | None = None
    seen: set[str] = set()
    async with request.form(max_files=_MAX_PARTS, max_fields=_MAX_PARTS) as form:
        for name, value in form.multi_items():
            if name not in FORM_FIELDS[job]:
                raise HTTPProblem(422, f"没有字段 / no field {name[:40]}; accepted: {', '.join(FORM_FIELDS[job])}")
            if isinstance(value, UploadFile):
                sent = safe_name(_sent_name(value.filename or "file"))
                path = await asyncio.to_thread(_save, value.file, folder / str(len(files)), sent)
                files.append(path)
                if name == "file" and job == "preflight":
                    if own is not None:
                        raise HTTPProblem(422, "file 只能有一个，其余用 attachments / one file only; others are attachments")
                    own = path
            elif name in ("file", "attachments"):
                raise HTTPProblem(422, f"{name}: 应为文件 / must be a file, with a file name")
            elif name in seen:
                raise HTTPProblem(422, f"{name}: 给了两次 / given twice")
            elif name in _OBJECTS:
                values[name] = _parse_object(name, value)
            elif value:
                values[name] = value
            seen.add(name)
    if job == "preflight" and own is None and "record" not in values:
        raise HTTPProblem(422, "要有 file（文件）或 record（字段） / a file or a record is needed")
    if own is not None:
        files.sort(key=lambda path: path != own)  # the document first, whatever the order of the parts
    return Submission(values, files, own=own is not None)


def _sent_name(name: str) -> str:
    """The name of an uploaded file as its sender wrote it: Starlette reads a name that is not UTF-8 as Latin-1, and old clients send GBK.

    In GBK nearly every character is two high bytes; in a European name high characters stand alone.

    >>> _sent_name("台账.xlsx".encode("gbk").decode("latin-1")), _sent_name("台账.xlsx"), _sent_name("Übersicht.xlsx")
    ('台账.xlsx', '台账.xlsx', 'Übersicht.xlsx')
    """
    if not re.search("[\x80-\xff]{2}", name):
        return name
    try:
        return decode(name.encode("latin-1"), name)
    except (UnicodeEncodeError, InputError):
        return name


def _save(source: BinaryIO, folder: Path, name: str) -> Path:
    folder.mkdir()
    with (folder / name).open("wb") as target:
        shutil.copyfileobj(source, target)
    return folder / name


def _parse_object(name: str, text: str) -> Mapping[str, Any]:
    try:
        value = parse_json(text or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise HTTPProblem(422, f"{name}: 应为JSON对象 / must be a JSON object")
    return value
