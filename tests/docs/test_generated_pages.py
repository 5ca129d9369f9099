"""Pages that are made from the packs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.docs


def test_generated_pages_are_current(root: Path) -> None:
    sys.path.insert(0, str(root / "scripts"))
    import make_docs

    generated = make_docs.generated()
    written = {
        str(p.relative_to(root / "docs")): p.read_text(encoding="utf-8")
        for base in make_docs.FOLDERS
        for p in (root / "docs" / base).rglob("*.md")
    }
    assert written == generated, "run: make docs"
    for path, text in generated.items():
        if not path.endswith("index.md") and "reference/" not in path:
            wanted = (
                ["Duty", "Reading", "Parameters", "Examples", "Related clauses"]
                if path.startswith("en/")
                else ["义务", "理解", "参数", "例子", "相关条款"]
            )
            assert re.findall(r"(?m)^## (.*)$", text) == wanted


def test_site_builds_with_a_search_index_of_rules(root: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", str(root / "mkdocs.yml"), "-d", str(tmp_path)],
        check=True,
    )
    index = json.loads((tmp_path / "search" / "search_index.json").read_text(encoding="utf-8"))
    places = {d["location"] for d in index["docs"]}
    assert "rules/pingdu-2018/PD-9.4/" in places
    assert "en/rules/pingdu-2018/PD-9.4/" in places
    page = (tmp_path / "rules" / "pingdu-2018" / "PD-9.4" / "index.html").read_text(encoding="utf-8")
    assert "政策解读3个工作日内发布" in page
