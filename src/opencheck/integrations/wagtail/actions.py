"""The action at the end of a workflow."""

from __future__ import annotations

import logging
from typing import Any

from wagtail.workflows import publish_workflow_state

from opencheck.core.errors import InputError
from opencheck.integrations.wagtail.checks import check_page, confirmed_earlier, is_stopped, save_result

__all__ = [
    "publish_if_allowed",
]


log = logging.getLogger("opencheck.wagtail")


def publish_if_allowed(workflow_state: Any, user: Any = None) -> None:
    """Publish an approved page unless a finding blocks, or something is open that no editor confirmed for this revision.

    Then it stays a draft, and the result is saved with its revision.

    Set ``WAGTAIL_FINISH_WORKFLOW_ACTION`` to this function.
    """
    from wagtail.models import Page

    content = workflow_state.content_object
    if isinstance(content, Page):
        latest = content.get_latest_revision_as_object()
        try:
            result = check_page(latest)
        except InputError as exc:
            log.warning("page %s was approved but not published: %s", content.pk, exc)
            return
        if result is not None:
            confirmed = confirmed_earlier(latest)
            save_result(latest, result, user, confirmed=confirmed)
            if is_stopped(result, confirmed=confirmed):
                rules = [f.rule for f in result.blocking or result.undecided] or ["notes"]
                log.warning("page %s was approved but not published: %s", content.pk, ", ".join(rules))
                return
    publish_workflow_state(workflow_state, user=user)
