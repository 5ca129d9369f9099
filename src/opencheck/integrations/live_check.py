"""The check while an editor writes: a form as it stands is checked, and what was found comes back as HTML for its panel. Nothing is saved.

For Wagtail and for Django's admin alike. The panel's script and styles lie in the Wagtail app, where Wagtail serves them; the admin serves
them itself (:func:`panel_file`), so that it needs no further app.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from opencheck.api.preflight_result import FINDING_GROUPS, Preflight
from opencheck.core.errors import InputError
from opencheck.core.message_catalogue import get_message
from opencheck.core.personal_data import mask_personal_data
from opencheck.integrations.django import PreflightFormMixin, editor_language
from opencheck.report.messages import format_message

__all__ = [
    "checked_html",
    "findings_context",
    "findings_html",
    "panel_file",
    "placed_fixes",
]


_AROUND = 20
"""Characters on each side of a fix that are sent with it."""

_MENDED = ("blocking", "warnings", "advice")
"""The groups of findings that are violations: only these have fixes."""

_FILES = Path(__file__).parent / "wagtail"

_SCRIPTS = ("places.js", "panel.js")
"""The panel's script, in the order in which its parts are run."""


def checked_html(form: PreflightFormMixin) -> str:
    """Check a form as it was sent, and return what was found as HTML.

    Args:
        form: the form with the editor's data; it is not saved.
    """
    try:
        result = form.check_draft()
    except InputError as exc:
        return findings_html({"problem": str(exc)})
    return findings_html(findings_context(result.as_dict(), editor_language(), placed_fixes(result)))


def findings_html(context: Mapping[str, Any]) -> str:
    """Return the findings as HTML.

    Args:
        context: what :func:`findings_context` returns, or ``problem``.
    """
    html: str = _engine().get_template("opencheck/findings.html").render(Context(dict(context)))
    return html


@cache
def _engine() -> Any:
    return Engine(dirs=[_FILES / "templates"])


@cache
def panel_file(suffix: str) -> bytes:
    """Return the panel's script (``js``) or its styles (``css``).

    Args:
        suffix: which of the two.
    """
    names = _SCRIPTS if suffix == "js" else ("panel.css",)
    return b"\n".join((_FILES / "static" / "opencheck" / name).read_bytes() for name in names)


def findings_context(content: dict[str, Any], lang: str, fixes: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """Return what the template of the findings shows.

    Args:
        content: a result as JSON data; empty where there is none.
        lang: ``zh`` or ``en``.
        fixes: the fixes that the editor is offered, each with the text around it.
    """
    clearance = content.get("clearance")
    found = {key: content.get(key, []) for key in FINDING_GROUPS}
    own = [_fix_texts(fix, lang) for fix in fixes]
    return {
        "unchecked": get_message("preflight.unchecked", lang),
        "clearance": get_message(f"preflight.clearance.{clearance}", lang) if clearance else "",
        "state": clearance or "",
        "confirmed": [format_message("preflight.confirmed", lang, **c) for c in content.get("confirmations", ())],
        "notes": [note[lang] for note in content.get("notes", ())] if not content.get("confirmations") else [],
        "show": get_message("preflight.fix.show", lang),
        "nowhere": get_message("preflight.fix.nowhere", lang),
        "groups": [
            (
                format_message("join.counted", lang, what=get_message(f"preflight.{key}", lang), count=len(group)),
                [_finding_texts(f, lang, own if key in _MENDED else []) for f in group],
            )
            for key, group in found.items()
            if group
        ],
    }


def _finding_texts(finding: dict[str, Any], lang: str, fixes: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    own = [fix for fix in fixes if fix["rule"] == finding["rule"]]
    return {"rule": finding["rule"], "message": finding["message"][lang], "remedy": finding["remedy"][lang], "fixes": own}


def _fix_texts(fix: Mapping[str, str], lang: str) -> dict[str, str]:
    """A fix with the texts of its button; a fix in an attachment has none and says where it is."""
    elsewhere = format_message("preflight.fix.elsewhere", lang, part=fix["part"]) if fix["part"] else ""
    button = get_message(f"preflight.fix.{fix['action']}", lang)
    return {**fix, "replacement": fix["replacement"].strip(), "elsewhere": elsewhere, "button": button}


def placed_fixes(result: Preflight) -> list[dict[str, str]]:
    """Return the fixes of a result, each with the text around it by which the editor's page finds the place.

    Numbers of persons in that text are masked, as they are in the fix itself.

    >>> from opencheck.api.preflight import preflight
    >>> result = preflight({"title": "通知", "text": "户主王某，身份证号11010519491231002X。"}, as_of="2026-01-05")
    >>> [(f["before"], f["replacement"], f["after"]) for f in placed_fixes(result) if f["action"] == "mask"]
    [('户主王某，身份证号', '1101**********002X', '。')]
    """
    found = []
    for fix in result.fixes:
        text = mask_personal_data(str(result.record.get(fix.field) or ""))
        line = text.rfind("\n", 0, fix.start) + 1
        end = text.find("\n", fix.end)
        before, after = text[line : fix.start], text[fix.end : end if end >= 0 else len(text)]
        around = {"before": before[-_AROUND:], "after": after[:_AROUND]}
        found.append({"rule": fix.rule, "action": fix.action, "replacement": fix.replacement, "part": fix.part, **around})
    return found
