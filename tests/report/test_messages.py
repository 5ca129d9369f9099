"""The message catalogue in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import opencheck as oc
from opencheck.report import messages


def test_messages_are_complete_in_both_languages() -> None:
    for name, entry in messages.load_messages().items():
        assert set(entry) == {"zh", "en"}, name
        assert all(isinstance(text, str) and text for text in entry.values()), name
        fields = [{f.split("_zh")[0].split("_en")[0] for f in _fields(text)} for text in entry.values()]
        assert fields[1] - fields[0] <= {"table"}, f"{name}: the two languages are filled with different facts"


SOURCES = sorted((Path(oc.__file__).parent).rglob("*.py"))


CHINESE = re.compile("[\u4e00-\u9fff]")


def test_messages_language_is_chosen_in_the_catalogue_only() -> None:
    """One definition: what is said in one language at a time stands in messages.yaml. Errors say both languages at once."""
    found = []
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.IfExp):
                words = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                tests = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
                if tests & {"lang", "zh"} and any(CHINESE.search(w) for w in words):
                    found.append(f"{source.name}:{node.lineno}")
    assert found == []


def test_messages_named_are_in_the_catalogue_and_none_is_unused() -> None:
    entries = messages.load_messages()
    kinds = {name.partition(".")[0] for name in entries}
    quoted, begun = set(), set()
    for source in (*SOURCES, *Path(oc.__file__).parent.rglob("*.html")):
        if source == Path(oc.__file__):
            continue  # its dotted names are modules
        text = source.read_text(encoding="utf-8")
        quoted |= set(re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)?)["']""", text))
        begun |= set(re.findall(r"""["']([a-z_]+\.[a-z_]*)(?:\{|["'])""", text))
    of_files = ("css", "html", "js", "yaml")
    named = {n for n in quoted if "." in n and n.partition(".")[0] in kinds and n.rpartition(".")[2] not in of_files}
    assert named - set(entries) <= {"evidence.rejected"}, (
        "said, but not in messages.yaml (the one left out is a column of a join)"
    )
    left_over = [n for n in entries if n not in quoted and not n.startswith(tuple(begun)) and n.partition(".")[2] not in quoted]
    assert left_over == []


def test_errors_say_both_languages() -> None:
    """An error does not know its reader: it says both languages at once, where it is raised."""
    raised = ("InputError", "UsageError", "BadParameter", "HTTPProblem")
    found, one_language = 0, []
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            told = [a for a in node.args if isinstance(a, ast.Constant | ast.JoinedStr | ast.IfExp)]
            words = [n.value for a in told for n in ast.walk(a) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            text = " ".join(words)
            if name in raised and words:
                found += 1
                if not (CHINESE.search(text) and re.search("[A-Za-z]{3}", text)):
                    one_language.append(f"{source.name}:{node.lineno} {text[:60]}")
    assert found > 100
    assert one_language == []


def _fields(text: str) -> set[str]:
    import string

    return {f for _, f, _, _ in string.Formatter().parse(text) if f}
