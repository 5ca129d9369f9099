"""What is wanted of the figures, and what they were on 2026-11-25 and 26, before the work on speed: the page sets them beside those of now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["GOALS", "Goal", "lines"]


class Goal(NamedTuple):
    """A figure by its key, what it was, and its limit."""

    key: str
    zh: str
    en: str
    unit: str
    then: str
    wanted: float
    at_least: bool = False
    rows: int | None = None
    """The rows that the figure is about: with others it is shown, but the limit does not apply."""

    def is_met(self, value: float) -> bool:
        """Whether a value is within the limit.

        >>> Goal("a", "", "", "s", "2.1", 1.2).is_met(1.2), Goal("a", "", "", "×", "0.7", 0.8, at_least=True).is_met(0.79)
        (True, False)
        """
        return value >= self.wanted if self.at_least else value <= self.wanted


_M = 1_000_000
GOALS = (
    Goal("cold-check", "检查示例台账，冷启动", "check of the example ledger, cold", "s user", "2.1", 1.2),
    Goal("cold-preflight", "公布前检查一份 docx，冷启动", "preflight of a docx, cold", "s user", "0.96", 0.75),
    Goal("cold-dict", "一个字典，冷启动", "one dict, cold", "s user", "1.2", 0.8),
    Goal("second-dict", "一个字典，第二次", "one dict, the second call", "ms", "179", 25),
    Goal("preflight", "公布前检查一条记录，热，中位数", "preflight of one record, warm, p50", "ms", "2.2–13", 5),
    Goal("six-polars", "六条规则，Polars，相对手写的 Polars", "six rules, Polars, to Polars by hand", "×", "0.67–0.75", 0.8, True, _M),
    Goal("six-duckdb", "六条规则，DuckDB，相对手写的 SQL", "six rules, DuckDB, to SQL by hand", "×", "0.05–0.16", 0.5, True, _M),
    Goal("six-spark", "六条规则，Spark，相对手写（处理器时间）", "six rules, Spark, to SQL by hand (CPU)", "×", "0.23", 0.5, True, _M),
    Goal("whole-scan", "整个规则包，Polars，相对光读", "whole pack, Polars, to a bare scan", "×", "8.6", 9, False, 10 * _M),
    Goal("whole-peak", "整个规则包，Polars，内存峰值", "whole pack, Polars, peak of memory", "GiB", "1.9", 3, False, 10 * _M),
    Goal("whole-duckdb", "整个规则包，DuckDB 1 GiB，相对 Polars", "whole pack, DuckDB 1 GiB, to Polars", "×", "6.4", 2.5, False, _M),
    Goal("whole-spark", "整个规则包，Spark", "whole pack, Spark", "s", "354", 160, False, 10 * _M),
    Goal("dicts", "字典，每秒", "dicts, records per second", "/s", "71,000", 150_000, True),
    Goal("rules", "400条规则相对40条", "400 rules to 40", "×", "6.3", 5, False, _M),
)  # fmt: skip


def lines(found: Mapping[str, tuple[float, int | None]], floors: Mapping[str, str]) -> list[str]:
    """The table: every goal, with ``—`` where it was not measured.

    Args:
        found: by key the figure, and the rows that it was measured with.
        floors: by key what cannot be undercut, measured in the same run.
    """
    told = ["| 指标 / figure | 当时 / then | 目标 / wanted | 现在 / now | | 底线 / floor |", "|---|---|---|---|---|---|"]
    for goal in GOALS:
        sign = "≥" if goal.at_least else "≤"
        value, rows = found.get(goal.key, (None, None))
        now, met = "—", "未测 / not measured"
        if value is not None:
            now = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
            met = "是 / yes" if goal.is_met(value) else "**否 / no**"
            if goal.rows and rows != goal.rows:
                met = f"只有 {rows:,} 条 / on {rows:,} rows only"
        unit = "" if value is None else f" {goal.unit}"
        size = f"（{goal.rows:,}）" if goal.rows else ""
        told.append(
            f"| {goal.zh}{size}<br>{goal.en} | {goal.then} {goal.unit} | {sign} {goal.wanted:,g} {goal.unit} | {now}{unit} | {met} "
            f"| {floors.get(goal.key, '')} |"
        )
    return told
