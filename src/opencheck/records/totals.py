"""Rows of totals: 合计, 民政局小计, 本页小计, 合计（民政局）, 1-6月累计.

A cell is one by the whole of it: 合计报表公开 is a title. Before the word may stand the office, the page or the time that is added up.
"""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

from opencheck.core.normalize import normalize_whitespace

__all__ = ["is_total", "says_total"]

_TIMES = r"(?:[0-9]{4}年度?)?(?:[0-9]{1,2}(?:[-—~至][0-9]{1,2})?月份?|第?[一二三四1-4]季度|[上下]半年|全年|年度|本[年月季]度?)?"
_ENDS = "局|委|办|厅|院|处|所|站|部|队|会|科|室|镇|乡|街道|区|县|市|村|社区|中心|公司|学校|小学|中学|幼儿园|单位|部门|机关"
_OFFICES = rf"[^\W\d_]{{0,14}}(?:{_ENDS})"
_PLACES = "本[页表单部]位?|以上|各项?|全部"
_OF_WHAT = r"[(（【\[][^()（）【】\[\]]{1,16}[)）】\]]"
_WORDS = "(?:合计|小计|总计|共计|累计)"
_NUMBERS = r"[\d.,，:：()（）件条项个份次人户元万%]*"

_PATTERN = rf"^(?:(?:{_TIMES}|{_OFFICES}|{_PLACES})[:：]?{_WORDS}|总数)(?:{_OF_WHAT})?{_NUMBERS}$"
"""What a cell of a row of totals says, without white space, as an expression of both Python and Polars."""

_TOTAL = re.compile(_PATTERN)


@lru_cache(maxsize=4096)
def is_total(text: str) -> bool:
    """Whether a cell says that its row adds up others.

    >>> [is_total(t) for t in ("合 计：35件", "民政局小计", "合计（民政局）", "本页小计", "1-6月累计", "合计报表公开", "学校总数", "统计")]
    [True, True, True, True, True, False, False, False]
    """
    return _TOTAL.match(normalize_whitespace(text).replace(" ", "")) is not None


def says_total(column: str) -> pl.Expr:
    """The same of each cell of a column of texts."""
    return pl.col(column).str.replace_all(r"\s", "").str.contains(_PATTERN)
