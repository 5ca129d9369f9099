"""Request bodies and error responses of the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from opencheck.records.tables import TABLES
from opencheck.report.messages import field_label, table_label
from opencheck.rules.packs.faults import accepted_keys, fault_text

PROBLEM = "application/problem+json"

TITLES = {
    400: ("bad-request", "请求不对 / bad request"),
    401: ("unauthorized", "需要令牌 / a bearer token is needed"),
    403: ("forbidden", "不接受从这里来的请求 / requests from there are refused"),
    404: ("not-found", "没有这个地址或这条规则 / no such address or rule"),
    405: ("method-not-allowed", "这个地址不接受这种方法 / method not allowed"),
    408: ("request-timeout", "请求没有发完 / the request did not come to its end"),
    413: ("too-large", "内容过大 / too large"),
    415: ("unsupported-media-type", "不支持的内容类型 / unsupported media type"),
    422: ("unusable-input", "输入不能用 / the input cannot be used"),
    500: ("internal", "内部错误，请把请求编号告诉管理员 / internal error: tell the request id to whoever runs this"),
    503: ("busy", "正忙，请稍后再试 / busy, try again later"),
    504: ("too-slow", "超过处理时限 / took longer than is allowed"),
}


class Problem(BaseModel):
    """An error response (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str


def problem_fields(status: int) -> dict[str, Any]:
    """Return the fields of a problem that follow from its status."""
    code, title = TITLES.get(status, TITLES[400])
    return {"type": f"urn:opencheck:problem:{code}", "title": title, "status": status}


def validation_text(errors: Sequence[Any], schema: Mapping[str, Any] | None = None) -> str:
    """Describe validation errors by location and accepted values, without the values of the request.

    Args:
        errors: the faults, as pydantic's ``errors()`` gives them.
        schema: the JSON Schema of the request, for the keys that it may have.

    >>> validation_text([{"type": "extra_forbidden", "loc": ("asof",), "input": "x"}], PreflightRequest.model_json_schema())
    "没有这个键 / unknown key 'asof'; 最接近 / did you mean: as_of; 可用 / accepted: record, table, pack, as_of, parameters"
    """
    return "；".join(_fault(e, tuple(e["loc"]), schema or {}) for e in errors[:5])


def _fault(error: Mapping[str, Any], place: tuple[str | int, ...], schema: Mapping[str, Any]) -> str:
    sort, context = str(error["type"]), error.get("ctx", {})
    if sort in ("literal_error", "enum"):
        text = f"没有这个值；可用 / no such value; accepted: {context.get('expected', '')}"
    else:
        text = fault_text({**error, "input": {}}, place, lambda at: accepted_keys(schema, at))
    return text if sort in ("extra_forbidden", "missing") else f"{'.'.join(map(str, place))}: {text}"


Format = Literal["json", "xlsx", "html", "csv", "jsonl", "sarif", "junit", "md", "table", "map"]
DueFormat = Literal["json", "ics"]
Lang = Literal["zh", "en"]


class PreflightRequest(BaseModel):
    """One record to check before it is published."""

    model_config = ConfigDict(extra="forbid")

    record: Annotated[dict[str, Any], Field(description="field names (Chinese or English) and values; `text` may be HTML")]
    table: str = "document"
    pack: str | list[str] | None = None
    as_of: Annotated[str | None, Field(description="day of publication; today (Asia/Shanghai) by default")] = None
    parameters: dict[str, Any] | None = None


_LEDGER_UNIT = "the unit whose ledger it is: of all rows that name none"


class CheckRequest(BaseModel):
    """A ledger as JSON: table names and rows."""

    model_config = ConfigDict(extra="forbid")

    tables: dict[str, list[dict[str, Any]]]
    pack: str | list[str] | None = None
    as_of: str | None = None
    rules: list[str] | None = None
    parameters: dict[str, Any] | None = None
    headings: Annotated[
        dict[str, str] | None, Field(description="what headings mean: heading (or sheet!heading) to field, - for none")
    ] = None
    ledger_unit: Annotated[str | None, Field(description=_LEDGER_UNIT)] = None
    format: Format = "json"
    lang: Lang = "zh"


class DueRequest(BaseModel):
    """A ledger as JSON, and the last day of upcoming duties."""

    model_config = ConfigDict(extra="forbid")

    tables: dict[str, list[dict[str, Any]]]
    pack: str | list[str] | None = None
    as_of: str | None = None
    until: str | None = None
    unit: str | None = None
    parameters: dict[str, Any] | None = None
    headings: Annotated[
        dict[str, str] | None, Field(description="what headings mean: heading (or sheet!heading) to field, - for none")
    ] = None
    ledger_unit: Annotated[str | None, Field(description=_LEDGER_UNIT)] = None
    format: DueFormat = "json"
    lang: Lang = "zh"


REQUESTS: dict[str, type[BaseModel]] = {"preflight": PreflightRequest, "check": CheckRequest, "due": DueRequest}
"""The bodies in JSON, by job; the others take forms only."""


def problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of error responses."""
    schema = Problem.model_json_schema()
    return {str(code): {"description": TITLES[code][1], "content": {PROBLEM: {"schema": schema}}} for code in codes}


def answer(*media: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of a response that is no JSON of a known shape."""
    return {"200": {"description": "结果 / the result", "content": {name: {} for name in media}}}


def request_body(job: str, *media: str) -> dict[str, Any]:
    """Return the OpenAPI description of a request, in JSON or as a form with files, and of its responses of these media types."""
    form = FORM_FIELDS[job]
    files = {"file", "attachments"}
    properties: dict[str, Any] = {
        name: {"type": "string", "description": text, **({"format": "binary"} if name in files else {})}
        for name, text in form.items()
    }
    if "attachments" in properties:
        properties["attachments"] = {"type": "array", "items": properties["attachments"]}
    if "lang" in properties:
        properties["lang"]["enum"] = list(get_args(Lang))
    if "format" in properties:
        properties["format"]["enum"] = list(get_args(DueFormat if job == "due" else Format))
    needed: dict[str, Any] = {"required": ["file"]}
    if job == "preflight":
        needed = {"anyOf": [needed, {"required": ["record"]}]}
    schema = {"type": "object", "properties": properties, "additionalProperties": False, **needed}
    content: dict[str, Any] = {"multipart/form-data": {"schema": schema}}
    if job in REQUESTS:
        content["application/json"] = {"schema": REQUESTS[job].model_json_schema()}
    refused = problems(400, 401, 403, 408, 413, 415, 422, 500, 503, 504)
    return {"requestBody": {"required": True, "content": content}, "responses": {**answer(*media), **refused}}


def table_list() -> list[dict[str, Any]]:
    """Return the tables and their fields, with the names by which people know them.

    >>> [(t["name"], t["fields"][0]["label"]["zh"]) for t in table_list()][:1]
    [('disclosure', '编号')]
    """

    def named(name: str, label: Callable[[str], str]) -> dict[str, Any]:
        return {"name": name, "label": {lang: label(lang) for lang in get_args(Lang)}}

    return [
        {
            **named(table, partial(table_label, table)),
            "fields": [named(field, partial(field_label, table, field)) for field in spec.fields],
        }
        for table, spec in TABLES.items()
    ]


_COMMON = {"pack": "id of a pack", "as_of": "the day, as 2018-12-31", "parameters": "parameters of the pack, as JSON"}

FORM_FIELDS: dict[str, dict[str, str]] = {
    "preflight": {
        "file": "the document: .docx .pdf .ofd .html .txt",
        "attachments": "files published with it",
        "record": "further fields, as JSON",
        "table": "document or disclosure",
        **_COMMON,
    },
    "fix": {"file": "the document: .docx .html .txt", "attribute": "label to insert where there is none"},
    "check": {
        "file": "the ledger: .xlsx .csv .json .parquet; and its NAME.map.yaml, if there is one",
        "format": "json xlsx html csv jsonl sarif junit md table, or map: what its headings mean, as NAME.map.yaml",
        "lang": "zh or en",
        "headings": "what headings mean, as JSON: heading (or sheet!heading) to field, - for none",
        "ledger_unit": _LEDGER_UNIT,
        **_COMMON,
    },
    "due": {
        "file": "the ledger",
        "until": "last day",
        "unit": "only this unit",
        "format": "json or ics",
        "lang": "zh or en",
        "headings": "what headings mean, as JSON: heading (or sheet!heading) to field, - for none",
        "ledger_unit": _LEDGER_UNIT,
        **_COMMON,
    },
}
