"""What a cell says: a simple reading of the forms that the generator writes, and of no others."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from opencheck.records.tables import TABLES

BLANK = None
ELSEWHERE = "→"
"""A text that refers to an attachment."""


class Refused(ValueError):
    """The cell cannot be read; the row is not used."""


SILENT = {"", "/", "-", "—", "无", "没有", "暂无", "未填", "不详", "n/a", "待定", "待补", "同上"}
NONE = {"无", "没有", "暂无"}
NOT_DONE = {"未公开", "尚未公开", "办理中", "尚未答复", "未发布"}
STILL_UP = {"长期", "至今"}
REFERS = {"详见附件", "见附件1", "附后"}
NO_BASIS = {"领导要求", "工作需要", "否"}
DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}


DENIAL = "无法律依据"
"""Of the texts that are made the one that denies: a blank where it is asked for itself, else it is not known whether something is stated."""
UNFOUNDED = {"ground": {DENIAL, "不属于保密范围", "不公开"}, "reason": {DENIAL, "不公开"}}
"""Of the texts that are made those that are no ground and no reason."""


def folded(text: str) -> str:
    """Width, case and white space make no difference."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def _number_in_words(text: str) -> int:
    """One to ninety-nine."""
    if "十" not in text:
        return DIGITS[text]
    tens, ones = text.split("十")
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


def _day(text: str) -> date:
    if (found := re.fullmatch(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?", text)) or (
        found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    ):
        numbers = [int(n) for n in found.groups()]
    elif found := re.fullmatch(r"([〇一二三四五六七八九]{4})年([一二三四五六七八九十]+)月([一二三四五六七八九十]+)日", text):
        year = int("".join(str(DIGITS[c]) for c in found[1]))
        numbers = [year, _number_in_words(found[2]), _number_in_words(found[3])]
    else:
        raise Refused(text)
    try:
        return date(*numbers)
    except ValueError as exc:
        raise Refused(text) from exc


def _moment(text: str) -> datetime:
    if found := re.fullmatch(r"(\d{4})[-年](\d{1,2})[-月](\d{1,2})日?\s*(\d{1,2})[:时](\d{1,2})分?", text):
        return datetime(*(int(n) for n in found.groups()))
    raise Refused(text)


def _flag(text: str) -> bool:
    if text in ("是", "true", "有"):
        return True
    if text in ("否", "false") or text in NONE:
        return False
    raise Refused(text)


MEASURES = {"excluded_days": "天|日|个工作日", "visits": "次", "year": ""}
"""What may stand behind the number in a field; in the others 人."""


def _count(text: str, measures: str) -> int:
    if text in NONE:
        return 0
    if found := re.fullmatch(rf"(\d+)(?:{measures})?", text):
        return int(found[1])
    if found := re.fullmatch(rf"([一二三四五六七八九十]+)(?:{measures})?", text):
        return _number_in_words(found[1])
    raise Refused(text)


def _period(text: str) -> str:
    text = text.replace("年", "-").replace("月", "").replace("第", "").rstrip("-")
    for number, word in enumerate("一二三四", 1):
        text = text.replace(f"{word}季度", f"Q{number}")
    for number, word in enumerate("上中下", 1):
        text = text.replace(f"{word}旬", f"-D{number}")
    text = text.replace("上半", "H1").replace("下半", "H2").rstrip("-")
    if found := re.fullmatch(r"(\d{4})-?(\d{1,2})周", text):
        text = f"{found[1]}-W{int(found[2]):02}"
    if re.fullmatch(r"\d{4}|\d{4}-W\d\d", text):
        return text
    if found := re.fullmatch(r"(\d{4})-?([qQ][1-4]|[hH][12])", text):
        return f"{found[1]}-{found[2].upper()}"
    if (found := re.fullmatch(r"(\d{4})-(\d{1,2})(-D[123])?", text)) and 1 <= int(found[2]) <= 12:
        return f"{found[1]}-{int(found[2]):02}{found[3] or ''}"
    raise Refused(text)


def _term(spec: Any, text: str) -> str:
    for term in spec.vocabulary.terms:
        if folded(text) in {folded(t) for t in (term.value, term.zh, *term.spellings)}:
            return str(term.value)
    if not spec.vocabulary.open:
        raise Refused(text)
    return text


def read_cell(table: str, name: str, raw: Any) -> Any:
    """The value of a cell.

    Raises:
        Refused: it cannot be read.
    """
    spec = TABLES[table].fields[name]
    if raw is None:
        return BLANK
    if not isinstance(raw, str):
        return raw
    plain = unicodedata.normalize("NFKC", raw).strip()
    key = folded(raw).strip("。.")
    if name == "id" or spec.column.link:
        return plain or BLANK
    kind = spec.kind
    if kind in ("int", "percent") and key in NONE:
        return 0
    if kind == "bool" and key in NONE:
        return False
    if kind == "list" and key in NONE:
        return []
    if spec.vocabulary and key in {folded(s) for t in spec.vocabulary.terms for s in (t.value, t.zh, *t.spellings)}:
        return _term(spec, plain)
    if key in SILENT:
        return BLANK
    if kind in ("date", "datetime"):
        if key in NOT_DONE or (key in STILL_UP and spec.column.open_ended):
            return BLANK
        return _day(key) if kind == "date" else _moment(plain)
    if kind == "bool":
        return _flag(key)
    if kind in ("int", "year"):
        return _count(key.removesuffix("年") if kind == "year" else key, MEASURES.get(name, "人|名代表|个"))
    if kind == "percent":
        return float(key.removesuffix("%"))
    if kind == "period":
        return _period(plain)
    if kind == "list":
        if key in REFERS:
            return [ELSEWHERE]
        return [item.strip() for item in re.split("[;；、,，]", plain) if item.strip() and folded(item) not in SILENT]
    if spec.vocabulary:
        return _term(spec, plain)
    if key in REFERS:
        return BLANK if kind == "prose" else ELSEWHERE
    if (spec.column.basis and key in NO_BASIS) or (name == "legal_basis" and key == DENIAL):
        return BLANK
    return raw if kind == "prose" else plain
