"""Write the built form of the packs that ship with opencheck, ``rules/*/built.json``; see ``opencheck.rules.packs.built_form``.

python scripts/build_packs.py
"""

from __future__ import annotations

from pathlib import Path

from opencheck.rules.packs.built_form import BUILT, built_form

RULES = Path(__file__).resolve().parent.parent / "rules"


def main() -> None:
    for file in sorted(RULES.glob("*/pack.yaml")):
        (file.parent / BUILT).write_text(built_form(file.parent.glob("*.yaml")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
