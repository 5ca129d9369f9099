"""Texts that would like to be more than text."""

from __future__ import annotations

EVIL = "<script>document.title='owned'</script></script><img src=x onerror=alert(1)>"
