"""Findings, reports and their formats."""
