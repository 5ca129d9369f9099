"""Texts that would like to be more than text."""

from __future__ import annotations

EVIL = "<script>document.title='owned'</script></script><img src=x onerror=alert(1)>"

ACTING = (
    "甲\x1b[2J\x1b]8;;http://a\x07\x9b31m\r\x08乙\u202e丙\u2066\u200f丁\n::error::injected\r\n##[error]戊%0A::warning::己\x00"
)
"""Characters that act: escape sequences of terminals, the direction of writing, lines that are commands."""
