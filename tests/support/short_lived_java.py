"""How tests start Java for the minutes that it lives."""

from __future__ import annotations

__all__ = ["JAVA_OPTIONS"]

JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
"""Without them the second compiler, a second collector and the verifier of classes would use more than all jobs."""
