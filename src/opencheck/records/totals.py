"""Rows of totals: 合计, 民政局小计, 城市低保合计, 本页小计, 合计（民政局）, 1-6月累计, 共2户.

A cell is one by the whole of it: 合计报表公开 is a title. Before 合计 and 小计 may stand whatever is added up; before the other words, which
titles end with as well (财政收入累计), only an office, a page or a time.
"""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

from opencheck.core.normalize import normalize_whitespace

__all__ = ["NAMING_FIELDS", "is_total", "says_total"]

NAMING_FIELDS = frozenset(
    [
        *("id", "unit", "title", "name", "subject", "topic", "number", "sector", "content", "document_id", "householder"),
        *("community", "sampled_unit", "product", "training_forms"),
    ]
)
"""The fields in whose columns a row says that it is one of totals; so may the first cell of any row. A note (共2人) says it of its own row."""

_TIMES = r"(?:[0-9]{4}年度?)?(?:[0-9]{1,2}(?:[-—~至][0-9]{1,2})?月份?|第?[一二三四1-4]季度|[上下]半年|全年|年度|本[年月季]度?)?"
_ENDS = "局|委|办|厅|院|处|所|站|部|队|会|科|室|镇|乡|街道|区|县|市|村|社区|中心|公司|学校|小学|中学|幼儿园|单位|部门|机关"
_OFFICES = rf"[^\W\d_]{{0,14}}(?:{_ENDS})"
_PLACES = "本[页表单部]位?|以上|各项?|全部"
_OF_WHAT = r"[(（【\[][^()（）【】\[\]]{1,16}[)）】\]]"
_WORDS = "(?:合计|小计|总计|共计|累计)"
_ANYTHING = r"\w{1,14}[:：]?(?:合计|小计)"
_COUNTERS = "件条项个份次人户元万%家所名处"
_NUMBERS = rf"[\d.,，:：()（）{_COUNTERS}]*"
_COUNTED = rf"(?:{_OFFICES})?共有?[:：]?\d[\d.,，]*[{_COUNTERS}]"

_PATTERN = rf"^(?:(?:(?:{_TIMES}|{_OFFICES}|{_PLACES})[:：]?{_WORDS}|{_ANYTHING}|总数)(?:{_OF_WHAT})?|{_COUNTED}){_NUMBERS}$"
"""What a cell of a row of totals says, without white space, as an expression of both Python and Polars."""

_TOTAL = re.compile(_PATTERN)


@lru_cache(maxsize=4096)
def is_total(text: str) -> bool:
    """Whether a cell says that its row adds up others.

    >>> [is_total(t) for t in ("合 计：35件", "民政局小计", "A类小计", "合计（民政局）", "共2户", "合计报表公开", "学校总数", "统计")]
    [True, True, True, True, True, False, False, False]
    """
    return _TOTAL.match(normalize_whitespace(text).replace(" ", "")) is not None


def says_total(column: str) -> pl.Expr:
    """The same of each cell of a column of texts."""
    return pl.col(column).str.replace_all(r"\s", "").str.contains(_PATTERN)
