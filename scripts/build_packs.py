"""Write the built forms that ship with opencheck, of its packs (``rules/*/built.json``) and of its messages; see ``core.built_files``.

python scripts/build_packs.py
"""

from __future__ import annotations

from pathlib import Path

import yaml

from opencheck.core.built_files import BUILT, BuiltFile, built_text
from opencheck.rules.packs.yaml_source import load_yaml

ROOT = Path(__file__).resolve().parent.parent
MESSAGES = ROOT / "src" / "opencheck" / "core" / "messages.yaml"


def built_pack(folder: Path) -> str:
    """The built form of a pack's folder."""
    files = {}
    for path in folder.glob("*.yaml"):
        located = load_yaml(path)
        lines = [located.lines[i,] for i in range(len(located.data))] if isinstance(located.data, list) else []
        files[path.name] = BuiltFile(located.data, lines)
    return built_text(folder, files)


def built_messages() -> str:
    """The built form of the catalogue of messages."""
    return built_text(MESSAGES.parent, {MESSAGES.name: BuiltFile(yaml.safe_load(MESSAGES.read_text(encoding="utf-8")))})


def generated() -> dict[Path, str]:
    """Every built form by its file."""
    packs = [file.parent for file in sorted((ROOT / "rules").glob("*/pack.yaml"))]
    return {MESSAGES.parent / BUILT: built_messages(), **{folder / BUILT: built_pack(folder) for folder in packs}}


if __name__ == "__main__":
    for file, text in generated().items():
        file.write_text(text, encoding="utf-8", newline="\n")
