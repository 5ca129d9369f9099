"""Several words that were written as one item of a list."""

from __future__ import annotations

import pytest

from opencheck.core.normalize import normalize_key
from opencheck.rules.packs.listed_words import words_of_item

NAMES = {normalize_key(n): n for n in ("甲", "乙", "丙", "文化和旅游", "PM2.5", "PM10")} | {"子": "甲"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *(
            (f"甲{between}乙", ("甲", "乙"))
            for between in (" ", "　", "/", "／", "+", "＋", "&", "和", "及", "与", "以及", " / ")
        ),
        ("①甲②乙③丙", ("甲", "乙", "丙")),
        ("1.甲 2.乙 3.丙", ("甲", "乙", "丙")),
        ("（1）甲（2）乙", ("甲", "乙")),
        ("甲乙", ()),
        ("甲/某", ()),
        ("某/甲", ()),
        ("甲和某", ()),
        ("和", ()),
        ("/", ()),
        ("", ()),
        ("子和甲", ("甲",)),
        ("文化和旅游", ("文化和旅游",)),
        ("文化和旅游和甲", ("文化和旅游", "甲")),
        ("甲和文化和旅游", ("甲", "文化和旅游")),
        ("甲 文化和旅游", ("甲", "文化和旅游")),
        ("文化和甲", ()),
        ("PM2.5/PM10", ("PM2.5", "PM10")),
        ("和".join("甲" * 100_000), ()),
        *((text, ("甲",)) for text in ("甲（第二期）", "甲(2)", "甲1", "甲2次", "甲第二期", "第一期甲", "两次甲", "甲（二）")),
        ("甲1和乙2", ("甲", "乙")),
        ("甲（9月）", ()),
        ("甲0次", ()),
        ("甲01", ("甲",)),
        ("二甲", ()),
        ("PM101", ()),
    ],
)
def test_words_of_item_only_where_every_part_is_known(text: str, words: tuple[str, ...]) -> None:
    assert words_of_item(text, NAMES) == words
