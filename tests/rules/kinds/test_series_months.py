"""Since when a quarter may be whole by its months, where a doubtful record may be one of them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from opencheck.core.periods import Period
from opencheck.rules.kinds.series.months import Months
from opencheck.rules.undated import UNDATED


@pytest.mark.parametrize("march", ["2018-04-20", None])
@pytest.mark.parametrize(
    ("after", "until", "since"),
    [
        ("2018-04-01", "2018-04-30", "2018-04-05"),
        ("2018-04-04", "2018-04-05", "2018-04-05"),
        ("2018-04-01", "2018-04-04", None),
        ("2018-02-01", "2018-03-31", None),
    ],
)
def test_quarter_may_be_whole_from_the_day_of_a_doubtful_month(
    march: str | None, after: str, until: str, since: str | None
) -> None:
    assert may_be_whole(march, after, until) == since


def test_quarter_is_not_whole_anew_after_the_day_of_a_doubtful_month() -> None:
    assert may_be_whole("2018-04-20", "2018-04-05", "2018-04-30") is None


def may_be_whole(march: str | None, after: str, until: str) -> str | None:
    """Of a quarter whose third month came on a day or not at all, while a doubtful record of it is of 5 April."""
    done = pl.DataFrame(
        {
            "subject": "甲厂",
            "period": ["2018-01", "2018-02", "2018-03"],
            "done": ["2018-02-10", "2018-03-10", march],
        }
    ).with_columns(pl.col("done").str.to_date())
    doubt = {"_subject": "甲厂", "_period": "2018-03", "_day": date(2018, 4, 5), UNDATED: False}
    months = Months({"months": done, "month_doubts": pl.DataFrame([doubt])})
    found = months.may_be_complete_since("甲厂", Period.parse("2018-Q1"), date.fromisoformat(after), date.fromisoformat(until))
    return found and str(found)
