"""Encodings of text files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.encoding import decode


@given(st.text("责任单位公开日期abc，。〔2018〕㐂", min_size=0, max_size=40))
def test_decode_gb18030_is_not_taken_for_utf8(text: str) -> None:
    assert decode(text.encode(), "x") == text
    content = text.encode("gb18030")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        assert decode(content, "x") == text
