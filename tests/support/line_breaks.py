"""What a browser breaks over two lines that belongs on one."""

from __future__ import annotations

from typing import Any

__all__ = ["broken_dates"]

_BROKEN = r"""() => {
  const found = [];
  let dates = 0;
  const look = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.shadowRoot) look(node.shadowRoot);
      if (node.nodeType !== Node.TEXT_NODE || node.parentElement?.closest("head, script, style, svg, select")) continue;
      for (const date of node.data.matchAll(/\d{4}-\d\d-\d\d/g)) {
        const range = document.createRange();
        range.setStart(node, date.index);
        range.setEnd(node, date.index + date[0].length);
        const lines = new Set([...range.getClientRects()].filter((r) => r.width).map((r) => Math.round(r.top)));
        if (lines.size) dates += 1;
        if (lines.size > 1) found.push(node.data.slice(Math.max(0, date.index - 20), date.index + 15));
      }
    }
  };
  look(document.documentElement);
  return [dates, found];
}"""


def broken_dates(page: Any) -> list[str]:
    """Return the visible dates of a page that stand on two lines, with what is before them. Some date must be visible."""
    dates, found = page.evaluate(_BROKEN)
    assert dates, "there is no date to look at"
    return list(found)
