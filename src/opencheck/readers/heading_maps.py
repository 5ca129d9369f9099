"""A person's word on what headings mean: given with a check, or remembered beside the ledger (``台账.map.yaml``)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from opencheck.core.errors import InputError, PackError, unknown_name
from opencheck.core.normalize import normalize_header
from opencheck.records.dataset import Dataset, ReadHeading
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "NOT_USED",
    "checked_map",
    "load_map",
    "map_for",
    "map_path",
    "map_text",
    "mapped_field",
    "open_headings",
    "unused",
    "written_map",
]

NOT_USED = "-"
"""What a heading is mapped to that means no field."""

_NOT_USED = frozenset({NOT_USED, "", "不用", "不读", "none"})

_SHEET = "!"
"""Between the name of a sheet and a heading, for a mapping of that sheet alone."""

_KEYS = ("headings", "表头")


def map_path(ledger: Path) -> Path:
    """Where the mapping of a ledger is remembered.

    >>> map_path(Path("台账.xlsx")).name
    '台账.map.yaml'
    """
    return ledger.with_name(f"{ledger.stem}.map.yaml")


def checked_map(given: Mapping[str, str], where: str = "--map") -> dict[str, str]:
    """A mapping from headings to headers of fields, with the headings folded.

    Args:
        given: heading, or ``sheet!heading``, to the Chinese or English name of a field; ``-`` for a heading that means none.
        where: what gave it, for the error.

    Raises:
        UnknownNameError: a field that no table has; the nearest one is named.

    >>> checked_map({"网站 发布时间": "公开日期"})
    {'网站发布时间': '公开日期'}
    """
    found = {}
    for heading, field in given.items():
        written = str(field if field is not None else "").strip()
        if written.casefold() in _NOT_USED:
            written = NOT_USED
        elif not any(spec.resolve_header(written) for spec in TABLES.values()):
            labels = {f.column.label_zh for spec in TABLES.values() for f in spec.fields.values()}
            what = f"{where}: {heading}：没有这一列 / no field"
            raise unknown_name(what, written, sorted(labels), code="unknown_field", field="headings")
        found[_fold(str(heading))] = written
    return found


def _fold(heading: str) -> str:
    sheet, mark, text = heading.rpartition(_SHEET)
    return f"{sheet.strip()}{mark}{normalize_header(text)[0]}"


def load_map(path: Path) -> dict[str, str]:
    """Read a mapping that ``opencheck map`` wrote or a person did.

    Raises:
        InputError: the file is no such mapping, or names a field that no table has.
    """
    return checked_map(written_map(path), str(path))


def written_map(path: Path) -> dict[str, str]:
    """The mapping as it is written in a file, heading to field.

    Raises:
        InputError: the file is no such mapping.
    """
    from opencheck.rules.packs.yaml_source import load_yaml  # the parser of YAML, for ledgers that have a mapping

    try:
        data = load_yaml(path).data
    except PackError as exc:
        raise InputError(str(exc), code="not_a_mapping", path=path, row=exc.row) from exc
    content = data or {}
    if not isinstance(content, dict) or not set(content) <= set(_KEYS):
        expected = f"{path}: 不是表头对照 / not a mapping of headings; expected: headings: {{成文时间: 成文日期}}"
        raise InputError(expected, code="not_a_mapping", path=path, accepted=_KEYS)
    merged: dict[str, str] = {}
    for key in _KEYS:
        part = content.get(key) or {}
        if not isinstance(part, dict):
            raise InputError(
                f"{path}: {key}: 应为“表头: 列名” / must be heading: field", code="not_a_mapping", path=path, field=key
            )
        merged |= {str(heading): "" if field is None else str(field) for heading, field in part.items()}
    return merged


def open_headings(headings: Iterable[ReadHeading]) -> list[tuple[str, str, ReadHeading]]:
    """The headings that likely are fields and that nobody has confirmed.

    Args:
        headings: what became of a ledger's headings.

    Returns:
        For each the key by which a mapping names it (with its sheet, where several sheets have such a heading), the Chinese header of the
        field, and the heading.

    >>> from opencheck.readers import read
    >>> rows = [{"收到时间": "2018-09-03", "办结时间": "2018-09-26"}]
    >>> [(key, label) for key, label, _ in open_headings(read({"依申请公开": rows}).headings)]
    [('办结时间', '答复日期')]
    """
    found = list({(h.place.sheet, h.text, h.table, h.fields): h for h in headings if h.status == "proposed"}.values())
    sheets = {(h.place.sheet, h.text) for h in found}
    several = {text for text, n in Counter(text for _, text in sheets).items() if n > 1}
    return [
        (
            f"{h.place.sheet}{_SHEET}{h.text}" if h.place.sheet and h.text in several else h.text,
            TABLES[h.table].fields[h.fields[0]].column.label_zh,
            h,
        )
        for h in found
    ]


def map_text(ledger: str, answers: Mapping[str, str], proposals: Iterable[tuple[str, str]]) -> str:
    """A mapping as a file: what is answered counts, what is proposed is commented out.

    >>> print(map_text("台账.xlsx", {"公开方式": "公开属性"}, [("公示内容", "信息主题")]))
    # 台账.xlsx 的表头：左边是台账里的写法，右边是列名，- 表示不用。
    # Headings of 台账.xlsx: what the ledger writes, and the field; - for none.
    headings:
      "公开方式": "公开属性"
      # 未确认，核对后去掉行首的 #。 To be confirmed: remove the # in front.
      # "公示内容": "信息主题"
    <BLANKLINE>
    """
    lines = [
        f"# {ledger} 的表头：左边是台账里的写法，右边是列名，- 表示不用。",
        f"# Headings of {ledger}: what the ledger writes, and the field; - for none.",
        "headings:",
        *(f"  {_quoted(heading)}: {_quoted(field)}" for heading, field in answers.items()),
    ]
    open_ = [f"  # {_quoted(heading)}: {_quoted(field)}" for heading, field in proposals]
    if open_:
        lines += ["  # 未确认，核对后去掉行首的 #。 To be confirmed: remove the # in front.", *open_]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string is a YAML string, whatever stands in it.
    return json.dumps(text, ensure_ascii=False)


def map_for(data: Dataset, file: str | None) -> dict[str, str]:
    """The mapping for the headings of a file: that of the check over that of the file."""
    return {**data.mappings.get(file, {}), **data.mappings.get(None, {})} if data.mappings else {}


def mapped_field(spec: TableSpec, heading: str, mapping: Mapping[str, str], sheet: str | None) -> str | None:
    """The field of a table that a mapping gives a heading: ``-`` for none, None where it says nothing of it.

    >>> mapped_field(TABLES["document"], "公开方式", {"公开方式": "公开属性"}, None)
    'attribute'
    """
    if not mapping:
        return None
    keys = dict.fromkeys(normalize_header(heading))
    written = next((mapping[k] for key in keys for k in (f"{sheet}{_SHEET}{key}", key) if k in mapping), None)
    if written is None or written == NOT_USED:
        return written
    return spec.resolve_header(written)


def unused(data: Dataset) -> list[str]:
    """The headings of mappings that no table read has, or whose field their table has not."""
    used = {key for h in data.headings if h.how == "map" for key in normalize_header(h.text)}
    return sorted({key for mapping in data.mappings.values() for key in mapping if key.rpartition(_SHEET)[-1] not in used})
