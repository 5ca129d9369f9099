"""Web pages."""

from __future__ import annotations

from pathlib import Path

import pytest

import opencheck as oc


def test_html_page_without_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<table><tr><td>导航</td></tr></table>", encoding="utf-8")
    with pytest.raises(oc.InputError, match="没有台账或公示表"):
        oc.check(path, as_of="2018-12-31")
