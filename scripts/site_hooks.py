"""Hooks of MkDocs: one site in two languages. A reader of either finds its pages, its words and its search hits only.

The theme knows one language, one navigation and one search index for a site. Pages below ``en/`` are rendered in English, with the
English part of the navigation, and search in an index of their own, which stands in ``en/search``. Names of rules are searched as they are
written: PD-9.4 is one word. The page of a rule is found by its number alone, too: 9.4 names a clause, whatever pages mention it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.nav import Navigation, Section

ENGLISH = "en/"
# Appended to the theme's search. Its library sets the separator before it knows the index, and splits at hyphens. The theme
# asks for words that begin with what was typed (3.2*), which finds 3.26 as well as 3.2: the word itself weighs more.
_OWN_SEARCH = r"""
self.lunr.QueryLexer.termSeparator = /[\s\u3000]+/;
const searchAsAsked = self.lunr.Index.prototype.search;
self.lunr.Index.prototype.search = function (query) {
  const begun = query.split(/\s+/).filter((term) => term.endsWith("*"));
  return searchAsAsked.call(this, [query, ...begun.map((term) => `${term.slice(0, -1)}^10`)].join(" "));
};
"""
_RULE_PAGE = re.compile(r"rules/[^/]+/[^/-]+-([^/]+)/")


def is_english(location: str) -> bool:
    """Return whether a page of the site is in English, by its address.

    >>> is_english("en/quickstart/"), is_english("engines/")
    (True, False)
    """
    return location.startswith(ENGLISH)


def number_of(location: str) -> str | None:
    """Return the number by which the page of a rule is found; None of every other page.

    >>> number_of("rules/pingdu-2018/PD-9.4/"), number_of("en/rules/pingdu-2018/PD-8-9.4b/"), number_of("rules/pingdu-2018/PD-9.4/#_1")
    ('9.4', '8-9.4b', None)
    """
    found = _RULE_PAGE.fullmatch(location.removeprefix(ENGLISH))
    return found[1] if found else None


def _weights(location: str) -> dict[str, Any]:
    """What the index says besides of the page of a rule: its number as a tag, which weighs most in the theme's search."""
    number = number_of(location)
    return {} if number is None else {"tags": [number]}


def on_page_context(context: dict[str, Any], page: Any, config: Any, nav: Navigation) -> dict[str, Any]:
    """Give a page the words and the navigation of its language."""
    english = is_english(page.url)
    config.theme["language"] = "en" if english else "zh"
    (section,) = (item for item in nav.items if isinstance(item, Section) and item.title == "English")
    items = section.children if english else [item for item in nav.items if item is not section]
    own = Navigation(items, [p for p in nav.pages if is_english(p.url) == english])
    own.homepage = items[0] if english else nav.homepage
    return {**context, "nav": own}


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Name the search for those who hear the page, and let a page in English search below ``en/``: the theme looks at the base of the site."""
    english = is_english(page.url)
    named = output.replace('role="dialog"', f'role="dialog" aria-label="{"Search" if english else "搜索"}"', 1)
    return re.sub(r'(<script id="__config"[^>]*>)(.*?)(?=</script>)', _with_own_base, named) if english else named


def _with_own_base(found: re.Match[str]) -> str:
    settings = json.loads(found[2])
    settings["base"] = settings["base"].removesuffix("..").rstrip("/") or "."
    return found[1] + json.dumps(settings).replace("<", "\\u003c")


def on_post_build(config: Any) -> None:
    """Divide the search index between the languages, and let the search take what a reader types apart as the index was, whole words first."""
    site = Path(config.site_dir)
    (worker,) = (site / "assets" / "javascripts" / "workers").glob("search.*.min.js")
    with worker.open("a", encoding="utf-8") as file:
        file.write(_OWN_SEARCH)
    whole = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    for lang, folder in (("zh", ""), ("en", ENGLISH)):
        pages = [d for d in whole["docs"] if is_english(d["location"]) == (lang == "en")]
        docs = [{**d, **_weights(d["location"]), "location": d["location"].removeprefix(folder)} for d in pages]
        target = site / folder / "search" / "search_index.json"
        target.parent.mkdir(exist_ok=True)
        settings = {**whole["config"], "lang": [lang]}
        target.write_text(json.dumps({"config": settings, "docs": docs}, ensure_ascii=False), encoding="utf-8")
