"""Forms in a real browser."""

from __future__ import annotations

from typing import Any


def submit(page: Any, button: str) -> None:
    """Click ``button`` and wait until the page that the site answers with has been read whole.

    A click alone returns as soon as the answer begins, and a list that is read then may lack what comes later in the page.
    """
    with page.expect_navigation():
        page.locator(button).first.click()
