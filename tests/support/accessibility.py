"""What axe finds wrong with a page for those who do not see or point."""

from __future__ import annotations

from typing import Any

__all__ = ["barriers"]


def barriers(page: Any, within: str | None = None) -> list[tuple[str, list[str]]]:
    """Return what axe calls serious or critical: its rule, and the first elements that break it.

    Args:
        page: a page of Playwright.
        within: a selector of the part to look at; the whole page where None.
    """
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, within).response["violations"]
    return [(v["id"], [n["html"][:200] for n in v["nodes"]][:3]) for v in found if v["impact"] in ("serious", "critical")]
