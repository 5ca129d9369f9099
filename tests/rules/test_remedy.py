"""Remedies as packs write them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from opencheck.core.localized import LocalizedText
from opencheck.report.formats.rule_page import rule_page
from opencheck.rules.remedy import Moment, Remedy
from pingdu_rules import PACK

NOW = {"zh": "立即公开", "en": "publish it now"}


def test_remedy_without_other_moments_has_one_text() -> None:
    remedy = Remedy.model_validate(NOW)
    assert {m: remedy.at(m) for m in Moment} == {m: LocalizedText(**NOW) if m is Moment.UNDONE else None for m in Moment}


@pytest.mark.parametrize("after", ["3 working_days", "24 hours", "3", 3])
def test_remedy_past_counts_calendar_days_only(after: object) -> None:
    assert Remedy.model_validate({**NOW, "past": {**NOW, "after": "3 days"}}).past is not None
    with pytest.raises(ValidationError, match="after"):
        Remedy.model_validate({**NOW, "past": {**NOW, "after": after}})


def test_remedy_of_an_unknown_moment_is_refused() -> None:
    with pytest.raises(ValidationError, match="later"):
        Remedy.model_validate({**NOW, "later": NOW})


def test_rule_page_tells_the_remedies_of_all_moments() -> None:
    page = rule_page(PACK, "PD-10.1", "zh")
    assert "怎么办：立即召开新闻发布会并持续发布\n\n- 已经办结但迟延的：新闻发布会已经召开，" in page
    assert "\n- 到期3天后仍未办的：召开新闻发布会的时机已过，" in page
    assert "- Before publication: mask the numbers before publication\n" in rule_page(PACK, "PD-14.2", "en")
