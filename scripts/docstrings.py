"""Docstrings as Markdown, for the reference of Python: paragraphs that wrap, lists of arguments, examples as code."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

SECTIONS = {"Args": "参数", "Returns": "返回", "Raises": "抛出", "Yields": "逐个给出", "Attributes": "属性"}


def docstring(thing: Any) -> str:
    """Return the docstring of a function, class or module without its indentation."""
    return inspect.cleandoc(thing.__doc__ or "")


def inline(text: str) -> str:
    """Return prose as Markdown: literals and cross-references become code, other characters lose their meaning.

    >>> inline("an :class:`Outcome`, ``a|b``, see :func:`~opencheck.core.x.y`: *args <b>")
    'an `Outcome`, `a|b`, see `y`: \\\\*args &lt;b>'
    """
    found = []
    for part in re.split(r"(``.+?``|:\w+:`[^`]+`|`[^`]+`)", text):
        if re.match(r":\w+:`", part):
            name = part.split("`")[1]
            found.append(f"`{name.removeprefix('~').rpartition('.')[2] if name.startswith('~') else name}`")
        elif part.startswith("`"):
            found.append(f"`{part.strip('`')}`")
        else:
            found.append(re.sub(r"([*_\[\]])", r"\\\1", part).replace("<", "&lt;"))
    return "".join(found)


def markdown(text: str, lang: str) -> Iterator[str]:
    """Yield the lines of a docstring as Markdown; ``lang`` chooses the names of the sections, ``zh`` or ``en``."""
    for block in filter(None, re.split(r"\n\s*\n", text)):
        head, _, rest = block.partition("\n")
        name = head.rstrip(":")
        if block.startswith(">>>"):
            yield from ("```python", block, "```")
        elif name in SECTIONS and head.endswith(":"):
            yield from (f"**{SECTIONS[name] if lang == 'zh' else name}**", "")
            yield from _section(name, textwrap.dedent(rest))
        elif block.startswith("    "):
            yield from ("```python", textwrap.dedent(block), "```")
        else:
            yield inline(" ".join(line.strip() for line in block.splitlines()))
        yield ""


def _section(name: str, text: str) -> Iterator[str]:
    if name in ("Returns", "Yields"):
        yield inline(" ".join(line.strip() for line in text.splitlines()))
        return
    items: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith(" ") and items:
            items[-1].append(line.strip())
        else:
            items.append([line.strip()])
    for item in items:
        key, colon, told = " ".join(item).partition(": ")
        yield f"- `{key}`{colon}{inline(told)}" if colon else f"- {inline(key)}"


def signature_block(name: str, signature: inspect.Signature, *, width: int = 88) -> Iterator[str]:
    """Yield a signature as a block of code, a parameter on each line where it is long.

    >>> def add(first, *, second=1): ...
    >>> list(signature_block("add", inspect.signature(add), width=20))
    ['```python', 'add(', '    first,', '    *,', '    second=1,', ')', '```']
    """
    whole = f"{name}{signature}"
    if len(whole) > width:
        bare = signature.replace(return_annotation=inspect.Signature.empty)
        result = str(signature).removeprefix(str(bare))
        whole = "\n".join((f"{name}(", *(f"    {p}," for p in _written(signature.parameters.values())), f"){result}"))
    yield from ("```python", *whole.split("\n"), "```")


def _written(parameters: Iterable[inspect.Parameter]) -> Iterator[str]:
    marked = False
    for one in parameters:
        if one.kind is inspect.Parameter.KEYWORD_ONLY and not marked:
            yield "*"
        marked = marked or one.kind in (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_POSITIONAL)
        yield str(one)
