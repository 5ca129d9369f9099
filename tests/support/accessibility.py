"""What axe finds wrong with a page for those who do not see or point."""

from __future__ import annotations

from typing import Any

__all__ = ["barriers", "complaints"]

_MARK_HOST = """(selector) => [...document.querySelectorAll("*")].some((element) => {
  const holds = element.shadowRoot && element.shadowRoot.querySelector(selector);
  if (holds) element.setAttribute("data-holds-it", "");
  return holds;
})"""


def barriers(page: Any, within: str | None = None) -> list[tuple[str, list[str]]]:
    """Return what axe calls serious or critical: its rule, and the first elements that break it.

    Args:
        page: a page of Playwright.
        within: a selector of the part to look at, in a shadow tree as well; the whole page where None.
    """
    found = [v for v in complaints(page, within) if v["impact"] in ("serious", "critical")]
    return [(v["id"], [n["html"][:200] for n in v["nodes"]][:3]) for v in found]


def complaints(page: Any, within: str | None = None) -> list[dict[str, Any]]:
    """All that axe finds wrong, as it tells it; the arguments are those of :func:`barriers`."""
    from axe_playwright_python.sync_playwright import Axe

    part: Any = within
    if within is not None and page.evaluate(_MARK_HOST, within):
        part = {"include": [{"fromShadowDom": ["[data-holds-it]", within]}]}
    # By default axe describes each element that is in order, too, which takes longer than to look at it.
    found: list[dict[str, Any]] = Axe().run(page, part, {"resultTypes": ["violations"]}).response["violations"]
    return found
