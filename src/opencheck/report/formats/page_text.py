"""Pages: their templates, and texts in which a date stays in one piece.

Browsers break a line after a hyphen, and no style forbids just that.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

__all__ = ["keep_together", "page_template"]

_JOINED = re.compile(r"(?<![0-9A-Za-z-])[0-9A-Za-z]{1,6}(?:-[0-9QHWD][0-9A-Za-z.]{0,4}){1,2}(?![0-9A-Za-z-])", re.ASCII)
"""Dates, periods, names of rules: 2018-09-28, 2018-Q2, PD-9.4. The scripts of the pages have the same expression."""


def keep_together(text: str) -> Markup:
    """Return a text as markup in which dates, periods and names of rules are not broken over two lines.

    >>> keep_together("due by Fri 2018-09-28 <b>")
    Markup('due by Fri <span class="whole-word">2018-09-28</span> &lt;b&gt;')
    """
    from markupsafe import Markup, escape

    return Markup(_JOINED.sub(r'<span class="whole-word">\g<0></span>', str(escape(text))))


@cache
def page_template(package: str, name: str) -> Template:
    """Return a template that lies in a package; compiling it takes as long as the page of a hand-out.

    Raises:
        ModuleNotFoundError: Jinja is not installed.
        FileNotFoundError: the package has no such file.

    >>> page_template("opencheck.report.handouts", "page.html") is page_template("opencheck.report.handouts", "page.html")
    True
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["keep_together"] = keep_together
    return environment.from_string((files(package) / name).read_text(encoding="utf-8"))
