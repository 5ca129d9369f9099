"""Edit the files of a pack, and write a pack of one rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opencheck as oc
from opencheck.rules.packs.pack import Pack


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def own_pack(folder: Path, rule: str, parameters: str = "") -> Pack:
    """A pack of one rule, as somebody else would write it."""
    folder.mkdir()
    covers = '{id: covers, value: {from: "2018-01-01", to: "2018-12-31"}, reading: {zh: 年度, en: year}}'
    (folder / "pack.yaml").write_text(
        f"id: own\ntitle: {{zh: 自拟, en: own}}\nuses: [cn-statutes]\nparameters:\n  - {covers}\n{parameters}", encoding="utf-8"
    )
    elements = "elements: [{name: 限额, en: limit}, {name: 余额, en: balance}]"
    (folder / "topics.yaml").write_text(f"- {{id: debt, title: {{zh: 政府债务, en: debt}}, {elements}}}\n", encoding="utf-8")
    head = 'id: X-1\n  clause: "1"\n  title: {zh: 甲, en: a}\n  on: disclosure\n  remedy: {zh: 补, en: mend}\n'
    (folder / "rules.yaml").write_text(f"- {head}  {rule}\n", encoding="utf-8")
    return oc.load_pack(folder)


def outcomes(pack: Pack, rows: list[dict[str, Any]], as_of: str) -> dict[str | None, str]:
    found = pack.rules["X-1"].check({"disclosure": rows}, as_of=as_of)
    for finding in found:
        assert finding.message.zh
        assert finding.explanation
    return {f.period: str(f.outcome) for f in found}
