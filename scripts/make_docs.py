"""Write the generated pages of the documentation: a page a rule in Chinese and English, and their lists.

python scripts/make_docs.py [FOLDER]
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from opencheck import load_pack
from opencheck.packs import pack_names
from opencheck.reports.rulepage import pages

ROOT = Path(__file__).resolve().parent.parent


def generated() -> dict[str, str]:
    """Every generated page by its path under docs/."""
    found: dict[str, str] = {}
    for name in pack_names():
        pack = load_pack(name)
        if pack.rules:
            found |= pages(pack)
    return found


def main(folder: Path) -> None:
    for name in ("rules", "en/rules"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path, text in generated().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
